"""What the match of a date means: its year, month, day or period as EDTF, resolved against the `Anchor`.

`resolve` takes a match of the pattern in pipeline/numbers/dates.py by the names of its groups: the year (y, y2, rel),
month and day (m, d, dl, dw, mp), periods (half, hy, q, qn, qp, mn, mb, fq, fm, nm, season, same, yp), and a month that
was lost (md).
"""

from __future__ import annotations

import re

from pipeline.core.records import FIRST_YEAR, LAST_YEAR
from pipeline.numbers.anchor import PARTS, SEASONS, Anchor, is_day, small_number

_YEAR_PARTS = {f"{year}{char}": PARTS[char] for year in ("", "年") for char in "初底末"} | {"伊始": "start"}
_ONES = "〇○零Ｏ"
_NEXT_TO = re.compile("一二|二三|三四|四五|五六|六七|七八|八九|九十")  # 六七月: June and July
_DIGITS = "一二三四五六七八九十"
_YEAR_SHIFT = {"去": -1, "今": 0, "明": 1, "前": -2, "后": 2, "後": 2, "本": 0, "来": 1, "來": 1}


def resolve(match: re.Match[str], anchor: Anchor, year: int | None = None) -> tuple[str | None] | None:
    """RETURNS: the value in a tuple; None if the match is no date after all."""
    written = written_year(match, anchor)
    if written is None:
        return None
    known, explicit = written if written[1] else (year, False)
    if match["m"] is not None:
        return _month_value(match, anchor, known, explicit)
    if match["md"] is not None:
        return _lost_month_value(match["md"], anchor, known) if explicit else None
    return _period_value(match, anchor, known, explicit)


def written_year(match: re.Match[str], anchor: Anchor) -> tuple[int | None, bool] | None:
    """RETURNS: the year in front and whether there is one; None if its digits are no year."""
    if match["y"] is not None:
        known = small_number(match["y"].replace(" ", ""))
        if known is None or (known < FIRST_YEAR and not match.group().startswith("公元")) or known > LAST_YEAR:
            return None
        return known, True
    if match["y2"] is not None:
        short = small_number("".join(match["y2"])) if match["y2"][0] not in _ONES else small_number(match["y2"][1])
        if short is None:
            digits = [small_number(char) or 0 for char in match["y2"]]
            short = digits[0] * 10 + digits[1]
        return short + (1900 if short > 40 else 2000), True
    return (_relative_year(match["rel"], anchor), True) if match["rel"] is not None else (None, False)


def _relative_year(word: str, anchor: Anchor) -> int | None:
    if word in _YEAR_SHIFT:
        return None if anchor.today is None else anchor.today.year + _YEAR_SHIFT[word]
    if word in "全上":
        base = anchor.sentence_year
        if base is None:
            ahead = anchor.is_planned or (word == "全" and anchor.is_year_ahead)
            base = anchor.today.year if anchor.today is not None and ahead else anchor.report_year
        return None if base is None else base - (word == "上")
    today = None if anchor.today is None else anchor.today.year
    if word in "这這":
        told = anchor.passage_year
        return told if told is not None and (today is None or told <= today) else anchor.report_year
    if word in "次翌下":
        year = (anchor.sentence_year or today) if word == "下" else anchor.year
        return year + 1 if year is not None and year < LAST_YEAR else None
    return anchor.sentence_year


def _month_value(match: re.Match[str], anchor: Anchor, year: int | None, explicit: bool) -> tuple[str | None] | None:
    months = _NEXT_TO.fullmatch(match["m"])
    if months is not None and not (match["d"] or match["dl"] or match["dw"] or match["mp"]):
        return _two_months_value(months, anchor, year, explicit)
    month = small_number(match["m"])
    written_day = match["d"] or match["dl"] or match["dw"]
    day = None if written_day is None else small_number(written_day)
    if month is None or not 1 <= month <= 12 or (written_day is not None and (day is None or not 1 <= day <= 31)):
        return None
    if explicit and year is None:  # 今年2月 without a date of the document
        anchor.mention(None, month, day)
        anchor.last_day = None
        return (None,)
    if year is None:
        year = anchor.year_of_month(month, day)
    if day is not None and not is_day(year, month, day):
        return (None,)  # 2月30日: a date that the calendar does not have
    anchor.mention(year, month, day)
    text = f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}"
    if day is not None:
        return (f"{text}-{day:02d}",)
    part = match["mp"]
    return (text if part is None else f"{text} {PARTS[part]}",)


def _two_months_value(match: re.Match[str], anchor: Anchor, year: int | None, explicit: bool) -> tuple[str | None]:
    """六七月: the sixth and seventh month, as one period."""
    second = _DIGITS.index(match.group()[1]) + 1
    if explicit and year is None:
        return (None,)
    year = anchor.year_of_month(second) if year is None else year
    anchor.mention(year, second)
    shown = "XXXX" if year is None else f"{year:04d}"
    return (f"{shown}-{second - 1:02d}/{shown}-{second:02d}",)


def _period_value(match: re.Match[str], anchor: Anchor, year: int | None, explicit: bool) -> tuple[str | None] | None:
    if (
        not explicit
        and match["half"] is None
        and match["q"] is None
        and match["qn"] is None
        and not (match["mn"] or match["mb"])
    ):
        return None
    if not explicit and match["q"] is not None and "季度" not in match.group():
        return None
    if year is None and not explicit:
        year = anchor.year_of_period(*_months_of(match))
    if year is None:
        return (None,)
    if match["same"]:
        text = f"{year:04d}-{anchor.month:02d}" if anchor.month else f"{year:04d}"
    else:
        text = f"{year:04d}{_within_year(match, year)}"
    if match["rel"] != "上":  # what the sentence compares with is not what it speaks of
        anchor.mention(year)
    return (text,)


def _lost_month_value(digits: str, anchor: Anchor, year: int | None) -> tuple[str | None] | None:
    """今年418日: the day after a year lost its 月; None unless exactly one reading fits."""
    text = "".join(str(int(char)) for char in digits)
    fitting = [
        (int(text[:size]), int(text[size:]))
        for size in (1, 2)
        if 0 < int(text[:size]) <= 12 and len(text) - size <= 2 and is_day(year, int(text[:size]), int(text[size:]))
    ]
    if len(fitting) != 1:
        return None
    (month, day) = fitting[0]
    anchor.mention(year, month, day)
    return (None if year is None else f"{year:04d}-{month:02d}-{day:02d}",)


def _months_of(match: re.Match[str]) -> tuple[int, int]:
    """RETURNS: the first and last month that tell the year of a period; of 前8月 the eighth alone."""
    if match["mn"] or match["mb"]:
        last = small_number(match["mn"] or match["mb"]) or 1
        return last, last
    written = match["qn"] or match["q"]
    quarter = None if written is None else small_number(written)
    if quarter:
        return 3 * quarter - 2, 3 * quarter
    return (7, 12) if match["half"] == "下" else (1, 6)


def _within_year(match: re.Match[str], year: int) -> str:
    """RETURNS: what follows the year in the value: "-40", "-33/2025-35", " end"."""
    quarter, months = match["qn"] or ("1" if match["fq"] else match["q"]), match["mn"] or match["mb"]
    if quarter:
        last = f"{32 + (small_number(quarter) or 1)}"
        part = f" {PARTS[match['qp']]}" if match["qp"] else ""
        return f"-33/{year:04d}-{last}" if match["qn"] else f"-{last}{part}"
    if months:
        return f"-01/{year:04d}-{small_number(months):02d}"
    if match["half"] or match["hy"]:
        return "-41" if match["half"] == "下" else "-40"
    if match["season"]:
        return f"-{SEASONS[match['season']]}"
    return _month_or_part(match)


def _month_or_part(match: re.Match[str]) -> str:
    """RETURNS: "-08" for 第8个月, "-01" for 首月, " end" for 年底; "" for the year alone."""
    if match["fm"] or match["nm"]:
        return f"-{1 if match['fm'] else small_number(match['nm']):02d}"
    return f" {_YEAR_PARTS.get(match['yp'], 'mid')}" if match["yp"] else ""


def day_value(text: str, anchor: Anchor) -> str | None:
    """RETURNS (str | None): a day of the month without its month, 26日; None if it is none."""
    day = small_number(text)
    if day is None or not 1 <= day <= 31:
        return None
    month = anchor.month
    if month is not None and (anchor.sentence_year is not None or anchor.told_year(month, day) is not None):
        year = anchor.year
    elif anchor.today is not None:
        year, month = anchor.today.year, anchor.today.month
    elif anchor.last_month is not None and anchor.last_month[0] is None:  # 2012年11月 before it is long past
        year, month = anchor.last_month
    else:
        return f"XXXX-XX-{day:02d}"
    if not is_day(year, month, day):
        return None
    anchor.mention(year, month, day)
    return f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}-{day:02d}"
