"""Amounts with a unit: 4.3万件, 16.5亿元, 30%至40%, 三成, 两年半, 5元6角, 500吨级, 微克/立方米."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.core.values import EXACT, format_decimal
from pipeline.numbers.fractions import move
from pipeline.numbers.numerals import MORE, NUMERAL, Numeral, read_numeral
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import PER, SYMBOLS, Unit, match_unit

_CONNECTOR = re.compile(r" ?(?:——|[-－—–―~～〜至到]) ?(?:负|負|零下|-)?")
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_HUNDREDTHS = re.compile(r"[0-9０-９]{2}(?![0-9０-９.．%％]|[万亿多余年月日个名米人])")
_HALF_OF = re.compile(r"个半(?=[月小星钟世学])|個半(?=[月小星鐘])")
_YEAR = re.compile("(?:19[4-9]|20[0-4])[0-9]")
_NOUNS = frozenset("国省市县区州港村乡镇厂院校企园社军党方地级")
_SESSIONS = ("会议", "全会", "全国", "中央", "人大", "政协", "一中", "二中", "三中", "四中", "五中", "六中", "七中", "省", "市委")
_NIGHTS = frozenset(number + "夜" for number in "一二两三四五六七八九")
_NOT_COUNTED = frozenset("“「『‘《这那某每另新有")
_AFTER_YUAN = frozenset("钱以左上下的一二三四五六七八九两多每整就到不")
_QUOTES = frozenset("“「『‘")
_LATER = {"TH": ("TM", "TS"), "TM": ("TS",), "Y": ("M", "D"), "M": ("W", "D"), "D": ("TH", "TM"), "W": ("D",)}
_PARTS_OF_YUAN = {"角": -1, "毛": -1, "分": -2}
# 一 + counter is an article (一项工作, a task) unless a word in front counts.
_COUNTING = ("仅", "只", "只有", "唯有", "就", "各", "共", "达", "至少", "不到", "不足", "超过", "近", "约",   "第", "增加", "减少", "最多", "有且只有", "仅有", "增至", "另有", "其中", "仅此")  # fmt: skip
_REAL_ONES = frozenset({"倍", "成", "番", "级", "年级", "周岁", "岁", "等", "户", "审", "亩", "斤", "公斤", "吨", "公里", "米", "人", "死", "伤", "男", "女", "期", "国", "楼"})  # fmt: skip


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
        return _symbol_money(text, start, end, numeral, symbol)
    low, high, modifier = numeral
    unit = _unit_after(text, end)
    connector = _CONNECTOR.match(text, end if unit is None else unit.end)
    if connector is not None and high is None and low is not None:
        ranged = _read_range(text, start, end, numeral, unit, connector, sign)
        if ranged is not None:
            return ranged
    if unit is None:
        half = _HALF_OF.match(text, end)
        if half is None or low is None or "." in low:
            return None
        unit = match_unit(text, half.end()) or match_unit(text, half.start())
        if unit is None or unit.kind not in ("duration", "counter"):
            return None
        low = f"{low}.5"
    if unit.word in ("个", "個") and text.startswith("半", unit.end) and low is not None and "." not in low:
        inner = match_unit(text, unit.end + 1)
        if (
            inner is not None
            and inner.kind == "duration"
            and inner.word in ("小时", "月", "星期", "钟头", "世纪", "小時", "月")
        ):
            return _duration(text, start, inner, f"{low}.5", None, modifier)
        return _finish(text, start, unit._replace(end=unit.end + 1), sign + f"{low}.5", None, modifier)
    if text[unit.end : unit.end + 1] == "多" and unit.kind in ("counter", "duration") and unit.word in ("个", "個"):
        inner = match_unit(text, unit.end + 1)
        if inner is not None and inner.kind == "duration":
            return _duration(text, start, inner, low, high, ">")
    if unit.kind == "duration":
        return _duration(text, start, unit, low, high, modifier)
    if sign and low is not None and high is not None:
        return _finish(text, start, unit, sign + high, sign + low, modifier)
    return _finish(text, start, unit, None if low is None else sign + low, high, modifier)


def _unit_after(text: str, end: int) -> Unit | None:
    unit = match_unit(text, end)
    if unit is not None and unit.word in _NOUNS and _YEAR.fullmatch(text[max(0, end - 4) : end]):
        return None
    if unit is None and text[end : end + 1] in (" ", "\xa0") and text[end - 1] in _DIGITS:
        unit = match_unit(text, end + 1)
        if unit is not None and unit.kind == "counter" and len(unit.word) == 1:
            return unit if unit.word in "个家件人名项次户种" else None
    return unit


def _read_range(
    text: str, start: int, end: int, first: Numeral, unit: Unit | None, connector: re.Match[str], sign: str
) -> Reading | None:
    """3至5个, 30%至40%, 6000万元至7500万元; the scale word of the end serves both in 3~5万."""
    number = NUMERAL.match(text, connector.end())
    if number is None:
        return None
    second = read_numeral(number.group())
    last = _unit_after(text, number.end())
    if second is None or second.low is None or first.low is None or last is None:
        return None
    if unit is not None and (unit.kind, unit.name) != (last.kind, last.name):
        return None
    if last.kind == "duration" and last.word in ("日", "年", "月") and unit is None and len(first.low) == 4:
        return None
    low, high = sign + first.low, second.low
    if connector.group().endswith(("负", "負", "零下", "-")) and len(connector.group().strip()) > 1:
        high = f"-{high}"
    elif sign and text[start] == "零" and unit is None:
        low, high = f"-{second.low}", f"-{first.low}"
    surface = number.group()
    if unit is None and surface[-1] in "十百千万亿萬億" and surface[-1] not in text[start:end]:
        scales = len(surface) - len(surface.rstrip("十百千万亿萬億"))
        power = sum({"十": 1, "百": 2, "千": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}[char] for char in surface[-scales:])
        if scales and Decimal(move(low, power)) <= Decimal(high):
            low = move(low, power)
    if Decimal(low) > Decimal(high):
        if unit is not None:
            return None
        low, high = high, low
    modifier = first.modifier or second.modifier
    if last.kind == "duration":
        return _duration(text, start, last, low, high, modifier)
    return _finish(text, start, last, low, high, modifier)


def _finish(text: str, start: int, unit: Unit, low: str | None, high: str | None, modifier: str) -> Reading:
    """The reading of an amount whose unit is known."""
    kind, end, name = unit.kind, unit.end, unit.name
    if unit.word == "块" and _is_piece(text, end):
        kind, name = "counter", "块"
    label = "ORDINAL" if unit.word == "号" else {"money": "MONEY", "percent": "PERCENT"}.get(kind, "QUANTITY")
    if kind == "percent" and unit.word == "成" and high is None:
        low, end = _tenths(text, end, low)
    elif kind == "money":
        low, end = _yuan_and_jiao(text, end, unit, low)
    elif name == "番":
        return _doubled(text, start, end, low)
    elif unit.word == "米" and low is not None and _HUNDREDTHS.match(text, end):
        low, end = f"{low}.{int(text[end]) * 10 + int(text[end + 1]):02d}", end + 2
    elif (
        text[end : end + 1] == "半"
        and low is not None
        and "." not in low
        and unit.word in ("倍", "斤", "里", "米", "亩", "岁")
    ):
        low, end = f"{low}.5", end + 1
    if unit.power and low is not None:
        low, high = move(low, unit.power), None if high is None else move(high, unit.power)
    if kind == "measure" and text[end : end + 1] == "级" and text[end + 1 : end + 2] != "别":
        name, end = f"{name}级", end + 1
    if text[end : end + 1] in PER and text[end : end + 1] and kind in ("money", "measure", "counter"):
        per = match_unit(text, end + 1)
        if per is not None and "/" not in name:
            name, end = f"{name}/{per.word if per.kind == 'duration' else per.name}", per.end
    body = None if low is None else f"{low} {name}" if high is None else f"{low}..{high} {name}"
    rule = _rule(text, start, unit)
    return Reading(start, end, label, body, modifier, _is_count(text, start, end, unit, rule), rule)


def _is_piece(text: str, end: int) -> bool:
    """Whether 块 is a piece of something (96块小网, 96 small nets) and not a yuan."""
    following = text[end : end + 1]
    return "\u4e00" <= following <= "\u9fff" and following not in _AFTER_YUAN


def _rule(text: str, start: int, unit: Unit) -> str:
    if unit.kind in ("money", "percent"):
        return unit.kind
    if text[start] in _DIGITS:
        return unit.kind
    return (
        f"cn1-{unit.kind}"
        if text.startswith("一", start) and text.startswith(unit.word, start + 1)
        else f"cn-{unit.kind}"
    )


def _is_count(text: str, start: int, end: int, unit: Unit, rule: str) -> bool:
    """Whether the grammar alone takes an amount as counted, not as an article, a slogan or part of a name."""
    if unit.word in ("号", "期", "岸") or (unit.word in ("路", "线") and rule == "counter"):
        return False
    if not rule.startswith("cn"):
        if rule == "money" and text[start] in "一万亿" and end - start == 2:
            return not (text.startswith("一块", start) or text.startswith(("生产", "国内", "GDP", "工业", "增加值", "产值"), end))
        return True
    if text[start - 1 : start] in _QUOTES:
        return False
    if unit.word in ("届", "次") and text.startswith(_SESSIONS, end):
        return False  # 十四届全国人大一次会议 (names of sessions)
    if unit.word == "公里" and text.endswith("最后", 0, start):
        return False
    if text.startswith(text[start:end], end) or text.endswith(text[start:end], 0, start):
        return False  # 一户一户 (house by house)
    if rule.startswith("cn1"):
        return unit.word in _REAL_ONES or text.endswith(_COUNTING, 0, start)
    return True


def _tenths(text: str, end: int, low: str | None) -> tuple[str | None, int]:
    """八成六 is 8.6 tenths."""
    digit = text[end : end + 1]
    if digit == "半" and low is not None and "." not in low:
        return f"{low}.5", end + 1
    if (
        low is not None
        and "." not in low
        and digit
        and digit in "一二三四五六七八九"
        and match_unit(text, end + 1) is None
    ):
        number = read_numeral(digit)
        if number is not None and number.low is not None:
            return f"{low}.{number.low}", end + 1
    return low, end


def _yuan_and_jiao(text: str, end: int, unit: Unit, low: str | None) -> tuple[str | None, int]:
    """5元6角三分: the parts of a yuan behind it, exactly."""
    if unit.word not in ("元", "块", "圆", "圓", "角", "毛") or low is None or unit.name != "CNY":
        return low, end
    total = Decimal(low)
    for word, power in _PARTS_OF_YUAN.items():
        number = NUMERAL.match(text, end)
        if number is None or text[number.end() : number.end() + 1] != word:
            continue
        part = read_numeral(number.group())
        if part is None or part.low is None or part.high is not None or len(part.low) > 2:
            break
        total = EXACT.add(total, Decimal(move(part.low, power - unit.power)))
        end = number.end() + 1
        if text[end : end + 1] in "钱錢":
            end += bool(text[end : end + 1])
    digit = text[end : end + 1]
    if unit.word in ("块", "毛", "角") and digit and digit in "一二三四五六七八九" and match_unit(text, end + 1) is None:
        part = read_numeral(digit)
        if part is not None and part.low is not None and total == total.to_integral_value():
            total, end = EXACT.add(total, Decimal(move(part.low, -1))), end + 1
    if text[end : end + 1] == "整":
        end += 1
    return format_decimal(total), end


def _doubled(text: str, start: int, end: int, low: str | None) -> Reading | None:
    """一番 after 翻近 or 再翻: twice."""
    if low is None or not low.isdigit() or len(low) > 2:
        return None
    body = f"{2 ** int(low)} 倍"
    return Reading(start, end, "QUANTITY", body, "", "翻" in text[max(0, start - 4) : start], "multiple")


def _symbol_money(text: str, start: int, end: int, numeral: Numeral, symbol: str) -> Reading | None:
    unit = match_unit(text, end)
    code = SYMBOLS.get(symbol.replace("￥", "¥") if symbol.startswith("CN") else symbol, "USD")
    if unit is not None and unit.kind == "money":
        end = unit.end
    body = None if numeral.low is None else f"{numeral.low} {code}"
    return Reading(start, end, "MONEY", body, numeral.modifier, True, "money")


def _duration(text: str, start: int, unit: Unit, low: str | None, high: str | None, modifier: str) -> Reading | None:
    """两年半, 2小时30分, 三个月, 3至5天, 四十多年."""
    name, end = unit.name, unit.end
    label = "TIME" if name[0] == "T" else "DATE"
    if unit.word in ("月", "年代") and text[start] not in "俩仨":
        return None
    if low is not None and unit.power != 1:
        low, high = (
            None if item is None else format_decimal(EXACT.multiply(Decimal(item), unit.power)) for item in (low, high)
        )
    if "多" in unit.word:
        modifier = modifier or ">"
    if low is None:
        return Reading(start, end, label, None, modifier, True, "duration")
    if high is not None:
        return Reading(start, end, label, f"{_period(name, low)}..{_period(name, high)}", modifier, True, "duration")
    if text[end : end + 1] == "半" and "." not in low and text[end + 1 : end + 2] not in frozenset("年月个天小"):
        low, end = f"{low}.5", end + 1
    elif text[end : end + 1] == "半" and "." not in low and unit.word in ("年", "天", "小时"):
        low, end = f"{low}.5", end + 1
    if unit.word == "秒" and "." not in low and _HUNDREDTHS.match(text, end):
        low, end = f"{low}.{int(text[end]) * 10 + int(text[end + 1]):02d}", end + 2
    parts = [(name, low)]
    while "." not in parts[-1][1]:
        following = _next_part(text, end, parts[-1][0])
        if following is None:
            break
        parts.append(following[0])
        end = following[1]
    if text[end : end + 2] in _NIGHTS and name == "D" and len(parts) == 1:
        end += 2  # 三天三夜 (three days and nights)
    keep = text[start] in _DIGITS or text[start - 1 : start] not in _NOT_COUNTED
    rule = "duration" if text[start] in _DIGITS or not text.startswith("一", start) else "cn1-duration"
    return Reading(start, end, label, _join(parts), modifier, keep, rule)


def _next_part(text: str, end: int, designator: str) -> tuple[tuple[str, str], int] | None:
    """The next smaller part of a duration: 30分 after 2小时, 6个月 after 11年."""
    begin = end + 1 if text[end : end + 1] in "零又" and text[end : end + 1] else end
    number = NUMERAL.match(text, begin)
    if number is None or designator not in _LATER:
        return None
    numeral = read_numeral(number.group())
    if numeral is None or numeral.low is None or numeral.high is not None or numeral.modifier:
        return None
    unit = match_unit(text, number.end())
    if unit is not None and unit.kind == "duration" and unit.name in _LATER[designator] and unit.power == 1:
        if unit.word in ("月", "日"):
            return None
        return (unit.name, numeral.low), unit.end
    if designator == "TH" and text[number.end() : number.end() + 1] == "分" and len(numeral.low) <= 2:
        return ("TM", numeral.low), number.end() + 1
    return None


def _period(name: str, number: str) -> str:
    return f"PT{number}{name[1]}" if name[0] == "T" else f"P{number}{name}"


def _join(parts: list[tuple[str, str]]) -> str:
    text, in_time = "P", False
    for name, number in parts:
        if name[0] == "T" and not in_time:
            text, in_time = text + "T", True
        text += number + name[-1]
    return text


def more_after(text: str, end: int) -> bool:
    """RETURNS (bool): whether 多 or 余 follows."""
    return text[end : end + 1] in MORE and end < len(text)
