"""Durations: 两年半, 2小时30分, 三个月, 3至5天, 四十多年, 三天三夜, 7秒67."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.core.value_types import EXACT, format_decimal
from pipeline.numbers.counts import DIGITS
from pipeline.numbers.fractions import move
from pipeline.numbers.numerals import NUMERAL, Numeral, read_numeral, shift
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import Unit, match_unit

HUNDREDTHS = re.compile(r"[0-9０-９]{2}(?![0-9０-９.．%％]|[万亿多余年月日个名米人])")
_NIGHTS = frozenset(number + "夜" for number in "一二两三四五六七八九")
_OPENING = frozenset("“「『‘《")
# 有一年 (in some year), 每一年, 新一年 are no length of time; 有二十年, 每三年, 还有一年 are.
_SOME = frozenset("那某每另新有")
_HAVING = ("只有", "还有", "已有", "仅有", "共有", "尚有", "约有")
_ONE_OF_THEM = ("这", "這", "月的", "年的", "旬的", "前的", "季的", "有朝", "终有", "总有", "哪", "另", "最后")
_AFTER_HALF = frozenset("年月个天小")
_LATER = {"TH": ("TM", "TS"), "TM": ("TS",), "Y": ("M", "D"), "M": ("W", "D"), "D": ("TH", "TM"), "W": ("D",)}


def read_duration(text: str, start: int, unit: Unit, numeral: Numeral) -> Reading | None:
    """Read a duration whose first unit is known.

    text (str): the text.
    start (int): where it starts.
    unit (Unit): its first unit.
    numeral (Numeral): its first number, or range of numbers.
    RETURNS (Reading | None): the reading; None before 月 alone, a month of the year, and for less than nothing.
    """
    if unit.word == "月" or "-" in f"{numeral.low}{numeral.high}":
        return None
    label = "TIME" if unit.name[0] == "T" else "DATE"
    low, high, modifier = numeral
    if "多" in unit.word:
        modifier = modifier or ">"
    before = text[start - 1 : start]
    is_some = low == "1" and before in _SOME and not text.endswith(_HAVING, 0, start)
    keep = text[start] in DIGITS or not (is_some or before in _OPENING)
    if keep and text.startswith(("一天", "一日"), start) and unit.end == start + 2:
        keep = not text.endswith(_ONE_OF_THEM, 0, start)
    rule = "duration" if text[start] in DIGITS or text[start] != "一" else "cn1-duration"
    if low is None:
        return Reading(start, unit.end, label, None, modifier, True, "duration")
    low = _times(low, unit.power)
    if high is not None:
        body = f"{_period(unit.name, low)}..{_period(unit.name, _times(high, unit.power))}"
        return Reading(start, unit.end, label, body, modifier, True, "duration")
    body, end = _compound(text, unit, low)
    return Reading(start, end, label, body, modifier, keep, rule)


def _times(number: str, factor: int) -> str:
    if factor < 0:
        return move(number, factor)
    return number if factor == 1 else format_decimal(EXACT.multiply(Decimal(number), factor))


def _compound(text: str, unit: Unit, low: str) -> tuple[str, int]:
    """The value of a duration and where it ends, with 半 and the smaller units that follow."""
    end = unit.end
    if "." not in low and text[end : end + 1] == "半":
        if text[end + 1 : end + 2] not in _AFTER_HALF or unit.word in ("年", "天", "小时"):
            low, end = f"{low}.5", end + 1
    elif unit.word == "秒" and "." not in low and HUNDREDTHS.match(text, end):
        low, end = with_hundredths(low, text, end), end + 2
    parts = [(unit.name, low)]
    while "." not in parts[-1][1]:
        following = _next_part(text, end, parts[-1][0])
        if following is None:
            break
        parts.append(following[0])
        end = following[1]
    if unit.name == "D" and len(parts) == 1 and text[end : end + 2] in _NIGHTS:
        end += 2  # 三天三夜 (three days and nights)
    return _join(parts), end


def with_hundredths(low: str, text: str, end: int) -> str:
    """RETURNS (str): the number with the two digits behind its unit: 2米31 is 2.31, 7秒60 is 7.6."""
    return shift(low, f"{int(text[end])}{int(text[end + 1])}", 0)


def _next_part(text: str, end: int, designator: str) -> tuple[tuple[str, str], int] | None:
    """The next smaller part of a duration: 30分 after 2小时, 6个月 after 11年."""
    begin = end + (text[end : end + 1] in ("零", "又"))
    number = NUMERAL.match(text, begin)
    if number is None or designator not in _LATER:
        return None
    numeral = read_numeral(number.group())
    if numeral is None or numeral.low is None or numeral.high is not None or numeral.modifier:
        return None
    unit = match_unit(text, number.end())
    if unit is not None and unit.kind == "duration" and unit.name in _LATER[designator] and unit.power == 1:
        return None if unit.word in ("月", "日") else ((unit.name, numeral.low), unit.end)
    if designator == "TH" and text[number.end() : number.end() + 1] == "分" and len(numeral.low) <= 2:
        return ("TM", numeral.low), number.end() + 1
    return None


def _period(name: str, number: str) -> str:
    return f"PT{number}{name[1]}" if name[0] == "T" else f"P{number}{name}"


def _join(parts: list[tuple[str, str]]) -> str:
    text, in_time = "P", False
    for name, number in parts:
        if name[0] == "T" and not in_time:
            text, in_time = text + "T", True
        text += number + name[-1]
    return text
