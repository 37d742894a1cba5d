"""Spans: invariants, order, overlap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.spans import CharSpan, overlapping_pairs, sort_spans

spans = st.builds(
    lambda start, length, label: CharSpan(start, start + length, label),
    st.integers(0, 30),
    st.integers(1, 10),
    st.sampled_from(["DATE", "ORG"]),
)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 2), (-1, 2)], ids=["empty", "reversed", "negative"])
def test_span_refuses_what_is_no_span(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="0 <= start < end"):
        CharSpan(start, end, "DATE")


def test_score_and_meta_are_not_part_of_identity() -> None:
    assert CharSpan(0, 2, "DATE", score=0.3, meta={"a": 1}) == CharSpan(0, 2, "DATE")
    assert CharSpan(0, 2, "DATE", "2022") != CharSpan(0, 2, "DATE", "2021")


def test_sort_nests_from_outside_in() -> None:
    inner, outer = CharSpan(2, 4, "GPE"), CharSpan(2, 9, "ORG")
    assert sort_spans([inner, outer]) == (outer, inner)


@given(st.lists(spans, max_size=8))
def test_overlapping_pairs_is_empty_exactly_if_no_two_spans_overlap(items: list[CharSpan]) -> None:
    any_overlap = any(a.overlaps(b) for i, a in enumerate(items) for b in items[i + 1 :])
    pairs = overlapping_pairs(items)
    assert bool(pairs) == any_overlap
    assert all(a.overlaps(b) for a, b in pairs)
