"""Money: 16.5亿元, 5元6角三分, 三块五, ￥300, USD 5, where 块 is a piece, and whose 元 a document means."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.core.value_types import EXACT, format_decimal
from pipeline.numbers.counts import DIGITS
from pipeline.numbers.fractions import move
from pipeline.numbers.numerals import NUMERAL, Numeral, read_numeral
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import SHARED_CURRENCIES, SYMBOLS, Unit, match_unit

_PARTS_OF_YUAN = {"角": -1, "毛": -1, "毫": -1, "分": -2}
_YUAN = frozenset("元块塊圆圓蚊角毛")
_AFTER_YUAN = frozenset("钱零以左上下的一二三四五六七八九两多每整就到不")
_CODE = re.compile(r"(?P<code>[A-Z]{2,3}[$¥￥]?) ?(?=[0-9])")
_UP_TO = re.compile(r"(?:[-－–~～至到]|——?)(?P<sign>[$＄￥¥€£]?)(?=[0-9])")
_TRADITIONAL = re.compile("[億萬個門數]")
_LOCAL = (("MOP", ("澳門元", "澳門幣")), ("HKD", ("港元", "港幣")), ("TWD", ("台幣", "臺幣")))
_OTHER_YUAN = ("人民幣", "人民币", "RMB")
_ONE_DIGIT = frozenset("一二三四五六七八九")
_NO_COUNTRY = "XXX"  # as the table of currencies has it
_REACH = 2000  # characters in which a country is looked for: a document of only such amounts stays linear
_SHARED = re.compile("|".join(SHARED_CURRENCIES))


def is_piece(text: str, end: int, *, is_vague: bool = False) -> bool:
    """RETURNS (bool): whether 块 is a piece of something (96块小网, nets; 多块8K屏, screens) and not a yuan."""
    following = text[end : end + 1]
    if is_vague and following in DIGITS:
        return True
    return "\u4e00" <= following <= "\u9fff" and following not in _AFTER_YUAN


def add_parts(text: str, unit: Unit, low: str | None) -> tuple[str | None, int]:
    """Add what follows a yuan amount: 6角三分 after 5元, 五 after 三块, exactly.

    text (str): the text.
    unit (Unit): the unit of the amount.
    low (str | None): its number.
    RETURNS (tuple): the number, and where the amount ends.
    """
    end = unit.end
    if unit.word not in _YUAN or low is None or unit.name != "CNY":
        return low, end
    total = Decimal(low)
    next_power = -1 if "." not in low else None
    for word, power in _PARTS_OF_YUAN.items():
        part = _part(text, end, word)
        if part is not None:
            total = EXACT.add(total, Decimal(move(part[0], power - unit.power)))
            end, next_power = part[1], power - 1
    if unit.word in ("块", "塊", "蚊", "毛", "角") and next_power in (-1, -2):
        total, end = _add_last_digit(text, end, total, next_power)
    is_whole = text[end : end + 1] == "整" and not "\u4e00" <= text[end + 1 : end + 2] <= "\u9fff"
    return format_decimal(total), end + is_whole


def _add_last_digit(text: str, end: int, total: Decimal, power: int) -> tuple[Decimal, int]:
    """Add a digit without a unit: 三块五 is 3.5, 三块零四 3.04, 五块七毛八 5.78."""
    begin = end + (power == -1 and text[end : end + 1] == "零")
    if text[begin : begin + 1] not in _ONE_DIGIT or match_unit(text, begin + 1) is not None:
        return total, end
    digit = read_numeral(text[begin])
    if digit is None or digit.low is None:
        return total, end
    return EXACT.add(total, Decimal(move(digit.low, power - (begin - end)))), begin + 1


def _part(text: str, end: int, word: str) -> tuple[str, int] | None:
    number = NUMERAL.match(text, end)
    if number is None or text[number.end() : number.end() + 1] != word:
        return None
    numeral = read_numeral(number.group())
    if numeral is None or numeral.low is None or numeral.high is not None or len(numeral.low) > 2:
        return None
    after = number.end() + 1
    return numeral.low, after + (text[after : after + 1] in ("钱", "錢"))


def read_symbol_money(text: str, start: int, end: int, numeral: Numeral, *, symbol: str) -> Reading:
    """RETURNS (Reading): an amount with its currency sign in front: ￥300, $5亿."""
    unit = match_unit(text, end)
    code = SYMBOLS.get(symbol.replace("￥", "¥") if symbol.startswith("CN") else symbol, "USD")
    if unit is not None and unit.kind == "money":
        end = unit.end
    body = None if numeral.low is None else f"{numeral.low} {code}"
    upper = _UP_TO.match(text, end)
    second = None if upper is None or upper["sign"] not in ("", symbol) else NUMERAL.match(text, upper.end())
    last = None if second is None else read_numeral(second.group())
    is_range = last is not None and last.low is not None and last.high is None and numeral.low is not None
    if second is not None and is_range and Decimal(str(numeral.low)) < Decimal(str(last.low if last else 0)):
        body, end = f"{numeral.low}..{last.low if last else 0} {code}", second.end()
    return Reading(start, end, "MONEY", body, numeral.modifier, True, "money")


def read_code_money(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): an amount with the letters of its currency in front: USD 5, RMB300, HK$12亿."""
    match = _CODE.match(text, start)
    number = None if match is None else NUMERAL.match(text, match.end())
    numeral = None if number is None else read_numeral(number.group())
    if match is None or number is None or numeral is None:
        return None
    code = match["code"].replace("￥", "¥")
    return read_symbol_money(text, start, number.end(), numeral, symbol=code) if code in SYMBOLS else None


def local_currency(text: str) -> str:
    """Say which currency 元 alone is in a document: that of Macao, Hong Kong or Taiwan where it names it.

    text (str): the document.
    RETURNS (str): "MOP", "HKD", "TWD"; "CNY" where the text is in simplified characters or names several.
    """
    if "元" not in text or ("幣" not in text and "澳門" not in text and "港元" not in text):
        return "CNY"
    named = [code for code, words in _LOCAL if any(word in text for word in words)]
    if len(named) != 1 or _TRADITIONAL.search(text) is None or any(word in text for word in _OTHER_YUAN):
        return "CNY"
    return named[0]


def localize_all(text: str, found: list[Reading]) -> list[Reading]:
    """RETURNS (list[Reading]): the readings, amounts of money in the currency that the document means."""
    code = local_currency(text)
    if code != "CNY":
        found = [localize(text, item, code) for item in found]
    return [by_country(text, item) for item in found] if _SHARED.search(text) else found


def by_country(text: str, reading: Reading) -> Reading:
    """RETURNS (Reading): an amount of a currency that several countries have, of the country last named before it."""
    if reading.label != "MONEY" or reading.body is None:
        return reading
    surface = text[reading.start : reading.end]
    name = next((word for word in SHARED_CURRENCIES if surface.endswith(word)), None)
    if name is None or any(surface.endswith(country + name) for country in SHARED_CURRENCIES[name]):
        return reading
    number, _, code = reading.body.rpartition(" ")
    begin = max(0, reading.start - _REACH)
    where = {text.rfind(country, begin, reading.start): code for country, code in SHARED_CURRENCIES[name].items()}
    last = max(where)
    if last < 0:
        return reading._replace(body=None) if code == _NO_COUNTRY else reading
    return reading._replace(body=f"{number} {where[last]}")


def localize(text: str, reading: Reading, code: str) -> Reading:
    """RETURNS (Reading): an amount in yuan that is written with 元 alone, in the currency of the document."""
    if reading.label != "MONEY" or reading.body is None or text[reading.end - 1] not in _YUAN:
        return reading
    number, _, unit = reading.body.rpartition(" ")
    return reading._replace(body=f"{number} {code}") if unit == "CNY" else reading
