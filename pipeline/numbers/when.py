"""Readings of dates and times that start with a word: 去年底, 本周五, 上午9时30分, 近年."""

from __future__ import annotations

from pipeline.numbers.anchor import Anchor, Found
from pipeline.numbers.calendar_words import match_word
from pipeline.numbers.clock import match_clock
from pipeline.numbers.reading import Reading

_CLOCK_STARTS = frozenset("上下晚早清凌中午夜深傍今当昨")


def read_word(text: str, start: int, anchor: Anchor) -> Reading | None:
    """RETURNS (Reading | None): the date or time of day that starts with a word at a place."""
    if text[start] in _CLOCK_STARTS:
        clock = match_clock(text, start)
        if clock is not None:
            return _reading(start, clock, "TIME", "clock")
    found = match_word(text, start, anchor)
    return (
        None
        if found is None
        else _reading(
            start, found, "DATE", found.kind, text[start] not in "那往" and not text.startswith(("前几", "前些"), start)
        )
    )


def _reading(start: int, found: Found, label: str, rule: str, keep: bool = True) -> Reading:
    return Reading(start, found.end, label, found.value, "", keep, rule)
