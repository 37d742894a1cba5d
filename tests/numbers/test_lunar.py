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
        ("每年农历六月廿四是节日", "2023-08-18", "每年农历六月廿四", None),
        ("农历三月三歌节", "2022-04-26", "农历三月三", "2022-04-03"),
        ("农历九月九日登高", "2022-04-26", "农历九月九日", "2022-10-04"),
        ("旧历八月十五", "2022-04-26", "旧历八月十五", "2022-09-10"),
        ("冬月初一", "2022-04-26", "冬月初一", "2021-12-04"),
        ("九月初九重阳", "2022-04-26", "九月初九", "2022-10-04"),
        ("五月初五包粽子", "2022-04-26", "五月初五", "2022-06-03"),
        ("八月十五月儿圆", "2022-04-26", "八月十五", "2022-09-10"),
        ("正月十五元宵节", "2022-04-26", "正月十五", "2022-02-15"),
        ("正月十五家家挂灯", "2022-04-26", "正月十五", "2022-02-15"),
    ],
)
def test_lunar_date_in_a_text(text: str, date: str | None, surface: str, value: str | None) -> None:
    (span,) = [span for span in find_numbers(text, date) if text[span.start : span.end] == surface]
    assert (span.label, span.value) == ("DATE", value)


def read(text: str) -> list[tuple[str, str | None]]:
    return [(text[span.start : span.end], span.value) for span in find_numbers(text, "2022-04-26")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("农历五月初五至初七", [("农历五月初五至初七", "2022-06-03/2022-06-05")]),
        ("正月初一到初三人们拜年", [("正月初一到初三", "2022-02-01/2022-02-03")]),
        ("农历八月十五至十八日", [("农历八月十五至十八日", "2022-09-10/2022-09-13")]),
        ("农历5月5日至7日", [("农历5月5日至7日", "2022-06-03/2022-06-05")]),
        ("三月廿一至廿三日", [("三月廿一至廿三日", "2022-04-21/2022-04-23")]),
        ("腊月二十八至正月初六", [("腊月二十八至正月初六", "2022-01-30/2022-02-06")]),
        ("2022年农历二月廿九至三十日", [("2022年农历二月廿九至三十日", None)]),  # that month has 29 days
    ],
)
def test_range_of_lunar_days_ends_on_a_lunar_day(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("五月二十至二十五日", [("五月二十至二十五日", "2022-05-20/2022-05-25")]),
        ("今年五月二十至二十五日", [("今年五月二十至二十五日", "2022-05-20/2022-05-25")]),
        ("三月十二至十五日", [("三月十二至十五日", "2022-03-12/2022-03-15")]),
        ("三月十二到十五号", [("三月十二到十五号", "2022-03-12/2022-03-15")]),
        ("三月二十至四月五日", [("三月", "2022-03"), ("四月五日", "2022-04-05")]),
        ("六月二十八、二十九日", [("六月二十八", "2022-06-28"), ("二十九日", "2022-06-29")]),
        ("六月二十八和二十九日", [("六月二十八", "2022-06-28"), ("二十九日", "2022-06-29")]),
        ("六月十、十一日", [("六月十", "2022-06-10"), ("十一日", "2022-06-11")]),
        ("5月20和21日", [("5月20", "2022-05-20"), ("21日", "2022-05-21")]),
        ("三月三日", [("三月三日", "2022-03-03")]),
        ("三月三十日", [("三月三十日", "2022-03-30")]),
    ],
)
def test_solar_days_that_share_one_unit_stay_solar(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三月二十余人", [("三月", "2022-03"), ("二十余人", ">20 人")]),
        ("三月二十三人", [("三月", "2022-03"), ("二十三人", "23 人")]),
        ("三月二十五名工人", [("三月", "2022-03"), ("二十五名", "25 名")]),
        ("三月二十五六个", [("三月", "2022-03"), ("二十五六个", "25..26 个")]),
        ("三月二十、三十人", [("三月", "2022-03"), ("二十", "20 人"), ("三十人", "30 人")]),
        ("三月廿余人", [("三月", "2022-03"), ("廿余人", ">20 人")]),
        ("九月十五家企业", [("九月", "2022-09"), ("十五家", "15 家")]),
        ("三月三十家", [("三月", "2022-03"), ("三十家", "30 家")]),
        ("十一月二十国集团峰会", [("十一月", "2021-11")]),
        ("十月二十大召开", [("十月", "2022-10")]),
        ("六月二十强选手", [("六月", "2022-06")]),
        ("今年三月十五省联合", [("今年三月", "2022-03"), ("十五省", "15 省")]),
        ("六月二十一世纪研究会", [("六月", "2022-06"), ("二十一世纪", "20XX")]),
        ("三月十三五期间", [("三月", "2022-03"), ("十三五期间", "2016/2020")]),
        ("一月十二点", [("一月", "2022-01"), ("十二点", "12 点")]),
        ("三月二十五岁", [("三月", "2022-03"), ("二十五岁", "25 岁")]),
        ("五月二十九元", [("五月", "2022-05"), ("二十九元", "29 CNY")]),
        ("六月二十四小时", [("六月", "2022-06"), ("二十四小时", "PT24H")]),
        ("六月十五天无雨", [("六月", "2022-06"), ("十五天", "P15D")]),
        ("六月二十三分之一", [("六月", "2022-06"), ("二十三分之一", "4.3478 %")]),
        ("七月二十八亿", [("七月", "2022-07")]),
        ("三月初三十人", [("三月初", "2022-03 start"), ("三十人", "30 人")]),
        ("三月初十一个项目", [("三月初", "2022-03 start"), ("十一个", "11 个")]),
        ("五月初一批项目", [("五月初", "2022-05 start")]),
        ("农历三月二十余人", [("农历三月", "2022-04-01/2022-04-30"), ("二十余人", ">20 人")]),
        ("正月十五个乡镇", [("正月", "2022-02-01/2022-03-02"), ("十五个", "15 个")]),
        ("改正月饼的包装", []),
        ("冬月光", []),
    ],
)
def test_count_behind_a_month_is_no_lunar_day(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert read(text) == expected
