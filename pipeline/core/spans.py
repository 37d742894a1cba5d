"""The span: a labelled stretch of a record's text.

Offsets are Unicode code points into the text, half-open: `text[span.start:span.end]` is the surface. Spans order by
place, the longer first, so that a sorted list nests from the outside in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CharSpan:
    """A labelled span with an optional value.

    start (int): first code point.
    end (int): one past the last code point; always greater than start.
    label (str): a label of the label scheme; the scheme knows its layer.
    value (str | None): canonical value of a number (see `core.values`); None where none can be given, and for entities.
    score (float | None): probability of the span, for predictions that have one. Not part of the identity.
    meta (Mapping): anything else (readings of an ambiguous date, review status). Not part of the identity.
    """

    start: int
    end: int
    label: str
    value: str | None = None
    score: float | None = field(default=None, compare=False)
    meta: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, not [{self.start}, {self.end})")
        if not self.label:
            raise ValueError("a span needs a label")

    @property
    def key(self) -> tuple[int, int, str]:
        """RETURNS (tuple): (start, end, label), what strict matching compares."""
        return (self.start, self.end, self.label)

    def overlaps(self, other: CharSpan) -> bool:
        """RETURNS (bool): whether the two spans share at least one code point."""
        return self.start < other.end and other.start < self.end


def sort_spans(spans: Iterable[CharSpan]) -> tuple[CharSpan, ...]:
    """RETURNS (tuple): the spans by start, longer first, then label."""
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end, span.label)))


def overlapping_pairs(spans: Iterable[CharSpan]) -> list[tuple[CharSpan, CharSpan]]:
    """RETURNS (list): neighbours in text order that overlap; empty exactly if the spans are flat."""
    ordered = sort_spans(spans)
    pairs: list[tuple[CharSpan, CharSpan]] = []
    widest: CharSpan | None = None
    for span in ordered:
        if widest is not None and widest.overlaps(span):
            pairs.append((widest, span))
        if widest is None or span.end > widest.end:
            widest = span
    return pairs
