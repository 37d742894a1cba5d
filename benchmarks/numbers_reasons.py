"""Why an answer to a public suite differs: a rule of GUIDELINES.md decides otherwise, or the grammar does not read it.

Each row is the start of a suite's name, a pattern of what is asked for, and the reason; the first that fits counts.
Only what `RULES` explain differs on purpose.
"""

from __future__ import annotations

import re

from benchmarks.numbers_cases import Case

RULES: tuple[tuple[str, str, str], ...] = (
    ("", r"一共|一下|一起|一些|一切|年级|一一", "rule 5: fixed words count nothing"),
    ("Recognizers number", r"^[五九]$|^2{3,5}$", "rule 5: names and codes (五台山, 2222.2222.22222.222)"),
    ("", r"[0-9一二三四五六七八九十壹][對对雙双打]", "rule 3: the measure word as written is the unit (5 双, 5 打)"),
    ("", r"[0-9] ?[MG]$", "rule 3: the unit as written (3 M, 0.0012 G)"),
    ("Recognizers number with unit", r"千(?:比特|字节)", "rule 3: the unit as written (3000 比特, not 3 kilobits)"),
    ("JioNLP money", r"[几幾数數]|(?<=[0十百千万])多", "rule 1: 十几 is >10, 多 is >, 几十 and 数十 have no value"),
    ("JioNLP time", r"几十年|1000多年|半天|[初]之?前$", "rule 1: 几十, 多 and 初 are no bounds; 前 stays outside"),
    (
        "JioNLP time",
        r"节|国庆|元旦|端午|春节|除夕|大年|[大小]寒|芒种|冬至|暑假|元宵|十一$",
        "rule 7: named days and holidays have no calendar unit",
    ),
    (
        "JioNLP time",
        r"^(?:现在|白天|午后)$|午夜|夜间|中午|^全天$",
        "rule 7: words of the day without an hour have no calendar unit",
    ),
    ("JioNLP time", r"^第|第十天", "rule 6: 第 + number is an ORDINAL (第三天 is 3 天)"),
    ("JioNLP time", r"春$|冬季|夏季", "value: a season is EDTF 21 to 24 and has no first day"),
    ("Duckling date", r"国庆|國慶", "entities, EVENT: a festival is a name, no date"),
    ("Duckling date", r"[0-9]/15$", "rules 3 and 4: 2/15 is a fraction, 3/3/15 has two readings"),
    ("Duckling date", r"^前[二两兩][个個]?月", "rule 3: 前两个月, like 前三季度, are the first of the year"),
    (
        "Duckling date",
        r"^[上下前后後][二两兩三]|^[二两兩三].*[前後]$",
        "rule 1: 上, 下, 前 and 后 stay outside a duration (P2D)",
    ),
    (
        "Duckling date",
        r"^(?:星期|[周週]|[礼禮]拜)[一二三四五六日天]$|^十月",
        "rule 3: against the date of a text that reports: the last Monday or October, the next one with 将",
    ),
    (
        "Duckling date",
        r"^下.*三$|^(?:这|這|今個).*一$",
        "rule 3: 下周 is the week after that of the document, 这周 its own",
    ),
    ("JioNLP time", r"交易日|工作日", "value: working days are days (P5D)"),
)
GAPS: tuple[tuple[str, str, str], ...] = (
    ("", r"\^", "powers (2^5)"),
    ("Duckling date", r"年$", "上年 and 这一年 in the first months of a year: of the year that such texts report on"),
    ("Duckling", r"蚊|仙|毫|[個个][半九一]|個字|分半|份|十分一|二萬$", "Cantonese words for money, shares and time"),
    (
        "JioNLP time",
        r"周|拜|星期",
        "weekdays said without 本, 上 or 下; weeks of the year that are not those of ISO 8601",
    ),
    (
        "JioNLP time",
        r"[0-9一二三四五六七八九十]{1,3}[月]?.*[日号]|腊月|廿|农历|阴历",
        "a day without its year or month: which one is meant",
    ),
    (
        "JioNLP time",
        r"[前后][两三][天月]|前[0-9]天|最后|仨|俩|近三月",
        "days and months counted from the end, 仨 and 俩",
    ),
    (
        "JioNLP time",
        r"[0-9]{4}.*[-.: ][0-9]{2}|^[0-9]{2}[-:][0-9]{2}$|·|Q1",
        "dates in digits that are numbers elsewhere",
    ),
    ("", r"\S +\S", "broken by spaces where no scale word tells"),
    ("", r"对折|對折", "对折 (half)"),
    ("", r"月$", "月 alone behind a number is a month of the year, not a length of time"),
)


def reason_of(suite: str, case: Case, reasons: tuple[tuple[str, str, str], ...]) -> str:
    """RETURNS (str): the first reason whose pattern is in what a suite asks for, or ""."""
    return next(
        (why for start, pattern, why in reasons if suite.startswith(start) and re.search(pattern, case.surface)), ""
    )
