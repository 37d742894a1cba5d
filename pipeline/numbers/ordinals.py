"""Readings of 第, 首, 前 and 翻: rank, first of its kind, the top of a ranking, and doubling."""

from __future__ import annotations

import re

from pipeline.numbers.numerals import NUMERAL, read_numeral
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import match_unit
from pipeline.numbers.words import word_at

_FIRST_UNITS = frozenset(
    "次个位家批件例届场座条台艘列架辆款部支项期轮笔单份张班套颗枚所处间栋幢日月年季周天名区类种片只块根榀個屆條場臺輛項輪筆單張顆處間棟種隻本任茬户戶篇首段集节組组队號号代档级根声步炉锅桶车趟船股杯道门对双卷孔度案针站口"
)
_FIRST_NOT = re.compile(
    r"首(?:双语|名为|位数|个体|家庭|批示|部[委门队长]|日本|季度|月球|单元|本|首|席|号令|代|级|节目|区域|类|年级|任务|针对|案犯|站[立在着]|口[令碑感])"
)
_NO_RANK_UNITS = frozenset({"升", "方", "副", "大类", "番", "村", "团", "勺", "阀", "厂", "院", "校", "锅"})
_RANKS = frozenset("名位")
_SEQUENCES = frozenset("轮局圈场站届盘节")
_BEFORE_WHAT = frozenset("学节会赛婚产战考睡餐饭行灾元天年月日时分秒周")
_DAYS_OR_YEARS = re.compile("天(?!然)|日(?!本)|年(?![级度代龄])")
_MULTIPLE = re.compile(r"翻了?(?:(?P<more>超过|逾)|(?P<near>近))?(?P<n>[0-9０-９]|[一二三四五六七八九两兩])番")
_ISSUE = re.compile(r"[ \xa0](?=[期号](?:[\s，。（()）]|$))")
_CONNECTOR = re.compile(r"[-－—–―~～〜至到]第?")


def read_ordinal(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 第 + numeral + counter: 第10名, 第一."""
    match = NUMERAL.match(text, start + 1)
    numeral = None if match is None else read_numeral(match.group())
    if match is None or numeral is None or numeral.low is None:
        return None
    end, low, high = match.end(), numeral.low, numeral.high
    connector = _CONNECTOR.match(text, end)
    second = None if connector is None else NUMERAL.match(text, connector.end())
    if second is not None:
        upper = read_numeral(second.group())
        if upper is not None and upper.low is not None and float(upper.low) > float(low):
            end, high = second.end(), upper.low
    if _ISSUE.match(text, end):
        end += 1  # 第7 期, as mastheads have it
    unit = match_unit(text, end)
    body = low if high is None else f"{low}..{high}"
    if unit is not None and unit.word[0] in "个個" and len(unit.word) > 1:
        return Reading(start, end + 1, "ORDINAL", f"{body} {unit.word[0]}", numeral.modifier, True, "ordinal-unit")
    if unit is not None and unit.word == "块":  # 第一块: a piece, no yuan
        unit = unit._replace(kind="counter", name="块")
    if unit is None or unit.kind in ("percent", "money") or unit.word in _NO_RANK_UNITS:
        return Reading(start, end, "ORDINAL", body, numeral.modifier, True, "ordinal")
    name = unit.word if unit.kind == "duration" else unit.name
    return Reading(start, unit.end, "ORDINAL", f"{body} {name}", numeral.modifier, True, "ordinal-unit")


def read_first(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 首 + counter: 首件, 首次."""
    if text[start + 1 : start + 2] not in _FIRST_UNITS or _FIRST_NOT.match(text, start):
        return None
    return Reading(start, start + 2, "ORDINAL", f"1 {text[start + 1]}", "", True, "first")


def read_front(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): the top of a ranking: 前三, 前10名; nothing before a period (前三季度) or a unit."""
    match = NUMERAL.match(text, start + 1)
    numeral = None if match is None else read_numeral(match.group())
    if match is None or numeral is None or numeral.low is None or word_at(text, start + 1):
        return None
    end = match.end()
    counted = _first_of_many(text, start, end, numeral.low)
    if counted is not None:
        return counted
    following = text[end : end + 1]
    if following in _RANKS and following:
        return Reading(start, end + 1, "ORDINAL", f"{numeral.low} {following}", "", True, "front")
    is_count = match_unit(text, end) is not None or len(numeral.low) > 4 or following in "年月日天季个個%％."
    if is_count and following and following != "强":
        return None
    return Reading(start, end, "ORDINAL", numeral.low, "", True, "front")


def _first_of_many(text: str, start: int, end: int, number: str) -> Reading | None:
    """RETURNS (Reading | None): 前三轮 (the first rounds), 假期前5天; 节前三天 and 前两天 alone are times before."""
    if text[start - 1 : start] in _BEFORE_WHAT or not 1 < float(number) < 100:
        return None
    unit = match_unit(text, end)
    if unit is not None and unit.word in _SEQUENCES:
        return Reading(start, unit.end, "ORDINAL", f"{number} {unit.name}", "", True, "front")
    length = _DAYS_OR_YEARS.match(text, end)
    if length is None or not "\u4e00" <= text[start - 1 : start] <= "\u9fff":
        return None
    return Reading(start, length.end(), "DATE", f"P{number}{'Y' if length.group() == '年' else 'D'}", "", True, "front")


def read_head(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 头一批 (the first batch): 头一 + counter."""
    unit = match_unit(text, start + 2)
    if unit is not None and unit.kind == "duration" and unit.word[0] in "个個":  # 头一个月: the first
        return Reading(start, start + 3, "ORDINAL", f"1 {unit.word[0]}", "", True, "head")
    if unit is None or unit.kind not in ("counter", "duration") or not text.startswith("头一", start):
        return None
    name = unit.word if unit.kind == "duration" else unit.name
    return Reading(start, unit.end, "ORDINAL", f"1 {name}", "", True, "head")


def read_multiple(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 翻一番 is 2 倍 (twice), 翻两番 4 倍."""
    if text.startswith("翻番", start):
        return Reading(start, start + 2, "QUANTITY", "2 倍", "", True, "multiple")
    match = _MULTIPLE.match(text, start)
    numeral = None if match is None else read_numeral(match["n"])
    if match is None or numeral is None or numeral.low is None:
        return None
    mark = ">" if match["more"] else "~" if match["near"] else ""
    return Reading(start, match.end(), "QUANTITY", f"{2 ** int(numeral.low)} 倍", mark, True, "multiple")
