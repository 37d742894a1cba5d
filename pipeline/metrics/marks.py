"""A text with its spans as a list of pieces that a template can write without looking at offsets again.

Spans of two layers may overlap in any way, so the text is cut at every span border; a piece knows which spans cover it
and which of them begin with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.core.spans import CharSpan, sort_spans


@dataclass(frozen=True, slots=True)
class Mark:
    """A span as a reader sees it.

    span (CharSpan): the span.
    layer (str): its layer.
    status (str): "right", or what is wrong: an error kind.
    """

    span: CharSpan
    layer: str
    status: str = "right"

    @property
    def title(self) -> str:
        """RETURNS (str): label, value and what is wrong, for a tooltip and for screen readers."""
        parts = [self.span.label]
        if self.span.value is not None:
            parts.append(self.span.value)
        if self.span.score is not None:
            parts.append(f"p {self.span.score:.2f}")
        if self.status != "right":
            parts.append(self.status.replace("_", ": "))
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that the same spans cover.

    text (str): the text.
    marks (tuple[Mark, ...]): the spans that cover it, the outermost first.
    opening (tuple[Mark, ...]): those that begin here.
    closing (tuple[Mark, ...]): those that end here.
    """

    text: str
    marks: tuple[Mark, ...]
    opening: tuple[Mark, ...]
    closing: tuple[Mark, ...]


def cut(text: str, marks: Sequence[Mark], start: int = 0, end: int | None = None) -> list[Piece]:
    """Cut a text at the borders of its spans.

    text (str): the text.
    marks (Sequence[Mark]): its spans.
    start (int): first code point to show.
    end (int | None): one past the last; the text's end if None.
    RETURNS (list[Piece]): pieces whose texts joined are text[start:end].
    """
    stop = len(text) if end is None else min(end, len(text))
    order = {span.key: place for place, span in enumerate(sort_spans(mark.span for mark in marks))}
    inside = sorted(
        (mark for mark in marks if mark.span.start < stop and start < mark.span.end),
        key=lambda mark: (order[mark.span.key], mark.layer),
    )
    borders = {start, stop}
    for mark in inside:
        borders |= {max(start, mark.span.start), min(stop, mark.span.end)}
    cuts = sorted(borders)
    pieces = []
    for low, high in pairwise(cuts):
        covering = tuple(mark for mark in inside if mark.span.start < high and low < mark.span.end)
        pieces.append(
            Piece(
                text[low:high],
                covering,
                tuple(mark for mark in covering if max(start, mark.span.start) == low),
                tuple(mark for mark in covering if min(stop, mark.span.end) == high),
            )
        )
    return pieces


def colors_of(labels: Mapping[str, str]) -> str:
    """RETURNS (str): CSS rules that give each label its colour; names and colours that are not plain are left out."""
    rules = []
    for name, color in labels.items():
        if name.replace("_", "").replace("-", "").isalnum() and name.isascii() and _is_color(color):
            rules.append(f'.s[data-l="{name}"]{{--c:{color}}}')
    return "\n".join(rules)


def _is_color(text: str) -> bool:
    digits = text.removeprefix("#")
    return text.startswith("#") and len(digits) in (3, 6) and all(char in "0123456789abcdefABCDEF" for char in digits)
