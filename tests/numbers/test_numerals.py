"""Numerals of every script and mixture, exactly; what is no numeral has no value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.value_types import format_decimal
from pipeline.numbers.numerals import NUMERAL, Numeral, read_numeral, shift

TABLE = [
    ("6680", "6680"),
    ("９８", "98"),
    ("１６．５", "16.5"),
    ("1,234,567", "1234567"),
    ("007", "7"),
    ("4.3万", "43000"),
    ("1万2千", "12000"),
    ("3亿5千万", "350000000"),
    ("139万9999", "1399999"),
    ("100万三千", "1003000"),
    ("1.5千万", "15000000"),
    ("1,100万", "11000000"),
    ("1.5e3", "1500"),
    ("一百零五", "105"),
    ("一百五", "150"),
    ("三千二", "3200"),
    ("两千零三", "2003"),
    ("一亿两千万", "120000000"),
    ("一千万亿", "1000000000000000"),
    ("廿", "20"),
    ("卅五", "35"),
    ("壹佰", "100"),
    ("肆佰叁拾萬", "4300000"),
    ("三点一四", "3.14"),
    ("零点三", "0.3"),
    ("一九九八", "1998"),
    ("二〇二二", "2022"),
    ("十", "10"),
    ("百", "100"),
    ("5萬4千6百", "54600"),
]


@pytest.mark.parametrize(("surface", "value"), TABLE)
def test_numeral_has_its_exact_value(surface: str, value: str) -> None:
    match = NUMERAL.match(surface)
    assert match is not None
    assert match.group() == surface
    assert read_numeral(surface) == Numeral(value)


@pytest.mark.parametrize(
    ("surface", "numeral"),
    [
        ("十几", Numeral("10", None, ">")),
        ("2.50多", Numeral("2.5", None, ">")),
        ("百余", Numeral("100", None, ">")),
        ("300多万", Numeral("3000000", None, ">")),
        ("二十几万", Numeral("200000", None, ">")),
        ("几十", Numeral(None)),
        ("数百", Numeral(None)),
        ("两三百", Numeral("200", "300")),
        ("七八", Numeral("7", "8")),
        ("二十七八", Numeral("27", "28")),
        ("四五十万", Numeral("400000", "500000")),
        ("三五百", Numeral("300", "500")),
        ("一两百", Numeral("100", "200")),
    ],
)
def test_numeral_approximation_is_a_range_or_modifier(surface: str, numeral: Numeral) -> None:
    assert read_numeral(surface) == numeral


@pytest.mark.parametrize(
    ("surface", "value"),
    [
        ("1百01", "101"),
        ("1万600", "10600"),
        ("2千零30万", "20300000"),
        ("200亿零四千230", "20000004230"),
        ("１，２３４，５６７", "1234567"),
        ("十万柒仟捌佰伍拾肆", "107854"),
        ("七十八万五佰零六", "780506"),
        ("壹千兩百三十四萬", "12340000"),
        ("壹", "1"),
        ("壹壹", "11"),
        ("两个亿", "200000000"),
        ("四万万", "400000000"),
        ("五十千", "50000"),
        ("二百十五", "215"),
        ("五兆六十二亿四万五千二", "5006200045200"),
        ("２.７８９０e－１", "0.2789"),
        ("15k", "15000"),
    ],
)
def test_numeral_of_two_scripts_is_matched_and_read_whole(surface: str, value: str) -> None:
    match = NUMERAL.match(surface)
    assert match is not None
    assert match.group() == surface
    assert read_numeral(surface) == Numeral(value)


@pytest.mark.parametrize("surface", ["九" * 401, "9" * 401, "1百.5", "一万二万", "一亿二亿"])
def test_numeral_without_value_is_none(surface: str) -> None:
    assert read_numeral(surface) is None


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("6482万千瓦", "6482万"),
        ("3千克", "3"),
        ("5百帕", "5"),
        ("20余姚", "20"),
        ("三千米", "三千"),
        ("万象城", ""),
        ("两个亿元镇", "两"),
        ("12，345", "12"),
        ("陆家嘴", ""),
        ("十千米", "十"),
        ("三十两", "三十"),
        ("15kg", "15"),
        ("考一百分", ""),
        ("一百分", "一百"),
    ],
)
def test_numeral_leaves_the_unit_its_characters(text: str, surface: str) -> None:
    match = NUMERAL.match(text)
    assert ("" if match is None else match.group()) == surface


@given(st.integers(0, 10**12), st.integers(0, 9999), st.integers(-6, 12))
def test_shift_is_multiplication_by_a_power_of_ten(whole: int, fraction: int, power: int) -> None:
    number = Decimal(f"{whole}.{fraction:04d}")
    assert shift(str(whole), f"{fraction:04d}", power) == format_decimal(number.scaleb(power))


@given(st.integers(0, 10**15))
def test_numeral_reads_every_whole_number(number: int) -> None:
    assert read_numeral(str(number)) == Numeral(str(number))
    assert read_numeral(f"{number:,}") == Numeral(str(number))
