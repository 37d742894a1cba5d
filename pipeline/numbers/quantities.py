"""Readings that start with a numeral: amounts with units, money, shares, durations, ratios, dates in digits.

`read_number` looks at the character after the numeral and hands over to the reader of that kind. It always says where
to go on, so that a scan takes linear time whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.numbers import bare
from pipeline.numbers.amounts import read_amount
from pipeline.numbers.anchor import Anchor
from pipeline.numbers.calendar_words import match_plan
from pipeline.numbers.clock import match_clock
from pipeline.numbers.digit_dates import read_digit_date
from pipeline.numbers.fractions import read_fraction, read_mixed, read_percent_words, read_ratio
from pipeline.numbers.indefinite import ROMANS, read_half, read_night, read_roman, read_some, read_stopwatch, read_whole
from pipeline.numbers.iso import match_iso
from pipeline.numbers.numerals import NUMERAL, Numeral, negative, read_numeral
from pipeline.numbers.reading import Reading
from pipeline.numbers.spaced import SPACES, goes_on, read_spaced
from pipeline.numbers.words import ends_word, word_at

_Result = tuple[Reading | None, int]
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_SIGNS = re.compile(r"负|負|零下|[-－−](?=[0-9０-９])")
_SYMBOL = re.compile(r"(?:US|HK|NT|CN|A)?[$￥¥＄]|[€£￡₩]")
_CODE_BEFORE = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ_#@&=+\\]|[A-Za-z0-9][-./]|[〔\[]")
_CODE = re.compile(r"[0-9０-９A-Za-zＡ-Ｚａ-ｚ_.\-/]*")
_PHONE = re.compile(
    r"0[0-9]{2,3}-[0-9X]{3,8}(?:-[0-9]+)?|1[3-9][0-9X]{9}(?![0-9])|[48]00-?[0-9]{3}-?[0-9]{4}|[0-9]{3,5}-[0-9]{3,}-?[0-9]*(?![0-9年日月个%])"
)
_POINT = re.compile(r"(?<![0-9A-Za-z０-９.\u4e00-\u9fff]\.)(?<![0-9A-Za-z.]-\.)[0-9]")
_REACH = 40
_SPACED = SPACES | {"分"}
_BEFORE_MINUS = frozenset("为為是达達到至在从由于约近低降跌和、")
_INDUSTRIES = re.compile("[一二三]{1,3}产业")  # 一二三产业: the first, the second and the third
_SCALE_CHARS = frozenset("十百千万萬亿億")
_NO_SIGN_AFTER = _DIGITS | frozenset("税担抱肩胜")
_DENOMINATORS = frozenset("人户名元家个戶")
# 1.1214日: a list marker in front of a date that lost its 月.
_LISTED_DATE = re.compile(r"[0-9]{1,2}\.[0-9]{3,4}日")
_BEFORE_LIST = frozenset(" \u3000\n、；") | {""}
_GENERATION = re.compile("[2-6]G(?![a-zA-Z0-9流数内])")
_DATE_NEXT = frozenset("年月日号號世季-－—–―~～〜至到/／.．　 \xa0")
_CONNECTORS = frozenset("-－—–―~～至")
_CLOCK_NEXT = frozenset(":：时時点點")


def read_number(text: str, start: int, anchor: Anchor) -> _Result:
    """RETURNS (tuple): the reading that starts at a place or None, and the place to go on from."""
    char = text[start]
    if char in _DIGITS:
        if text[start - 1 : start] == "." and _POINT.match(text, start):
            return _read_pointed(text, start)
        return _read_digits(text, start, start, "", anchor)
    special = _SPECIAL.get(char)
    if special is not None:
        result = special(text, start)
        if result is not None:
            return result
    return _read_chinese(text, start, anchor)


def _read_pointed(text: str, start: int) -> _Result:
    """A decimal without its leading zero: .5, -.77 %."""
    begin = start - 1 - (text[start - 2 : start - 1] == "-")
    compact = f"{text[begin : start - 1]}0.{text[start : start + _REACH]}"
    reading, _ = _read_compact(compact, 0)
    if reading is None or reading.start or reading.end <= 2:
        return None, start + 1
    end = reading.end - len(compact) + len(text[start : start + _REACH]) + start
    return reading._replace(start=begin, end=end), end


def _read_symbol(text: str, start: int) -> _Result:
    symbol = _SYMBOL.match(text, start)
    end = start + 1 if symbol is None else symbol.end()
    if symbol is not None and text[end : end + 1] in _DIGITS:
        return _read_plain(text, start, end, "", symbol.group())
    return None, end


def _read_indefinite(text: str, start: int) -> _Result | None:
    some = read_some(text, start)
    return None if some is None else (some, some.end)


def _read_one(text: str, start: int) -> _Result | None:
    if text[start + 1 : start + 3] in ("整天", "整年", "大半"):
        return read_whole(text, start), start + 3
    reading = read_night(text, start) or read_percent_words(text, start)
    return None if reading is None else (reading, reading.end)


def _read_of(text: str, start: int) -> _Result | None:
    """百分之三, 千分之五, 万分之二."""
    percent = read_percent_words(text, start)
    if percent is not None:
        spaced = None
        if goes_on(text, percent.end):
            spaced = read_spaced(text, start, _read_compact)
        return spaced or percent, (spaced or percent).end
    return (None, start + 3) if text.startswith("分之", start + 1) else None


def _read_sign(text: str, start: int) -> _Result | None:
    sign = _SIGNS.match(text, start)
    if sign is None:
        return None
    if text[start] in "负負" and text[start - 1 : start] in _NO_SIGN_AFTER:
        return None, start + 1  # 5负1平: five defeats and a draw; 税负3500亿元, a tax burden
    end = sign.end()
    is_apart = text[end : end + 1] == " " and text[start] in "负負" and text[end + 1 : end + 2] in _DIGITS
    return _read_signed(text, start, end + is_apart)


_SPECIAL: dict[str, Callable[[str, int], _Result | None]] = {
    "半": read_half,
    "一": _read_one,
    **dict.fromkeys("几幾数數", _read_indefinite),
    **dict.fromkeys(ROMANS, read_roman),
    **dict.fromkeys("￥¥$＄€£￡₩", _read_symbol),
    **dict.fromkeys("百千万萬", _read_of),
    **dict.fromkeys("负負零-－−", _read_sign),
}


def _read_chinese(text: str, start: int, anchor: Anchor) -> _Result:
    """A Chinese numeral, unless it is part of a fixed word."""
    length = word_at(text, start)
    if length:
        return None, start + length
    if _INDUSTRIES.match(text, start) and (text[start + 1] != "产" or text[start - 1 : start] in ("一", "二")):
        return Reading(
            start, start + 1, "ORDINAL", str("一二三".index(text[start]) + 1), "", True, "ordinal"
        ), start + 1
    if ends_word(text, start):
        return None, start + 1
    char = text[start]
    if char in _SCALE_CHARS and text[start - 1 : start] == "每":
        return None, _after_denominator(text, start)
    if text[start + 1 : start + 2] == "五" or (char == "十" and text[start + 2 : start + 3] == "五"):
        plan = match_plan(text, start)
        if plan is not None:
            start -= plan.kind == "quoted"
            return Reading(start, plan.end, "DATE", plan.value, "", plan.kind != "name", "plan"), plan.end
    return _read_digits(text, start, start, "", anchor)


def _after_denominator(text: str, start: int) -> int:
    """每万人口, per ten thousand people: the numeral belongs to the name of an indicator."""
    match = NUMERAL.match(text, start)
    end = start + 1 if match is None else match.end()
    return end + 1 if text[end : end + 1] in _DENOMINATORS else end


def _read_signed(text: str, start: int, begin: int) -> _Result:
    percent = read_percent_words(text, begin)
    if percent is not None and percent.body is not None:
        return percent._replace(start=start, body=negative(percent.body)), percent.end
    if NUMERAL.match(text, begin) is None or (text[start] in "-－−" and _joins(text, start)):
        return None, begin
    reading, end = _read_plain(text, start, begin, "-", "")
    if reading is not None and reading.label in ("DATE", "TIME"):
        return None, begin  # no period is negative: 北溪-2年, 1—4天
    if reading is not None and text[start] in "-－−" and _is_code(text, start, reading):
        return None, end
    if reading is not None and reading.rule.startswith("bare") and text[start] not in "-－−":
        reading = reading._replace(keep=text[start] in "负負" and text[begin] in _DIGITS)
    return reading, end


def _is_code(text: str, start: int, reading: Reading) -> bool:
    """直-8L, 运-20等: behind an ideograph a hyphen is a minus only before a share, a temperature or a decimal."""
    before = text[start - 1 : start]
    if not "\u4e00" <= before <= "\u9fff" or before in _BEFORE_MINUS:
        return False
    return (
        reading.label != "PERCENT"
        and "." not in (reading.body or "")
        and reading.body is not None
        and (reading.body.rpartition(" ")[2] not in ("°C", "摄氏度", "度"))
    )


def _joins(text: str, start: int) -> bool:
    """Whether a hyphen joins two parts of a code instead of being a minus."""
    before = text[start - 1 : start]
    is_ideograph = "\u3400" <= before <= "\u9fff"
    return (before.isalnum() and not is_ideograph) or (before != "" and before in ")-.")


def _read_digits(text: str, start: int, begin: int, sign: str, anchor: Anchor) -> _Result:
    """A numeral without sign or symbol: first the dates and times that it may begin, then amounts."""
    match = NUMERAL.match(text, begin)
    if match is None:
        return None, start + 1
    end = match.end()
    if text[start] in _DIGITS:
        if _LISTED_DATE.match(text, start) and text[start - 1 : start] in _BEFORE_LIST:
            return _read_listed_date(text, text.index(".", start) + 1, anchor)
        code = _skip_code(text, start, end)
        if code:
            return None, code
    reading = _read_other(text, start, match, anchor)
    return (reading, reading.end) if reading is not None else _read_plain(text, start, begin, sign, "")


def _read_listed_date(text: str, start: int, anchor: Anchor) -> _Result:
    match = NUMERAL.match(text, start)
    reading = None if match is None else read_digit_date(text, start, match, anchor)
    return reading, start if reading is None else reading.end


def _read_other(text: str, start: int, match: re.Match[str], anchor: Anchor) -> Reading | None:
    """What a numeral may begin beside an amount: a numeral broken by spaces, a date, a time of day."""
    end = match.end()
    following, arabic = text[end : end + 1], text[start] in _DIGITS
    reading = read_spaced(text, start, _read_compact) if following in _SPACED and goes_on(text, end) else None
    if reading is None and (following in _DATE_NEXT or (arabic and end - start == 8)):
        reading = read_digit_date(text, start, match, anchor)
    if reading is None and following and (following in _CLOCK_NEXT or (arabic and following in _CONNECTORS)):
        reading = _read_clock(text, start, end)
    return reading


def _read_clock(text: str, start: int, end: int) -> Reading | None:
    clock = match_clock(text, start)
    if clock is None or _is_score(text, start, end):
        return None
    is_told = text[end] in ":：时時-－—–―~～至" or clock.end > end + 1 or clock.kind == "told"
    keep = is_told or _is_hour(text, start, clock.end)
    return Reading(start, clock.end, "TIME", clock.value, "", keep, "clock")


def read_plain(text: str, start: int) -> _Result:
    """RETURNS (tuple): the amount or bare number at a place, even if a fixed word begins there, and where it ends."""
    return _read_plain(text, start, start, "", "")


def _read_compact(text: str, start: int) -> _Result:
    return read_number(text, start, Anchor())


def _is_hour(text: str, start: int, end: int) -> bool:
    if text[start] == "零":
        return text[start - 1 : start] in ("日", "天", "号", "晚")
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


def _read_plain(text: str, start: int, begin: int, sign: str, symbol: str) -> _Result:
    """An amount, ratio, fraction or bare number."""
    match = NUMERAL.match(text, begin)
    if match is None:
        return None, begin + 1
    end = match.end()
    numeral = read_numeral(match.group())
    if numeral is None and text[end - 1] == "千" and text[end : end + 1] == "米":
        end -= 1  # 三百一十一千米: kilometres
        numeral = read_numeral(text[begin:end])
    if numeral is None:
        numeral = _digits_of_discount(match.group(), text, end)
        if numeral is None:
            return None, end
    following = text[end : end + 1]
    if following == "分" and begin == start:
        stopped = read_stopwatch(text, start)
        if stopped is not None:
            return stopped, stopped.end
    if following and following in "/／分∶:：比又 " and not symbol:
        reading = (
            read_mixed(text, start, end, numeral)
            if following in "又 "
            else read_fraction(text, start, end, numeral) or read_ratio(text, start, match)
        )
        if reading is not None:
            if sign and reading.label == "PERCENT" and reading.body is not None:
                reading = reading._replace(body=negative(reading.body))
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
