"""Lunar days and months as days of the Gregorian calendar."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.numbers import find_numbers
from pipeline.numbers.lunar import bounds_of


@pytest.mark.parametrize(
    ("year", "month", "day", "is_leap", "gregorian"),
    [
        (1900, 1, 1, False, "1900-01-31"),
        (1995, 1, 15, False, "1995-02-14"),
        (2020, 4, 1, True, "2020-05-23"),
        (2022, 1, 1, False, "2022-02-01"),
        (2022, 12, 30, False, "2023-01-21"),
        (2023, 8, 15, False, "2023-09-29"),
        (2033, 11, 1, True, "2033-12-22"),
    ],
)
def test_lunar_day_is_its_gregorian_day(year: int, month: int, day: int, is_leap: bool, gregorian: str) -> None:
    bounds = bounds_of(year, month, day, is_leap)
    assert bounds is not None
    assert bounds[0] == bounds[1] == datetime.date.fromisoformat(gregorian)


@pytest.mark.parametrize(
    ("year", "month", "day", "is_leap"),
    [(2022, 1, 31, False), (2022, 5, 1, True), (1899, 1, 1, False), (2100, 1, 1, False)],
)
def test_lunar_day_that_is_none_has_no_bounds(year: int, month: int, day: int, is_leap: bool) -> None:
    assert bounds_of(year, month, day, is_leap) is None


@given(st.integers(1900, 2098))
def test_lunar_months_follow_each_other_without_a_gap(year: int) -> None:
    months = [bounds_of(year, month, None, leap) for month in range(1, 13) for leap in (False, True)]
    bounds = [found for found in months if found is not None]
    new_year = bounds_of(year + 1, 1, None)
    assert new_year is not None
    ends = [last for _, last in bounds]
    starts = [first for first, _ in [*bounds[1:], new_year]]
    assert [start - end for start, end in zip(starts, ends, strict=True)] == [datetime.timedelta(days=1)] * len(ends)


@pytest.mark.parametrize(
    ("text", "date", "surface", "value"),
    [
        ("正月初一，各地喜迎新春", "2022-02-07", "正月初一", "2022-02-01"),
        ("去年正月初三失火", "2019-12-20", "去年正月初三", "2018-02-18"),
        ("今年农历腊月二十八至除夕", "2022-11-20", "今年农历腊月二十八", "2023-01-19"),
        ("八月十五快到了", "1998-01-15", "八月十五", "1997-09-16"),
        ("2012年正月初8", None, "2012年正月初8", "2012-01-30"),
        ("二零一二年农历正月十五", None, "二零一二年农历正月十五", "2012-02-06"),
        ("五月廿二", "2022-07-01", "五月廿二", "2022-06-20"),
        ("这个正月里", "2022-03-20", "正月", "2022-02-01/2022-03-02"),
        ("闰四月", "2021-01-01", "闰四月", "2020-05-23/2020-06-20"),
        ("正月初一", None, "正月初一", None),
        ("每年农历六月廿四是节日", "2023-08-18", "农历六月廿四", None),
    ],
)
def test_lunar_date_in_a_text(text: str, date: str | None, surface: str, value: str | None) -> None:
    (span,) = [span for span in find_numbers(text, date) if text[span.start : span.end] == surface]
    assert (span.label, span.value) == ("DATE", value)


@pytest.mark.parametrize("text", ["改正月饼的包装", "九月十五家企业", "三月三十家", "冬月光"])
def test_lunar_months_are_not_seen_in_other_words(text: str) -> None:
    dates = {text[span.start : span.end] for span in find_numbers(text, "2022-05-01")}
    assert not dates & {"正月", "九月十五", "三月三十", "冬月"}
