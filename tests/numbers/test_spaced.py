"""Numerals that spaces broke are read whole where that is certain, and never joined across columns."""

from __future__ import annotations

import pytest

from pipeline.numbers import find_candidates, find_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("注册商标4.3 万件", [("4.3 万件", "43000 件")]),
        ("增长1.6 个百分点", [("1.6 个百分点", "1.6 pp")]),
        ("新台币 177.1 亿元", [("177.1 亿元", "17710000000 CNY")]),
        ("共有三百 五十人", [("三百 五十人", "350 人")]),
        ("三 百 五 又 三 分之 一", [("三 百 五 又 三 分之 一", "35033.3333 %")]),
        ("3 5 亿元", [("5 亿元", "500000000 CNY")]),
        ("35 万科", []),
        ("1 万达广场", []),  # the names of companies and counties
        ("3 万达影城", []),
        ("2 亿利集团", []),
        ("3 万年县", []),
        ("1 亿联网络", []),
        ("一 百度公司", []),
        ("附件 1 万元", []),  # the label of a table and its unit
        ("代表 3 万人", [("3 万人", "30000 人")]),
        ("有 3 万全职员工", [("3 万", "30000")]),
        ("净赚 1 亿利润", [("1 亿", "100000000")]),
        ("3 万人达标", [("3 万人", "30000 人")]),
        ("增至 3 万达到目标", [("3 万", "30000")]),
        ("两 千人", [("两 千人", "2000 人")]),
        ("3 千米", [("3 千米", "3 千米")]),
        ("2 千瓦", [("2 千瓦", "2 千瓦")]),
        ("一 二 三", []),
        ("2019 年 4 月 5 日", [("2019 年 4 月 5 日", "2019-04-05")]),
    ],
)
def test_spaced_numeral_that_is_certain_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(text[span.start : span.end], span.value) for span in find_numbers(text)] == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十 余 万", ">100000"),
        ("7 万5 千4 百", "75400"),
        ("一百 五 十 二", "152"),
        ("三千 八百 九十六 万 四千 九百 六十五", "38964965"),
        ("百分之五 十", "50 %"),
        ("一 百 五 十 个 百 分 点", "150 pp"),
        ("３ 分  之 一百五十七", "5233.3333 %"),
        ("二分 之一", "50 %"),
        ("五 天", "P5D"),
    ],
)
def test_spaced_numeral_is_one_candidate(text: str, value: str) -> None:
    (item,) = find_candidates(text)
    assert (item.start, item.end, item.value) == (0, len(text), value)


def test_two_numbers_side_by_side_stay_two() -> None:
    items = find_candidates("一万 二万 三万")  # ten, twenty, thirty thousand in a table
    assert [item.value for item in items] == ["10000", "20000", "30000"]
