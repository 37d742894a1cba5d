"""What a numeral is and what it is worth: Arabic, full-width, Chinese, financial, mixed and approximate numerals.

`NUMERAL` matches the longest numeral at a place; `read_numeral` gives its value as plain digits, exactly, together with
the upper end of an approximate pair (两三百, two or three hundred) and the modifier that 多, 余, 几 or 来 inside it
means. Work is done on strings of digits, so that nothing is ever rounded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.core.value_types import MAX_DIGITS

DIGITS = "0-9０-９"
_CN_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "○": 0,
    "Ｏ": 0,
    "兩": 2,
    "两": 2,
    "貳": 2,
    "參": 3,
    "陸": 6,
    "俩": 2,
    "倆": 2,
    "仨": 3,
    "幺": 1,
    "弌": 1,
}
SCALES = {
    "十": 1, "拾": 1, "百": 2, "佰": 2, "千": 3, "仟": 3, "万": 4, "萬": 4, "亿": 8, "億": 8, "兆": 12,
    "k": 3, "K": 3, "w": 4, "W": 4,
}  # fmt: skip
_COMPOUND_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
_TO_ASCII = str.maketrans("０１２３４５６７８９．，－＋ｅＥｋＫ", "0123456789.,-+eEkK")
MORE = "多余餘"
_FORMAL = frozenset("壹贰貳叁參肆伍陆陸柒捌玖")
_SOME = "几幾数數"

# A full-width comma groups full-width digits only: between ASCII digits it parts two numbers.
_INT = (
    rf"(?:[{DIGITS}]{{1,3}}(?:,[{DIGITS}]{{3}})+(?![{DIGITS}])|[０-９]{{1,3}}(?:，[０-９]{{3}})+(?![{DIGITS}])"
    rf"|[0-9]{{1,3}}(?:[,，][0-9]{{3}})+(?=\.[0-9]{{2,3}}元)"
    rf"|[{DIGITS}]+)"
)
# ６·２级 is 6.2, but ９·１８ and ５·４ are days: what follows must be able to begin a unit.
_AFTER_DOT = "％‰万亿个元倍吨千百公米岁亩级小天斤克分度秒间件户人名家立平毫厘海里只头台次成点角块英尺升美港日马法摄"
_ARABIC = rf"{_INT}(?:[.．][{DIGITS}]+|·[０-９]+(?=[{_AFTER_DOT}]))?"
# 千 and 百 belong to the unit in 千瓦 (kilowatt) and 百帕 (hectopascal), to the noun in 百货 and 万象.
# 两个亿 is 200 million, but 两个亿元镇 are two towns.
_YI = "[个個][亿億](?![元级級以吨斤千百万产人亩])"
_SCALE = (
    rf"(?:[十亿億拾佰仟]|兆(?=[0-9零一二三四五六七八九亿億元])|{_YI}|百(?![帕货姓分])|千(?![瓦克赫伏卡焦帕米])"
    r"|[万萬](?![向能象科州]))"
)
_TAIL = (
    rf"(?:[{MORE}](?![姚杭江干])|[几幾]"
    r"|[来來](?=[个個名位人天年岁里种份家斤亩块元米件次只处分條条套户张场吨公平小支所座台辆头]))"
)
# What is left below a scale word in digits: 1万600, 1百01, 2千零30.
_REST = (
    rf"(?:(?<=[万萬千])(?:[{DIGITS}]{{3}}|零[{DIGITS}]{{1,2}})|(?<=百)(?:[{DIGITS}]{{2}}|零[{DIGITS}]))"
    rf"(?![{DIGITS}.．,/年月日%％])[万萬亿億]?"
)
_MIXED = (
    rf"{_ARABIC}(?:{_TAIL}?{_SCALE}+(?:零?(?:{_INT}|[一二两三四五六七八九]){_SCALE}+)*"
    rf"(?:(?<=[万萬亿億])[{DIGITS}]{{4}}(?![{DIGITS}])|{_REST})?)?{_TAIL}?"
)
_CN_CHAR = (
    r"(?:[〇○零一二三四五六七八九十廿卅卌亿億]|百(?![帕货姓])(?!(?<![一二三四五六七八九两兩]百)分)"
    # 十千米 are ten kilometres, 三千米 three thousand metres.
    r"|千(?![瓦赫伏卡焦帕]|克(?!拉)|(?<=[十百千]千)米)|[万萬](?![向能象科州])"
    # 两 is a digit at the start and before a scale word; in 三十两 it is a unit.
    r"|(?<![二三四五六七八九])[两兩](?=[百千万萬亿億佰仟])|(?<![〇零一二三四五六七八九十百千万萬亿億两兩])[两兩]"
    r"|(?<=一)[两兩](?=[个個天年月周次人件名家岁小分倍成位条项句])"
    r"|(?<=[一二三四五六七八九十百千])兆(?=[零壹一二三四五六七八九十百千亿億元日美韩])"
    rf"|(?<=[一二三四五六七八九十两兩])(?={_YI})[个個]"
    r"|(?<=[十百千万萬亿億零拾佰仟兆])[壹贰貳叁肆伍陆柒捌玖拾佰仟]"
    r"|(?<=[一二三四五六七八九壹贰貳叁肆伍陆柒捌玖拾])[佰仟拾])"
)
_CHINESE = (
    rf"(?:[几幾数數](?=[十百千万萬亿億](?!分)))?{_CN_CHAR}+(?:[点點][零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖0-9]+[百千万萬亿億]*)?"
    rf"(?:{_TAIL}{_SCALE}*)?"
)
_FINANCIAL = (
    r"[壹贰貳叁參肆伍陆陸柒捌玖拾佰仟](?:[零一二三四五六七八九十百千两兩壹贰貳叁參肆伍陆陸柒捌玖拾佰仟万萬亿億]+"
    rf"(?:[点點][零壹贰貳叁參肆伍陆陸柒捌玖]+)?(?:{_TAIL}{_SCALE}*)?"
    r"|[点點][零壹贰貳叁參肆伍陆陸柒捌玖]+|(?=[元圆圓角分]))"
    # Alone it is a numeral only where no word surrounds it: 伍 and 陆 are names, too.
    r"|(?:(?<![\u4e00-\u9fff])|(?<=分之)|(?<=[负負]))[壹贰貳叁參肆伍陆陸柒捌玖拾]{1,2}(?:(?=又)|(?![\u4e00-\u9fffA-Za-z]))"
)
_SCIENTIFIC = rf"{_ARABIC}(?:[eEｅＥ][+\-＋－]?[{DIGITS}]{{1,3}}(?![{DIGITS}A-Za-z])|[x×*]10\^-?[0-9]{{1,3}})"
# 15k元, 30w以上: letters for a thousand and ten thousand, where no unit begins with them.
_LETTERED = rf"{_ARABIC}[kKwWｋＫ](?=[元块+]|个百分|個百分|左右|上下|以上|以下|\n|\Z)"
NUMERAL = re.compile(rf"{_SCIENTIFIC}|{_LETTERED}|{_MIXED}|{_CHINESE}|{_FINANCIAL}")

_PLAIN = re.compile(r"([0-9]+)(?:\.([0-9]+))?([十百千万亿萬億kKwW]*)")
_TOKEN = re.compile(r"[0-9]+(?:\.[0-9]+)?|.")
_EXPONENT = re.compile(r"([0-9.,]+)(?:[eE]|[x×*]10\^)([+-]?[0-9]+)")


class Numeral(NamedTuple):
    """What a numeral is worth.

    low (str | None): plain digits; None where no value can be given (几十, some tens).
    high (str | None): upper end of an approximate pair.
    modifier (str): ">" for 多, 余 and 几 inside, "~" for 来.
    """

    low: str | None
    high: str | None = None
    modifier: str = ""


UNKNOWN = Numeral(None)


@lru_cache(maxsize=1 << 15)
def read_numeral(surface: str) -> Numeral | None:
    """Read a numeral.

    surface (str): what `NUMERAL` matched, such as "4.3万", "一百零五" or "两三百".
    RETURNS (Numeral | None): its value; None if the characters are no numeral (三百二千) or it has over 400 digits.
    """
    text = surface if surface.isascii() else surface.translate(_TO_ASCII).replace("·", ".")
    if len(text) > MAX_DIGITS:
        return None
    if "," in text or "个" in text or "個" in text:
        text = text.replace(",", "").replace("个", "").replace("個", "")
    match = _PLAIN.fullmatch(text)
    if match is not None:
        whole, fraction, scales = match.groups()
        return Numeral(shift(whole, fraction or "", sum(SCALES[char] for char in scales)))
    match = _EXPONENT.fullmatch(text)
    if match is not None:
        whole, _, fraction = match[1].partition(".")
        power = int(match[2])
        return Numeral(shift(whole, fraction, power)) if abs(power) <= MAX_DIGITS // 2 else None
    return _read_words(text)


def negative(number: str) -> str:
    """RETURNS (str): the number with the other sign, except zero."""
    if number.startswith("-"):
        return number[1:]
    return number if number == "0" or number.startswith("0 ") else f"-{number}"


def shift(whole: str, fraction: str, power: int) -> str:
    """RETURNS (str): the canonical digits of `whole.fraction` times ten to the power."""
    if power >= 0:
        moved = fraction[:power]
        whole, fraction = whole + moved + "0" * (power - len(moved)), fraction[power:]
    else:
        padded = whole.rjust(1 - power, "0")
        whole, fraction = padded[:power], padded[power:] + fraction
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _read_words(text: str) -> Numeral | None:
    modifier = ""
    if text[0] in _SOME:
        return UNKNOWN
    for index, char in enumerate(text):
        if char in MORE or (char in _SOME and index > 0):
            modifier = ">"
            text = text[:index] + text[index + 1 :]
            break
        if char in "来來":
            modifier = "~"
            text = text[:index] + text[index + 1 :]
            break
    for tens, long in _COMPOUND_TENS.items():
        text = text.replace(tens, long)
    text, point, decimals = text.replace("點", "点").partition("点")
    if point:
        return _read_decimals(text, decimals, modifier)
    pair = _pair_of_neighbours(text)
    if pair is not None:
        low, high = (_evaluate(side) for side in pair)
        return None if low is None or high is None else Numeral(low, high, modifier)
    value = _evaluate(text)
    return None if value is None else Numeral(value, None, modifier)


def _read_decimals(text: str, decimals: str, modifier: str) -> Numeral | None:
    digits = decimals.rstrip("十百千万亿萬億")
    power = sum(SCALES[char] for char in decimals[len(digits) :])
    whole = _evaluate(text)
    if digits.isascii() and whole is not None:
        return Numeral(shift(whole, digits, power), None, modifier)
    if whole is None or any(char not in _CN_DIGITS for char in digits):
        return None
    return Numeral(shift(whole, "".join(str(_CN_DIGITS[char]) for char in digits), power), None, modifier)


def _pair_of_neighbours(text: str) -> tuple[str, str] | None:
    """RETURNS: 三四百 as 三百 and 四百; None if no two neighbouring digits follow each other."""
    if len(text) >= 3 and all(char in _CN_DIGITS for char in text):
        return None
    for index in range(len(text) - 1):
        first, second = _CN_DIGITS.get(text[index]), _CN_DIGITS.get(text[index + 1])
        if first and (second == first + 1 or (text[index : index + 2] == "三五" and index + 2 < len(text))):
            return text[: index + 1] + text[index + 2 :], text[:index] + text[index + 1 :]
    return None


def _evaluate(text: str) -> str | None:
    """RETURNS: the digits of a numeral without approximations; None if its parts do not fit together."""
    high, trillion, low = text.partition("兆")
    if trillion:
        parts = _evaluate(high), _evaluate(low) if low else "0"
        if not all(part is not None and part.isdigit() for part in parts):
            return None
        return str(int(parts[0] or 0) * 10 ** SCALES["兆"] + int(parts[1] or 0))
    if len(text) > 1 and all(char in _CN_DIGITS for char in text):
        digits = "".join(str(_CN_DIGITS[char]) for char in text)
        is_plain = len(text) > 2 or digits[0] == "0" or text[0] in _FORMAL
        return (digits.lstrip("0") or "0") if is_plain else None  # 一一 (one by one), 五五 (half and half)
    return _evaluate_scaled(text)


def _evaluate_scaled(text: str) -> str | None:
    total = section = 0  # section: below 万; total: everything above it
    number: str | None = None
    last_scale = 0
    for part in _TOKEN.findall(text):
        if part[0].isdigit() and part.isascii():
            if number not in (None, "0"):
                return None
            number = part
        elif part in _CN_DIGITS:
            if number not in (None, "0"):
                return None
            number = str(_CN_DIGITS[part])
            last_scale = 1 if part in "零〇○" else last_scale
        else:
            power = SCALES.get(part)
            if power is None:
                return None
            scaled = _scaled(number, section, total, power)
            if scaled is None:
                return _evaluate_decimal(text)
            total, section = scaled
            number, last_scale = None, power
    if number is not None:
        if "." in number:
            whole, _, fraction = number.partition(".")
            return None if text != number else shift(whole, fraction, 0)
        # 一百五 is 150, 一万二 is 12000: a lone last digit counts the next lower scale.
        section += int(number) * (10 ** (last_scale - 1) if last_scale > 1 and len(number) == 1 else 1)
    return str(total + section)


def _scaled(number: str | None, section: int, total: int, power: int) -> tuple[int, int] | None:
    """RETURNS: (total, section) after a scale word; None if the number before it has decimals."""
    if number is not None and "." in number:
        return None
    if power >= 4:
        return _scaled_up(section + (0 if number is None else int(number)), total, power)
    if number is None and 0 < section < 10**power:
        return total, section * 10**power  # 五十千: fifty thousand
    return total, section + (1 if number in (None, "0") else int(number)) * 10**power


def _scaled_up(below: int, total: int, power: int) -> tuple[int, int] | None:
    """RETURNS: (total, 0) after 万 or 亿; None where one of them stands twice: 一万 二万 are two numbers."""
    if power == 4 and not below and total:
        return total * 10**4, 0  # 四万万
    if total % 10**8 if power == 4 else total >= 10**8:
        return None
    return (total + (below or 1) * 10**4, 0) if power == 4 else (((total + below) or 1) * 10**8, 0)


def _evaluate_decimal(text: str) -> str | None:
    """RETURNS: the digits of a decimal with several scale words (1.5千万); None for anything longer."""
    match = re.fullmatch(r"([0-9]+)\.([0-9]+)([十百千万亿萬億]+)", text)
    return None if match is None else shift(match[1], match[2], sum(SCALES[char] for char in match[3]))
