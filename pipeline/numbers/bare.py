"""Numbers without a unit: scores, changes (由12增至15), years (2025全球…), counts before a longer noun (五部门)."""

from __future__ import annotations

import re

from pipeline.numbers.numerals import Numeral
from pipeline.numbers.reading import Reading

_DIGITS = frozenset("0123456789０１２３４５６７８９")
_CJK = re.compile("[\u4e00-\u9fff“《]")
_YEAR = re.compile(r"(?:19[5-9]|20[0-4])[0-9]|[12１２][09０９][0-9０-９]{2}")
_YEARS = re.compile(r"20[0-4][0-9][-－—–~～至](?P<last>20[0-4][0-9])(?![0-9０-９.\-/])")
_CUE_BEFORE = re.compile(
    r"(?:得分|比分|指数|得分为|系数|增至|升至|降至|减至|增加到|减少到|上升到|下降到|提高到|升到|降到|评分|分别为|达到|达|为|至|到|收于|报|报收|点位|第|总分|得|值|超过|突破|不足|超|约)$"
)
_NOUNS = ("部门", "省区", "城市", "片区", "领域", "环节", "板块", "单位", "地市", "县市", "大洲", "兄弟", "姐妹")
_LIST = re.compile(r"[、.．)）\]】](?![0-9])")
_QUOTES = frozenset("“「《‘")
_BIG = frozenset("万亿萬億")


def read_bare(text: str, start: int, end: int, numeral: Numeral, *, sign: str = "") -> Reading | None:
    """Read a numeral that no unit follows.

    text (str): the text.
    start (int), end (int): the numeral.
    numeral (Numeral): its value.
    sign (str): "-" or "".
    RETURNS (Reading | None): a candidate; `keep` only where its surroundings say that it counts something.
    """
    low, high, modifier = numeral
    if low is None:
        return Reading(start, end, "CARDINAL", None, modifier, _before_noun(text, end), "bare-scale")
    body = sign + low if high is None else f"{low}..{high}"
    surface = text[start:end]
    if surface[0] in _DIGITS:
        return _arabic(text, start, end, body, modifier, surface)
    if sign:
        return Reading(start, end, "CARDINAL", body, modifier, False, "bare-cn")
    keep = _before_noun(text, end) and text[start - 1 : start] not in _QUOTES
    if len(surface) > 1 and (surface[-1] in _BIG or modifier) and surface not in ("亿万", "万亿"):
        return Reading(start, end, "CARDINAL", body, modifier, keep, "bare-scale")
    if text.startswith("大", end) and surface in "两二三四五六七八九十" and _CJK.match(text, end + 1):
        quoted = text[start - 1 : start] in "“「《" and start > 0
        return Reading(start, end, "CARDINAL", body, modifier, not quoted and surface != "十", "bare-big")
    if text.startswith(_NOUNS, end) and not (text[start - 1 : start] in "“「" and start > 0):
        return Reading(start, end, "CARDINAL", body, modifier, len(surface) <= 2 and surface != "一", "bare-noun")
    return Reading(start, end, "CARDINAL", body, modifier, False, "bare-cn")


def _before_noun(text: str, end: int) -> bool:
    return _CJK.match(text, end) is not None


def _arabic(text: str, start: int, end: int, body: str, modifier: str, surface: str) -> Reading:
    following = text[end : end + 1]
    season = _YEARS.match(text, start)
    if season is not None:
        return Reading(start, season.end(), "DATE", f"{body}/{int(season['last'])}", "", True, "year")
    if surface[-1] in _BIG or modifier:
        if following == "+":
            return Reading(start, end + 1, "CARDINAL", body, ">", True, "bare-scale")
        return Reading(start, end, "CARDINAL", body, modifier, True, "bare-scale")
    if _YEAR.fullmatch(surface) and (following == "" or _CJK.match(following)) and following != "号":
        before = text[start - 1 : start]
        keep = not (before.isascii() and before.isalnum()) and before not in ("-", "－", "第", "_")
        return Reading(start, end, "DATE", body, "", keep, "year")
    if _LIST.match(text, end) and text[start - 1 : start] in (
        "",
        "\n",
        "（",
        "(",
        "[",
        "【",
        "\u3000",
        " ",
        "。",
        "；",
    ):
        return Reading(start, end, "CARDINAL", body, "", False, "list")
    cue = _CUE_BEFORE.search(text, max(0, start - 4), start) is not None
    ends = following in (
        "",
        "，",
        "。",
        "、",
        "；",
        ",",
        ";",
        "）",
        ")",
        "\n",
        "增",
        "升",
        "降",
        "减",
        "提",
        "的",
        "和",
        "上",
        "下",
    )
    bounded = text.startswith(("以上", "以下", "左右", "以内", "之间"), end)
    return Reading(start, end, "CARDINAL", body, "", (cue and ends) or bounded, "bare")
