"""Calendar dates and periods: where they stand in a text.

`match_date` and `match_day` read one expression, or a range of two, at a place. Relative expressions (去年, last year;
本月, this month) and incomplete ones (4月26日) are resolved against an `Anchor`: the document's date, a dateline that
replaced it, and the date mentioned last (pipeline/numbers/date_values.py). Without an anchor they have no value, or an
EDTF with X.
"""

from __future__ import annotations

import re

from pipeline.numbers.anchor import REPORTING, Anchor, Found
from pipeline.numbers.counted import match_counted
from pipeline.numbers.date_values import day_value, resolve, written_year
from pipeline.numbers.lunar import match_lunar

_D = "[0-9０-９]"
_CD = "[〇○零Ｏ一二三四五六七八九]"
_C3 = "[一二三四五六七八九十廿卅]{1,3}"
CONNECTOR = "[-－—–―~～〜至到]"
_CONN = f"(?:——|{CONNECTOR})"
_N2 = f"(?:{_D}{{1,2}}(?!{_D})|{_C3})"
# One to twelve, in either script.
_MONTHS = rf"(?:(?:[1１][0-2０-２]|[0０]?[1-9１-９])(?!{_D})|十[一二]?|[一二两兩三四五六七八九])"
_MONTH = rf"(?P<m>{_N2})(?:[ \xa0]?月(?![饼球亮薪票龄])份?|(?={_CONN}{_N2}月))"
_MORE_DAYS = rf"(?:{_CONN}{_N2}|(?:[、，,和及与或]{_N2})+)(?:[日号號]|[两兩三四][日天])"
_DAY = rf"(?P<d>{_N2})(?:[ \xa0]?[日号號](?!元|圆|线|楼|本)|(?={_MORE_DAYS}))"
_SPACE = r"(?:[ \xa0](?=[0-9０-９]{1,2}[ \xa0]?日))?"
# The last digits of a line, or with a blank in front those in front of what web pages say next: 04 月 27 来源.
_LOST_DAY = (
    rf"(?:(?P<dl>{_D}{{1,2}})(?=[，。、；,;）)\s]|$)"
    rf"|[ \xa0](?P<dw>{_D}{{1,2}})(?=[ \xa0]*(?:\n|$|信息|来源|稿源|作者|发布|浏览|点击|阅读)))"
)
_MONTH_PART = "(?P<mp>[初底末](?!期|级|步)|[上中下]旬)?"
_SUB = (
    rf"(?:(?P<hy>半年度)|(?P<md>{_D}{{3,4}})日|{_MONTH}(?:{_SPACE}{_DAY}|{_LOST_DAY}|{_MONTH_PART})"
    r"|(?P<half>[上下])半年|第?(?P<q>[一二三四1-4１-４])季度?(?![节])(?P<qp>(?<=度)[初末])?"
    rf"|[前首](?P<qn>[两兩二三23２３])个?季度?|[前首头](?P<mn>{_MONTHS})[个個]月"
    r"|(?:(?<![\u4e00-\u9fff])|(?<=年))前(?P<mb>[2-9]|1[0-2]|[二两兩三四五六七八九十]|十[一二])月(?![初底末上中下份])"
    rf"|(?P<fq>首季)度?|(?P<fm>首月)|第(?P<nm>{_MONTHS})[个個]月"
    r"|(?P<season>[春夏秋冬])(?:[天季](?!奥|赛|学(?!期))|(?![天季游运节耕粮种茶收播奥装日月汛春夏秋冬]|(?<=春)晚))|(?P<same>同月)"
    r"|(?P<yp>年?[初底末](?!期|级)|年中|中期|伊始))"
)
_EARLY = rf"(?<=公元)(?:{_D}{{1,3}}|{_CD}{{1,3}}|十{_CD}?|{_CD}十{_CD}?)(?=年)"
_FOUR = rf"{_D}{{4}}|20 [0-9]{{2}}(?=年 ?[0-9]{{1,2}} ?月)|{_CD}{{4}}|[二两]千零[一二三四五六七八九]"
# What makes a year of two digits: 20年3月, 19年底, 58年前7个月, 20年第52周.
_AFTER_SHORT = (
    rf"{_D}{{1,2}}月|{_C3}月|第?[一二三四1-4首]季度|[上下]半年|[底末](?!期)"
    rf"|前[一二两三四五六七八九十0-9]+(?:[个個]月|季度)|的?第(?:{_D}{{1,2}}|{_C3})[个個]?(?:周(?!年)|星期|礼拜|禮拜)"
)
_YEAR = (
    rf"(?:(?:公元)?(?P<y>{_EARLY}|{_FOUR})(?:[ \xa0]?年度?(?!级|龄|轻|货|画|夜)"
    rf"(?:[ \xa0](?=[0-9]{{1,2}}[ \xa0]?月))?|(?={_CONN}{_D}{{4}}年))"
    rf"|(?P<y2>{_D}{{2}}|{_CD}{{2}})年(?={_AFTER_SHORT})"
    rf"|(?P<rel>[去今明前后後本上下当當同次翌来來全]|[这這](?=一年(?![多半])))(?:(?<=[上下这這])一)?(?:年度|年(?!度|级|龄|轻|货(?![物运币款车轮])|画(?!面)|夜(?!间)|会(?!议|员|展)|人(?!均|口|才|民|工))))"
)
_FULL = re.compile(rf"{_YEAR}?(?:的(?=[春夏秋冬][天季]))?{_SUB}?")
_DAY_ONLY = re.compile(_DAY)
_FROM_START = re.compile(r"(?P<y>[0-9]{4})-(?:01|33)(?:-[0-9]{2})?/(?P=y)-(?P<last>[0-9]{2})(?:-[0-9]{2})?")
_LAST_MONTHS = {"33": 3, "34": 6, "35": 9, "36": 12}
_COMPARED = frozenset("比较")
_WHOLE_YEAR = re.compile("全年(?![龄级])|(?P<day>的最后一天)")
_LUNAR_DAY = re.compile("[0-9]{1,2}月[初十廿]")
_YEARS = ("y", "y2", "rel")
_LUNAR_STARTS = frozenset("农農阴陰旧正冬腊臘闰閏一二三四五六七八九十")


def match_date(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): the date or period that starts at a place, a range as one; updates the anchor."""
    match = _FULL.match(text, start)
    if match is None:
        return None
    end = match.end()
    lunar = _lunar_at(text, match, anchor)
    if lunar is not None:
        return lunar
    mentioned = anchor.year, anchor.month, anchor.day, anchor.where
    first = None if end == start else resolve(match, anchor)
    if first is None:
        return None
    if (
        text.startswith(("同期", "以来"), end) or text[start - 1 : start] in _COMPARED
    ):  # not what the sentence speaks of
        anchor.year, anchor.month, anchor.day, anchor.where = mentioned
    counted = _counted_at(text, match, anchor)
    counted = counted or _of_year(text, end, first[0])
    if counted is not None:
        return counted
    second = _second_half(text, end, match, anchor)
    if second is not None and second.value is not None and first[0] is not None:
        value = f"{first[0].partition('/')[0]}/{second.value.rpartition('/')[2]}"
        return Found(second.end, value if written_year(match, anchor) != (None, False) else _reported(value, anchor))
    return Found(end if second is None else second.end, first[0] if second is None else None)


def _reported(value: str, anchor: Anchor) -> str:
    """A range from January or the first quarter on, in a report of the year's first months: that of the year before."""
    match = _FROM_START.fullmatch(value)
    if match is None or anchor.today is None or anchor.today.month > REPORTING or anchor.is_ahead:
        return value
    last = _LAST_MONTHS.get(match["last"]) or int(match["last"])
    if int(match["y"]) != anchor.today.year or last <= anchor.today.month + 1 or value.endswith("-02-29"):
        return value
    anchor.mention(anchor.today.year - 1, anchor.month, anchor.day)
    return value.replace(match["y"], f"{anchor.today.year - 1:04d}")


def _lunar_at(text: str, match: re.Match[str], anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): 正月初一 or 去年五月初五, where the month or what follows the year may be lunar."""
    begin = match.end() if match["m"] is None else match.start("m")
    if text[begin : begin + 1] not in _LUNAR_STARTS and not _LUNAR_DAY.match(text, begin):
        return None
    year = written_year(match, anchor) if begin > match.start() else (None, False)
    return None if year is None else match_lunar(text, begin, anchor, year[0], has_year=year[1])


def _counted_at(text: str, match: re.Match[str], anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): 6月第三周 or 今年第37周, where a week is counted behind a month or year alone."""
    end = match.end()
    if text[end : end + 1] not in ("第", "的", "份") or (match["m"] is not None and (match["d"] or match["mp"])):
        return None
    if match["m"] is None and any(part and name not in _YEARS for name, part in match.groupdict().items()):
        return None
    return match_counted(text, end, anchor.year, anchor.month if match["m"] is not None else None)


def _of_year(text: str, end: int, value: str | None) -> Found | None:
    """RETURNS (Found | None): 去年全年 (the whole of last year) and 2021年的最后一天, where a year ends at a place."""
    whole = _WHOLE_YEAR.match(text, end)
    if whole is None or text[end - 1] not in "年度" or not (value is None or value.isdigit()):
        return None
    return Found(whole.end(), value if whole["day"] is None or value is None else f"{value}-12-31")


def _second_half(text: str, end: int, first: re.Match[str], anchor: Anchor) -> Found | None:
    connector = re.compile(_CONN).match(text, end)
    if connector is None:
        return None
    begin = connector.end()
    has_day = first["d"] is not None
    match = _DAY_ONLY.match(text, begin) if has_day else None
    if match is not None:
        value = day_value(match["d"], anchor)
        return None if value is None else Found(match.end(), value)
    match = _FULL.match(text, begin)
    if (
        match is None
        or match.end() == begin
        or (first["m"] is not None) != (match["m"] is not None)
        or has_day != (match["d"] is not None)
    ):
        return None
    year = anchor.year
    resolved = resolve(match, anchor, year)
    return None if resolved is None else Found(match.end(), resolved[0])


def match_day(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a day of the month without its month (26日), or a range of two."""
    match = _DAY_ONLY.match(text, start)
    value = None if match is None else day_value(match["d"], anchor)
    if match is None or value is None:
        return None
    connector = re.compile(_CONN).match(text, match.end())
    second = None if connector is None else _DAY_ONLY.match(text, connector.end())
    last = None if second is None else day_value(second["d"], anchor)
    if second is None or last is None:
        return Found(match.end(), value) if match.group()[-1] in "日号號" else None
    return Found(second.end(), f"{value}/{last}")
