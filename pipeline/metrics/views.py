"""What the report's templates show, as plain frozen values: tables, errors in context, documents with their spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.metrics.errors import KINDS, SpanError, span_errors
from pipeline.metrics.marks import Mark, Piece, cut
from pipeline.metrics.matching import match_spans
from pipeline.metrics.passage import Passage, best_passage
from pipeline.metrics.prf import NO_SPAN

CONTEXT = 24
KIND_NAMES = {
    "missed": "missed",
    "spurious": "spurious",
    "label": "label",
    "boundary_short": "boundary: too short",
    "boundary_long": "boundary: too long",
    "boundary_shifted": "boundary: shifted",
    "label_boundary": "label and boundary",
    "value": "value only",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an error: the span and the text around it.

    span (CharSpan | None): the span; None where there is none.
    before, after (str): the text around.
    parts (tuple[tuple[str, str], ...]): the text between, each part with its classes: "in" within the span, "diff"
        where the two sides differ.
    """

    span: CharSpan | None
    before: str
    parts: tuple[tuple[str, str], ...]
    after: str


@dataclass(frozen=True, slots=True)
class ErrorView:
    """One error for the error browser.

    layer, kind (str): where and what.
    run (int): which run made it.
    shared (bool): whether the other run made the same error.
    record_id (str): the document.
    anchor (str): of the document in the page, "" if it is not shown.
    gold, pred (Side): the two sides.
    """

    layer: str
    kind: str
    run: int
    shared: bool
    record_id: str
    anchor: str
    gold: Side
    pred: Side

    @property
    def labels(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): the labels on either side."""
        return tuple(dict.fromkeys(side.span.label for side in (self.gold, self.pred) if side.span is not None))

    @property
    def kind_name(self) -> str:
        """RETURNS (str): the kind as a person would say it."""
        return KIND_NAMES[self.kind]


@dataclass(frozen=True, slots=True)
class Column:
    """A document as gold or as one run sees it.

    name (str): "Gold", or the name of the run.
    pieces (tuple[Piece, ...]): the text with its spans.
    wrong (int): spans that are not right.
    """

    name: str
    pieces: tuple[Piece, ...]
    wrong: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document for the page.

    record_id (str): its id.
    anchor (str): its place in the page.
    meta (tuple[tuple[str, str], ...]): what its meta says.
    columns (tuple[Column, ...]): gold first, then each run.
    spans (int): gold spans.
    """

    record_id: str
    anchor: str
    meta: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    spans: int

    @property
    def wrong(self) -> int:
        """RETURNS (int): errors of the first run."""
        return self.columns[1].wrong


@dataclass(frozen=True, slots=True)
class PassageView:
    """The passage that the page opens with.

    record_id, anchor (str): its document, and the document's place in the page.
    columns (tuple[Column, ...]): gold first, then each run.
    """

    record_id: str
    anchor: str
    columns: tuple[Column, ...]


Judged = tuple[str, SpanError]
"""A layer and an error in it."""


def judge_document(gold: Record, pred: Record, scheme: LabelScheme) -> tuple[list[Judged], list[Mark], list[Mark]]:
    """Pair one document's spans as `evaluate` does.

    gold, pred (Record): the document twice.
    scheme (LabelScheme): which label is in which layer.
    RETURNS (tuple): the errors, and the marks of gold and of the prediction.
    """
    wanted = scheme.annotated(gold.meta)
    errors: list[Judged] = []
    gold_marks: list[Mark] = []
    pred_marks: list[Mark] = []
    for layer in scheme.layers:
        golds = [span for span in scheme.in_layer(gold.spans, layer) if span.label in wanted]
        preds = [span for span in scheme.in_layer(pred.spans, layer) if span.label in wanted]
        found = list(span_errors(gold, match_spans(golds, preds), with_values=layer == NUMBERS))
        errors += [(layer, error) for error in found]
        kinds = {id(span): error.kind for error in found for span in (error.gold, error.pred) if span is not None}
        gold_marks += [Mark(span, layer, kinds.get(id(span), "right")) for span in golds]
        pred_marks += [Mark(span, layer, kinds.get(id(span), "right")) for span in preds]
    return errors, gold_marks, pred_marks


def error_view(layer: str, error: SpanError, *, run: int, shared: bool, anchor: str) -> ErrorView:
    """RETURNS (ErrorView): the error with its context and the differences of its two sides."""
    gold, pred = _sides(error)
    return ErrorView(layer, error.kind, run, shared, error.record.id, anchor, gold, pred)


def _sides(error: SpanError) -> tuple[Side, Side]:
    spans = [span for span in (error.gold, error.pred) if span is not None]
    text, start, end = error.record.text, min(s.start for s in spans), max(s.end for s in spans)
    before = _one_line(text[max(0, start - CONTEXT) : start])
    after = _one_line(text[end : end + CONTEXT])
    borders = sorted({place for span in spans for place in (span.start, span.end)})

    def side(this: CharSpan | None, other: CharSpan | None) -> Side:
        parts = []
        for low, high in pairwise(borders):
            inside = this is not None and this.start <= low < this.end
            differs = inside != (other is not None and other.start <= low < other.end)
            classes = " ".join(name for name, given in (("in", inside), ("diff", differs)) if given)
            parts.append((_one_line(text[low:high]), classes))
        return Side(this, before, tuple(parts), after)

    return side(error.gold, error.pred), side(error.pred, error.gold)


def _one_line(text: str) -> str:
    return text.replace("\n", "⏎")


def document_view(
    gold: Record, judged: Sequence[tuple[list[Judged], list[Mark], list[Mark]]], names: Sequence[str], anchor: str
) -> DocumentView:
    """Show a document.

    gold (Record): the gold record.
    judged (Sequence): for each run what `judge_document` returned.
    names (Sequence[str]): the runs' names.
    anchor (str): its place in the page.
    RETURNS (DocumentView): gold beside the runs; gold's marks say what the first run made of them.
    """
    columns = [Column("Gold", tuple(cut(gold.text, judged[0][1])), 0)]
    for name, (errors, _, pred_marks) in zip(names, judged, strict=True):
        columns.append(Column(name, tuple(cut(gold.text, pred_marks)), len(errors)))
    meta = tuple((str(key), str(value)) for key, value in gold.meta.items() if isinstance(value, str | int | float))
    return DocumentView(gold.id, anchor, meta, tuple(columns), len(gold.spans))


def passage_view(
    golds: Sequence[Record],
    judged: Mapping[str, Sequence[tuple[list[Judged], list[Mark], list[Mark]]]],
    names: Sequence[str],
    anchors: Mapping[str, str],
) -> PassageView | None:
    """Choose and show the passage that tells most.

    golds (Sequence[Record]): the gold records.
    judged (Mapping): for each record id what `judge_document` returned for each run.
    names (Sequence[str]): the runs' names.
    anchors (Mapping[str, str]): the documents to choose from, with their place in the page.
    RETURNS (PassageView | None): gold beside the runs; None if no document has a passage that is short enough.
    """
    best: tuple[Passage, Record] | None = None
    for record in golds:
        if record.id in anchors and (found := best_passage(record.text, *judged[record.id][0][1:])) is not None:
            best = (found, record) if best is None or found > best[0] else best
    if best is None:
        return None
    passage, record = best
    sides = [("Gold", judged[record.id][0][1])]
    sides += [(name, marks) for name, (_, _, marks) in zip(names, judged[record.id], strict=True)]
    columns = [Column(name, tuple(cut(record.text, marks, passage.start, passage.end)), 0) for name, marks in sides]
    return PassageView(record.id, anchors[record.id], tuple(columns))


def used_labels(layer: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """RETURNS (list): the labels of a layer that have gold or predicted spans, with their strict scores."""
    per_label = layer["strict"]["per_label"]
    return [(name, row) for name, row in per_label.items() if row.get("undefined", {}).get("f1") != NO_SPAN]


def confusion_rows(layer: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """RETURNS (tuple): heads and rows of the confusion table, labels that occur only; "missed" is the last column and
    "spurious" the last row."""
    table: Mapping[str, Mapping[str, int]] = layer["errors"]["confusion"]
    order = [*layer["strict"]["per_label"], "missed"]
    heads = [name for name in order if any(row.get(name) for row in table.values())]
    return heads, [(gold, [row.get(head, 0) for head in heads]) for gold, row in table.items()]


def kind_rows(layer: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """RETURNS (list): key, name and number of each error kind of a layer."""
    kinds = layer["errors"]["kinds"]
    return [(kind, KIND_NAMES[kind], kinds[kind]) for kind in KINDS if kind in kinds]


def shared_keys(judged: Iterable[Judged]) -> set[tuple[object, ...]]:
    """RETURNS (set): what makes an error the same error in another run."""
    return {error_key(layer, error) for layer, error in judged}


def error_key(layer: str, error: SpanError) -> tuple[object, ...]:
    """RETURNS (tuple): layer, kind, document and both spans with their values."""
    sides = tuple(None if span is None else (*span.key, span.value) for span in (error.gold, error.pred))
    return (layer, error.kind, error.record.id, *sides)
