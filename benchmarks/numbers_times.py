"""JioNLP's expressions of time, against ours, at the granularity that both share.

JioNLP says everything as a stretch between two moments. Ours are dates (compared by their first and last day), parts of
periods (去年底 is `2020 end`: the stretch must end with the year and not begin with it), times of day (compared by hour
and minute, with the day where one is written) and lengths of time, whose 前, 后, 内 and 以来 stay outside the span: the
length is counted from the day of the case, and must meet the stretch within the unit that is written. Recurrences
(每年9月) have no value in the grammar of values and are left out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from benchmarks.numbers_cases import SECONDS, Case, overlapping, seconds_of
from pipeline.core.value_types import Clock, Date, Duration, When
from pipeline.core.values import parse_value
from pipeline.numbers import Candidate

BEIJING = datetime.timezone(datetime.timedelta(hours=8))
_DELTAS = {"year": "Y", "month": "M", "day": "D", "workday": "D", "hour": "TH", "minute": "TM", "second": "TS"}
_QUARTERS = {"33": (1, 3), "34": (4, 6), "35": (7, 9), "36": (10, 12), "40": (1, 6), "41": (7, 12)}
_BACK = re.compile("前|以来|近|最近|过去")
_AHEAD = re.compile("后|内|未来|今后|过")
_BEFORE = re.compile("前$|以前$|之前$")
_OPEN = re.compile("起$|以来|至今|现在|前$")
_DAY = datetime.timedelta(days=1)


class Stretch(NamedTuple):
    """What JioNLP says: first and last moment; None where it is open."""

    first: datetime.datetime | None
    last: datetime.datetime | None


def suite_times(rows: list[dict[str, Any]]) -> Iterator[Case]:
    """YIELDS: the cases of JioNLP's time parser, without recurrences."""
    for row in rows:
        for span in row["spans"]:
            value = span["value"]
            if value["type"] == "time_period":
                continue
            base = base_moment(row.get("time_base"))
            items = overlapping(row["text"], span["start"], span["end"], said_on(row.get("time_base"), base))
            if value["type"] == "time_delta":
                right = has_deltas(items, value["time"])
            else:
                right = is_stretch(row["text"], items, Stretch(*map(_moment, value["time"][:2])), base)
            yield Case(row["text"], row["text"][span["start"] : span["end"]], right)


def base_moment(base: object) -> datetime.datetime:
    """RETURNS (datetime): the moment that a case is said at; what it leaves open is the first of January, midnight."""
    if isinstance(base, int | float) and base > 10:
        return datetime.datetime.fromtimestamp(base, BEIJING).replace(tzinfo=None)
    if isinstance(base, dict) and "year" in base:
        fields = (("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0))
        return datetime.datetime(*[base.get(key, low) for key, low in fields])
    if isinstance(base, list) and base:
        year, month, day, *clock = [*map(int, base), 1, 1][: max(3, len(base))]
        hour, minute, second = [*clock, 0, 0, 0][:3]
        return datetime.datetime(year, month, day, hour, minute, second)
    return datetime.datetime(2021, 6, 14)


def said_on(base: object, moment: datetime.datetime) -> str:
    """RETURNS (str): the day of a case; the middle of the year where only that is told."""
    is_year = (isinstance(base, dict) and set(base) == {"year"}) or (isinstance(base, list) and len(base) == 1)
    return f"{moment.year:04d}-07-01" if is_year else moment.date().isoformat()


def _moment(text: object) -> datetime.datetime | None:
    return None if "inf" in str(text) else datetime.datetime.fromisoformat(str(text).strip()[:19])


# ---- lengths of time ------------------------------------------------------------------------------------------------


def has_deltas(items: list[Candidate], expected: object) -> bool:
    """RETURNS (bool): whether the durations of the candidates are the expected ones; 0 and infinity are modifiers."""
    deltas: list[Any] = expected if isinstance(expected, list) else [expected]
    theirs = [_seconds(delta) for delta in deltas if not {"zero", "infinite"} & set(delta)]
    ours = [seconds_of(part) for item in items for part in _durations(item)]
    return ours == theirs


def _seconds(delta: dict[str, Any]) -> Decimal:
    return sum((Decimal(str(number)) * SECONDS[_DELTAS[unit]] for unit, number in delta.items()), Decimal(0))


def _durations(item: Candidate) -> list[Duration]:
    body = None if item.value is None else parse_value(item.value, item.label).body
    return [part for part in (body.first, body.last) if isinstance(part, Duration)] if isinstance(body, When) else []


def _is_counted(text: str, duration: Duration, stretch: Stretch, base: datetime.datetime) -> bool:
    """Whether a length of time before or after the base meets the stretch, within the unit it is written in."""
    back = _BACK.search(text) is not None
    if not back and _AHEAD.search(text) is None:
        return False
    moved = _move(base, duration, -1 if back else 1)
    unit = duration.parts[-1][0]
    bounds = [bound for bound in stretch if bound is not None and bound.replace(microsecond=0) != base]
    if len(bounds) == 2 and bounds[0] <= moved <= bounds[1] and bounds[1] - bounds[0] < datetime.timedelta(days=367):
        return True
    return any(_is_same(moved, bound, unit) for bound in bounds)


def _move(base: datetime.datetime, duration: Duration, sign: int) -> datetime.datetime:
    months, rest = 0, datetime.timedelta()
    for mark, number in duration.parts:
        if mark in ("Y", "M"):
            whole = number * (12 if mark == "Y" else 1)
            months += int(whole)
            rest += datetime.timedelta(days=float(30 * (whole - int(whole))))
        else:
            rest += datetime.timedelta(seconds=float(number * SECONDS[mark]))
    index = base.year * 12 + base.month - 1 + sign * months
    year, month = max(1, index // 12), index % 12 + 1
    return base.replace(year=year, month=month, day=min(base.day, 28)) + sign * rest


def _is_same(one: datetime.datetime, other: datetime.datetime, unit: str) -> bool:
    if unit == "Y":
        return one.year == other.year
    if unit == "M":  # two months from 1 July may end on 31 August
        return (one.year, one.month) == (other.year, other.month) or abs(one.date() - other.date()) <= _DAY
    if unit in ("W", "D"):
        return abs(one.date() - other.date()) <= _DAY * (7 if unit == "W" else 1)
    return abs(one - other) <= datetime.timedelta(hours=1 if unit == "TH" else 0, minutes=1)


# ---- dates and times of day -----------------------------------------------------------------------------------------


def is_stretch(text: str, items: list[Candidate], stretch: Stretch, base: datetime.datetime) -> bool:
    """RETURNS (bool): whether the candidates say the stretch of time."""
    bodies = [parse_value(item.value, item.label).body for item in items if item.value is not None]
    whens = [body for body in bodies if isinstance(body, When)]
    clocks = [body for body in whens if isinstance(body.first, Clock)]
    dates = [body for body in whens if isinstance(body.first, Date)]
    if clocks:
        return _is_time(text, clocks, dates, stretch)
    if any(_is_period(text, body, stretch, base) for body in dates) or _is_joined(dates, stretch):
        return True
    durations = [body.first for body in whens if isinstance(body.first, Duration)]
    return not dates and any(_is_counted(text, duration, stretch, base) for duration in durations)


def _is_time(text: str, clocks: list[When], dates: list[When], stretch: Stretch) -> bool:
    """Hours and minutes as far as they are written, and the day if one is written."""
    first, last = clocks[0].first, clocks[-1].last or clocks[-1].first
    if _BEFORE.search(text):  # 下午6点前: the stretch ends there
        stretch = Stretch(stretch.last, stretch.last)
    if stretch.first is None or not isinstance(first, Clock) or not isinstance(last, Clock):
        return False
    if not _is_clock(first, stretch.first):
        return False
    if last != first and (stretch.last is None or not _is_clock(last, stretch.last)):
        return False
    days = [_bounds(body) for body in dates]
    return not days or (days[0] is not None and days[0][0] == stretch.first.date())


def _is_clock(clock: Clock, moment: datetime.datetime) -> bool:
    fields = (moment.hour, moment.minute, moment.second)
    return clock.fields == fields[: len(clock.fields)] or (clock.fields[0] == 24 and moment.hour == 0)


def _is_period(text: str, body: When, stretch: Stretch, base: datetime.datetime) -> bool:
    bounds = _bounds(body)
    if bounds is None:
        return False
    first = None if stretch.first is None else stretch.first.date()
    last = None if stretch.last is None else stretch.last.date()
    part = body.first.part if isinstance(body.first, Date) and body.last is None else None
    if part is not None and first is not None and last is not None:
        inside = bounds[0] <= first <= last <= bounds[1]
        if inside and (first == bounds[0], last == bounds[1]) == _EDGES[part]:
            return True
    if _OPEN.search(text) and base.date() in (first, last):  # 起 and 前 stay outside: one end is the moment of the case
        return bounds[0] == first if last == base.date() else bounds[1] == last
    return bounds == (first, last)


def _is_joined(dates: list[When], stretch: Stretch) -> bool:
    """从上个月到今天: two dates are two spans, from the first day of the one to the last of the other."""
    bounds = [_bounds(body) for body in dates]
    if len(bounds) < 2 or bounds[0] is None or bounds[-1] is None or stretch.first is None or stretch.last is None:
        return False
    return (bounds[0][0], bounds[-1][1]) == (stretch.first.date(), stretch.last.date())


_EDGES = {"start": (True, False), "mid": (False, False), "end": (False, True)}


def _bounds(body: When) -> tuple[datetime.date, datetime.date] | None:
    """RETURNS: first and last day of a date or range of dates."""
    if not isinstance(body.first, Date):
        return None
    first, last = _days(body.first), _days(body.last if isinstance(body.last, Date) else body.first)
    return None if first is None or last is None else (first[0], last[1])


def _days(date: Date) -> tuple[datetime.date, datetime.date] | None:
    if date.rest is None and date.year[0] != "X":  # a decade or a century
        low, high = max(1, int(date.year.replace("X", "0"))), int(date.year.replace("X", "9"))
        return datetime.date(low, 1, 1), datetime.date(high, 12, 31)
    if "X" in str(date):
        return None
    year, rest = int(date.year), date.rest or ""
    if len(rest) == 5:
        day = datetime.date(year, int(rest[:2]), int(rest[3:]))
        return day, day
    if rest in ("21", "22", "23", "24"):
        return None
    first, last = _QUARTERS.get(rest) or (int(rest), int(rest))
    end = datetime.date(year + (last == 12), last % 12 + 1, 1) - _DAY
    return datetime.date(year, first, 1), end
