"""Canonical values: one spelling each, exact, with messages a person can act on."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.value_types import MODIFIERS, Amount, format_decimal
from pipeline.core.values import (
    CURRENCIES,
    ValueFormatError,
    fold_unit,
    is_value,
    make_amount,
    make_ratio,
    make_when,
    parse_value,
)

CANONICAL = [
    ("43000 件", "QUANTITY"),
    ("-5 °C", "QUANTITY"),
    ("3..5 个", "QUANTITY"),
    (">20 名", "QUANTITY"),
    ("31.3 微克/立方米", "QUANTITY"),
    ("28138000 辆（艘、架、列）次", "QUANTITY"),
    ("1650000000 CNY", "MONEY"),
    ("5000 CNY/吨", "MONEY"),
    ("98.46 %", "PERCENT"),
    ("1.2 pp", "PERCENT"),
    ("~30..40 %", "PERCENT"),
    ("10 名", "ORDINAL"),
    ("1", "ORDINAL"),
    ("9.5", "CARDINAL"),
    ("3:1", "CARDINAL"),
    ("1:2:3", "CARDINAL"),
    ("2022-04-26", "DATE"),
    ("2020-02-29", "DATE"),
    ("XXXX-02-29", "DATE"),
    ("2021/2025", "DATE"),
    ("2021 end", "DATE"),
    ("2022-05 start", "DATE"),
    ("199X", "DATE"),
    ("XXXX-04-26", "DATE"),
    ("2025-33/2025-35", "DATE"),
    ("2024-40", "DATE"),
    ("P1W", "DATE"),
    ("P12M", "DATE"),
    ("P3D..P5D", "DATE"),
    (">P10Y", "DATE"),
    ("T09:30", "TIME"),
    ("T09:30:05", "TIME"),
    ("T24:00", "TIME"),
    ("T09/T11:30", "TIME"),
    ("PT2H", "TIME"),
    ("~PT2.5H", "TIME"),
    ("P1DT12H", "TIME"),
]


@pytest.mark.parametrize(("text", "label"), CANONICAL)
def test_value_canonical_round_trips(text: str, label: str) -> None:
    value = parse_value(text, label)
    assert str(value) == text
    assert parse_value(str(value), label) == value
    assert is_value(text, label)


@pytest.mark.parametrize(
    ("text", "label", "hint"),
    [
        ("", "CARDINAL", "no number"),
        ("5元", "MONEY", "one space"),
        ("5 元", "MONEY", "ISO 4217"),
        ("5", "MONEY", "ISO 4217"),
        ("5 人", "PERCENT", "percentage points"),
        ("5", "QUANTITY", "CARDINAL"),
        ("5  个", "QUANTITY", "one space"),
        ("5 个 ", "QUANTITY", "one space"),
        ("5 个\n", "QUANTITY", "one space"),
        ("43,000 件", "QUANTITY", "separators"),
        ("4.3万 件", "QUANTITY", "multiplied out"),
        ("+5 件", "QUANTITY", "plain decimal"),
        ("05 件", "QUANTITY", "plain decimal"),
        ("5.0 件", "QUANTITY", "plain decimal"),
        ("-0 件", "QUANTITY", "-0"),
        ("1e5 件", "QUANTITY", "e.g."),
        ("5..3 件", "QUANTITY", "lower number first"),
        ("５ 件", "QUANTITY", "e.g."),
        ("5 ｋｍ", "QUANTITY", "'km'"),
        ("5 a/b/c", "QUANTITY", "unit/unit"),
        ("5 /人", "QUANTITY", "unit/unit"),
        ("9" * 401 + " 件", "QUANTITY", "400 digits"),
        ("3:1", "QUANTITY", "e.g."),
        ("03:1", "CARDINAL", "e.g."),
        (">~5", "CARDINAL", "e.g."),
        ("2022-4-26", "DATE", "YYYY-MM-DD"),
        ("2022-13", "DATE", "no month 13"),
        ("2023-02-29", "DATE", "no day"),
        ("XXXX-02-30", "DATE", "no day"),
        ("2022-04-31", "DATE", "no day"),
        ("2021 End", "DATE", "e.g."),
        ("2021/", "DATE", "e.g."),
        ("P", "DATE", "P3D"),
        ("P1YT", "DATE", "P3D"),
        ("P1.5Y6M", "DATE", "last part"),
        ("P1.50Y", "DATE", "P3D"),
        ("T9:30", "TIME", "T09"),
        ("T25", "TIME", "no time"),
        ("T24:01", "TIME", "no time"),
        ("T10:60", "TIME", "no time"),
        ("5 个", "GPE", "no label of the numbers layer"),
    ],
)
def test_value_not_canonical_is_refused_with_advice(text: str, label: str, hint: str) -> None:
    with pytest.raises(ValueFormatError) as caught:
        parse_value(text, label)
    assert hint in str(caught.value)
    assert not is_value(text, label)


def test_value_parts_are_scored_apart() -> None:
    value = parse_value(">=3..5 CNY/吨", "MONEY")
    assert (value.modifier, value.number, value.unit) == (">=", "3..5", "CNY/吨")
    when = parse_value("~P3D", "DATE")
    assert (when.modifier, when.number, when.unit) == ("~", "P3D", None)


def test_value_is_exact() -> None:
    assert parse_value("0.1 %", "PERCENT").body == Amount(Decimal("0.1"), None, "%")


@pytest.mark.parametrize(
    ("surface", "unit"),
    [
        ("ｋｍ", "km"),
        ("㎡", "m2"),
        ("平方 公里", "平方公里"),
        ("辆（艘、架、列）次", "辆（艘、架、列）次"),
        ("℃", "°C"),
    ],
)
def test_fold_unit_folds_width_and_space(surface: str, unit: str) -> None:
    assert fold_unit(surface) == unit
    assert parse_value(f"1 {unit}", "QUANTITY").unit == unit


def test_makers_check_what_they_make() -> None:
    assert str(make_amount(3, 5, unit="个", modifier="~")) == "~3..5 个"
    assert str(make_amount("1E+3", unit="CNY")) == "1000 CNY"
    assert str(make_ratio([3, 1])) == "3:1"
    assert str(make_when("2021/2025", modifier=">")) == ">2021/2025"
    with pytest.raises(ValueFormatError):
        make_amount(5, 3)
    with pytest.raises(ValueFormatError):
        make_amount(5, unit="立 方")
    with pytest.raises(ValueFormatError):
        make_ratio([3])
    with pytest.raises(ValueFormatError):
        make_when("2021", modifier="!")


decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)
units = st.one_of(st.sampled_from(sorted(CURRENCIES)), st.sampled_from(["件", "CNY/吨", "%", "pp", "人次", "km"]))
modifiers = st.sampled_from(["", *MODIFIERS])


@given(decimals, decimals, units, modifiers)
def test_value_of_any_amount_round_trips(low: Decimal, high: Decimal, unit: str, modifier: str) -> None:
    value = make_amount(min(low, high), max(low, high), unit=unit, modifier=modifier)
    assert parse_value(str(value), "ORDINAL") == value


@given(decimals)
def test_format_decimal_has_one_spelling(number: Decimal) -> None:
    text = format_decimal(number)
    assert Decimal(text) == number
    assert format_decimal(Decimal(text)) == text


@given(
    st.text(alphabet="0123456789-.:/PTYMWDHSX ~<>=% 件万", max_size=14), st.sampled_from(["CARDINAL", "DATE", "MONEY"])
)
def test_parse_accepts_only_what_it_writes(text: str, label: str) -> None:
    try:
        value = parse_value(text, label)
    except ValueFormatError:
        return
    assert str(value) == text
