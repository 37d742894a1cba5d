"""The passage that a report opens with: whole sentences of one document that show most of what was marked.

A reader understands marks in a sentence sooner than a table, so the passage has many labels and, if there are errors,
one or two of them. The choice depends on the texts and marks alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.metrics.marks import Mark

LONGEST = 130
_END = re.compile(r"[。！？!?\n]+[”」』）)]*")


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A stretch of a document; of two the larger one tells more.

    telling (bool): whether it shows an error or two, and not more.
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
    marks = [*gold, *pred]
    for start, end in _stretches(text):
        if any(mark.span.start < place < mark.span.end for mark in marks for place in (start, end)):
            continue
        inside = [mark for mark in gold if start <= mark.span.start and mark.span.end <= end]
        wrong = [m.status != "right" and start <= m.span.start and m.span.end <= end for m in marks]
        labels = len({mark.span.label for mark in inside})
        if inside:
            found.append(Passage(0 < sum(wrong) <= 2, labels, len(inside), start - end, start, end))
    return max(found, key=lambda passage: (passage, -passage.start), default=None)


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
