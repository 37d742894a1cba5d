"""Calendar dates, periods and times of day: where they stand in a text and what they mean.

`match_date` and `match_time` read one expression, or a range of two, at a place. Relative expressions (去年, last year;
本月, this month) and incomplete ones (4月26日) are resolved against an `Anchor`: the document's date, a dateline that
replaced it, and the date mentioned last. Without an anchor they have no value, or an EDTF with X.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.numbers.numerals import read_numeral

_D = "[0-9０-９]"
_CD = "[〇○零Ｏ一二三四五六七八九]"
_C3 = "[一二三四五六七八九十]{1,3}"
CONNECTOR = "[-－—–―~～〜至到]"
_CONN = f"(?:——|{CONNECTOR})"
_N2 = f"(?:{_D}{{1,2}}(?!{_D})|{_C3})"
_MONTH = rf"(?P<m>{_N2})(?:[ \xa0]?月(?![饼球亮薪票龄])份?|(?={_CONN}{_N2}月))"
_DAY = rf"(?P<d>{_N2})(?:[ \xa0]?[日号號](?!元|圆|线|楼|本)|(?={_CONN}{_N2}[日号號]))"
_LOST_DAY = rf"(?P<dl>{_D}{{1,2}})(?=[，。、；,;）)\s]|$)"
_MONTH_PART = "(?P<mp>[初底末](?!期|级|步)|[上中下]旬)?"
_SUB = (
    rf"(?:{_MONTH}(?:{_DAY}|{_LOST_DAY}|{_MONTH_PART})"
    r"|(?P<half>[上下])半年|第?(?P<q>[一二三四1-4１-４])季度?(?![节])"
    r"|[前首](?P<qn>[两兩二三23２３])个?季度?|[前首](?P<mn>[0-9０-９]{1,2}|[一二两兩三四五六七八九十]{1,2})[个個]月"
    r"|(?P<season>[春夏秋冬])(?:[天季](?!奥|赛|学))?(?![游运节耕粮种茶收播奥装日])|(?P<same>同月)"
    r"|(?P<yp>[初底末](?!期|级)|年中|中期))"
)
_YEAR = (
    rf"(?:(?:公元)?(?P<y>{_D}{{4}}|{_CD}{{4}})(?:[ \xa0]?年度?(?!级|龄|轻|货|画|夜)(?:[ \xa0](?=[0-9]{{1,2}}[ \xa0]?月))?|(?={_CONN}{_D}{{4}}年))"
    rf"|(?P<y2>{_D}{{2}}|{_CD}{{2}})年(?={_D}{{1,2}}月|{_C3}月)|(?P<rel>[去今明前后後本上当當同次翌来來全])年度?(?!级|龄|轻|货|画|夜|会|人))"
)
_FULL = re.compile(rf"{_YEAR}?{_SUB}?")
_DAY_ONLY = re.compile(_DAY)
_ISO = re.compile(
    rf"(?P<y>[12１２]{_D}{{3}})(?:(?P<sep>[-－/／.．])(?P<m>{_D}{{1,2}})(?P=sep)(?P<d>{_D}{{1,2}})|-(?P<md>[0-9]{{4}}))(?!{_D})"
)
_SEASON_WORD = re.compile("(?P<rel>今)(?P<s>[春夏秋冬])(?![节运装粮茶])")
_MONTH_WORD = re.compile(rf"(?P<rel>[本上下当當同次])[个個]?月份?(?:(?P<d>{_N2})[日号號]|(?P<mp>[初底末]|[上中下]旬))?")
_DAY_WORD = re.compile(
    "(?P<rel>[今昨明前后後当當同次翌])(?:天(?!然|津)|日(?!本|语|军)|儿(?!童|子))|(?P<eve>前一)[天日]|近日|往年|日前(?!往|后|，?提)|连日|即日|近年|[历歷]年|昨(?=[，,从（(])|前[几些][天年日]|那[天年]|(?P<night>[昨今当])[晚夜](?!会|报|宴|间)"
)
_WEEK_WORD = re.compile("(?P<rel>[本上下这這])(?:[周週]|星期)(?P<w>[一二三四五六日末天])?(?!边|期|转|刊|报|岁|年)")
_WEEKDAY = re.compile("(?:周|週|星期|礼拜)(?P<w>[一二三四五六日天])(?![报刊年岁])")
_PERIOD_WORD = re.compile("年(?P<yp>[初底末](?!期)|内(?!存)|中(?=[，。、的]))|月(?P<mp>[初底末])|岁末")
_LUNAR = re.compile(
    "(?:[农農][历曆](?:正|十?[一二]|[三四五六七八九十]|冬|腊)|正|腊)月(?:初[一二三四五六七八九十]|[廿卅]?十?[一二三四五六七八九]|[二三]?十)?"
)
_DECADE = re.compile(
    rf"(?:(?P<c>上个?世纪|本世纪|{_D}{{1,2}}世纪|[一二十]{{1,3}}世纪|公元{_D}{{1,2}}世纪))?"
    rf"(?:(?P<dec>(?:19|20)?{_D}0|{_D}０|[一二三四五六七八九]十)年代)?(?P<p>[初末中](?:期|叶|叶)?|[前后]期)?"
)
_PLAN = re.compile("(?P<n>十[一二三四五六]|[一二三四五六七八九])五[”」』]?(?P<t>期间|时期|末)?")
_SENTENCE = 120
_TITLE = 120
_SENTENCE_END = re.compile("[。！？\n]")
_AHEAD = re.compile("将|預計|预计|拟|定于|计划|力争|确保|争取|届时")
_DEADLINE = re.compile(rf"(?:{_D}{{1,2}}月(?:{_D}{{1,2}}日|[初底])?|年[底末]|{_D}{{2,4}}日)[之以]?前")
_ONES = "〇○零Ｏ"
_WEEKDAYS = "一二三四五六日"
_SEASONS = {"春": "21", "夏": "22", "秋": "23", "冬": "24"}
_PARTS = {
    "初": "start",
    "底": "end",
    "末": "end",
    "上旬": "start",
    "中旬": "mid",
    "下旬": "end",
    "中": "mid",
    "中期": "mid",
}
_YEAR_SHIFT = {"去": -1, "今": 0, "明": 1, "前": -2, "后": 2, "後": 2, "本": 0, "来": 1, "來": 1}
_DAY_SHIFT = {"今": 0, "昨": -1, "明": 1, "前": -2, "后": 2, "後": 2}


class Found(NamedTuple):
    """A date or time in a text.

    end (int): one past its last character.
    value (str | None): canonical value.
    kind (str): "date", "word", "time" or "plan"; what the features of the filter see.
    """

    end: int
    value: str | None
    kind: str = "date"


@dataclass(slots=True)
class Anchor:
    """What incomplete dates are resolved against.

    today (date | None): the document's date, or that of a dateline.
    text (str): the document.
    here (int): where the expression that is being read starts.
    year, month, day (int | None): what the last mentioned date says.
    where (int): where it stands.
    title_year (int | None): the first year of a document that opens with one.
    last_month (tuple | None): year and month of the last date that has a month.
    """

    today: datetime.date | None = None
    text: str = ""
    here: int = 0
    year: int | None = None
    month: int | None = None
    day: int | None = None
    where: int = -1
    title_year: int | None = None
    last_month: tuple[int | None, int] | None = None

    def mention(self, year: int | None, month: int | None = None, day: int | None = None) -> None:
        """Remember the date mentioned last."""
        self.year, self.month, self.day, self.where = year, month, day, self.here
        if month is not None:
            self.last_month = (year, month)
        if year is not None and month is None and self.title_year is None:
            self.title_year = year if self.here < _TITLE else 0

    @property
    def sentence_year(self) -> int | None:
        """RETURNS (int | None): the year that the same sentence spoke of before."""
        if self.year is None or self.where < 0 or self.here - self.where > _SENTENCE:
            return None
        return None if _SENTENCE_END.search(self.text, self.where, self.here) else self.year

    @property
    def report_year(self) -> int | None:
        """RETURNS (int | None): the year a document reports on: in its first quarter, the year before its date."""
        if self.today is None:
            return None
        return self.today.year - (self.today.month <= 3 or (self.title_year == self.today.year - 1))

    @property
    def is_ahead(self) -> bool:
        """RETURNS (bool): whether the words around speak of the future (将, will; 预计, expected; …前, by)."""
        return bool(
            _AHEAD.search(self.text, max(0, self.here - 12), self.here) or _DEADLINE.match(self.text, self.here)
        )

    def year_of_month(self, month: int) -> int | None:
        """RETURNS (int | None): the year of a month that stands without one."""
        today = self.today
        if today is None:
            return None
        year = self.sentence_year
        if year is not None and (self.month is not None or year != today.year):
            return max(year, today.year) if self.is_ahead else year
        distance = month - today.month
        if distance > (0 if today.month <= 3 else 6):
            return today.year if self.is_ahead and distance <= 9 else today.year - 1
        return today.year + (distance < -8 and self.is_ahead)

    def year_of_period(self, first_month: int) -> int | None:
        """RETURNS (int | None): the year of a quarter or half that stands without one."""
        if self.today is None:
            return None
        year = self.sentence_year
        if year is not None:
            return max(year, self.today.year) if self.is_ahead else year
        return self.today.year - (first_month > self.today.month and not self.is_ahead)


def match_date(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): the date or period that starts at a place, a range as one; updates the anchor."""
    match = _FULL.match(text, start)
    first = None if match is None or match.end() == start else _resolve(match, anchor)
    if match is None or first is None:
        return None
    end = match.end()
    second = _second_half(text, end, match, anchor)
    if second is not None and second.value is not None and first[0] is not None:
        return Found(second.end, f"{first[0]}/{second.value}")
    return Found(end if second is None else second.end, first[0] if second is None else None)


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


def small_number(text: str) -> int | None:
    """RETURNS (int | None): a whole number as written in dates, clock times and plans."""
    numeral = read_numeral(text)
    return None if numeral is None or numeral.low is None or numeral.high or "." in numeral.low else int(numeral.low)


def four_digit_year(text: str) -> int | None:
    """RETURNS (int | None): the year that four Arabic or Chinese digits write, if people write of it."""
    year = small_number(text)
    return year if year is not None and 1000 <= year <= 2999 else None


def _resolve(match: re.Match[str], anchor: Anchor, year: int | None = None) -> tuple[str | None] | None:
    """RETURNS: the value in a tuple; None if the match is no date after all."""
    known = year
    explicit = True
    if match["y"] is not None:
        known = small_number(match["y"])
        if known is None or (known < 1000 and not match.group().startswith("公元")) or known > 2999:
            return None
    elif match["y2"] is not None:
        short = small_number("".join(match["y2"])) if match["y2"][0] not in _ONES else small_number(match["y2"][1])
        if short is None:
            digits = [small_number(char) or 0 for char in match["y2"]]
            short = digits[0] * 10 + digits[1]
        known = short + (1900 if short > 40 else 2000)
    elif match["rel"] is not None:
        known = _relative_year(match["rel"], anchor)
    else:
        explicit = False
    if match["m"] is not None:
        return _month_value(match, anchor, known, explicit)
    return _period_value(match, anchor, known, explicit)


def _relative_year(word: str, anchor: Anchor) -> int | None:
    if word in _YEAR_SHIFT:
        return None if anchor.today is None else anchor.today.year + _YEAR_SHIFT[word]
    if word in "全上":
        base = anchor.report_year if anchor.today is None or anchor.sentence_year is None else anchor.sentence_year
        return None if base is None else base - (word == "上")
    year = anchor.year if word in "次翌" else anchor.sentence_year
    return None if year is None else year + (word in "次翌")


def _month_value(match: re.Match[str], anchor: Anchor, year: int | None, explicit: bool) -> tuple[str | None] | None:
    month = small_number(match["m"])
    written_day = match["d"] or match["dl"]
    day = None if written_day is None else small_number(written_day)
    if month is None or not 1 <= month <= 12 or (written_day is not None and (day is None or not 1 <= day <= 31)):
        return None
    if explicit and year is None:  # 今年2月 without a date of the document
        anchor.mention(None, month, day)
        return (None,)
    if year is None:
        year = anchor.year_of_month(month)
    anchor.mention(year, month, day)
    text = f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}"
    if day is not None:
        text += f"-{day:02d}"
        return (text,) if is_day(year, month, day) else None
    part = match["mp"]
    return (text if part is None else f"{text} {_PARTS[part]}",)


def is_day(year: int | None, month: int, day: int) -> bool:
    """RETURNS (bool): whether the calendar has the day; without a year, whether some year has it."""
    try:
        datetime.date(2020 if year is None else year, month, day)
    except ValueError:
        return False
    return True


def _period_value(match: re.Match[str], anchor: Anchor, year: int | None, explicit: bool) -> tuple[str | None] | None:
    if not explicit and match["half"] is None and match["q"] is None and match["qn"] is None and match["mn"] is None:
        return None
    if not explicit and match["q"] is not None and not match.group().endswith("季度"):
        return None
    if year is None and not explicit:
        year = anchor.year_of_period(_first_month(match))
    if year is None:
        return (None,)
    if match["same"]:
        text = f"{year:04d}-{anchor.month:02d}" if anchor.month else f"{year:04d}"
    else:
        text = f"{year:04d}{_within_year(match, year)}"
    anchor.mention(year)
    return (text,)


def _first_month(match: re.Match[str]) -> int:
    if match["qn"]:
        return 3 * (small_number(match["qn"]) or 2) - 2
    if match["q"]:
        return 3 * (small_number(match["q"]) or 1) - 2
    return 7 if match["half"] == "下" else 1


def _within_year(match: re.Match[str], year: int) -> str:
    if match["half"]:
        return "-40" if match["half"] == "上" else "-41"
    if match["q"]:
        return f"-{32 + (small_number(match['q']) or 1)}"
    if match["qn"]:
        return f"-33/{year:04d}-{32 + (small_number(match['qn']) or 2)}"
    if match["mn"]:
        return f"-01/{year:04d}-{small_number(match['mn']) or 1:02d}"
    if match["season"]:
        return f"-{_SEASONS[match['season']]}"
    if match["yp"]:
        return f" {_PARTS.get(match['yp'], 'mid')}"
    return ""


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
        return Found(match.end(), value)
    return Found(second.end(), f"{value}/{last}")


def _day_value(text: str, anchor: Anchor) -> str | None:
    day = small_number(text)
    if day is None or not 1 <= day <= 31:
        return None
    if anchor.sentence_year is not None and anchor.month is not None:
        year, month = anchor.year, anchor.month
    elif anchor.today is not None:
        year, month = anchor.today.year, anchor.today.month
    elif anchor.last_month is not None:
        year, month = anchor.last_month
    else:
        return f"XXXX-XX-{day:02d}"
    if not is_day(year, month, day):
        return None
    anchor.mention(year, month, day)
    return f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}-{day:02d}"


def match_iso(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a date in digits: 2024-07-18, 2023/11/27, 2024.8.26, 2022-0905."""
    match = _ISO.match(text, start)
    if match is None:
        return None
    year = small_number(match["y"])
    joined = match["md"]
    month, day = (small_number(part) for part in ((joined[:2], joined[2:]) if joined else (match["m"], match["d"])))
    if year is None or month is None or day is None or not 1 <= month <= 12 or not is_day(year, month, day):
        return None
    anchor.mention(year, month, day)
    return Found(match.end(), f"{year:04d}-{month:02d}-{day:02d}")


def match_word(text: str, start: int, anchor: Anchor) -> Found | None:
    """RETURNS (Found | None): a date that starts with a word: 昨天, 本月底, 上周五, 年初, 上世纪90年代, 去年底."""
    for pattern, value_of in (
        (_DAY_WORD, _day_word_value),
        (_MONTH_WORD, _month_word_value),
        (_WEEK_WORD, _week_word_value),
        (_WEEKDAY, _weekday_value),
        (_PERIOD_WORD, _period_word_value),
        (_LUNAR, _no_value),
        (_SEASON_WORD, _season_value),
    ):
        match = pattern.match(text, start)
        if match is not None:
            return Found(match.end(), value_of(match, anchor), "word")
    return match_decade(text, start) or match_date(text, start, anchor)


def _no_value(match: re.Match[str], anchor: Anchor) -> str | None:
    return None


def _season_value(match: re.Match[str], anchor: Anchor) -> str | None:
    return None if anchor.today is None else f"{anchor.today.year:04d}-{_SEASONS[match['s']]}"


def _weekday_value(match: re.Match[str], anchor: Anchor) -> str | None:
    """A weekday has a value only in brackets behind its date."""
    bracketed = anchor.text[anchor.here - 1 : anchor.here] in ("（", "(")
    if not bracketed or anchor.year is None or anchor.month is None or anchor.day is None:
        return None
    return f"{anchor.year:04d}-{anchor.month:02d}-{anchor.day:02d}"


def _day_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    word = match["rel"] or match["night"]
    if match["eve"] and anchor.today is not None:
        return (anchor.today - datetime.timedelta(days=1)).isoformat()
    if match.group() == "昨" and anchor.today is not None:
        word = "昨"
    if word is None or anchor.today is None:
        return anchor.today.isoformat() if anchor.today and match.group() == "即日" else None
    if word in _DAY_SHIFT:
        day = anchor.today + datetime.timedelta(days=_DAY_SHIFT[word])
        anchor.mention(day.year, day.month, day.day)
        return day.isoformat()
    if anchor.year is None or anchor.month is None or anchor.day is None:
        return None
    day = datetime.date(anchor.year, anchor.month, anchor.day)
    return (day + datetime.timedelta(days=word in "次翌")).isoformat()


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
        return f"{text}-{day:02d}" if day and is_day(year, month, day) else None
    anchor.mention(year, month)
    return text if match["mp"] is None else f"{text} {_PARTS[match['mp']]}"


def _week_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    if anchor.today is None:
        return None
    monday = anchor.today - datetime.timedelta(days=anchor.today.weekday())
    monday += datetime.timedelta(weeks={"上": -1, "下": 1}.get(match["rel"], 0))
    if match["w"] is None or match["w"] == "末":
        first = monday + datetime.timedelta(days=5 if match["w"] else 0)
        return f"{first.isoformat()}/{(monday + datetime.timedelta(days=6)).isoformat()}"
    day = monday + datetime.timedelta(days=_WEEKDAYS.index("日" if match["w"] == "天" else match["w"]))
    anchor.mention(day.year, day.month, day.day)
    return day.isoformat()


def _period_word_value(match: re.Match[str], anchor: Anchor) -> str | None:
    if anchor.today is None:
        return None
    if match["mp"]:
        if anchor.sentence_year is not None and anchor.month is not None:
            return f"{anchor.year:04d}-{anchor.month:02d} {_PARTS[match['mp']]}"
        return f"{anchor.today.year:04d}-{anchor.today.month:02d} {_PARTS[match['mp']]}"
    if match["yp"] == "内" or anchor.is_ahead:
        year = anchor.sentence_year or anchor.today.year
        year = max(year, anchor.today.year) if anchor.is_ahead else year
        return f"{year:04d}" if match["yp"] == "内" else f"{year:04d} {_PARTS.get(match['yp'] or '末')}"
    year = anchor.sentence_year or anchor.report_year or anchor.today.year
    return f"{year:04d} {_PARTS.get(match['yp'] or '末')}"


def match_decade(text: str, start: int) -> Found | None:
    """RETURNS (Found | None): a century or decade: 上世纪90年代, 20世纪, 八十年代中期, 本世纪末."""
    match = _DECADE.match(text, start)
    if match is None or not (match["c"] or match["dec"]):
        return None
    century = _century(match["c"])
    if century is None:
        return None
    part = _PARTS.get((match["p"] or "")[:1])
    if match["dec"]:
        decade = small_number(match["dec"])
        if decade is None or decade % 10:
            return None
        century = decade // 100 if decade >= 1000 else century
        value: str | None = f"{century:02d}{decade // 10 % 10}X" + (f" {part}" if part else "")
    else:
        value = f"{century:02d}XX" + (f" {part}" if part else "")
    end = match.end() if part or not match["p"] else match.start("p")
    return Found(end, value)


def _century(text: str | None) -> int | None:
    """RETURNS: the two leading digits of the years of a century."""
    if text is None or text.startswith("上"):
        return 19
    if text.startswith("本"):
        return 20
    number = small_number(text.removeprefix("公元").removesuffix("世纪"))
    return None if number is None or not 1 <= number <= 30 else number - 1


def match_plan(text: str, start: int) -> Found | None:
    """RETURNS (Found | None): the years of a five-year plan: 十四五期间, “十三五”时期."""
    match = _PLAN.match(text, start)
    number = None if match is None else small_number(match["n"])
    if match is None or number is None:
        return None
    quoted = text[start - 1 : start] in "“「『" and text[start - 1 : start] != ""
    if not quoted and match["t"] is None and not text.startswith(("以来", "开局", "收官"), match.end("n") + 1):
        return None
    first = 1953 if number == 1 else 1958 if number == 2 else 1966 + 5 * (number - 3)
    value = f"{first}/{first + 4}"
    if match["t"] == "末":
        value = f"{first + 4} end"
    name_end = match.end("n") + 1
    told = match["t"] is not None or text.startswith(("以来", "末", "初", "开局", "收官", "时"), name_end + quoted)
    # Inside quotation marks only the name is the span, with the period named or not.
    end = name_end if quoted else match.end()
    return Found(end, value, "plan" if told else "name")
