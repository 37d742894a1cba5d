"""Error kinds: what went wrong with a span, and where.

    missed            no predicted span overlaps          spurious          no gold span overlaps (one-to-one pairing)
    label             same boundaries, other label        label_boundary    overlaps, other label
    boundary_short    inside the gold span                boundary_long     contains the gold span
    boundary_shifted  neither                             value             span and label right, value other

Every paired span that is not right has exactly one kind, so the kinds add up: missed + label + label_boundary +
boundary_* is the number of gold spans that strict matching does not find; `value` comes on top of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.records import Record, span_to_json
from pipeline.core.spans import CharSpan
from pipeline.metrics.matching import Matching
from pipeline.metrics.values import same_value

KINDS = (
    "missed",
    "spurious",
    "label",
    "boundary_short",
    "boundary_long",
    "boundary_shifted",
    "label_boundary",
    "value",
)
CONTEXT = 20
"""Characters shown on each side of an error."""


@dataclass(frozen=True, slots=True)
class SpanError:
    """One error in its document.

    kind (str): one of KINDS.
    record (Record): the gold record.
    gold (CharSpan | None): the gold span, None for a spurious prediction.
    pred (CharSpan | None): the predicted span, None for a missed one.
    """

    kind: str
    record: Record = field(repr=False)
    gold: CharSpan | None
    pred: CharSpan | None

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): kind, record id, both spans with their surface, and the text around them."""
        spans = [span for span in (self.gold, self.pred) if span is not None]
        start, end = min(span.start for span in spans), max(span.end for span in spans)
        text = self.record.text
        return {
            "kind": self.kind,
            "id": self.record.id,
            "gold": self._span_json(self.gold),
            "pred": self._span_json(self.pred),
            "before": text[max(0, start - CONTEXT) : start],
            "text": text[start:end],
            "after": text[end : end + CONTEXT],
        }

    def _span_json(self, span: CharSpan | None) -> dict[str, Any] | None:
        if span is None:
            return None
        data = span_to_json(span)
        data.pop("meta", None)
        return data | {"surface": self.record.surface(span)}

    @property
    def place(self) -> tuple[str, tuple[tuple[int, int, str, str], ...]]:
        """RETURNS (tuple): record id, then offsets, label and value of each side; errors that share them are alike."""
        spans = [span for span in (self.gold, self.pred) if span is not None]
        return self.record.id, tuple((*span.key, span.value or "") for span in spans)


def pair_kind(gold: CharSpan, pred: CharSpan) -> str:
    """RETURNS (str): the error kind of two spans that are paired and not strictly equal."""
    if (gold.start, gold.end) == (pred.start, pred.end):
        return "label"
    if gold.label != pred.label:
        return "label_boundary"
    if gold.start <= pred.start and pred.end <= gold.end:
        return "boundary_short"
    if pred.start <= gold.start and gold.end <= pred.end:
        return "boundary_long"
    return "boundary_shifted"


def span_errors(record: Record, matching: Matching, *, with_values: bool) -> Iterator[SpanError]:
    """Name every error of one layer of one document.

    record (Record): the gold record.
    matching (Matching): its spans paired with the predicted ones.
    with_values (bool): whether the layer has values to compare.
    YIELDS (SpanError): each error once.
    """
    for gold, pred in matching.exact:
        if gold.label != pred.label:
            yield SpanError("label", record, gold, pred)
        elif with_values and not same_value(gold, pred):
            yield SpanError("value", record, gold, pred)
    for gold, pred in matching.overlap:
        yield SpanError(pair_kind(gold, pred), record, gold, pred)
    for span in matching.missed:
        yield SpanError("missed", record, span, None)
    for span in matching.spurious:
        yield SpanError("spurious", record, None, span)


class ExampleKeeper:
    """A bounded choice of examples of each kind: those of the lowest rank, in whatever order they come.

    limit (int): how many of each kind.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._heaps: dict[str, list[tuple[int, tuple[object, ...], int, SpanError]]] = {}
        self._count = 0

    def add(self, rank: int, error: SpanError) -> None:
        """Keep the error if it is among the first of its kind."""
        heap = self._heaps.setdefault(error.kind, [])
        self._count += 1
        entry = (-rank, error.place, self._count, error)  # a rank may stand twice: two spans in one place
        if len(heap) < self.limit:
            heapq.heappush(heap, entry)
        elif heap and entry > heap[0]:
            heapq.heapreplace(heap, entry)

    def to_json(self) -> dict[str, list[dict[str, Any]]]:
        """RETURNS (dict): examples of each kind that has any, by document and place."""
        return {
            kind: [error.to_json() for error in sorted((entry[-1] for entry in heap), key=lambda error: error.place)]
            for kind in KINDS
            if (heap := self._heaps.get(kind))
        }
