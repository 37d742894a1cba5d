"""Evaluation of a stream of gold and predicted documents.

Each layer of each document is paired once (`matching`); everything else is counted from the pairs: the four SemEval
schemes, value accuracy, slices, error kinds and the confusion table. The counts of every document are kept, so that
intervals and significance need no second pass. A record that is annotated for some labels only is scored for those
only, on both sides, before anything is paired.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError, Problem
from pipeline.metrics.errors import ExampleKeeper, SpanError, span_errors
from pipeline.metrics.matching import Matching, match_spans, overlap_pairs
from pipeline.metrics.prf import Counts
from pipeline.metrics.slices import SPAN_SLICES, Surfaces, document_slice, length_slice
from pipeline.metrics.stats import CORRECT, PREDICTED, SUPPORT, DocStats, StatsBuilder
from pipeline.metrics.values import compare_parts

SCHEMES = ("strict", "exact", "partial", "ent_type")
ErrorSink = Callable[[str, SpanError], None]
_REMEDY = "score with the label scheme of the files: --labels SCHEME.cfg"


@dataclass(frozen=True, slots=True)
class Options:
    """What to count beside the four schemes.

    slices (tuple[str, ...]): "length", "surface", "density" and keys of the records' meta.
    surfaces (Surfaces | None): surfaces seen in training; needed for the slice "surface".
    examples (int): how many examples of each error kind to keep.
    """

    slices: tuple[str, ...] = ()
    surfaces: Surfaces | None = None
    examples: int = 5


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What was counted in one layer.

    name (str): the layer.
    labels (tuple[str, ...]): its labels.
    stats (DocStats): counts of every document.
    confusion (Mapping[tuple[str, str, bool], int]): for paired spans gold label, predicted label and whether their
        boundaries agree; how many of them. Strictly right pairs are not in it.
    missed, spurious (Mapping[str, int]): spans without a partner, by label.
    kinds (Mapping[str, int]): errors by kind.
    examples (Mapping[str, list]): examples of each kind, as JSON.
    """

    name: str
    labels: tuple[str, ...]
    stats: DocStats
    confusion: Mapping[tuple[str, str, bool], int]
    missed: Mapping[str, int]
    spurious: Mapping[str, int]
    kinds: Mapping[str, int]
    examples: Mapping[str, list[dict[str, Any]]]

    def counts(self, scheme: str) -> dict[str, Counts]:
        """RETURNS (dict[str, Counts]): counts of each label under one of the four schemes; their sum is the micro."""
        right = {label: self.stats.total(f"label:{label}")[CORRECT] for label in self.labels}
        # for each label correct, incorrect, partial among its gold spans, then among its predicted spans
        tables = {label: [right[label], 0, 0, right[label], 0, 0] for label in self.labels}
        for (gold, pred, exact), number in self.confusion.items():
            column = _outcome(scheme, exact=exact, same_label=gold == pred)
            tables[gold][column] += number
            tables[pred][column + 3] += number
        found = {}
        for label, (a, b, c, d, e, f) in tables.items():
            found[label] = Counts(a, b, c, self.missed.get(label, 0), d, e, f, self.spurious.get(label, 0))
        return found

    def micro(self, scheme: str) -> Counts:
        """RETURNS (Counts): counts over all labels."""
        return sum(self.counts(scheme).values(), Counts())


def _outcome(scheme: str, *, exact: bool, same_label: bool) -> int:
    """What a pair counts as that is not strictly right: 0 correct, 1 incorrect, 2 partial."""
    if scheme == "exact":
        return 0 if exact else 1
    if scheme == "partial":
        return 0 if exact else 2
    if scheme == "ent_type":
        return 0 if same_label else 1
    return 1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of an evaluation.

    documents (int): how many documents were scored.
    layers (Mapping[str, LayerResult]): each layer's result.
    """

    documents: int
    layers: Mapping[str, LayerResult] = field(default_factory=dict)


def evaluate(
    pairs: Iterable[tuple[Record, Record]],
    *,
    scheme: LabelScheme,
    layers: Iterable[str] | None = None,
    options: Options | None = None,
    on_error: ErrorSink | None = None,
) -> Evaluation:
    """Score predicted documents against gold ones.

    pairs (Iterable[tuple[Record, Record]]): gold and predicted record of each document.
    scheme (LabelScheme): which label is in which layer.
    layers (Iterable[str] | None): the layers to score; all of the scheme by default.
    options (Options | None): slices and examples.
    on_error (ErrorSink | None): is told the layer and each error, in the order of the documents.
    RETURNS (Evaluation): everything that was counted.
    RAISES (InputError): for a label outside the scheme or a wrong `meta.layers`, `meta.labels`.
    """
    settings = options or Options()
    tallies = {name: _LayerTally(name, scheme.names(name), settings) for name in layers or scheme.layers}
    layer_of = {name: scheme.layer_of(name) for name in scheme.names()}
    documents = 0
    for gold, pred in pairs:
        documents += 1
        wanted = _wanted(gold, scheme)
        gold_spans = _by_layer(gold, layer_of, wanted)
        pred_spans = _by_layer(pred, layer_of, wanted)
        for name, tally in tallies.items():
            tally.add(gold, gold_spans.get(name, []), pred_spans.get(name, []), on_error)
    return Evaluation(documents, {name: tally.result() for name, tally in tallies.items()})


def _wanted(record: Record, scheme: LabelScheme) -> frozenset[str] | None:
    if "layers" not in record.meta and "labels" not in record.meta:
        return None
    try:
        return scheme.annotated(record.meta)
    except ValueError as error:
        raise InputError(Problem("E606", str(error), _REMEDY, record_id=record.id)) from error


def _by_layer(
    record: Record, layer_of: Mapping[str, str | None], wanted: frozenset[str] | None
) -> dict[str | None, list[CharSpan]]:
    found: dict[str | None, list[CharSpan]] = {}
    for span in record.spans:
        label = span.label
        if label not in layer_of:
            message = f"the label {label!r} is not in the label scheme"
            raise InputError(Problem("E606", message, _REMEDY, record_id=record.id))
        if wanted is None or label in wanted:
            layer = layer_of[label]
            if layer in found:
                found[layer].append(span)
            else:
                found[layer] = [span]
    return found


class _LayerTally:
    """Counts one layer, document by document."""

    def __init__(self, name: str, labels: tuple[str, ...], options: Options) -> None:
        self.name, self.labels, self.options = name, labels, options
        self.stats = StatsBuilder([f"label:{label}" for label in labels])
        self.right, self.gold, self.pred = (
            {label: self.stats.code(f"label:{label}", side) for label in labels}
            for side in (CORRECT, SUPPORT, PREDICTED)
        )
        self.confusion: Counter[tuple[str, str, bool]] = Counter()
        self.missed: Counter[str] = Counter()
        self.spurious: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.examples = ExampleKeeper(options.examples)
        self.with_values = name == NUMBERS
        self.span_slices = [key for key in options.slices if key in SPAN_SLICES]
        self.document_slices = [key for key in options.slices if key not in SPAN_SLICES]

    def add(self, record: Record, gold: list[CharSpan], pred: list[CharSpan], on_error: ErrorSink | None) -> None:
        row = self.stats.start(record.id)
        hits = self.stats.hits
        matching = match_spans(gold, pred)
        gold_code, pred_code, right_code = self.gold, self.pred, self.right
        hits += [gold_code[span.label] + row for span in gold]
        hits += [pred_code[span.label] + row for span in pred]
        right = [pair for pair in matching.exact if pair[0].label == pair[1].label]
        hits += [right_code[one.label] + row for one, _ in right]
        if len(right) < len(gold) or len(right) < len(pred):
            self._add_wrong(matching, row)
        if self.with_values:
            self._add_values(matching, right, row)
        if self.options.slices:
            self._add_slices(record, gold, pred, [one for one, _ in right], row)
        for error in span_errors(record, matching, with_values=self.with_values):
            self.kinds[error.kind] += 1
            self.examples.add(error)
            if on_error is not None:
                on_error(self.name, error)

    def _count(self, name: str, side: int, row: int, times: int = 1) -> None:
        self.stats.hits += [self.stats.code(name, side) + row] * times

    def _add_wrong(self, matching: Matching, row: int) -> None:
        for pairs, exact in ((matching.exact, True), (matching.overlap, False)):
            for one, other in pairs:
                if exact and one.label == other.label:
                    continue
                self.confusion[one.label, other.label, exact] += 1
                kind = "exact" if exact else "overlap_same" if one.label == other.label else "overlap_other"
                self._count(f"pair:{kind}", CORRECT, row)
        for span in matching.missed:
            self.missed[span.label] += 1
        for span in matching.spurious:
            self.spurious[span.label] += 1

    def _add_values(self, matching: Matching, right: list[tuple[CharSpan, CharSpan]], row: int) -> None:
        same = [pair for pair in right if pair[0].value == pair[1].value]
        self._count("value", SUPPORT, row, len(right))
        self._count("value", CORRECT, row, len(same))
        for one, other in right:
            for part, agrees in compare_parts(one.value, other.value, one.label):
                self._count(part, SUPPORT, row)
                if agrees:
                    self._count(part, CORRECT, row)
        found = len(same) + self._values_elsewhere(matching, {id(one) for one, _ in same})
        self._count("number", CORRECT, row, found)

    def _values_elsewhere(self, matching: Matching, used: set[int]) -> int:
        """Numbers whose value an overlapping prediction has, beyond the strictly right ones; one to one."""
        pairs = [pair for pair in matching.exact if id(pair[0]) not in used] + matching.overlap
        golds = [one for one, _ in pairs] + matching.missed
        preds = [other for _, other in pairs] + matching.spurious
        if not golds or not preds:
            return 0
        found = 0
        for value in {one.value for one in golds} & {other.value for other in preds}:
            some = [one for one in golds if one.value == value]
            others = [other for other in preds if other.value == value]
            found += len(overlap_pairs(some, others))
        return found

    def _add_slices(
        self, record: Record, gold: list[CharSpan], pred: list[CharSpan], right: list[CharSpan], row: int
    ) -> None:
        for key in self.document_slices:
            name = f"slice:{key}={document_slice(record, key, gold)}"
            for side, spans in ((CORRECT, right), (SUPPORT, gold), (PREDICTED, pred)):
                self._count(name, side, row, len(spans))
        seen = (self.options.surfaces or {}).get(self.name, ())
        for key in self.span_slices:
            for side, spans in ((CORRECT, right), (SUPPORT, gold), (PREDICTED, pred)):
                for span in spans:
                    part = (
                        length_slice(span)
                        if key == "length"
                        else ("in training" if record.surface(span) in seen else "unseen")
                    )
                    self._count(f"slice:{key}={part}", side, row)

    def result(self) -> LayerResult:
        return LayerResult(
            self.name,
            self.labels,
            self.stats.build(),
            self.confusion,
            self.missed,
            self.spurious,
            self.kinds,
            self.examples.to_json(),
        )
