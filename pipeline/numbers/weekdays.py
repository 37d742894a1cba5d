"""Weeks and days of the week: 本周五, 上个礼拜, 下周末, 这一周, 周三, 周五至周日.

A day of the week alone is that of a date beside it, the next one where the words speak of the future, else the last one
up to the document's date; what recurs has no value.
"""

from __future__ import annotations

import datetime
import re

from pipeline.numbers.anchor import Anchor
from pipeline.numbers.counted import WEEK, WEEKDAYS

WEEK_WORD = re.compile(
    rf"(?P<rel>[本上下这這]|今(?=[个個]|星|礼|禮|週))(?P<again>(?<=[上下])[上下])?"
    rf"(?:(?P<one>(?<=[上下这這今])一)?[个個]?)?{WEEK}(?:[周週]|星期)?(?P<w>[一二三四五六日末天])?"
    r"(?![边期转刊报岁年密全而堂口杰])"
)
_CHAR = "[一二三四五六日天]"
_DAY = rf"(?P<%s>{_CHAR})(?![报刊年岁次趟代常]|(?<=[一二三四五六])[个期班场](?!赛))"
WEEKDAY = re.compile(
    f"{WEEK}{_DAY % 'w'}(?:[到至—–-]+(?:{WEEK}{_DAY % 'last'}|(?P<bare>{_CHAR})(?![月年日号个百千万亿十点时])))?"
)
_IN_LIST = re.compile(f"[、和及与或](?:{WEEK}{_CHAR}|{_CHAR}(?=[，。、；上下早晚的]))|[日天]")
_RECURS_BEFORE = re.compile(f"(?:{WEEK}{_CHAR}[、和及与或]|[个個逢隔])\\Z")
_BESIDE = re.compile("[日号][ 　]?[（(，, ]?\\Z")
_WHOLE_WEEK = 4
"""Days between the first and the last of what recurs: 周一至周五."""


def weekday_value(match: re.Match[str], anchor: Anchor) -> str | None:
    """RETURNS (str | None): the day that `WEEKDAY` matched, or a range of two.

    Without a value, as they recur: most of a week (周一至周五), lists (周二、周四) and counted days (每个周五). So too
    a day that the date beside it is not.
    """
    text, start = anchor.text, match.start()
    first = WEEKDAYS[match["w"]]
    final = match["last"] or match["bare"]
    last = first if final is None else WEEKDAYS[final]
    if last - first >= _WHOLE_WEEK:
        return None
    told = anchor.sentence_day
    if told is not None and final is None:
        fits = told.weekday() == first
        if _BESIDE.search(text, max(0, start - 3), start):
            return told.isoformat() if fits else None
        if fits and not re.search("[，,；]", text[anchor.where : start]):
            return told.isoformat()
    today = anchor.today
    if today is None or _IN_LIST.match(text, match.end()) or _RECURS_BEFORE.search(text, max(0, start - 4), start):
        return None
    shift = (first - today.weekday()) % 7 if anchor.is_ahead else -((today.weekday() - first) % 7)
    day = today + datetime.timedelta(days=shift)
    if final:
        return f"{day.isoformat()}/{(day + datetime.timedelta(days=(last - first) % 7)).isoformat()}"
    anchor.mention(day.year, day.month, day.day)
    return day.isoformat()


def week_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    """RETURNS (str | None): the week or day that `WEEK_WORD` matched; 这一周 is the week spoken of before."""
    today = anchor.today
    if today is None:
        return None
    if match["one"] and match["rel"] in "这這":
        if anchor.passage_year not in (None, today.year):
            return None
        today = anchor.sentence_day or today
    monday = today - datetime.timedelta(days=today.weekday())
    monday += datetime.timedelta(weeks={"上": -1, "下": 1}.get(match["rel"], 0) * (2 if match["again"] else 1))
    if match["w"] is None or match["w"] == "末":
        first = monday + datetime.timedelta(days=5 if match["w"] else 0)
        return f"{first.isoformat()}/{(monday + datetime.timedelta(days=6)).isoformat()}"
    day = monday + datetime.timedelta(days=WEEKDAYS[match["w"]])
    anchor.mention(day.year, day.month, day.day)
    return day.isoformat()
