"""Readings of dates and times that start with a word: 去年底, 本周五, 上午9时30分, 近年."""

from __future__ import annotations

import datetime

from pipeline.numbers.anchor import Anchor, Found
from pipeline.numbers.calendar_words import match_word
from pipeline.numbers.clock import match_clock
from pipeline.numbers.reading import Reading

_ANIMALS = frozenset("鼠牛虎兔龙蛇马羊猴鸡狗猪")
_CLOCK_STARTS = frozenset("上下晚早清凌中午夜深傍")  # 今晚8时 is a day and a time


def read_word(text: str, start: int, anchor: Anchor) -> Reading | None:
    """RETURNS (Reading | None): the date or time of day that starts with a word at a place."""
    if text[start] in _CLOCK_STARTS:
        clock = match_clock(text, start)
        if clock is not None:
            return _reading(start, clock, "TIME", "clock")
    if text[start] == "年" and text[start - 1 : start] in _ANIMALS:  # 虎年, the year of the tiger, begins before its 年
        return _reading(start - 1, Found(start + 1, None), "DATE", "word")
    found = match_word(text, start, anchor)
    if found is not None and text[start] in "前后後" and text[start - 1 : start] == "大":
        return _further(text, start, found, anchor)
    return None if found is None else _reading(start, found, "DATE", found.kind, keep=text[start] != "那")


def _further(text: str, start: int, found: Found, anchor: Anchor) -> Reading:
    """大前天 (three days ago) and 大后年: one further than the day or year behind 大."""
    value = found.value
    step = -1 if text[start] == "前" else 1
    if value is not None and value.isdigit():
        value = f"{int(value) + step:04d}"
    elif value is not None and len(value) == 10 and "X" not in value:
        value = (datetime.date.fromisoformat(value) + datetime.timedelta(days=step)).isoformat()
    else:
        value = None
    return _reading(start - 1, Found(found.end, value, found.kind), "DATE", found.kind)


def _reading(start: int, found: Found, label: str, rule: str, keep: bool = True) -> Reading:
    return Reading(start, found.end, label, found.value, "", keep, rule)
