"""The passage that a report opens with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.spans import CharSpan
from pipeline.metrics.marks import Mark
from pipeline.metrics.passage import Passage, best_passage

TEXT = "余姚市增长3%。宁波市下降。"  # "Yuyao grew by 3 %. Ningbo fell."


def mark(start: int, end: int, status: str = "right", label: str = "GPE") -> Mark:
    return Mark(CharSpan(start, end, label), "entities", status)


@pytest.mark.parametrize(
    ("gold", "pred", "wanted"),
    [
        ([], [], None),
        ([mark(0, 3)], [], (0, 8)),
        ([mark(0, 3), mark(8, 11)], [], (0, 14)),
        ([mark(0, 3), mark(8, 11, "missed")], [mark(0, 3)], (0, 14)),
        # a wrong border is two wrong marks, and two borders are too many for one passage: the shorter sentence
        ([mark(0, 3, "border")], [mark(0, 2, "border")], (0, 8)),
        ([mark(0, 3, "border"), mark(8, 11, "border")], [mark(0, 2, "border"), mark(8, 10, "border")], (8, 14)),
        # no passage ends inside a mark
        ([mark(0, 3), mark(5, 9, label="PERCENT")], [], (0, 14)),
        ([mark(0, 3)], [mark(5, 9, "spurious")], (0, 14)),
    ],
)
def test_passage(gold: list[Mark], pred: list[Mark], wanted: tuple[int, int] | None) -> None:
    found = best_passage(TEXT, gold, pred)
    assert (None if found is None else (found.start, found.end)) == wanted


class Counted(list[Mark]):
    """Marks that count how often one of them is looked at."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        super().__init__(marks)
        self.walks = 0

    def __iter__(self) -> Iterator[Mark]:
        self.walks += 1
        return super().__iter__()


def test_marks_are_not_walked_for_every_stretch() -> None:
    marks = Counted([mark(7 * n, 7 * n + 3) for n in range(200)])
    found = best_passage("余姚市增长了。" * 200, marks, marks)
    assert found is not None
    assert found.spans == 18
    assert marks.walks < 10


@given(
    st.lists(st.tuples(st.integers(0, 39), st.integers(1, 40), st.sampled_from(["right", "missed"]))),
    st.text("字。 ", min_size=40, max_size=40),
)
def test_passage_tells_what_is_in_it(drawn: list[tuple[int, int, str]], text: str) -> None:
    marks = [mark(start, min(start + size, 40), status) for start, size, status in drawn]
    found = best_passage(text, marks[::2], marks[1::2])
    if found is None:
        return
    start, end = found.start, found.end
    assert not any(m.span.start < place < m.span.end for m in marks for place in (start, end))
    gold, both = ([m for m in some if start <= m.span.start and m.span.end <= end] for some in (marks[::2], marks))
    telling = 0 < sum(m.status != "right" for m in both) <= 2
    assert found == Passage(telling, 1, len(gold), start - end, start, end)
