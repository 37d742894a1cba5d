"""Units: what they measure, their spellings, and exact conversion."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.values import parse_value
from pipeline.numbers import find_numbers
from pipeline.numbers.conversion import convert_value, same_amount, unit_size

LENGTHS = ("米", "公里", "千米", "厘米", "毫米", "华里", "海里", "英尺")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("3.5 公里", "米", "3500 米"),
        ("3500 米", "公里", "3.5 公里"),
        (">=2 公里/小时", "米", ">=2000 米/小时"),
        ("3..5 吨", "千克", "3000..5000 千克"),
        ("~6 亩", "平方米", "~4000 平方米"),
        ("1 里", "公里", "0.5 公里"),
        ("90 斤", "吨", "0.045 吨"),
        ("3.6 兆焦", "千瓦时", "1 千瓦时"),
        ("-0.5 米", "厘米", "-50 厘米"),
        ("0 米", "公里", "0 公里"),
        ("7 m2", "公顷", "0.0007 公顷"),
        ("1 公顷", "㎡", "10000 m2"),
    ],
)
def test_values_are_converted_exactly(value: str, unit: str, expected: str) -> None:
    assert convert_value(value, "QUANTITY", unit) == expected


@pytest.mark.parametrize(
    ("value", "unit"), [("1 尺", "米"), ("5 公里", "吨"), ("5 件", "米"), ("5 公里", "件"), ("30 度", "千瓦时")]
)
def test_what_has_no_exact_answer_is_refused(value: str, unit: str) -> None:
    with pytest.raises(ValueError, match=unit):
        convert_value(value, "QUANTITY", unit)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("5 公里", "5 千米", True),
        ("5 公里", "5000 米", True),
        ("1 尺", "10 寸", True),
        ("5 公里", ">5 公里", False),
        ("5 公里/小时", "5 千米/小时", True),
        ("5 公里/小时", "5 公里", False),
        ("5 公里", "5 吨", False),
        ("5 件", "5 件", True),
        ("5 件", "5 个", False),
    ],
)
def test_equal_on_request(first: str, second: str, same: bool) -> None:
    assert same_amount(first, second, "QUANTITY") is same
    assert same_amount(second, first, "QUANTITY") is same


@given(
    st.decimals(-(10**9), 10**9, places=4, allow_nan=False, allow_infinity=False),
    st.sampled_from(LENGTHS),
    st.sampled_from(LENGTHS),
)
def test_there_and_back_is_the_same_value(number: Decimal, unit: str, other: str) -> None:
    value = str(parse_value(f"{format(number.normalize(), 'f')} {unit}" if number else f"0 {unit}", "QUANTITY"))
    try:
        there = convert_value(value, "QUANTITY", other)
    except ValueError:
        return  # no finite decimal: 1 foot in nautical miles
    assert convert_value(there, "QUANTITY", unit) == value
    assert same_amount(value, there, "QUANTITY")


def test_spellings_share_a_size_and_what_the_grammar_writes_is_known() -> None:
    assert unit_size("km") == unit_size("公里") == unit_size("千米")
    assert unit_size("家") is None
    (span,) = find_numbers("全长3.5千米。")  # "3.5 km long in all"
    assert convert_value(str(span.value), span.label, "米") == "3500 米"
