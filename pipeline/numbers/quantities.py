"""Readings that start with a numeral: amounts with units, money, shares, durations, ratios, dates in digits.

`read_number` looks at the character after the numeral and hands over to the reader of that kind. It always says where
to go on, so that a scan takes linear time whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.numbers import bare
from pipeline.numbers.amounts import read_amount
from pipeline.numbers.clock import match_clock
from pipeline.numbers.dates import Anchor, match_date, match_day, match_decade, match_iso, match_plan
from pipeline.numbers.fractions import read_fraction, read_percent_words, read_ratio
from pipeline.numbers.lossy import match_lossy
from pipeline.numbers.numerals import NUMERAL, Numeral, read_numeral, shift
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import match_unit
from pipeline.numbers.words import ends_word, word_at

__all__ = ["Reading", "read_number"]

_Result = tuple[Reading | None, int]
_ASCII = frozenset("0123456789")
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_SIGNS = re.compile(r"负|負|零下|[-－−](?=[0-9０-９])")
_SYMBOL = re.compile(r"(?:US|HK|NT|CN|A)?[$￥¥＄]|[€£￡₩]")
_CODE_BEFORE = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ_#@&=+\\]|[A-Za-z0-9][-./]|[〔\[]")
_CODE = re.compile(r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ_.\-/]*")
_PHONE = re.compile(
    r"0[0-9]{2,3}-[0-9X]{3,8}(?:-[0-9]+)?|1[3-9][0-9X]{9}(?![0-9])|[48]00-?[0-9]{3}-?[0-9]{4}|[0-9]{3,5}-[0-9]{3,}-?[0-9]*(?![0-9年日月个%])"
)
_ROMAN = re.compile(r"([ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ])(?:[-—~～至]([ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]))?([类級级期型度])?")
_SCALE_CHARS = frozenset("十百千万萬亿億")
_DENOMINATORS = frozenset("人户名元家个戶")
_GENERATION = re.compile("[2-6]G(?![a-zA-Z0-9流数内])")
_MINUTES = re.compile(r"(?P<m>[0-9０-９]{1,3})分(?:钟)?(?P<s>[0-9０-９]{1,2})秒(?P<c>[0-9０-９]{1,3})?")
_SOME = re.compile("[几幾](?P<u>年|天|日(?!本)|个月|個月|周(?!围|边)|个小时|小时|分钟)(?!级)|(?:[几幾]|(?<![总人次指系函参倍基分户件个天岁字多少无点位级])[数數])(?P<c>[^十百千万亿萬億几])")
_ROMANS = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ"
_DATE_NEXT = frozenset("年月日号號世季-－—–―~～〜至到/／.．　 \xa0")
_CONNECTORS = frozenset("-－—–―~～至")
_CLOCK_NEXT = frozenset(":：时時点點")
_DURATION_AFTER = re.compile(r"[以之]?[内內]|以上|以下|左右|的?时间|期限|后付|龄|游|自驾|行程|免")
_DURATION_BEFORE = re.compile(
    r"(?:为期|共|近|连续|历时|至少|超过|不少于|不超过|长达|仅|只|约|每|过去|未来|最长|停留|逾期|满|达|拘留|公示|放假|休|用|需|要|再过|用时|不足|前|后)$"
)
_HALVES = {
    "年": ("DATE", "P0.5Y"), "月": ("DATE", "P0.5M"), "个月": ("DATE", "P0.5M"), "個月": ("DATE", "P0.5M"), "天": ("DATE", "P0.5D"),
    "小时": ("TIME", "PT0.5H"), "个小时": ("TIME", "PT0.5H"), "小時": ("TIME", "PT0.5H"), "個小時": ("TIME", "PT0.5H"),
    "分钟": ("TIME", "PT0.5M"), "个世纪": ("DATE", "P50Y"), "世纪": ("DATE", "P50Y"), "个钟头": ("TIME", "PT0.5H"),
}  # fmt: skip
_HALF_UNITS = ("米", "斤", "公里", "海里", "亩", "吨", "公斤", "度", "里", "升", "杯", "瓶", "碗", "只", "成")


def read_number(text: str, start: int, anchor: Anchor) -> _Result:
    """RETURNS (tuple): the reading that starts at a place or None, and the place to go on from."""
    char = text[start]
    if char in _ASCII or char in _DIGITS:
        return _read_digits(text, start, start, "", anchor)
    if char == "半":
        return _read_half(text, start)
    if char in "几幾数數":
        some = _read_some(text, start)
        if some is not None:
            return some, some.end
    if char in _ROMANS:
        return _read_roman(text, start)
    symbol = _SYMBOL.match(text, start)
    if symbol is not None:
        end = symbol.end()
        if text[end : end + 1] in _DIGITS and text[end : end + 1]:
            return _read_plain(text, start, end, "", symbol.group())
        return None, end
    if char == "一" and text[start + 1 : start + 3] in ("整天", "整年", "大半"):
        return _read_whole(text, start), start + 3
    percent = read_percent_words(text, start)
    if percent is not None:
        return percent, percent.end
    if char in "百千" and text.startswith("分之", start + 1):
        return None, start + 3
    sign = _SIGNS.match(text, start)
    if sign is not None:
        return _read_signed(text, start, sign.end())
    length = word_at(text, start)
    if length:
        return None, start + length
    if ends_word(text, start):
        return None, start + 1
    if char in _SCALE_CHARS and text[start - 1 : start] == "每":
        return None, _after_denominator(text, start)
    plan = match_plan(text, start) if char in "十一二三四五六七八九" else None
    if plan is not None:
        return Reading(start, plan.end, "DATE", plan.value, "", plan.kind != "name", "plan"), plan.end
    return _read_digits(text, start, start, "", anchor)


def _read_whole(text: str, start: int) -> Reading:
    """一整天 (a whole day), 一整年, 一大半 (more than half)."""
    if text[start + 1] == "大":
        return Reading(start, start + 3, "PERCENT", "50 %", ">", True, "half-of")
    return Reading(start, start + 3, "DATE", "P1D" if text[start + 2] == "天" else "P1Y", "", True, "cn1-duration")


def _read_some(text: str, start: int) -> Reading | None:
    """几天 (some days), 数家 (several): annotated without a value if they count at all."""
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


def shift_seconds(match: re.Match[str]) -> str:
    """RETURNS (str): seconds with the hundredths of a stopwatch (7秒67)."""
    whole = str(int(match["s"]))
    return whole if match["c"] is None else shift(whole, "".join(str(int(char)) for char in match["c"]), 0)


def _after_denominator(text: str, start: int) -> int:
    """每万人口, per ten thousand people: the numeral belongs to the name of an indicator."""
    match = NUMERAL.match(text, start)
    end = start + 1 if match is None else match.end()
    return end + 1 if text[end : end + 1] in _DENOMINATORS else end


def _read_signed(text: str, start: int, begin: int) -> _Result:
    percent = read_percent_words(text, begin)
    if percent is not None and percent.body is not None:
        return percent._replace(start=start, body=f"-{percent.body}"), percent.end
    if NUMERAL.match(text, begin) is None or (text[start] in "-－−" and _joins(text, start)):
        return None, begin
    reading, end = _read_plain(text, start, begin, "-", "")
    if reading is not None and reading.rule.startswith("bare") and text[start] not in "-－−":
        reading = reading._replace(keep=text[start] in "负負" and text[begin] in _DIGITS)
    return reading, end


def _joins(text: str, start: int) -> bool:
    """Whether a hyphen joins two parts of a code instead of being a minus."""
    before = text[start - 1 : start]
    return before.isascii() and (before.isalnum() or before in (")", "-", "."))


def _read_digits(text: str, start: int, begin: int, sign: str, anchor: Anchor) -> _Result:
    """A numeral without sign or symbol: first the dates and times that it may begin, then amounts."""
    match = NUMERAL.match(text, begin)
    if match is None:
        return None, start + 1
    end = match.end()
    following = text[end : end + 1]
    arabic = text[start] in _DIGITS
    if arabic:
        code = _skip_code(text, start, end)
        if code:
            return None, code
    if following in _DATE_NEXT or (arabic and end - start == 8):
        reading = _read_date(text, start, match, anchor, arabic)
        if reading is not None:
            return reading, reading.end
    if following and (following in _CLOCK_NEXT or (arabic and following in _CONNECTORS)):
        clock = match_clock(text, start)
        if clock is not None and not _is_score(text, start, end):
            keep = following in ":：时時-－—–―~～至" or clock.end > end + 1 or _is_hour(text, start, clock.end)
            return Reading(start, clock.end, "TIME", clock.value, "", keep, "clock"), clock.end
    return _read_plain(text, start, begin, sign, "")


def _is_hour(text: str, start: int, end: int) -> bool:
    return text[start] in _DIGITS and text[end : end + 1] not in frozenset("建意要原认启希共感体多措举看评")


def _is_score(text: str, start: int, end: int) -> bool:
    return text.endswith(("比分", "以", "比分为"), 0, start) and text[end : end + 1] in ":："


def _skip_code(text: str, start: int, end: int) -> int:
    """RETURNS: where a code, phone or document number that holds the digits ends; 0 if they are a number."""
    phone = _PHONE.match(text, start)
    if phone is not None and match_iso(text, start, Anchor()) is None:
        return phone.end()
    if _GENERATION.match(text, start):
        return start + 2
    if start == 0 or text[start - 1] > "ｚ":
        return 0
    before = text[start - 1]
    if _CODE_BEFORE.match(before) or (
        before in "-./" and start > 1 and text[start - 2].isascii() and text[start - 2].isalnum()
    ):
        following = text[end : end + 1]
        if before not in "-./〔[_=&#@\\+" and following in frozenset("%％亿万元") and following:
            return 0
        code = _CODE.match(text, start)
        return start + 1 if code is None else max(code.end(), start + 1)
    return 0


def _read_date(text: str, start: int, match: re.Match[str], anchor: Anchor, arabic: bool) -> Reading | None:
    end = match.end()
    following = text[end : end + 1]
    if arabic:
        if following in frozenset("-－/／.．") or "." in match.group():
            iso = match_iso(text, start, anchor)
            if iso is not None:
                return Reading(start, iso.end, "DATE", iso.value, "", True, "iso")
        if end - start >= 2 and (following in "年月日" or end - start == 8):
            lossy = match_lossy(text, start, anchor)
            if lossy is not None:
                meta: Mapping[str, Any] = {"readings": list(lossy.readings)} if lossy.readings else {}
                if lossy.end > end or end - start == 8:
                    keep = end - start != 8 or _stands_alone(text, start, lossy.end)
                    return Reading(start, lossy.end, "DATE", lossy.value, "", keep, "lossy", meta)
    if following == "世" or text.startswith("年代", end):
        decade = match_decade(text, start)
        if decade is not None:
            return Reading(start, decade.end, "DATE", decade.value, "", True, "date")
    found = match_date(text, start, anchor)
    if found is not None and found.end > end:
        return Reading(start, found.end, "DATE", found.value, "", True, "date")
    if following in "日号號-－—–―~～〜至到" and following and "." not in match.group():
        if following == "日" and _is_duration(text, start, end + 1, match.group()):
            return None
        day = match_day(text, start, anchor)
        if day is not None:
            keep = following != "号" and following != "號"
            return Reading(start, day.end, "DATE", day.value, "", keep, "day")
    return None


def _is_duration(text: str, start: int, end: int, numeral: str) -> bool:
    if numeral[0] not in _DIGITS and len(numeral) < 3 and "十" not in numeral:
        return True
    return bool(_DURATION_AFTER.match(text, end) or _DURATION_BEFORE.search(text, max(0, start - 4), start))


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isascii() and before.isalnum()) and after not in frozenset("号號人家件个元.")


def _read_plain(text: str, start: int, begin: int, sign: str, symbol: str) -> _Result:
    """An amount, ratio, fraction or bare number."""
    match = NUMERAL.match(text, begin)
    if match is None:
        return None, begin + 1
    end = match.end()
    numeral = read_numeral(match.group())
    if numeral is None:
        numeral = _digits_of_discount(match.group(), text, end)
        if numeral is None:
            return None, end
    following = text[end : end + 1]
    if following == "分" and begin == start:
        stopped = _MINUTES.match(text, start)
        if stopped is not None:
            value = f"PT{int(stopped['m'])}M{shift_seconds(stopped)}S"
            return Reading(start, stopped.end(), "TIME", value, "", True, "duration"), stopped.end()
    if following and following in "/／分∶:：比" and not symbol:
        reading = read_fraction(text, start, end, numeral) or read_ratio(text, start, match)
        if reading is not None:
            return reading, reading.end
    reading = read_amount(text, start, end, numeral, sign=sign, symbol=symbol)
    if reading is None:
        reading = bare.read_bare(text, start, end, numeral, sign=sign)
    return reading, end if reading is None else reading.end


def _digits_of_discount(surface: str, text: str, end: int) -> Numeral | None:
    """九五折 is 9.5 tenths: two Chinese digits in a row that are no numeral."""
    if len(surface) == 2 and text[end : end + 1] == "折":
        first, second = (read_numeral(char) for char in surface)
        if first is not None and second is not None:
            return Numeral(f"{first.low}.{second.low}")
    return None


def _read_half(text: str, start: int) -> _Result:
    length = word_at(text, start)
    if length:
        return None, start + length
    for word, (label, value) in _HALVES.items():
        if text.startswith(word, start + 1):
            end = start + 1 + len(word)
            if word == "年" and (
                text[end : end + 1] in "报度线检会刊" and text[end : end + 1] or text[start - 1 : start] in "上下"
            ):
                return None, end
            if word == "天" and not text.startswith(("天时间", "天内"), start + 1):
                return Reading(start, end, label, value, "", False, "half"), end
            return Reading(start, end, label, value, "", True, "half"), end
    if text.startswith("半数", start):
        return Reading(
            start, start + 2, "PERCENT", "50 %", "", text[start - 1 : start] in "过超近约" and start > 0, "half"
        ), start + 2
    for word in _HALF_UNITS:
        if text.startswith(word, start + 1):
            end = start + 1 + len(word)
            if word == "成":
                return None, end
            return Reading(
                start,
                end,
                "QUANTITY",
                f"0.5 {word}",
                "",
                text[end : end + 1] not in "多个" or not text[end : end + 1],
                "half",
            ), end
    return None, start + 1


def _read_roman(text: str, start: int) -> _Result:
    match = _ROMAN.match(text, start)
    if match is None or match[3] is None:
        return None, start + 1
    low = _ROMANS.index(match[1]) + 1
    high = None if match[2] is None else _ROMANS.index(match[2]) + 1
    body = f"{low} {match[3]}" if high is None or high <= low else f"{low}..{high} {match[3]}"
    return Reading(start, match.end(), "QUANTITY", body, "", match[3] in "类級级度", "roman"), match.end()
