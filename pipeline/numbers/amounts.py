"""Amounts with a unit: 4.3万件, 30%至40%, 三成, 2米31, 500吨级, 微克/立方米; see also `durations` and `money`."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.numbers.counts import DIGITS, QUOTES, is_bus_line, is_count, is_session, rule_of
from pipeline.numbers.durations import HUNDREDTHS, read_duration, with_hundredths
from pipeline.numbers.fractions import move
from pipeline.numbers.money import add_parts, is_piece, read_symbol_money
from pipeline.numbers.numerals import NUMERAL, SCALES, Numeral, negative, read_numeral, shift
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import PER, Unit, match_unit

_CONNECTOR = re.compile(
    r"(?:[(（]含[)）])? ?(?:——|--|[-－—–―~～〜至到]) ?(?P<sign>负|負|零下|(?<=[-－—–―~～〜至到 ])-)?"
)
_HALF_OF = re.compile("[个個]半")
_PER_TIME = re.compile("每(?:秒|小时|分钟)")
_CLOCK_HOURS = re.compile("[钟鐘](?![头頭表楼声点点面情摆])")
_DOUBLED = re.compile(r"翻[^，。；\n]{0,3}\Z")
_MORE_OF = re.compile("[个個]多")
_YEAR = re.compile("(?:19[4-9]|20[0-4])[0-9]")
_NOUNS = frozenset("国省市县区州港村乡镇厂院校企园社军党方地级")
_SPACED_COUNTERS = frozenset("个家件人名项次户种")
_HALVED = frozenset("倍斤里亩岁吨")
_SPACES = frozenset(" \xa0")
_BIG = "万亿萬億kKwW"
_ONES = "一二三四五六七八九"
_ONE_DIGIT = frozenset(_ONES)
# 一米八, 三米二长, 一米七五: tenths and hundredths of a metre, where no count goes on (三米一个).
_TAIL = re.compile("[一二三四五六七八九]{1,2}(?=[，。、；！？）长高宽深厚粗多的左以上]|\\s|$)")
_NIGHTS = frozenset({"夜", "晚", "晚上"})
_GRADED = frozenset("奖獎功品舱残果甲及")
_LABELS = {"money": "MONEY", "percent": "PERCENT"}


def read_amount(
    text: str, start: int, end: int, numeral: Numeral, *, sign: str = "", symbol: str = ""
) -> Reading | None:
    """Read the unit after a numeral, and the rest of a range or compound.

    text (str): the text.
    start (int): where the span starts.
    end (int): where its first numeral ends.
    numeral (Numeral): the first numeral.
    sign (str): "-" for 负 and 零下 in front.
    symbol (str): currency sign in front.
    RETURNS (Reading | None): the reading; None if no unit follows.
    """
    if symbol:
        return read_symbol_money(text, start, end, numeral, symbol=symbol)
    unit = _unit_after(text, end)
    if numeral.low is not None and numeral.high is None:
        ranged = _read_range(text, start, end, numeral, sign=sign)
        if ranged is not None:
            return ranged
    if unit is None:
        return None
    if unit.word[0] in "个個":
        reading = _read_part_of_unit(text, start, end, numeral)
        if reading is not None:
            return reading
    reading = _finish(text, start, unit, _signed(numeral, sign))
    if reading is not None and text[end] in _SPACES and text[end - 1] not in DIGITS:
        return reading._replace(keep=False)
    return reading


def _signed(numeral: Numeral, sign: str) -> Numeral:
    low, high, modifier = numeral
    if not sign or low is None:
        return numeral
    if high is None:
        return Numeral(negative(low), None, modifier)
    return Numeral(negative(high), negative(low), modifier)


def _unit_after(text: str, end: int) -> Unit | None:
    unit = match_unit(text, end)
    if unit is not None and unit.word in _NOUNS and _YEAR.fullmatch(text[max(0, end - 4) : end]):
        return None
    if unit is None and text[end : end + 1] in _SPACES:
        unit = match_unit(text, end + 1)
        if text[end - 1] not in DIGITS:  # 五 天: not sure enough to be kept
            return unit if unit is not None and unit.kind == "duration" else None
        if unit is not None and unit.kind == "counter" and len(unit.word) == 1:
            return unit if unit.word in _SPACED_COUNTERS else None
    return unit


def _read_part_of_unit(text: str, start: int, end: int, numeral: Numeral) -> Reading | None:
    """两个半小时 (two and a half hours), 三个多月 (over three months), 三个半 (three and a half)."""
    more = _MORE_OF.match(text, end)
    half = None if numeral.low is None or "." in numeral.low else _HALF_OF.match(text, end)
    found = more or half
    if found is None:
        return None
    unit = match_unit(text, found.end())
    if unit is None and _CLOCK_HOURS.match(text, found.end()):
        unit = Unit(found.end() + 1, "duration", "TH", 1, "小时")  # 一個半鐘
    is_time = unit is not None and unit.kind == "duration"
    if more is not None:
        return _as_duration(text, start, unit, numeral._replace(modifier=">")) if is_time else None
    halved = Numeral(f"{numeral.low}.5", None, numeral.modifier)
    if is_time:
        return _as_duration(text, start, unit, halved)
    whole = match_unit(text, end)
    return None if whole is None else _finish(text, start, whole._replace(end=end + 2), halved)


def _as_duration(text: str, start: int, unit: Unit | None, numeral: Numeral) -> Reading | None:
    if unit is None:
        return None
    # 月 alone is a month of the year, but 个半月 and 个多月 are durations.
    return read_duration(text, start, unit._replace(word="个月") if unit.word == "月" else unit, numeral)


def _read_range(text: str, start: int, end: int, first: Numeral, *, sign: str) -> Reading | None:
    """3至5个, 30%至40%, 6000万元至7500万元; the scale word of the end serves both in 3~5万."""
    unit = _unit_after(text, end)
    connector = _CONNECTOR.match(text, end if unit is None else unit.end)
    number = None if connector is None else NUMERAL.match(text, connector.end())
    if connector is None or number is None:
        return None
    second = read_numeral(number.group())
    last = _unit_after(text, number.end())
    if second is None or second.low is None or first.low is None or last is None:
        return None
    if unit is not None and (unit.kind, unit.name) != (last.kind, last.name):
        return None
    if last.word in ("日", "年", "月") and unit is None and len(first.low) == 4:
        return None
    low, high = _range_ends(text[start:end], number.group(), first.low, second.low, is_shared=unit is None)
    if connector["sign"]:
        high = negative(high)
    if sign:
        both = unit is None and text[start] == "零"
        low, high = (negative(high), negative(low)) if both else (negative(low), high)
    if Decimal(low) > Decimal(high):
        if unit is not None:
            return None
        low, high = high, low
    return _finish(text, start, last, Numeral(low, high, first.modifier or second.modifier))


def _range_ends(first: str, second: str, low: str, high: str, *, is_shared: bool) -> tuple[str, str]:
    """RETURNS: the ends of a range, the first one scaled like the second where the scale word is written once."""
    bare = second.rstrip(_BIG)
    power = sum(SCALES[char] for char in second[len(bare) :]) if first[-1] not in _BIG else 0
    if len(first) == 1 and len(bare) == 2 and bare[1] in SCALES:
        power += SCALES[bare[1]]  # 两到三千
    scaled = move(low, power)
    return (scaled, high) if is_shared and Decimal(scaled) <= Decimal(high) else (low, high)


def _finish(text: str, start: int, unit: Unit, numeral: Numeral) -> Reading | None:
    """The reading of an amount whose unit and numbers are known."""
    if unit.kind == "duration":
        return read_duration(text, start, unit, numeral)
    if unit.word == "等" and text[unit.end : unit.end + 1] not in _GRADED:
        return None
    if unit.word in _NIGHTS:  # 两夜, 三晚: as long as nights are
        return Reading(
            start, unit.end, "TIME", None, numeral.modifier, text[start - 1 : start] not in QUOTES, "some-time"
        )
    if unit.name == "番":
        return _read_doubling(text, start, unit, numeral)
    if unit.word == "块" and is_piece(text, unit.end, is_vague=bool(numeral.modifier)):
        unit = unit._replace(kind="counter", name="块")
    low, high, modifier = numeral
    modifier = modifier or (">" if "多" in unit.word else "")  # 三个多百分点
    low, end = (low, unit.end) if high is not None else _lengthened(text, unit, low)
    if unit.word == "折" and low is not None and low.isdigit() and 10 < int(low) < 100:
        low = move(low, -1)  # 75折: 75 %
    if unit.power and low is not None:
        low, high = move(low, unit.power), None if high is None else move(high, unit.power)
    name, end = _rated(text, unit, end)
    is_floor = unit.word == "楼" and numeral.high is None
    is_rank = unit.word == "号" or is_floor or is_session(text, start, end, unit) or is_bus_line(text, start, end, unit)
    label = "ORDINAL" if is_rank else _LABELS.get(unit.kind, "QUANTITY")
    body = None if low is None else f"{low} {name}" if high is None else f"{low}..{high} {name}"
    return Reading(start, end, label, body, modifier, is_count(text, start, end, unit), rule_of(text, start, unit))


def _lengthened(text: str, unit: Unit, low: str | None) -> tuple[str | None, int]:
    """The number with what still belongs to it behind its unit: 八成六, 5元6角, 2米31, 三斤半."""
    end = unit.end
    if unit.kind == "money":
        return add_parts(text, unit, low)
    if low is None or "." in low:
        return low, end
    following = text[end : end + 1]
    if unit.word == "米":
        return _with_centimetres(text, end, low)
    if following == "半" and (unit.word in _HALVED or unit.word == "成"):
        return f"{low}.5", end + 1
    if unit.word == "成" and following in _ONE_DIGIT and match_unit(text, end + 1) is None:
        digit = read_numeral(following)
        return (low, end) if digit is None else (f"{low}.{digit.low}", end + 1)
    return low, end


def _with_centimetres(text: str, end: int, low: str) -> tuple[str, int]:
    """The number of metres with what follows: 2米31, 一米八, 三米二长, 三米半."""
    if HUNDREDTHS.match(text, end):
        return with_hundredths(low, text, end), end + 2
    tail = _TAIL.match(text, end)
    if tail is not None:
        return shift(low, "".join(str(_ONES.index(char) + 1) for char in tail.group()), 0), tail.end()
    return (f"{low}.5", end + 1) if text[end : end + 1] == "半" else (low, end)


def _rated(text: str, unit: Unit, end: int) -> tuple[str, int]:
    """The unit's name with its grade or rate: 吨级, 微克/立方米, CNY/吨, 立方米每秒."""
    name = unit.name
    if unit.kind == "measure" and text[end : end + 1] == "级" and text[end + 1 : end + 2] != "别":
        name, end = f"{name}级", end + 1
    if unit.kind != "percent" and text[end : end + 1] in PER and "/" not in name:
        per = match_unit(text, end + 1)
        if per is not None:
            return f"{name}/{per.word if per.kind == 'duration' else per.name}", per.end
    if unit.kind == "measure" and (per_time := _PER_TIME.match(text, end)):
        return f"{name}{per_time.group()}", per_time.end()
    return name, end


def _read_doubling(text: str, start: int, unit: Unit, numeral: Numeral) -> Reading | None:
    """一番 after 翻近 or 再翻: twice."""
    if numeral.low is None or not numeral.low.isdigit() or len(numeral.low) > 2:
        return None
    keep = _DOUBLED.search(text, max(0, start - 4), start) is not None
    return Reading(start, unit.end, "QUANTITY", f"{2 ** int(numeral.low)} 倍", "", keep, "multiple")
