"""The lunar calendar: 正月初一 (its first day), 农历八月十五, 腊月二十三, as Gregorian days of 1900 to 2099.

A month is lunar if 农历 or 阴历 says so, if only the lunar calendar has its name (正月, 腊月, 闰四月) or its day (初五,
廿三 without 日), or if a day in Chinese numerals stands without 日. Without a year, the one that brings it next to the
document's date is meant.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.numbers.anchor import Anchor, Found
from pipeline.numbers.units import match_unit

FIRST_YEAR = 1900
_FIRST_DAY = datetime.date(1900, 1, 31)
# One hexadecimal number a year: its leap month in the lowest four bits, then one bit for every month that has 30 days,
# and bit 16 for a leap month of 30 days.
_YEARS = """
bd28 7520 ea50 b2a5 64b0 a9b0 1aa64 56a0 b590 baa2 7520 da56 b250 a4b0 1a4b5 2ad0 56b0 5b52 da90 1e927 e920 d250
d2d5 a560 2b60 1ad54 6d40 ea90 f4a2 e920 6a66 52b0 a570 9765 b5a0 6d40 17613 7490 1b137 a930 52b0 151b6 aad0
56a0 1da54 ba40 b490 d4b2 a950 aad7 5360 aad0 1aca5 5b20 ba50 1ea23 d4a0 5958 a970 5560 5756 ad50 6d20 7554 ea50
64a0 64f3 a9b0 ada7 56a0 b690 bb25 b520 b250 b2b4 a4b0 aab8 2ad0 5ad0 15a96 da90 d920 e954 d250 e4da a560 2b60
2f56 6d50 ea90 f525 e920 d260 52e3 a570 ad68 35a0 6d50 b695 7490 6930 a9b4 52b0 a5b0 aae2 56a0 dd57 ba40 b490
d535 a950 52d0 55d4 ab50 baa9 5d20 da50 1e8a6 d4a0 c950 a9e4 5560 ab50 ada2 6d20 7656 7250 64b0 6575 cab0 55a0
56e3 b690 f52b b520 b250 1d0b6 a4b0 4ab0 2bb5 5ad0 b6a0 daa2 d920 ea57 d250 a550 1a4d5 4b60 5b50 16d23 ec90 f928
e920 d260 15166 a570 5560 13654 7550 7490 74b3 6930 aab7 52b0 a5b0 aba5 56a0 b650 baa4 b4a0 d958 a950 52d0 56d6
ab50 5aa0 5d54 da50 d4a0 e4d3 c960 cce7 5560 ab50 1ad25 6d20 ea50 72a4 68b0 6978 4ab0 55b0 15566 b6a0 7520 b954
b450 a8b0 a4f2
"""
_N2 = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_CONN = "(?:——|[-－—–―~～〜至到])"
# Atomic: what follows 二十三 must not be read as following 二十.
_DAY = (
    "(?>初(?:十|[一二三四五六七八九]|(?<=月初)[1-9](?![0-9]))|[廿卅][一二三四五六七八九]?"
    "|二?十[一二三四五六七八九]?|三十)"
)
_LUNAR = re.compile(
    r"(?P<cal>[农農][历曆]|阴历|陰曆|旧历)?(?P<leap>闰|閏)?"
    r"(?P<m>[正冬腊臘]|十[一二]?|[一二三四五六七八九]|(?<=[历曆闰閏])[0-9]{1,2}|[0-9]{1,2}(?=月[初十廿]))"
    rf"(?P<end>月)(?:(?P<d>{_DAY}|(?(cal)[一二三四五六七八九]|(?!)))(?P<ri>[日号號])?"
    rf"|(?P<dd>[0-9]{{1,2}})(?:[日号號]|(?![0-9.%\u4e00-\u9fff])|(?={_CONN}{_N2}[日号號])))?"
)
_NEW_YEAR = re.compile("大年(?:初(?P<d>[一二三四五六七八九十])|三十)")
_TO_DAY = re.compile(
    rf"{_CONN}(?P<d>{_DAY}|[一二三四五六七八九](?=[日号號])|[0-9]{{1,2}}(?=[日号號]))(?P<ri>[日号號])?(?!月)"
)
# 六月二十八、二十九日 and 三月二十至四月五日 end in a solar day, so they start with one.
_SOLAR = re.compile(
    rf"(?:(?:{_CONN}|[、，,和及与或]){_N2})+(?:[日号號]|[两兩三四]?[日天])"
    rf"|{_CONN}{_N2}月(?!初|廿|二?十[一二三四五六七八九]?(?![日号號一二三四五六七八九]))"
)
# What makes the numeral behind a month a count whatever the month: 农历三月二十余人, 三月初三十人.
_MORE = re.compile(
    "[多余餘几幾百千万亿萬億十0-9]|[二三四五六七八九]|(?<=初十)一[个個名家次项項人]|来[个個位名人]"
    "|[、和至到-][0-9一二三四五六七八九十]+[个個名人家户戶]"
)
_COUNTED = re.compile("[个個名次项項位户戶岁歲年]|家(?!家)|人(?![日们們])|公里|小时|元(?![宵旦])")
# Counts that are no units elsewhere: 十九大, 二十强, 十五省市, 二十四节气, 十二点三, 二十三分之一.
_ALSO = re.compile(
    "强|大(?!家)|省|时|年|%|％|[.．:：][0-9一二三四五六七八九]|分之|生肖|孝|[节節][气氣]|以[上下内內]|之间"
)
# Units that are words behind a lunar day: 八月十五月儿圆, 五月初五包粽子, 九月初九重阳.
_NO_UNIT = re.compile(
    "[月晚夜回打起](?![事案火])|元[宵旦]|团[圆圓聚]|重[阳陽九]|家家|人[们們]|包[粽饺]|[点點][灯燈燃]|[发發](?!子)"
    "|分[月享]|下[午乡]|庙会"
)
_MONTHS = {"正": 1, "冬": 11, "腊": 12, "臘": 12, **dict(zip("一二三四五六七八九", range(1, 10), strict=True))}
_MONTHS |= {"十": 10, "十一": 11, "十二": 12}
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九十")}


def match_lunar(text: str, start: int, anchor: Anchor, year: int | None, *, has_year: bool) -> Found | None:
    """Read a lunar month or day.

    text (str): the text.
    start (int): where 农历 or the name of the month starts.
    anchor (Anchor): what a date without a year is resolved against.
    year (int | None): the year that stands in front, if it is known.
    has_year (bool): whether one stands in front.
    RETURNS (Found | None): the day, or the first and the last day of a month; None if it is no lunar date.
    """
    match = _LUNAR.match(text, start)
    if match is None or not _is_lunar(text, match):
        return None
    month = int(match["m"]) if match["m"].isascii() else _MONTHS[match["m"]]
    is_count = _is_count(text, match)
    day = None if is_count else _day(match)
    end = match.end("end") if is_count else match.end()
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= 30):
        return None
    last_day = day
    if day is not None and (range_end := _range_end(text, end)) is not None and day < range_end[1] <= 30:
        end, last_day = range_end
    years = [year] if has_year else _years_near(anchor, reach=9 if match["leap"] else 1)
    found = _all_bounds(years, month, (day, last_day), bool(match["leap"]))
    return _nearest(found, end, anchor)


def match_new_year(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a day of the lunar new year: 大年初一 is its first, 大年三十 the last of the old one."""
    match = _NEW_YEAR.match(text, start)
    if match is None:
        return None
    month, day = (12, 30) if match["d"] is None else (1, _DIGITS[match["d"]])
    return _nearest(_all_bounds(_years_near(anchor, reach=1), month, (day, day), is_leap=False), match.end(), anchor)


def _nearest(found: Sequence[tuple[datetime.date, datetime.date]], end: int, anchor: Anchor) -> Found:
    """RETURNS (Found): of the same days in several years those next to the document's date; they are mentioned."""
    if not found:
        return Found(end, None, "word")
    first, last = found[0] if anchor.today is None else min(found, key=lambda item: _distance(item, anchor))
    anchor.mention(first.year, first.month, first.day)
    return Found(end, first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}", "word")


def _all_bounds(
    years: Sequence[int | None], month: int, days: tuple[int | None, int | None], is_leap: bool
) -> list[tuple[datetime.date, datetime.date]]:
    """RETURNS (list): in every year that has them, the first and the last of some days of a month."""
    found = []
    for year in years:
        first = None if year is None else bounds_of(year, month, days[0], is_leap)
        last = None if year is None else bounds_of(year, month, days[1], is_leap)
        if first is not None and last is not None:
            found.append((first[0], last[1]))
    return found


def _is_lunar(text: str, match: re.Match[str]) -> bool:
    if _is_named(match):
        return True
    day = match["d"] or ""
    if (match["m"].isascii() and match["ri"]) or _is_count(text, match):
        return False
    if day[:1] == "初" or (day[:1] == "廿" and not match["ri"]):  # 二月廿五日 is solar in Hong Kong and Taiwan
        return True
    is_bare = len(day) >= 2 and match["ri"] is None and day[:1] in ("十", "二")
    return is_bare and _SOLAR.match(text, match.end()) is None


def _is_named(match: re.Match[str]) -> bool:
    """RETURNS (bool): whether the month is lunar whatever day follows."""
    return bool(match["cal"] or match["leap"]) or match["m"] in "正腊臘"


def _is_count(text: str, match: re.Match[str]) -> bool:
    """RETURNS (bool): whether what stands behind the month counts something: 三月二十余人, 五月初一批项目."""
    if match["d"] is None or match["ri"]:
        return False
    end = match.end()
    if _MORE.match(text, end):
        return True
    if _is_named(match):
        return _COUNTED.match(text, end) is not None
    if _ALSO.match(text, end):
        return True
    return match_unit(text, end) is not None and _NO_UNIT.match(text, end) is None


def _range_end(text: str, end: int) -> tuple[int, int] | None:
    """RETURNS (tuple | None): where 至初三 or 至十八日 behind a lunar day ends, and its day."""
    match = _TO_DAY.match(text, end)
    if match is None or (match["ri"] is None and (_MORE.match(text, match.end()) or match_unit(text, match.end()))):
        return None
    return match.end(), _day_number(match["d"])


def _day(match: re.Match[str]) -> int | None:
    if match["dd"]:
        return int(match["dd"])
    return None if match["d"] is None else _day_number(match["d"])


def _day_number(text: str) -> int:
    text = text.removeprefix("初")
    if text.isascii():
        return int(text)
    if text[0] in "廿卅":
        return {"廿": 20, "卅": 30}[text[0]] + (_DIGITS[text[1]] if len(text) > 1 else 0)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS[text]
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0)


def _years_near(anchor: Anchor, reach: int) -> list[int]:
    if anchor.today is None:
        return []
    if anchor.sentence_year is not None:
        return [anchor.sentence_year]
    return list(range(anchor.today.year - reach, anchor.today.year + reach + 1))


def _distance(bounds: tuple[datetime.date, datetime.date], anchor: Anchor) -> datetime.timedelta:
    today = anchor.today or bounds[0]
    if bounds[0] <= today <= bounds[1]:
        return datetime.timedelta(0)
    return min(abs(bound - today) for bound in bounds)


def bounds_of(
    year: int, month: int, day: int | None, is_leap: bool = False
) -> tuple[datetime.date, datetime.date] | None:
    """RETURNS (tuple | None): the first and last day of a lunar month, or a day twice; None if there is none."""
    for number, leap, first, length in _months(year):
        if number == month and leap == is_leap:
            if day is None:
                return first, first + datetime.timedelta(days=length - 1)
            if day <= length:
                return (first + datetime.timedelta(days=day - 1),) * 2
    return None


@lru_cache(maxsize=256)
def _months(year: int) -> tuple[tuple[int, bool, datetime.date, int], ...]:
    """RETURNS (tuple): number, leap or not, first day and length of every month of a lunar year."""
    if not FIRST_YEAR <= year < FIRST_YEAR + len(_TABLE):
        return ()
    first = _FIRST_DAY + datetime.timedelta(days=sum(map(_length, _TABLE[: year - FIRST_YEAR])))
    months = []
    for number, leap, length in _lengths(_TABLE[year - FIRST_YEAR]):
        months.append((number, leap, first, length))
        first += datetime.timedelta(days=length)
    return tuple(months)


def _lengths(code: int) -> list[tuple[int, bool, int]]:
    lengths = []
    for number in range(1, 13):
        lengths.append((number, False, 29 + (code >> (3 + number) & 1)))
        if code & 15 == number:
            lengths.append((number, True, 29 + (code >> 16 & 1)))
    return lengths


def _length(code: int) -> int:
    return sum(days for _, _, days in _lengths(code))


_TABLE = tuple(int(code, 16) for code in _YEARS.split())
