"""Dates whose digits leave the reading open: they lost 年, 月 or 日 in extraction, or have the year last.

426日, 20207月, 20220426, 2019810日; 10/31/1974, 3/4/2015. All calendar readings of the digits are made; one that fits
gives the value. Where two fit, the document's date decides if it stands much closer to one of them; otherwise there is
no value, and both readings go into the span's `meta`.
"""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from pipeline.numbers.anchor import Anchor, is_day, small_number

_D = "[0-9０-９]"
_FORMS = re.compile(
    rf"(?P<ymd8>[12１２][09０９]{_D}{{6}})(?!{_D}|[A-Za-z_./%％万亿元])日?"
    rf"|(?P<ym>(?:19|20|１９|２０){_D}{{3,4}})月(?:份|(?P<d>{_D}{{1,2}})日?|(?P<p>[初底末]))?"
    rf"|(?P<ymd>(?:19|20|１９|２０){_D}{{4,6}})日"
    rf"|(?P<y>(?:19|20|１９|２０){_D}{{2}})年(?P<md1>{_D}{{2,4}})日"
    rf"|(?P<md>{_D}{{2,4}})日(?!元|圆|均|报)"
)
_SLASHED = re.compile(
    rf"({_D}{{1,2}})[/／]({_D}{{1,2}})[/／]((?:[12１２]{_D})?{_D}{{2}})(?![0-9０-９/／.%％万亿元日米岁人个件英基-])"
)
_RANGE = re.compile(rf"[-－—–―~～至到](?P<m>{_D}{{1,2}})月(?!{_D})")
_RANGE_OF_DAYS = re.compile(rf"[-－—–―~～至到](?P<md>{_D}{{3,4}})日")
_PARTS = {"初": " start", "底": " end", "末": " end"}
_CLOSE = datetime.timedelta(days=31)


class OpenDate(NamedTuple):
    """A date with an open reading: one past its end, its value, and all readings if there are several."""

    end: int
    value: str | None
    readings: tuple[str, ...]


def match_lossy(text: str, start: int, anchor: Anchor) -> OpenDate | None:
    """RETURNS (OpenDate | None): the date that starts at a place and lacks 年, 月 or 日."""
    match = _FORMS.match(text, start)
    if match is None:
        return None
    end, readings = match.end(), _readings(match, anchor)
    if not readings:
        return None
    if match["ym"] and match["d"] is None and match["p"] is None:
        second = _RANGE.match(text, end)
        month = None if second is None else small_number(second["m"])
        if second is not None and month is not None and month <= 12 and len(readings) == 1:
            year = readings[0][:4]
            return OpenDate(second.end(), f"{readings[0]}/{year}-{month:02d}", ())
    value = _settle(readings, anchor)
    if value is not None:
        _remember(value, anchor)
        last = _RANGE_OF_DAYS.match(text, end)
        days = [] if last is None else _month_days_near(_ascii(last["md"]), anchor)
        if last is not None and len(days) == 1 and match["md"]:
            return OpenDate(last.end(), f"{value}/{days[0]}", ())
    return OpenDate(end, value, tuple(readings) if len(readings) > 1 else ())


def match_slashed(text: str, start: int, anchor: Anchor) -> OpenDate | None:
    """RETURNS (OpenDate | None): a date with its year last, the day or the month first: 10/31/1974, 3/4/2015.

    A year of two digits (10/31/74) is only read where no other order fits.
    """
    match = _SLASHED.match(text, start)
    if match is None:
        return None
    first, second, last = (int(_ascii(part)) for part in match.groups())
    orders = [(last, first, second), (last, second, first)]
    if len(match[3]) == 2:
        orders = [(last + (1900 if last > 40 else 2000), month, day) for _, month, day in orders]
        orders.append((first + 2000, second, last))
    days = sorted(
        {f"{year:04d}-{month:02d}-{day:02d}" for year, month, day in orders if month <= 12 and is_day(year, month, day)}
    )
    if not days or (len(days) > 1 and len(match[3]) == 2):
        return None
    value = _settle(days, anchor)
    if value is not None:
        _remember(value, anchor)
    return OpenDate(match.end(), value, tuple(days) if len(days) > 1 else ())


def _readings(match: re.Match[str], anchor: Anchor) -> list[str]:
    if match["ymd8"]:
        digits = _ascii(match["ymd8"])
        return _days(int(digits[:4]), digits[4:6], digits[6:])
    if match["ym"]:
        return _months(match)
    if match["ymd"]:
        digits = _ascii(match["ymd"])
        return _month_days(int(digits[:4]), digits[4:])
    if match["y"]:
        return _month_days(int(_ascii(match["y"])), _ascii(match["md1"]))
    digits = _ascii(match["md"])
    return [] if len(digits) == 2 and int(digits) <= 31 else _month_days_near(digits, anchor)


def _months(match: re.Match[str]) -> list[str]:
    """20207月, 20207月30日, 20206月底."""
    digits = _ascii(match["ym"])
    year, month = int(digits[:4]), int(digits[4:])
    if not 1 <= month <= 12 or (digits[4] == "0" and len(digits) == 5):
        return []
    if match["d"]:
        return _days(year, digits[4:], _ascii(match["d"]))
    return [f"{year:04d}-{month:02d}{_PARTS.get(match['p'] or '', '')}"]


def _ascii(text: str) -> str:
    return "".join(str(int(char)) for char in text)


def _days(year: int | None, month: str, day: str) -> list[str]:
    if not 1 <= int(month) <= 12 or not is_day(year, int(month), int(day)):
        return []
    return [f"{'XXXX' if year is None else f'{year:04d}'}-{int(month):02d}-{int(day):02d}"]


def _month_days(year: int | None, digits: str) -> list[str]:
    splits = [digits[:size] for size in (1, 2) if 1 <= len(digits) - size <= 2]
    return [
        reading
        for month in splits
        if month[0] != "0" or len(month) == 2
        if not (digits[len(month) :][0] == "0" and len(digits) - len(month) == 1)
        for reading in _days(year, month, digits[len(month) :])
        if int(month) > 0
    ]


def _month_days_near(digits: str, anchor: Anchor) -> list[str]:
    readings = []
    for reading in _month_days(None, digits):
        year = anchor.year_of_month(int(reading[5:7]))
        if year is None:
            readings.append(reading)
        elif is_day(year, int(reading[5:7]), int(reading[8:])):
            readings.append(f"{year:04d}{reading[4:]}")
    return readings


def _settle(readings: list[str], anchor: Anchor) -> str | None:
    if len(readings) == 1:
        return readings[0]
    if anchor.today is None or any("X" in reading for reading in readings):
        return None
    distances = sorted((abs(datetime.date.fromisoformat(reading) - anchor.today), reading) for reading in readings)
    (near, best), (far, _) = distances[0], distances[1]
    return best if near <= _CLOSE and far > 2 * _CLOSE else None


def _remember(value: str, anchor: Anchor) -> None:
    parts = value.split(" ", maxsplit=1)[0].split("-")
    year = None if "X" in parts[0] else int(parts[0])
    anchor.mention(year, int(parts[1]), int(parts[2]) if len(parts) > 2 else None)
