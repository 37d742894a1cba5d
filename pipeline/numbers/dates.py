"""Calendar dates, periods and times of day: where they stand in a text and what they mean.

`match_date` and `match_time` read one expression, or a range of two, at a place. Relative expressions (去年, last year;
本月, this month) and incomplete ones (4月26日) are resolved against an `Anchor`: the document's date, a dateline that
replaced it, and the date mentioned last. Without an anchor they have no value, or an EDTF with X.
"""

from __future__ import annotations

import re

from pipeline.core.records import FIRST_YEAR, LAST_YEAR
from pipeline.numbers.anchor import PARTS, REPORTING, SEASONS, Anchor, Found, is_day, small_number
from pipeline.numbers.counted import match_counted
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
_YEAR_PARTS = {f"{year}{char}": PARTS[char] for year in ("", "年") for char in "初底末"} | {"伊始": "start"}
_FROM_START = re.compile(r"(?P<y>[0-9]{4})-(?:01|33)(?:-[0-9]{2})?/(?P=y)-(?P<last>[0-9]{2})(?:-[0-9]{2})?")
_LAST_MONTHS = {"33": 3, "34": 6, "35": 9, "36": 12}
_ONES = "〇○零Ｏ"
_NEXT_TO = re.compile("一二|二三|三四|四五|五六|六七|七八|八九|九十")  # 六七月: June and July
_DIGITS = "一二三四五六七八九十"
_COMPARED = frozenset("比较")
_WHOLE_YEAR = re.compile("全年(?![龄级])|(?P<day>的最后一天)")
_LUNAR_DAY = re.compile("[0-9]{1,2}月[初十廿]")
_YEARS = ("y", "y2", "rel")
_LUNAR_STARTS = frozenset("农農阴陰旧正冬腊臘闰閏一二三四五六七八九十")
_YEAR_SHIFT = {"去": -1, "今": 0, "明": 1, "前": -2, "后": 2, "後": 2, "本": 0, "来": 1, "來": 1}


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
    first = None if end == start else _resolve(match, anchor)
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
        return Found(second.end, value if _written_year(match, anchor) != (None, False) else _reported(value, anchor))
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
    year = _written_year(match, anchor) if begin > match.start() else (None, False)
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
        value = _day_value(match["d"], anchor)
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
    resolved = _resolve(match, anchor, year)
    return None if resolved is None else Found(match.end(), resolved[0])


def four_digit_year(text: str) -> int | None:
    """RETURNS (int | None): the year that four Arabic or Chinese digits write, if people write of it."""
    year = small_number(text)
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _resolve(match: re.Match[str], anchor: Anchor, year: int | None = None) -> tuple[str | None] | None:
    """RETURNS: the value in a tuple; None if the match is no date after all."""
    written = _written_year(match, anchor)
    if written is None:
        return None
    known, explicit = written if written[1] else (year, False)
    if match["m"] is not None:
        return _month_value(match, anchor, known, explicit)
    if match["md"] is not None:
        return _lost_month_value(match["md"], anchor, known) if explicit else None
    return _period_value(match, anchor, known, explicit)


def _written_year(match: re.Match[str], anchor: Anchor) -> tuple[int | None, bool] | None:
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


def match_day(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a day of the month without its month (26日), or a range of two."""
    match = _DAY_ONLY.match(text, start)
    value = None if match is None else _day_value(match["d"], anchor)
    if match is None or value is None:
        return None
    connector = re.compile(_CONN).match(text, match.end())
    second = None if connector is None else _DAY_ONLY.match(text, connector.end())
    last = None if second is None else _day_value(second["d"], anchor)
    if second is None or last is None:
        return Found(match.end(), value) if match.group()[-1] in "日号號" else None
    return Found(second.end(), f"{value}/{last}")


def _day_value(text: str, anchor: Anchor) -> str | None:
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
