"""Numerals that spaces broke: 4.3 万件, 三百 五十, 百分之五 十, 7 万5 千.

The spaces are taken out, the compact text is read as usual, and its end is mapped back, so that there is one grammar.
A scale word or 分之 right behind a space is certain; anything else is a candidate for the trained filter only.
Two numbers in Arabic digits are never joined: they stand side by side in tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.numbers.reading import Reading

SPACES = frozenset(" \xa0\u3000")
_PART = "0-9０-９.．零〇一二三四五六七八九十百千万亿萬億两兩壹贰貳叁參肆伍陆陸柒捌玖拾佰仟几幾点點多余餘又负負"
# What goes on behind a space; digits behind digits and units are somebody else's.
_GAP = "[ \xa0\u3000]{1,2}"
_GOES_ON = re.compile(
    f"{_GAP}(?:[零〇一二三四五六七八九十百千万亿萬億两兩壹几幾点點多余餘又]|(?<![0-9０-９.] )[0-9０-９]|分 {{0,2}}之)"
)
_BROKEN_OF = re.compile(f"分{_GAP}之")
_POINTS = "[个個] 百 分 [点點]"
_RUN = re.compile(
    f"[{_PART}]+(?:分之[{_PART}]*|分(?={_GAP}之))?"
    f"(?:{_GAP}(?=[{_PART}分之折成]|{_POINTS})(?:百? ?分 {{0,2}}之|[{_PART}]|之|{_POINTS})*)+"
)
_DIGIT_PAIR = re.compile(r"[0-9０-９][ \xa0\u3000]{1,2}[0-9０-９.．]")
# 万达, 万隆 and 亿利 are names, and so are 万年县 and 百度: what stands before the space numbers or counts them.
_NAMES = (
    "[万萬](?:达(?![到标成不])|[象向豪宝寶隆宁寧圣聖泰佛]|[荣榮](?![誉譽])|福(?![建州利])|科(?![技研普])|事[达達]"
    "|家[乐樂]|[载年安全]县|[全州]区|州|里长|年历|国博)"
    "|[亿億](?:达(?![到标成不])|利(?![润息])|[联聯](?!合)|[纬緯]|[华華](?![人侨裔])|科(?![技研普]))"
    "|百(?:度(?!角)|货|姓|家[姓乐])"
)
_CERTAIN = re.compile(
    f"[0-9０-９] (?!{_NAMES})(?:[万亿萬億]|千[米克瓦赫伏帕卡焦]|百[帕分])"
    f"|[一二两兩三四五六七八九十百千万亿萬億] (?!{_NAMES})[十百千万亿萬億]"
    "|[百千万亿萬億] [一二三四五六七八九]"
)
_LABEL = re.compile("(?:(?<![代发發填报])表|(?<![企试力])[图圖]|第|附件|附表|序号|编号)[ \xa0\u3000]?\\Z")
_BEHIND_NAME = 3
_REACH = 12
_LONGEST = 48
_UNITS = frozenset("折成")
_SCALED = frozenset("十百千万亿萬億拾佰仟分折成点點")


def goes_on(text: str, end: int) -> bool:
    """RETURNS (bool): whether the numeral that ends at a place may go on behind a space."""
    if text[end : end + 1] == "分":
        return _BROKEN_OF.match(text, end) is not None
    return text[end : end + 1] in SPACES and _GOES_ON.match(text, end) is not None


def read_spaced(text: str, start: int, read: Callable[[str, int], tuple[Reading | None, int]]) -> Reading | None:
    """Read a numeral that goes on behind a space.

    text (str): the text.
    start (int): where the numeral starts.
    read (Callable): what reads a number of a text without spaces.
    RETURNS (Reading | None): its reading; None if the parts make no number together.
    """
    match = _RUN.match(text, start, start + _LONGEST)
    if match is None or _SCALED.isdisjoint(text[start : match.end() + 2]):
        return None
    end = match.end()
    pair = _DIGIT_PAIR.search(text, start, end)
    if pair is not None:
        end = pair.start() + 1
    places = [index for index in range(start, end) if text[index] not in SPACES]
    while text[end - 1] in SPACES:
        end -= 1
    begin = end
    while begin < end + 2 and text[begin : begin + 1] in SPACES and begin < len(text):
        begin += 1
    places += range(begin if text[begin : begin + 1] in _UNITS else end, min(len(text), end + _REACH))
    joins = [index for index in range(1, len(places)) if places[index] - places[index - 1] > 1]
    if not joins:
        return None
    compact = "".join(text[index] for index in places)
    reading, _ = read(compact, 0)
    if reading is None or reading.start != 0 or reading.body is None or reading.end <= joins[0]:
        return None
    if reading.label in ("DATE", "TIME") and "duration" not in reading.rule:
        return None
    surface = compact[: reading.end]
    if _SCALED.isdisjoint(surface):
        return None
    last = places[reading.end - 1] + 1
    keep = reading.keep and _is_certain(text, start, last)
    return reading._replace(start=start, end=last, keep=keep)


def _is_certain(text: str, start: int, last: int) -> bool:
    """RETURNS (bool): whether the parts make one number for sure; names are seen past its end (1 万达广场)."""
    if _LABEL.search(text, max(0, start - _BEHIND_NAME), start):
        return False  # 表1 万元: the unit of the first table
    return any(match.end() <= last for match in _CERTAIN.finditer(text, start, last + _BEHIND_NAME))
