"""Shares and ratios written out: 百分之三, 三分之一, 1/3, 一半, 3∶1, 112比97."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from pipeline.core.value_types import EXACT, format_decimal
from pipeline.numbers.counts import DIGITS
from pipeline.numbers.numerals import NUMERAL, Numeral, negative, read_numeral, shift
from pipeline.numbers.reading import Reading

_OF = re.compile(r"(?P<base>百|千|万|萬)分之(?P<neg>负|負)?")
_CONNECTOR = re.compile(r"(?:[-－—–―~～〜至到]|——)(?:百分之)?")
_SLASH = re.compile(r"[/／](?P<n>[0-9０-９]{1,4})(?![0-9０-９.．/／年月日])")
_RATE = re.compile(r"[/／](?P<base>10[万萬]|[万萬]|100[万萬]|百万)(?![元人年])")
_RATES = {"10万": -3, "10萬": -3, "万": -2, "萬": -2, "100万": -4, "100萬": -4, "百万": -4}
_AND = re.compile(
    r"又(?=[0-9０-９一二三四五六七八九十百千万萬亿億壹贰叁肆伍]+分之|[0-9０-９]+/)"
    r"|(?<=[0-9０-９]) (?=[0-9０-９]{1,2}/[0-9]{1,2}(?![0-9年月/]))"
)
_TERM = r"[0-9０-９]{1,6}(?:[.．][0-9０-９]+)?|[一二两三四五六七八九十百零]{1,5}"
_NEXT_TERM = re.compile(rf"(?P<mark>[:：∶]|比)(?P<n>{_TERM})")
_RATIO_AFTER = re.compile(r"[:：∶]|比(?![重例率上去较赛前分年二一]?[^0-9０-９一二三四五六七八九十])")
_POWER = {"百": 0, "千": -1, "万": -2, "萬": -2}
_USUAL_BOTTOMS = frozenset({12, 15, 16, 20, 25, 50, 100, 1000})
_FOUR_PLACES = Decimal("0.0001")


def read_percent_words(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): 百分之三, 千分之五, 百分之三十至四十, 百分之百; and 一半 (a half)."""
    if text.startswith("一半", start) and text[start + 2 : start + 3] not in ("天", "月", "年"):
        return Reading(start, start + 2, "PERCENT", "50 %", "", True, "half-of")
    match = _OF.match(text, start)
    if match is None:
        return None
    begin = match.end()
    number = NUMERAL.match(text, begin)
    power = _POWER[match["base"]]
    if number is None:
        if text[begin : begin + 1] == "百" and text[begin + 1 : begin + 3] != "分之":
            return Reading(start, begin + 1, "PERCENT", "100 %", "", True, "percent")
        return None
    numeral = read_numeral(number.group())
    if numeral is None or numeral.low is None:
        return None
    sign = "-" if match["neg"] else ""
    end, low, high = number.end(), numeral.low, numeral.high
    connector = _CONNECTOR.match(text, end)
    second = None if connector is None else NUMERAL.match(text, connector.end())
    if second is not None and high is None:
        upper = read_numeral(second.group())
        if upper is not None and upper.low is not None and Decimal(upper.low) > Decimal(low):
            end, high = second.end(), upper.low
    body = sign + move(low, power) + ("" if high is None else f"..{move(high, power)}")
    return Reading(start, end, "PERCENT", f"{body} %", numeral.modifier, True, "percent")


def move(number: str, power: int) -> str:
    """RETURNS (str): plain digits times ten to the power."""
    sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, _, fraction = number.partition(".")
    moved = shift(whole, fraction, power)
    return moved if moved == "0" else sign + moved


def read_fraction(text: str, start: int, end: int, numeral: Numeral) -> Reading | None:
    """RETURNS (Reading | None): 三分之一, 1/3, 168.4/10万: a share of less than one, in percent."""
    if numeral.low is None:
        return None
    rate = _RATE.match(text, end)
    if rate is not None:
        body = f"{move(numeral.low, _RATES[rate['base']])} %"
        return Reading(start, rate.end(), "PERCENT", body, "", True, "fraction")
    if "." in numeral.low:
        return None
    if text.startswith("分之", end):
        return _read_parts(text, start, end + 2, numeral.low)
    return _read_slash(text, start, end, numeral.low)


def _read_parts(text: str, start: int, begin: int, bottom: str) -> Reading | None:
    """三分之一; but 四分之一决赛 (quarter-final) is no share."""
    sign = "-" if text[begin : begin + 1] in ("负", "負") else ""
    number = NUMERAL.match(text, begin + len(sign))
    top = None if number is None else read_numeral(number.group())
    if number is None or top is None or top.low is None or bottom == "0" or text.startswith("决赛", number.end()):
        return None
    if bottom[0] == "1" and not bottom.strip("10") and bottom.count("1") == 1:  # 千万分之六: exactly
        low, high = (None if item is None else move(item, 3 - len(bottom)) for item in (top.low, top.high))
    else:
        low, high = (None if item is None else share(item, bottom) for item in (top.low, top.high))
    if sign and low is not None and high is None:
        low = negative(low)
    body = low if high is None else f"{low}..{high}"
    return Reading(start, number.end(), "PERCENT", f"{body} %", top.modifier, True, "fraction")


def read_mixed(text: str, start: int, end: int, numeral: Numeral) -> Reading | None:
    """RETURNS (Reading | None): a whole number and a fraction, in percent: 三又二分之一 and 1 3/5."""
    between = _AND.match(text, end)
    if between is None or numeral.low is None or numeral.high is not None or "." in numeral.low:
        return None
    number = NUMERAL.match(text, between.end())
    part = None if number is None else read_numeral(number.group())
    fraction = None if number is None or part is None else read_fraction(text, between.end(), number.end(), part)
    if fraction is None or fraction.body is None or ".." in fraction.body:
        return None
    percent = EXACT.add(EXACT.multiply(Decimal(numeral.low), 100), Decimal(fraction.body.removesuffix(" %")))
    keep = text[between.start()] == "又"
    return Reading(start, fraction.end, "PERCENT", f"{format_decimal(percent)} %", "", keep, "fraction")


def _read_slash(text: str, start: int, end: int, top: str) -> Reading | None:
    match = _SLASH.match(text, end)
    bottom = 0 if match is None else int(match["n"])
    if match is None or not 0 < bottom <= 1000 or not 0 < int(top) <= 1000:
        return None
    keep = int(top) < bottom and (bottom <= 10 or bottom in _USUAL_BOTTOMS)
    return Reading(start, match.end(), "PERCENT", f"{share(top, str(bottom))} %", "", keep, "fraction")


def share(top: str, bottom: str) -> str:
    """RETURNS (str): top / bottom in percent, rounded half-even to four decimals, the only rounding there is."""
    with localcontext() as context:
        context.prec = len(top) + len(bottom) + 20
        context.clear_traps()
        return format_decimal((Decimal(top) * 100 / Decimal(bottom)).quantize(_FOUR_PLACES, ROUND_HALF_EVEN))


def read_ratio(text: str, start: int, first: re.Match[str]) -> Reading | None:
    """RETURNS (Reading | None): 3∶1, 4∶3∶2∶1, 112比97; no value where a term has decimals."""
    end = first.end()
    terms = [first.group()]
    match = _NEXT_TERM.match(text, end)
    mark = "" if match is None else match["mark"]
    while match is not None and match["mark"] == mark and len(terms) < 9:
        if mark != "比" and (match["n"][0] in DIGITS) != (terms[0][0] in DIGITS):
            break  # 案例一：413日 numbers a case
        terms.append(match["n"])
        end = match.end()
        match = _NEXT_TERM.match(text, end)
    if len(terms) < 2 or (mark == "比" and not _is_score(terms)):
        return None
    numbers = [read_numeral(term) for term in terms]
    if any(number is None or number.low is None for number in numbers):
        return None
    low = [str(number.low) for number in numbers if number is not None]
    body = None if any("." in term for term in low) else ":".join(low)
    keep = mark in "∶比" or len(terms) == 2
    return Reading(start, end, "CARDINAL", body, "", keep, "ratio")


def _is_score(terms: list[str]) -> bool:
    return all("." not in term and "．" not in term for term in terms)
