"""Conflicts between two annotators of a document: where they read a stretch of text in different ways.

What both annotated the same (place, label and value) is agreed. The rest falls into stretches of overlapping spans of
one layer; each stretch is one conflict with two readings, and one decision settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.errors import InputError, Problem
from pipeline.formats.inline import mark_spans

CONTEXT = 20
"""Characters shown on each side of a conflict."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two readings of a stretch of text.

    id (str): record, layer and place: "w1-004/entities/52-56".
    record (Record): the document, for its id and text.
    layer (str): the layer.
    start, end (int): the stretch.
    first, second (tuple[CharSpan, ...]): the spans of either annotator in it; empty where they saw none.
    """

    id: str
    record: Record
    layer: str
    start: int
    end: int
    first: tuple[CharSpan, ...]
    second: tuple[CharSpan, ...]

    @property
    def text(self) -> str:
        """RETURNS (str): the stretch."""
        return self.record.text[self.start : self.end]

    @property
    def before(self) -> str:
        """RETURNS (str): the text in front of it."""
        return self.record.text[max(0, self.start - CONTEXT) : self.start]

    @property
    def after(self) -> str:
        """RETURNS (str): the text behind it."""
        return self.record.text[self.end : self.end + CONTEXT]

    def marked(self, spans: Iterable[CharSpan]) -> str:
        """RETURNS (str): the stretch in inline markup with these spans."""
        moved = [
            CharSpan(span.start - self.start, span.end - self.start, span.label, span.value)
            for span in sort_spans(spans)
        ]
        return mark_spans(self.text, moved)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions of one document.

    first, second (Record): the versions.
    agreed (tuple[CharSpan, ...]): the spans that are the same in both.
    conflicts (tuple[Conflict, ...]): all other places, in text order.
    """

    first: Record
    second: Record
    agreed: tuple[CharSpan, ...]
    conflicts: tuple[Conflict, ...]


def compare_versions(first: Record, second: Record, scheme: LabelScheme) -> Compared:
    """Find what two annotators agree on, and their conflicts.

    first, second (Record): two versions of one document.
    scheme (LabelScheme): its layers.
    RETURNS (Compared): agreed spans and conflicts.
    RAISES (InputError): if texts differ, or the versions are annotated for different labels.
    """
    if first.text != second.text:
        raise InputError(
            Problem("E653", "the two versions have different texts", "adjudicate one text", record_id=first.id)
        )
    if scheme.annotated(first.meta) != scheme.annotated(second.meta):
        message = "the two versions are annotated for different labels (meta.layers, meta.labels)"
        raise InputError(
            Problem("E654", message, "a second person must see all that shall be gold", record_id=first.id)
        )
    left = {(span.key, span.value): span for span in first.spans}
    right = {(span.key, span.value): span for span in second.spans}
    agreed = sort_spans(left[both] for both in left.keys() & right.keys())
    ours = [span for key, span in left.items() if key not in right]
    theirs = [span for key, span in right.items() if key not in left]
    conflicts = [
        conflict
        for layer in scheme.layers
        for conflict in _stretches(first, layer, scheme.in_layer(ours, layer), scheme.in_layer(theirs, layer))
    ]
    return Compared(first, second, agreed, tuple(sorted(conflicts, key=lambda item: (item.start, item.end))))


def _stretches(record: Record, layer: str, ours: Sequence[CharSpan], theirs: Sequence[CharSpan]) -> Iterable[Conflict]:
    groups: list[tuple[list[CharSpan], list[CharSpan]]] = []
    end = -1
    for span, side in sorted(
        [(span, 0) for span in ours] + [(span, 1) for span in theirs], key=lambda item: (item[0].start, item[1])
    ):
        if span.start >= end:
            groups.append(([], []))
        groups[-1][side].append(span)
        end = max(end, span.end)
    for left, right in groups:
        start = min(span.start for span in left + right)
        stop = max(span.end for span in left + right)
        name = f"{record.id}/{layer}/{start}-{stop}"
        yield Conflict(name, record, layer, start, stop, tuple(left), tuple(right))


def compare_corpora(
    first: Mapping[str, Record], second: Mapping[str, Record], scheme: LabelScheme
) -> tuple[list[Compared], list[str]]:
    """Compare all documents that both annotated.

    first, second (Mapping[str, Record]): the versions by id.
    scheme (LabelScheme): layers.
    RETURNS (tuple): the compared documents in the first's order, and the ids of documents that one side lacks.
    RAISES (InputError): if no document is shared, or as `compare_versions`.
    """
    shared = [name for name in first if name in second]
    if not shared:
        raise InputError(Problem("E655", "the two files have no document in common", "documents are paired by id"))
    alone = [name for name in [*first, *second] if (name in first) != (name in second)]
    return [compare_versions(first[name], second[name], scheme) for name in shared], alone
