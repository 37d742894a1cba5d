"""Weeks and weekdays counted within a month or a year: 6月第三周, 五月的第二个星期日, 今年第37周.

The first week of a month is the one of its first Monday; the weeks of a year are those of ISO 8601.
"""

from __future__ import annotations

import datetime
import re

from pipeline.numbers.anchor import Found, small_number

_NUMBER = "(?P<n>[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
WEEK = "(?:周|週|星期|礼拜|禮拜)"
# 第三周岁, 第二周末, 第二周期 count other things.
_NO_WEEK = "(?![年岁歲一二三四五六日天末边期转刊报恩围])"
_IN_MONTH = re.compile(
    rf"份?的?第{_NUMBER}[个個]?{WEEK}(?:(?P<w>[一二三四五六日天])(?![中小十百千万亿个家名人项])|{_NO_WEEK})"
)
_IN_YEAR = re.compile(rf"的?第{_NUMBER}[个個]?{WEEK}{_NO_WEEK}")
_TO_WEEK = re.compile(rf"[至到—–~～-]+(?=第(?:[0-9]{{1,2}}|[一二三四五六七八九十]{{1,3}})[个個]?{WEEK})")
WEEKDAYS = {char: index for index, char in enumerate("一二三四五六日")} | {"天": 6}
"""Days of the week, Monday 0, as `datetime.date.weekday` counts them."""


def match_counted(text: str, end: int, year: int | None, month: int | None) -> Found | None:
    """Read what is counted behind a month or a year.

    text (str): the text.
    end (int): where the month or year ends.
    year (int | None), month (int | None): what they are; without a month, weeks of the year.
    RETURNS (Found | None): the week or day, a range as one; without a value where the year is not known.
    """
    first = _counted(text, end, year, month)
    connector = None if first is None else _TO_WEEK.match(text, first.end)
    second = None if connector is None else _counted(text, connector.end(), year, month)
    if first is None or second is None:
        return first
    if first.value is None or second.value is None:
        return Found(second.end, None)
    return Found(second.end, f"{first.value.partition('/')[0]}/{second.value.rpartition('/')[2]}")


def _counted(text: str, end: int, year: int | None, month: int | None) -> Found | None:
    match = (_IN_MONTH if month else _IN_YEAR).match(text, end)
    number = None if match is None else small_number(match["n"])
    if match is None or not number:
        return None
    if year is None:
        return Found(match.end(), None)
    if month is None:
        return _week_of_year(match.end(), year, number)
    first = datetime.date(year, month, 1)
    wanted = 0 if match["w"] is None else WEEKDAYS[match["w"]]
    day = first + datetime.timedelta(days=(wanted - first.weekday()) % 7 + 7 * (number - 1))
    if day.month != month:
        return None
    if match["w"]:
        return Found(match.end(), day.isoformat())
    return Found(match.end(), f"{day.isoformat()}/{(day + datetime.timedelta(days=6)).isoformat()}")


def _week_of_year(end: int, year: int, number: int) -> Found | None:
    try:
        monday = datetime.date.fromisocalendar(year, number, 1)
    except ValueError:
        return None
    return Found(end, f"{monday.isoformat()}/{(monday + datetime.timedelta(days=6)).isoformat()}")
