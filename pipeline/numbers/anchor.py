"""What incomplete dates are resolved against, and the few facts of the calendar that every date reader needs."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.numbers.numerals import read_numeral

SEASONS = {"春": "21", "夏": "22", "秋": "23", "冬": "24"}
PARTS = {
    "初": "start", "底": "end", "末": "end", "上旬": "start", "中旬": "mid", "下旬": "end", "中": "mid", "中期": "mid",
}  # fmt: skip
_D = "[0-9０-９]"
_SENTENCE = 120
_PASSAGE = 150
_PARAGRAPH = 1000
_GREGORIAN = 1583
_LONG_PAST = 2  # years: a story of days so long ago goes on
# What ends such a story: 公司成立于2001年5月10日。据了解，6月1日起停产
_NOW_AGAIN = re.compile("\n|成立|出生|诞生|生于|施行|实施|注册|开馆|创[刊办建立]|设立|建[立成]|记者|获悉|了解")
LEAP_YEAR = 2024
"""Stands for a year that is not known: it has every day."""
REPORTING = 3
"""Up to this month of a year reports speak of the year before."""
_TITLE = 120
_SENTENCE_END = re.compile("[。！？\n]")
_AHEAD = re.compile("将|預計|预计|拟|定于|计划|力争|确保|争取|届时|要在|要于|务必在|有望")
_AHEAD_AFTER = re.compile(
    "[^，。；：、\\n]{1,9}?(?:力争|(?<!的)计划(?![，。；、（）的目])|预计|争取|有望|将(?!军|士|领|其|近))"
)
_PLANNED = re.compile(
    "(?P<plan>新的一年|拟安排|(?<!于)预期(?!。)|今年[^，。；去]{0,6}(?:要|将|目标|任务)|[一二三四五六七]要|要[有把向让]|力争)"
    "|(?P<past>回顾|过去一年|一年来|去年|[增成了]了|同比)"
)
_REVIEW = re.compile("去年|上年|过去的?一年|一年来|政府工作报告|回顾")
_DEADLINE = re.compile(rf"(?:{_D}{{1,2}}月(?:{_D}{{1,2}}日|[初底])?|年[底末]|{_D}{{2,4}}日)[之以]?前")


class Found(NamedTuple):
    """A date or time in a text.

    end (int): one past its last character.
    value (str | None): canonical value.
    kind (str): "date", "word" or "time", what the features of the filter see; of a plan "plan", "quoted" or "name".
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
    last_day (tuple | None): year, month and day of the last date that has a day, and where it stands.
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
    last_day: tuple[int | None, int, int, int] | None = None

    def mention(self, year: int | None, month: int | None = None, day: int | None = None) -> None:
        """Remember the date mentioned last."""
        self.year, self.month, self.day, self.where = year, month, day, self.here
        if month is not None:
            self.last_month = (year, month)
            if day is not None and is_day(year, month, day):
                self.last_day = (year, month, day, self.here)
        if year is not None and month is None and self.title_year is None:
            self.title_year = year if self.here < _TITLE else 0

    @property
    def sentence_year(self) -> int | None:
        """RETURNS (int | None): the year that the same sentence spoke of before."""
        if self.year is None or self.where < 0 or self.here - self.where > _SENTENCE:
            return None
        return None if _SENTENCE_END.search(self.text, self.where, self.here) else self.year

    @property
    def sentence_day(self) -> datetime.date | None:
        """RETURNS (date | None): the day of this calendar (from 1583 on) that the same sentence spoke of before."""
        year = self.sentence_year
        if year is None or year < _GREGORIAN or self.month is None or self.day is None:
            return None
        return datetime.date(year, self.month, self.day)

    @property
    def passage_year(self) -> int | None:
        """RETURNS (int | None): the year mentioned shortly before, in this sentence or one in front of it."""
        return self.year if self.where >= 0 and self.here - self.where <= _PASSAGE else None

    @property
    def opens_with_review(self) -> bool:
        """RETURNS (bool): whether the text up to here opens by looking back on the year before its date."""
        if self.today is None:
            return False
        opening = min(self.here, _TITLE)
        return self.title_year == self.today.year - 1 or _REVIEW.search(self.text, 0, opening) is not None

    @property
    def report_year(self) -> int | None:
        """RETURNS (int | None): the year a document reports on: in its first quarter, the year before its date."""
        if self.today is None:
            return None
        return self.today.year - (self.today.month <= REPORTING or (self.title_year == self.today.year - 1))

    @property
    def is_ahead(self) -> bool:
        """RETURNS (bool): whether the words around speak of the future (将, will; 预计, expected; …前, by)."""
        return bool(
            _AHEAD.search(self.text, max(0, self.here - 12), self.here)
            or _DEADLINE.match(self.text, self.here)
            or self.is_aimed_at
        )

    @property
    def is_aimed_at(self) -> bool:
        """RETURNS (bool): whether what follows is aimed at: 全年力争达到. 预计 in front may estimate the past year."""
        return _AHEAD_AFTER.match(self.text, self.here) is not None

    @property
    def is_year_ahead(self) -> bool:
        """RETURNS (bool): whether 全年 is the year that lies ahead: 全年力争达到, 做好全年工作."""
        return self.is_aimed_at or self.text.endswith(("做好", "抓好", "谋划"), 0, self.here)

    @property
    def is_planned(self) -> bool:
        """RETURNS (bool): whether the text, a report of the year's first months, has come to this year's plans."""
        if self.today is None or self.today.month > REPORTING:
            return False
        last = ""
        for match in _PLANNED.finditer(self.text, max(0, self.here - _PASSAGE), self.here):
            last = match.lastgroup or ""
        return last == "plan"

    def year_of_month(self, month: int, day: int | None = None) -> int | None:
        """RETURNS (int | None): the year of a month, or of a day of it, that stands without one."""
        today = self.today
        year = self.sentence_year
        if today is None:  # 2023年8月开工，10月竣工; a month before it may be of the next year
            return year if self.month is not None and month >= self.month else None
        if year is not None and (self.month is not None or year != today.year):
            return max(year, today.year) if self.is_ahead else year
        if (told := None if day is None else self.told_year(month, day)) is not None:
            return told
        distance = month - today.month
        if distance == 1 and today.month <= REPORTING and not self.opens_with_review:
            return today.year
        if distance > (0 if today.month <= REPORTING else 6):
            return today.year if (self.is_ahead or self.is_planned) and distance <= 9 else today.year - 1
        return today.year + (distance < -8 and self.is_ahead)

    def told_year(self, month: int, day: int) -> int | None:
        """RETURNS (int | None): the year of a story of days long ago: 1995年1月17日地震。2月23日… (the quake, then)."""
        year = self.passage_year
        if self.today is None or year is None or year > self.today.year - _LONG_PAST:
            return None
        if self.month is None or self.day is None or (month, day) < (self.month, self.day):
            return None
        return None if _NOW_AGAIN.search(self.text, max(0, self.where - len("成立于")), self.here) else year

    @property
    def told_day(self) -> tuple[int | None, int, int] | None:
        """RETURNS (tuple | None): year, month and day of the last date close by that has a day, or in the paragraph."""
        if self.last_day is None:
            return None
        year, month, day, where = self.last_day
        distance = self.here - where
        if distance > _PARAGRAPH or (distance > _PASSAGE and "\n" in self.text[where : self.here]):
            return None
        return year, month, day

    def year_of_period(self, first_month: int, last_month: int) -> int | None:
        """RETURNS (int | None): the year of a quarter or half, from one month to another, that stands without one."""
        if self.today is None:
            return None
        year = self.sentence_year
        if year is not None:
            return max(year, self.today.year) if self.is_ahead else year
        if self.is_ahead:
            return self.today.year + (last_month < self.today.month)
        looks_back = self.opens_with_review or self.passage_year == self.today.year - 1
        is_open = self.today.month <= REPORTING < last_month
        is_past = first_month > self.today.month or (is_open and looks_back and not self.is_planned)
        return self.today.year - is_past


def small_number(text: str) -> int | None:
    """RETURNS (int | None): a whole number as written in dates, clock times and plans."""
    numeral = read_numeral(text)
    return None if numeral is None or numeral.low is None or numeral.high or "." in numeral.low else int(numeral.low)


def is_day(year: int | None, month: int, day: int) -> bool:
    """RETURNS (bool): whether the calendar has the day; without a year, whether some year has it."""
    try:
        datetime.date(LEAP_YEAR if year is None else year, month, day)
    except ValueError:
        return False
    return True
