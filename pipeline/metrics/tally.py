"""Counting one layer of a chunk of documents, on the arrays of `batch`.

Everything is counted from the pairs: counts of each document (for intervals and tests), the confusion table, values,
slices and error kinds. An error becomes an object only where somebody wants to see it.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.errors import InputError, Problem
from pipeline.metrics.batch import BatchPairs, Bools, Ints, SpanArrays, pair_batch, span_arrays
from pipeline.metrics.errors import KINDS, ExampleKeeper, SpanError
from pipeline.metrics.matching import overlap_pairs
from pipeline.metrics.results import LayerResult
from pipeline.metrics.slices import SPAN_SLICES, Surfaces, document_slice, length_slice
from pipeline.metrics.stats import CORRECT, PREDICTED, SUPPORT, StatsBuilder
from pipeline.metrics.values import compare_parts

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
class Batch:
    """A chunk of documents, paired.

    records (Sequence[Record]): the gold documents.
    gold, pred (SpanArrays): their spans in the layers that are scored.
    pairs (BatchPairs): the pairs.
    layer_of (ndarray): for each label number the place of its layer, -1 for a layer that is not scored.
    """

    records: Sequence[Record]
    gold: SpanArrays
    pred: SpanArrays
    pairs: BatchPairs
    layer_of: Ints


def make_batch(chunk: Sequence[tuple[Record, Record]], scheme: LabelScheme, layers: Sequence[str]) -> Batch:
    """Pair the documents of a chunk.

    chunk (Sequence[tuple[Record, Record]]): gold and predicted records.
    scheme (LabelScheme): which label is in which layer.
    layers (Sequence[str]): the layers to score.
    RETURNS (Batch): the documents, paired.
    RAISES (InputError): for a label outside the scheme or a wrong `meta.layers`, `meta.labels`.
    """
    golds, preds = [one for one, _ in chunk], [other for _, other in chunk]
    names = scheme.names()
    numbers = {name: number for number, name in enumerate(names)}
    places = {layer: place for place, layer in enumerate(layers)}
    layer_of = np.array([places.get(str(scheme.layer_of(name)), -1) for name in names], dtype=np.int64)
    wanted = _wanted(golds, scheme, layer_of)
    gold, pred = (_arrays(records, numbers, wanted) for records in (golds, preds))
    gold_group, pred_group = (arrays.row * len(layers) + layer_of[arrays.label] for arrays in (gold, pred))
    pairs = pair_batch(gold, pred, gold_group, pred_group, groups=len(golds) * len(layers))
    return Batch(golds, gold, pred, pairs, layer_of)


def _wanted(golds: Sequence[Record], scheme: LabelScheme, layer_of: Ints) -> Bools | None:
    """Which labels count in which document; None if all do."""
    partly = {row: gold for row, gold in enumerate(golds) if "layers" in gold.meta or "labels" in gold.meta}
    if not partly and (layer_of >= 0).all():
        return None
    table = np.repeat((layer_of >= 0)[None, :], len(golds), axis=0)
    for row, gold in partly.items():
        try:
            annotated = scheme.annotated(gold.meta)
        except ValueError as error:
            raise InputError(Problem("E609", str(error), "name layers and labels of it", record_id=gold.id)) from error
        table[row] &= [name in annotated for name in scheme.names()]
    return table


def _arrays(records: Sequence[Record], numbers: dict[str, int], wanted: Bools | None) -> SpanArrays:
    try:
        return span_arrays(records, numbers, wanted)
    except KeyError as error:
        record = next(record for record in records if any(span.label not in numbers for span in record.spans))
        message = f"the label {error.args[0]!r} is not in the label scheme"
        raise InputError(Problem("E606", message, _REMEDY, record_id=record.id)) from error


@dataclass(frozen=True, slots=True)
class _Wrong:
    """The errors of a chunk: kind, places of the gold and the predicted span (-1: none)."""

    kind: Ints
    gold: Ints
    pred: Ints


class LayerTally:
    """Counts one layer, chunk by chunk.

    name (str): the layer.
    scheme (LabelScheme): its labels.
    options (Options): slices and examples.
    on_error (ErrorSink | None): is told each error.
    """

    def __init__(self, name: str, scheme: LabelScheme, options: Options, on_error: ErrorSink | None) -> None:
        self.name, self.labels, self.options, self.on_error = name, scheme.names(name), options, on_error
        self.names = scheme.names()
        self.stats = StatsBuilder([f"label:{label}" for label in self.labels])
        self.column = np.array(
            [self.labels.index(label) if label in self.labels else -1 for label in self.names], dtype=np.int64
        )
        self.confusion: Counter[tuple[str, str, bool]] = Counter()
        self.missed: Counter[str] = Counter()
        self.spurious: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.examples = ExampleKeeper(options.examples)

    def add(self, batch: Batch, place: int) -> None:
        """Count a chunk; place is that of the layer among those that are scored."""
        self.stats.start([record.id for record in batch.records])
        gold, pred, pairs = batch.gold, batch.pred, batch.pairs
        gold_mine = np.flatnonzero(batch.layer_of[gold.label] == place)
        pred_mine = np.flatnonzero(batch.layer_of[pred.label] == place)
        exact = batch.layer_of[gold.label[pairs.exact_gold]] == place
        overlap = batch.layer_of[gold.label[pairs.overlap_gold]] == place
        exact_gold, exact_pred = pairs.exact_gold[exact], pairs.exact_pred[exact]
        overlap_gold, overlap_pred = pairs.overlap_gold[overlap], pairs.overlap_pred[overlap]
        same = gold.label[exact_gold] == pred.label[exact_pred]
        right_gold, right_pred = exact_gold[same], exact_pred[same]
        self.stats.count(self.column[gold.label[gold_mine]], SUPPORT, gold.row[gold_mine])
        self.stats.count(self.column[pred.label[pred_mine]], PREDICTED, pred.row[pred_mine])
        self.stats.count(self.column[gold.label[right_gold]], CORRECT, gold.row[right_gold])
        self._confuse(batch, exact_gold[~same], exact_pred[~same], exact=True)
        self._confuse(batch, overlap_gold, overlap_pred, exact=False)
        missed = np.setdiff1d(gold_mine, np.concatenate([exact_gold, overlap_gold]), assume_unique=True)
        spurious = np.setdiff1d(pred_mine, np.concatenate([exact_pred, overlap_pred]), assume_unique=True)
        self._count_labels(self.missed, gold.label[missed])
        self._count_labels(self.spurious, pred.label[spurious])
        parts = [
            _wrong("label", exact_gold[~same], exact_pred[~same]),
            *_overlap_kinds(batch, overlap_gold, overlap_pred),
            _wrong("missed", missed, np.full(len(missed), -1)),
            _wrong("spurious", np.full(len(spurious), -1), spurious),
        ]
        if self.name == NUMBERS:
            parts.append(self._add_values(batch, (gold_mine, pred_mine), right_gold, right_pred))
        if self.options.slices:
            self._add_slices(batch, gold_mine, pred_mine, right_gold)
        names = ("kind", "gold", "pred")
        self._add_errors(batch, _Wrong(*(np.concatenate([getattr(part, name) for part in parts]) for name in names)))

    def _confuse(self, batch: Batch, golds: Ints, preds: Ints, *, exact: bool) -> None:
        if not len(golds):
            return
        one, other = batch.gold.label[golds], batch.pred.label[preds]
        size = len(self.names)
        for code, number in zip(*np.unique(one * size + other, return_counts=True), strict=True):
            self.confusion[self.names[code // size], self.names[code % size], exact] += int(number)
        rows = batch.gold.row[golds]
        if exact:
            self.stats.count(self.stats.column("pair:exact"), CORRECT, rows)
        else:
            self.stats.count(self.stats.column("pair:overlap_same"), CORRECT, rows[one == other])
            self.stats.count(self.stats.column("pair:overlap_other"), CORRECT, rows[one != other])

    def _count_labels(self, counter: Counter[str], labels: Ints) -> None:
        for number, count in enumerate(np.bincount(labels, minlength=len(self.names)).tolist()):
            if count:
                counter[self.names[number]] += count

    def _count_named(self, hits: dict[tuple[str, int], list[int]]) -> None:
        for (name, side), rows in hits.items():
            self.stats.count(self.stats.column(name), side, np.array(rows, dtype=np.int64))

    def _add_values(self, batch: Batch, mine: tuple[Ints, Ints], right_gold: Ints, right_pred: Ints) -> _Wrong:
        """Count values; RETURNS the errors of values alone."""
        golds, preds = batch.gold.spans, batch.pred.spans
        hits: dict[tuple[str, int], list[int]] = {}
        equal: list[bool] = []
        rows = batch.gold.row[right_gold].tolist()
        for one, other, row in zip(right_gold.tolist(), right_pred.tolist(), rows, strict=True):
            value, guess = golds[one].value, preds[other].value
            equal.append(value == guess)
            for part, agrees in compare_parts(value, guess, golds[one].label):
                hits.setdefault((part, SUPPORT), []).append(row)
                if agrees:
                    hits.setdefault((part, CORRECT), []).append(row)
        self._count_named(hits)
        same = np.array(equal, dtype=bool)
        self.stats.count(self.stats.column("value"), SUPPORT, batch.gold.row[right_gold])
        self.stats.count(self.stats.column("value"), CORRECT, batch.gold.row[right_gold[same]])
        self.stats.count(self.stats.column("number"), CORRECT, batch.gold.row[right_gold[same]])
        left = np.setdiff1d(mine[0], right_gold[same]), np.setdiff1d(mine[1], right_pred[same])
        self.stats.count(self.stats.column("number"), CORRECT, _values_elsewhere(batch, *left))
        return _wrong("value", right_gold[~same], right_pred[~same])

    def _add_slices(self, batch: Batch, gold: Ints, pred: Ints, right: Ints) -> None:
        sides = ((CORRECT, batch.gold, right), (SUPPORT, batch.gold, gold), (PREDICTED, batch.pred, pred))
        for key in self.options.slices:
            if key not in SPAN_SLICES:
                found = np.bincount(batch.gold.row[gold], minlength=len(batch.records)).tolist()
                names = [document_slice(r, key, number) for r, number in zip(batch.records, found, strict=True)]
                columns = np.array([self.stats.column(f"slice:{key}={name}") for name in names], dtype=np.int64)
                for side, arrays, places in sides:
                    self.stats.count(columns[arrays.row[places]], side, arrays.row[places])
                continue
            for side, arrays, places in sides:
                rows = arrays.row[places]
                parts = self._span_slices(key, batch, arrays, places)
                columns = np.array([self.stats.column(f"slice:{key}={part}") for part in parts], dtype=np.int64)
                self.stats.count(columns, side, rows)

    def _span_slices(self, key: str, batch: Batch, arrays: SpanArrays, places: Ints) -> list[str]:
        if key == "length":
            return [length_slice(length) for length in (arrays.end[places] - arrays.start[places]).tolist()]
        seen = (self.options.surfaces or {}).get(self.name, ())
        return [
            "in training" if batch.records[row].surface(arrays.spans[place]) in seen else "unseen"
            for place, row in zip(places.tolist(), arrays.row[places].tolist(), strict=True)
        ]

    def _add_errors(self, batch: Batch, wrong: _Wrong) -> None:
        for number, count in enumerate(np.bincount(wrong.kind, minlength=len(KINDS)).tolist()):
            if count:
                self.kinds[KINDS[number]] += count
        if not len(wrong.kind):
            return
        rank = _ranks(batch, wrong)
        for number in range(len(KINDS)):
            places = np.flatnonzero(wrong.kind == number)
            if len(places) > self.options.examples > 0:  # with all of the last rank: the keeper decides among them
                places = places[rank[places] <= np.sort(rank[places])[self.options.examples - 1]]
            for place in places.tolist():
                self.examples.add(int(rank[place]), _span_error(batch, wrong, place))
        if self.on_error is not None:
            errors = (_span_error(batch, wrong, place) for place in range(len(wrong.kind)))
            rows = {record.id: row for row, record in enumerate(batch.records)}
            for error in sorted(errors, key=lambda error: (rows[error.record.id], error.place)):
                self.on_error(self.name, error)

    def result(self) -> LayerResult:
        """RETURNS (LayerResult): what was counted."""
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


def _wrong(kind: str, gold: Ints, pred: Ints) -> _Wrong:
    return _Wrong(np.full(len(gold), KINDS.index(kind)), gold, pred)


def _overlap_kinds(batch: Batch, golds: Ints, preds: Ints) -> list[_Wrong]:
    """Overlapping pairs by `errors.pair_kind`, on arrays."""
    gold, pred = batch.gold, batch.pred
    same = gold.label[golds] == pred.label[preds]
    short = same & (gold.start[golds] <= pred.start[preds]) & (pred.end[preds] <= gold.end[golds])
    long = same & ~short & (pred.start[preds] <= gold.start[golds]) & (gold.end[golds] <= pred.end[preds])
    kinds = (("label_boundary", ~same), ("boundary_short", short), ("boundary_long", long))
    rest = same & ~short & ~long
    return [_wrong(kind, golds[mask], preds[mask]) for kind, mask in (*kinds, ("boundary_shifted", rest))]


def _ranks(batch: Batch, wrong: _Wrong) -> npt.NDArray[np.uint64]:
    """A fixed pseudo-random number for each error, from its document and place."""
    has_gold, has_pred = wrong.gold >= 0, wrong.pred >= 0
    crc = np.array([zlib.crc32(record.id.encode()) for record in batch.records], dtype=np.uint64)
    gold, pred = np.where(has_gold, wrong.gold, 0), np.where(has_pred, wrong.pred, 0)
    rank = np.zeros(len(wrong.kind), dtype=np.uint64)
    for arrays, places, known, factor in (
        (batch.gold, gold, has_gold, 0x9E3779B97F4A7C15),
        (batch.pred, pred, has_pred, 0xC2B2AE3D27D4EB4F),
    ):
        if len(arrays.row):
            mixed = (crc[arrays.row[places]] << np.uint64(20)) + arrays.start[places].astype(np.uint64)
            mixed = mixed * np.uint64(factor) + arrays.end[places].astype(np.uint64) * np.uint64(0x165667B19E3779F9)
            rank ^= np.where(known, mixed, np.uint64(0))
    return (rank * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(16)


def _span_error(batch: Batch, wrong: _Wrong, place: int) -> SpanError:
    gold, pred = int(wrong.gold[place]), int(wrong.pred[place])
    one = batch.gold.spans[gold] if gold >= 0 else None
    other = batch.pred.spans[pred] if pred >= 0 else None
    row = int(batch.gold.row[gold] if gold >= 0 else batch.pred.row[pred])
    return SpanError(KINDS[wrong.kind[place]], batch.records[row], one, other)


def _values_elsewhere(batch: Batch, golds: Ints, preds: Ints) -> Ints:
    """Rows of numbers whose value an overlapping prediction has, beyond the right spans; one to one."""
    waiting: dict[tuple[int, str | None], tuple[list[int], list[int]]] = {}
    for side, arrays, places in ((0, batch.gold, golds), (1, batch.pred, preds)):
        for place, row in zip(places.tolist(), arrays.row[places].tolist(), strict=True):
            waiting.setdefault((row, arrays.spans[place].value), ([], []))[side].append(place)
    rows: list[int] = []
    for (row, _), (one, other) in waiting.items():
        if one and other:
            spans = [batch.gold.spans[place] for place in one], [batch.pred.spans[place] for place in other]
            rows += [row] * len(overlap_pairs(*spans))
    return np.array(rows, dtype=np.int64)
