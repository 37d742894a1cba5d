"""Dates that start with a word: 昨天, 本月底, 上周五, 年初, 今夏, 上世纪90年代, 正月初一, 十四五期间."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from pipeline.numbers.anchor import LEAP_YEAR, PARTS, SEASONS, Anchor, Found, is_day, small_number
from pipeline.numbers.counted import match_counted
from pipeline.numbers.dates import match_date, match_day
from pipeline.numbers.lunar import match_new_year
from pipeline.numbers.weekdays import WEEK_WORD, WEEKDAY, week_word_value, weekday_value

_D = "[0-9０-９]"
_N2 = f"(?:{_D}{{1,2}}(?!{_D})|[一二三四五六七八九十廿卅]{{1,3}})"
_SEASON_WORD = re.compile(
    "(?P<rel>[今去])(?P<s>[春夏秋冬])(?![节运装粮茶])|[这這][个個](?P<this>[春夏秋冬])[天季](?!奥)"
)
_MONTH_WORD = re.compile(
    rf"(?P<rel>[本上下当當同次这這]|今(?=[个個]))(?:(?<=[上下])一)?[个個]?月份?(?:(?P<d>{_N2})[日号號]|(?P<mp>[初底末]|[上中下]旬))?"
)
_DAY_WORD = re.compile(
    "(?P<rel>[今昨明前后後当當次翌]|同一?|本(?=日))(?:天(?![然津生])|日(?![本语军期程])|儿个?(?!童|子))|(?P<eve>前一)[天日晚夜]|近日|往年"
    "|日前(?!往|后|，?提)|连日(?![本报報语語常期用元子])|即日|近些?年|[历歷]年|(?P<yue>[尋聽]日)(?![本語文報後])|昨(?=[，,从（(])|今(?=起)|前[几些](?:日子?(?!本)|天|年(?![轻级龄]))|那[天年]"
    "|(?P<night>[昨今当明])[晚夜晨](?!会|报|宴|间)"
)
_QUARTER_WORD = re.compile("(?P<rel>[本上下])(?:(?<=[上下])一?[个個]?)?季度(?P<qp>[初末](?!期))?")
_PERIOD_WORD = re.compile("年(?P<yp>[初底末](?!期)|内(?!存)|中(?=[，。、的]))|月(?P<mp>[初底末](?!步))|岁末")
_DECADE = re.compile(
    rf"(?:(?P<c>上个?世纪|本世纪|{_D}{{1,2}}世纪|[一二三四五六七八九十]{{1,3}}世纪|公元{_D}{{1,2}}世纪))?"
    rf"(?:(?P<dec>(?:19|20)?{_D}0|{_D}０|(?P<dec2>二(?=三)|三(?=四)|四(?=五)|五(?=六)|六(?=七)|七(?=八)|八(?=九))?[一二三四五六七八九]十)年代|(?P<half>[上前下后]半叶))?(?P<p>[初末](?:期|叶)?|中(?:[期叶]|(?![国华东央美欧医科学医]))|[前后]期)?"
)
_PLAN = re.compile("(?P<n>十[一二三四五六]|[一二三四五六七八九])五[”」』]?(?P<t>期间|时期|(?:期(?!末[考试成复]))?末)?")
_CLOSING = frozenset("”」』")
_YEARS_OF_PLAN = re.compile("的?(?:头一|第[一二三四五]|最后一|开局之)年|这?五年")
_EACH_DAY = re.compile("通达|可?达(?![到成])|办结|送达|往返|到账|结算")  # 当日通达, 次日达: of any day
_ANOTHER_YEAR = ("去年", "上年", "前年", "往年")  # 去年同日
_YEARS_BEFORE = (
    rf"(?:{_D}{{1,5}}|[一二两三四五六七八九十百千零〇]{{1,9}})[多余]?(?:年代?|世纪(?:初|末|中叶|[上前下后]半叶)?)"
)
_BEFORE_CHRIST = re.compile(rf"公元前{_YEARS_BEFORE}(?:(?:——|[-－—–~～至到])(?:公元前|前)?{_YEARS_BEFORE})?")
_EVENTS = frozenset("节赛考会战婚选")
_SEASON_BEGINS = {"春": 3, "夏": 6, "秋": 9, "冬": 12}
_SEASONS_BACK = 6  # months since its first one
_NEXT_YEAR_NEAR = (12, 15)  # by the end of the year, said that late, means the next
_ERA_PARTS = {**PARTS, "前": "start", "后": "end"}
_BOTH = re.compile("(?P<pair>[今明][明后])[两兩](?P<u>年|天|日)")
_RECURRING = re.compile(
    "多(?:年|[天日]|个月)|常年|每(?:年[春夏秋冬][天季]|[个個]?(?:年|月|季度|星期(?![一二三四五六日天]))|天|日|(?:[周週]|星期)(?:[一二三四五六日天末](?![天日周个次场趟期班节回篇小列架艘])(?:[至到](?:[周週]|星期)?[一二三四五六日天])?)?)"
)
# 尋日 and 聽日: yesterday and tomorrow in Cantonese.
_DAY_SHIFT = {
    "今": 0, "本": 0, "昨": -1, "明": 1, "前": -2, "后": 2, "後": 2, "尋日": -1, "聽日": 1,
}  # fmt: skip


def match_word(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a date that starts with a word: 昨天, 本月底, 上周五, 年初, 上世纪90年代, 去年底."""
    for pattern, value_of in (
        (_DAY_WORD, _day_word_value),
        (_MONTH_WORD, _month_word_value),
        (_QUARTER_WORD, _quarter_word_value),
        (WEEK_WORD, week_word_value),
        (WEEKDAY, weekday_value),
        (_PERIOD_WORD, _period_word_value),
        (_SEASON_WORD, _season_value),
        (_BOTH, _both_value),
    ):
        match = pattern.match(text, start)
        if match is not None:
            value = value_of(match, anchor)
            counted = None
            if pattern is _MONTH_WORD and match.lastgroup == "rel" and value is not None:
                counted = match_counted(text, match.end(), int(value[:4]), int(value[5:7]))
            return counted or Found(match.end(), value, "word")
    before = _BEFORE_CHRIST.match(text, start)
    if before is not None:
        return Found(before.end(), None, "word")  # values have no years before the first
    return (
        match_new_year(text, start, anchor)
        or match_recurring(text, start, anchor)
        or match_decade(text, start, anchor)
        or match_date(text, start, anchor)
    )


def match_recurring(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): what recurs or lasts long, without a value: 每年, 每月5日, 每周三, 多年."""
    match = _RECURRING.match(text, start)
    if match is None:
        return None
    end, aside = match.end(), replace(anchor)  # what recurs is no day that the next date could refer to
    further = (match_date(text, end, aside) or match_day(text, end, aside)) if text[end - 1] in "年月" else None
    return Found(end if further is None else further.end, None, "word")


def _both_value(match: re.Match[str], anchor: Anchor) -> str | None:
    """今明两年 (this year and the next), 今明两天."""
    if anchor.today is None:
        return None
    shift = "今明".index(match["pair"][0])
    if match["u"] == "年":
        return f"{anchor.today.year + shift:04d}/{anchor.today.year + shift + 1:04d}"
    first = anchor.today + datetime.timedelta(days=shift)
    return f"{first.isoformat()}/{(first + datetime.timedelta(days=1)).isoformat()}"


def _season_value(match: re.Match[str], anchor: Anchor) -> str | None:
    today = anchor.today
    if today is None:
        return None
    if match["this"]:  # the one that is on or just over: in January the winter that began the year before
        begins = _SEASON_BEGINS[match["this"]]
        is_near = (today.month - begins) % 12 < _SEASONS_BACK
        return f"{today.year - (begins > today.month):04d}-{SEASONS[match['this']]}" if is_near else None
    return f"{today.year - (match['rel'] == '去'):04d}-{SEASONS[match['s']]}"


def _day_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    word, today = match.group(), anchor.today
    if word == "那年":
        return None if anchor.passage_year is None else f"{anchor.passage_year:04d}"
    if match["eve"]:
        return _eve(match.start(), anchor)
    relative = word if word in ("今", "昨") else match["rel"] or match["night"] or match["yue"] or ""
    shift = 0 if word == "即日" else _DAY_SHIFT.get(relative)
    if shift is None:
        return _told_day(match, anchor) if relative else None
    if today is None:
        return None
    day = today + datetime.timedelta(days=shift)
    anchor.mention(day.year, day.month, day.day)
    return day.isoformat()


def _told_day(match: re.Match[str], anchor: Anchor) -> str | None:
    """当天, 同一天, 次日: the day spoken of, or the next; without a day before it 同日 is the document's."""
    relative, told = match["rel"] or match["night"], anchor.told_day
    if told is None:
        return anchor.today.isoformat() if relative == "同" and anchor.today and anchor.month is None else None
    year, month, day = told
    if _EACH_DAY.match(match.string, match.end()) or match.string.endswith(_ANOTHER_YEAR, 0, match.start()):
        return None
    if relative not in "次翌":
        return f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}-{day:02d}"
    if year is None and (month, day) == (2, 28):
        return None
    following = datetime.date(LEAP_YEAR if year is None else year, month, day) + datetime.timedelta(days=1)
    return f"XXXX-{following.month:02d}-{following.day:02d}" if year is None else following.isoformat()


def _eve(start: int, anchor: Anchor) -> str | None:
    """前一天, 前一晚: the day before the one just spoken of, else before the document's; 大赛前一晚 has no day."""
    if anchor.text[start - 1 : start] in _EVENTS:
        return None
    day = anchor.sentence_day or anchor.today
    return None if day is None else (day - datetime.timedelta(days=1)).isoformat()


def _month_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    word, today = match["rel"], anchor.today
    year, month = (today.year, today.month) if today else (None, None)
    if word in "当當同次" and anchor.month is not None:
        year, month = anchor.year, anchor.month
    if year is None or month is None:
        return None
    index = year * 12 + month - 1 + {"上": -1, "下": 1, "次": 1}.get(word, 0)
    year, month = index // 12, index % 12 + 1
    text = f"{year:04d}-{month:02d}"
    if match["d"]:
        day = small_number(match["d"])
        if not day or not is_day(year, month, day):
            return None
        anchor.mention(year, month, day)
        return f"{text}-{day:02d}"
    anchor.mention(year, month)
    return text if match["mp"] is None else f"{text} {PARTS[match['mp']]}"


def _quarter_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    if anchor.today is None:
        return None
    index = anchor.today.year * 4 + (anchor.today.month - 1) // 3 + {"上": -1, "下": 1}.get(match["rel"], 0)
    part = "" if match["qp"] is None else f" {PARTS[match['qp']]}"
    return f"{index // 4:04d}-{33 + index % 4}{part}"


def _period_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    if anchor.today is None:
        return None
    if match["mp"]:
        if anchor.sentence_year is not None and anchor.month is not None:
            return f"{anchor.year:04d}-{anchor.month:02d} {PARTS[match['mp']]}"
        return f"{anchor.today.year:04d}-{anchor.today.month:02d} {PARTS[match['mp']]}"
    if match["yp"] == "内" or anchor.is_ahead:
        year = anchor.sentence_year or anchor.today.year
        if anchor.is_ahead:
            late = match["yp"] != "内" and (anchor.today.month, anchor.today.day) >= _NEXT_YEAR_NEAR
            year = max(year, anchor.today.year + late)
        return f"{year:04d}" if match["yp"] == "内" else f"{year:04d} {PARTS.get(match['yp'] or '末')}"
    year = anchor.sentence_year or anchor.report_year or anchor.today.year
    return f"{year:04d} {PARTS.get(match['yp'] or '末')}"


def match_decade(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a century or decade: 上世纪90年代, 20世纪, 八十年代中期, 本世纪末."""
    match = _DECADE.match(text, start)
    if match is None or not (match["c"] or match["dec"]):
        return None
    decade = None if match["dec"] is None else small_number(match["dec"].removeprefix(match["dec2"] or ""))
    century = _century(match["c"], anchor, decade or 0)
    if century is None:
        return None
    part = _ERA_PARTS.get((match["p"] or "")[:1])
    if match["dec"]:
        if decade is None or decade % 10:
            return None
        century = decade // 100 if decade >= 1000 else century
        value: str | None = f"{century:02d}{decade // 10 % 10}X" + (f" {part}" if part else "")
        if match["dec2"]:  # 二三十年代, the twenties and thirties
            value = f"{century:02d}{decade // 10 - 1}X/{value}"
    elif match["half"]:
        first = 100 * century + (1 if match["half"][0] in "上前" else 51)
        return Found(match.end("half"), f"{first:04d}/{first + 49:04d}")
    else:
        value = f"{century:02d}XX" + (f" {part}" if part else "")
    end = match.end() if part or not match["p"] else match.start("p")
    return Found(end, value)


def _century(text: str | None, anchor: Anchor, decade: int) -> int | None:
    """RETURNS: the two leading digits of a century's years; a decade alone (九十年代) is the last of that number."""
    this = 20 if anchor.today is None else anchor.today.year // 100
    if text is None:
        return this - (anchor.today is None or decade > anchor.today.year % 100)
    if text.startswith(("上", "本")):
        return this - text.startswith("上")
    number = small_number(text.removeprefix("公元").removesuffix("世纪"))
    return None if number is None or not 1 <= number <= 30 else number - 1


def _is_period(text: str, start: int, end: int) -> bool:
    """Whether a quoted plan is a stretch of time: 展望“十五五” (looking ahead to), “十四五”的头一年, “十四五”这五年."""
    return text.endswith(("展望", "回望", "回顾"), 0, start) or _YEARS_OF_PLAN.match(text, end) is not None


def match_plan(text: str, start: int) -> Found | None:
    """RETURNS (Found | None): the years of a five-year plan: 十四五期间; “十三五”时期 starts a character before."""
    match = _PLAN.match(text, start)
    number = None if match is None else small_number(match["n"])
    if match is None or number is None:
        return None
    quoted = text[start - 1 : start] in "“「『" and text[start - 1 : start] != ""
    if not quoted and match["t"] is None and not text.startswith(("以来", "开局", "收官"), match.end("n") + 1):
        return None
    first = 1953 if number == 1 else 1958 if number == 2 else 1966 + 5 * (number - 3)
    value = f"{first}/{first + 4}"
    if match["t"] in ("末", "期末"):
        value = f"{first + 4} end"
    name_end = match.end("n") + 1
    told = match["t"] is not None or text.startswith(("以来", "末", "初", "开局", "收官", "时"), name_end + quoted)
    told = told or (quoted and _is_period(text, start - 1, name_end + 1))
    # Of “十三五”规划 only the name is the span; what 时期 or 末 belongs to is all of “十三五”.
    if quoted and (match["t"] is None or text[name_end] not in _CLOSING):
        return Found(name_end, value, "plan" if told else "name")
    return Found(match.end(), value, "quoted" if quoted else "plan" if told else "name")
