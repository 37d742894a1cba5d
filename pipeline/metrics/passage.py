"""The passage that a report opens with: whole sentences of one document that show most of what was marked.

A reader understands marks in a sentence sooner than a table, so the passage has many labels and, if there are errors,
one or two wrong marks (a wrong border is two, gold's and the run's). The choice depends on the texts and marks alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.metrics.marks import Mark

LONGEST = 130
_END = re.compile(r"[。！？!?\n]+[”」』）)]*")


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A stretch of a document; of two the larger one tells more.

    telling (bool): whether it shows one or two wrong marks, and not more.
    labels, spans (int): different labels, and gold spans, in it.
    brevity (int): minus its length, so that of equals the shorter one is larger.
    start, end (int): where it is.
    """

    telling: bool
    labels: int
    spans: int
    brevity: int
    start: int
    end: int


def best_passage(text: str, gold: Sequence[Mark], pred: Sequence[Mark]) -> Passage | None:
    """Choose a passage of a document.

    text (str): the document.
    gold, pred (Sequence[Mark]): what was marked and what a run found.
    RETURNS (Passage | None): at most LONGEST characters that cut no mark; None if no sentence is that short.
    """
    found: list[Passage] = []
    golds, preds = _Placed(gold), _Placed(pred)
    for start, end in _stretches(text):
        inside = golds.touching(start, end)
        near = [*inside, *preds.touching(start, end)]
        if any(mark.span.start < place < mark.span.end for mark in near for place in (start, end)):
            continue
        wrong = sum(mark.status != "right" for mark in near)
        labels = len({mark.span.label for mark in inside})
        if inside:
            found.append(Passage(0 < wrong <= 2, labels, len(inside), start - end, start, end))
    return max(found, key=lambda passage: (passage, -passage.start), default=None)


class _Placed:
    """Marks in order, so that those of a stretch are found without a walk over all of them."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = sorted(marks, key=lambda mark: mark.span.start)
        self._starts = [mark.span.start for mark in self._marks]
        self._longest = max((mark.span.end - mark.span.start for mark in marks), default=0)

    def touching(self, start: int, end: int) -> list[Mark]:
        """RETURNS (list[Mark]): the marks that share a character with the stretch."""
        low, high = bisect_right(self._starts, start - self._longest), bisect_left(self._starts, end)
        return [mark for mark in self._marks[low:high] if mark.span.end > start]


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """YIELDS (tuple[int, int]): runs of whole sentences of at most LONGEST characters."""
    ends = [match.end() for match in _END.finditer(text)]
    borders = sorted({0, *ends, len(text)})
    for place, start in enumerate(borders):
        for end in borders[place + 1 :]:
            stretch = text[start:end]
            if len(stretch.strip()) > LONGEST:
                break
            if stretch.strip():
                yield start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())
