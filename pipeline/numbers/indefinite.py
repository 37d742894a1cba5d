"""Readings of what is not quite a numeral: 半年, 几天, 数家, 一整天, Ⅲ类, 4分30秒."""

from __future__ import annotations

import re

from pipeline.numbers.clock import match_clock
from pipeline.numbers.numerals import read_numeral, shift
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import match_unit
from pipeline.numbers.words import word_at

ROMANS = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"
_ROMAN = re.compile(rf"([{ROMANS}])(?:[类級级期型]?[-—~～至]([{ROMANS}]))?([类級级期型度])")
_MINUTES = re.compile(
    r"(?P<m>[0-9０-９]{1,3})分(?:钟|鐘)?(?P<s>[0-9０-９]{1,2})秒(?P<c>[0-9０-９]{1,3})?"
    r"|(?P<cm>[一二两兩三四五六七八九十]{1,3})分(?:钟|鐘)?(?:零)?(?P<cs>[一二三四五六七八九十]{1,3})秒"
    r"|(?P<hm>[一二两兩三四五六七八九十]{1,3}|[0-9０-９]{1,3})分半(?P<u>[钟鐘])?"
)
_SOME = re.compile(
    "[几幾](?P<u>年|天|日(?!本)|个月|個月|周(?!围|边)|个星期|个礼拜|个小时|小时|分钟|秒钟)(?!级)"
    "|(?:[几幾]|(?<![总人次指系函参倍基分户件个天岁字多少无点位级])[数數])(?=[^十百千万亿萬億几])"
)
_NIGHT = re.compile("一(?:整?夜|整?晚上?|宿)(?![之成情暴爆间色报会市景夜])")
_NOT_A_NIGHT = frozenset("初天日那每这某前同又几第十百千万二三四五六七八九")
_HALF_TIMES = {
    **dict.fromkeys(("年",), "P0.5Y"), **dict.fromkeys(("月", "个月", "個月"), "P0.5M"),
    **dict.fromkeys(("天", "日"), "P0.5D"),
    **dict.fromkeys(
        ("小时", "个小时", "小時", "個小時", "個鐘頭", "个钟头", "钟头", "鐘頭", "個鐘", "个钟", "鐘"), "PT0.5H"
    ),
    **dict.fromkeys(("分钟", "分鐘"), "PT0.5M"), "秒": "PT0.5S",
    **dict.fromkeys(("世纪", "个世纪", "個世紀"), "P50Y"),
}  # fmt: skip
# word: (label, value); a candidate only.
_HALF_WORDS = {"半成": ("PERCENT", "5 %"), "半折": ("PERCENT", "50 %"), "半百": ("CARDINAL", "50")}
_AFTER_SHARE = frozenset("品熟年人型分")
_HALF_SHARES = ("个百分点", "個百分點")
_HALF_UNITS = (
    "个", "個", "米", "斤", "公里", "海里", "亩", "吨", "公斤", "度", "里", "升", "杯", "瓶", "碗", "只", "块",
)  # fmt: skip
_VAGUE_HALVES = ("块", "个", "個")


def read_half(text: str, start: int) -> tuple[Reading | None, int]:
    """RETURNS (tuple): 半年, 半小时, 半数, 半斤 or None, and the place to go on from."""
    reading = _half_of_clock(text, start)
    if reading is not None:
        return reading, reading.end
    length = word_at(text, start)
    if length:
        return None, start + length
    for word, value in _HALF_TIMES.items():
        if text.startswith(word, start + 1):
            return _half_time(text, start, word, value)
    reading = _half_share(text, start) or _half_amount(text, start)
    return reading, start + 1 if reading is None else reading.end


def _half_of_clock(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 半夜两点 (two at night), and 分半鐘 (a minute and a half)."""
    clock = match_clock(text, start) if text.startswith("半夜", start) else None
    if clock is not None:
        return Reading(start, clock.end, "TIME", clock.value, "", True, "clock")
    if text[start - 1 : start] != "分" or _is_ideograph(text[start - 2 : start - 1]):
        return None
    end = start + 1 + (text[start + 1 : start + 2] in ("钟", "鐘"))
    return Reading(start - 1, end, "TIME", "PT1.5M", "", False, "half")


def _half_share(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 半数 (half of them), 半成 (5 %), 半百 (fifty), 半个百分点."""
    word, before = text[start : start + 2], text[start - 1 : start]
    if word == "半数":
        keep = before in ("过", "超", "近", "约") or text.startswith("以上", start + 2)
        return Reading(start, start + 2, "PERCENT", "50 %", "", keep, "half")
    if word in _HALF_WORDS and text[start + 2 : start + 3] not in _AFTER_SHARE:
        label, value = _HALF_WORDS[word]
        keep = word == "半百" and before in ("过", "近", "逾")
        return Reading(start, start + 2, label, value, "", keep, "half")
    share = next((word for word in _HALF_SHARES if text.startswith(word, start + 1)), None)
    return None if share is None else Reading(start, start + 1 + len(share), "PERCENT", "0.5 pp", "", True, "percent")


def _half_amount(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 半斤, 半米."""
    word = next((word for word in _HALF_UNITS if text.startswith(word, start + 1)), None)
    if word is None:
        return None
    end = start + 1 + len(word)
    keep = text[end : end + 1] not in ("多", "个") and word not in _VAGUE_HALVES
    return Reading(start, end, "QUANTITY", f"0.5 {word}", "", keep, "half")


def _is_ideograph(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def _half_time(text: str, start: int, word: str, value: str) -> tuple[Reading | None, int]:
    end = start + 1 + len(word)
    if text[start - 1 : start] in ("个", "個") and not _is_ideograph(text[start - 2 : start - 1]) and start:
        body = value.replace("0.5", "1.5").replace("P50Y", "P150Y")  # 個半小時: one and a half
        return Reading(start - 1, end, "TIME" if value[1] == "T" else "DATE", body, "", False, "half"), end
    if word == "年" and (
        text[end : end + 1] in ("报", "度", "线", "检", "会", "刊") or text[start - 1 : start] in ("上", "下")
    ):
        return None, end
    keep = word not in ("天", "日") or text.startswith(("时间", "内"), end)
    if word == "年" and text[start - 1 : start] == "大" and text[start - 2 : start - 1] != "一":
        return Reading(start - 1, end, "DATE", None, "", True, "half"), end  # 大半年: most of a year
    return Reading(start, end, "TIME" if value[1] == "T" else "DATE", value, "", keep, "half"), end


def read_roman(text: str, start: int) -> tuple[Reading | None, int]:
    """RETURNS (tuple): Ⅲ类, Ⅰ～Ⅲ类 or None, and the place to go on from."""
    match = _ROMAN.match(text, start)
    if match is None:
        return None, start + 1
    low = ROMANS.index(match[1]) + 1
    high = None if match[2] is None else ROMANS.index(match[2]) + 1
    body = f"{low} {match[3]}" if high is None or high <= low else f"{low}..{high} {match[3]}"
    return Reading(start, match.end(), "QUANTITY", body, "", match[3] not in ("期", "型"), "roman"), match.end()


def read_whole(text: str, start: int) -> Reading:
    """RETURNS (Reading): 一整天 (a whole day), 一整年, 一大半 (more than half)."""
    if text[start + 1] == "大":
        return Reading(start, start + 3, "PERCENT", "50 %", ">", True, "half-of")
    return Reading(start, start + 3, "DATE", "P1D" if text[start + 2] == "天" else "P1Y", "", True, "cn1-duration")


def read_night(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 一夜, 一晚上, 一宿: a night, which has no length; 那一夜 (that night) counts none."""
    match = _NIGHT.match(text, start)
    if match is None or text[start - 1 : start] in _NOT_A_NIGHT:
        return None
    return Reading(start, match.end(), "TIME", None, "", True, "some-time")


def read_some(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 几天 (some days), 数家 (several): without a value, if they count at all."""
    match = _SOME.match(text, start)
    if match is None:
        return None
    if match["u"] is not None:
        label = "TIME" if match["u"][-1] in "时钟" else "DATE"
        return Reading(start, match.end(), label, None, "", True, "some-time")
    unit = match_unit(text, start + 1)
    if unit is None or unit.kind != "counter" or word_at(text, start):
        return None
    return Reading(start, unit.end, "QUANTITY", None, "", False, "some")


def read_stopwatch(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 4分30秒, 6分50秒12: minutes and seconds, where 分 alone would be a score."""
    match = _MINUTES.match(text, start)
    if match is None:
        return None
    if match["m"] is None:
        return _written_minutes(match, start)
    seconds = str(int(match["s"]))
    if match["c"] is not None:
        seconds = shift(seconds, "".join(str(int(char)) for char in match["c"]), 0)
    return Reading(start, match.end(), "TIME", f"PT{int(match['m'])}M{seconds}S", "", True, "duration")


def _written_minutes(match: re.Match[str], start: int) -> Reading | None:
    """RETURNS (Reading | None): 五分三十秒, and 五分半钟 (five and a half minutes)."""
    minutes = read_numeral(match["cm"] or match["hm"])
    seconds = read_numeral(match["cs"]) if match["cs"] else None
    if minutes is None or minutes.low is None or minutes.high or (match["cs"] and (seconds is None or seconds.high)):
        return None
    body = f"PT{minutes.low}.5M" if seconds is None else f"PT{minutes.low}M{seconds.low}S"
    keep = seconds is not None or match["u"] is not None  # 五分半 may be a share or a score
    return Reading(start, match.end(), "TIME", body, "", keep, "duration")
