"""Offset maps: every clean character knows where it came from, and maps compose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.offsets import Edit, OffsetMap, apply_edits

texts = st.text("ab 标注\n", max_size=30)


@st.composite
def edited(draw: st.DrawFn, text: str | None = None) -> tuple[str, str, OffsetMap]:
    before = draw(texts) if text is None else text
    cuts = sorted(draw(st.lists(st.integers(0, len(before)), max_size=6, unique=True)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    edits = [Edit(start, end, draw(st.text("xy", max_size=3))) for start, end in pairs]
    after, offsets = apply_edits(before, edits)
    return before, after, offsets


@given(edited())
def test_kept_characters_are_the_raw_ones(case: tuple[str, str, OffsetMap]) -> None:
    raw, clean, offsets = case
    assert (offsets.raw_length, offsets.clean_length) == (len(raw), len(clean))
    for position, char in enumerate(clean):
        start, end = offsets.to_raw(position, position + 1)
        assert 0 <= start <= end <= len(raw)
        if char not in "xy":
            assert raw[start:end] == char


@given(edited())
def test_there_and_back_covers_the_span(case: tuple[str, str, OffsetMap]) -> None:
    _, clean, offsets = case
    for start in range(len(clean)):
        raw = offsets.to_raw(start, start + 1)
        back = offsets.to_clean(*raw)
        if raw[0] < raw[1]:
            assert back is not None
            assert back[0] <= start < back[1]


@given(edited(), st.data())
def test_maps_compose(case: tuple[str, str, OffsetMap], data: st.DataObject) -> None:
    raw, middle, first = case
    _, clean, second = data.draw(edited(middle))
    both = first.then(second)
    assert (both.raw_length, both.clean_length) == (len(raw), len(clean))
    for position in range(len(clean)):
        through = second.to_raw(position, position + 1)
        if through[0] < through[1]:
            assert both.to_raw(position, position + 1) == first.to_raw(*through)


@given(edited())
def test_map_survives_json(case: tuple[str, str, OffsetMap]) -> None:
    offsets = case[2]
    assert OffsetMap.from_json(offsets.to_json()) == offsets


def test_identity_composes_to_itself() -> None:
    _, offsets = apply_edits("a  b", [Edit(1, 3, " ")])
    assert OffsetMap.identity(4).then(offsets) == offsets == offsets.then(OffsetMap.identity(3))


def test_deleted_text_has_no_clean_span() -> None:
    _, offsets = apply_edits("abcd", [Edit(1, 3)])
    assert offsets.to_clean(1, 3) is None
    assert offsets.to_clean(0, 4) == (0, 2)


@pytest.mark.parametrize(
    "edits", [[Edit(0, 2), Edit(1, 3)], [Edit(2, 9)], [Edit(2, 1)]], ids=["overlap", "outside", "reversed"]
)
def test_impossible_edits_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps another edit or lies outside"):
        apply_edits("abcd", edits)


def test_maps_that_do_not_meet_are_refused() -> None:
    with pytest.raises(ValueError, match="do not meet"):
        OffsetMap.identity(3).then(OffsetMap.identity(4))
