"""The value of a number: one canonical string that a person can type and a program can parse.

`parse_value(text, label)` reads "43000 件", ">=60 %", "3..5 个", "3:1", "2022-04-26", "2021 end", "P1W" or "T09:30"
into frozen value types, and `str` writes exactly the same string again: there is one spelling of every value.
Quantities are exact decimals. The grammar is in docs/numbers.md; anything else raises `ValueFormatError`, whose message
says what to type instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal

from pipeline.core.value_types import (
    MAX_DIGITS,
    MODIFIERS,
    Amount,
    Body,
    Clock,
    Date,
    Duration,
    Ratio,
    Value,
    When,
)

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL "
    "HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL "
    "MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON "
    "RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS "
    "UAH UGX USD UYU UZS VED VES VND VUV WST XAF XAG XAU XCD XDR XOF XPF YER ZAR ZMW ZWG ZWL "
    "ATS BEF CYP DEM EEK ESP FIM FRF GRD HRK IEP ITL LTL LUF LVL MTL NLG PTE SIT SKK SUR XEU YUM"
)
CURRENCIES = frozenset(_CODES.split())
"""ISO 4217 codes, with the currencies of the 1990s that newspapers of that time speak of."""


class ValueFormatError(ValueError):
    """A string that is no canonical value of its label. The message says what is wrong and what to type."""


_NUM = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?"
_POSITIVE = r"(?:0|[1-9][0-9]*)"
_AMOUNT = re.compile(rf"({_NUM})(?:\.\.({_NUM}))?(?: (\S+))?")
_RATIO = re.compile(rf"{_POSITIVE}(?::{_POSITIVE})+")
_DATE = re.compile(r"([0-9X]{4})(?:-([0-9X]{2}(?:-[0-9X]{2})?))?(?: (start|mid|end))?")
_PART = rf"(?:({_POSITIVE}(?:\.[0-9]*[1-9])?)%s)?"
_DURATION = re.compile("P" + "".join(_PART % d for d in "YMWD") + "(?:T" + "".join(_PART % d for d in "HMS") + ")?")
_DESIGNATORS = ("Y", "M", "W", "D", "TH", "TM", "TS")
_CLOCK = re.compile(r"T([0-9]{2})(?::([0-9]{2})(?::([0-9]{2}))?)?")
_SEASONS = frozenset({"21", "22", "23", "24", "33", "34", "35", "36", "40", "41"})
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_KEPT = str.maketrans(dict.fromkeys("（）、：，"))

VALUE_EXAMPLES = {
    "QUANTITY": '"43000 件", "3..5 个", ">20 名"',
    "MONEY": '"1650000000 CNY", "~500 USD", "5000 CNY/吨"',
    "PERCENT": '"98.46 %", "1.2 pp", ">=60 %"',
    "ORDINAL": '"10 名", "1"',
    "CARDINAL": '"9.5", "3:1"',
    "DATE": '"2022-04-26", "2021/2025", "2021 end", "XXXX-04-26", "P1W"',
    "TIME": '"T09:30", "PT2H"',
}


def parse_value(text: str, label: str) -> Value:
    """Read a canonical value.

    text (str): such as "43000 件"; exactly one spelling of every value is canonical.
    label (str): the label of the number; it decides which kinds of body are allowed.
    RETURNS (Value): the value, with `str(value) == text`.
    RAISES (ValueFormatError): for any other string, saying what to type.
    """
    if label not in VALUE_EXAMPLES:
        known = ", ".join(VALUE_EXAMPLES)
        raise ValueFormatError(f"{label!r} is no label of the numbers layer; only {known} have values")
    modifier = next((mark for mark in MODIFIERS if text.startswith(mark)), "")
    rest = text[len(modifier) :]
    try:
        body = _parse_when(rest) if label in ("DATE", "TIME") else _parse_number(rest, label)
    except ValueFormatError as error:
        raise ValueFormatError(f"{text!r} is no {label} value: {error}; type e.g. {VALUE_EXAMPLES[label]}") from None
    return Value(body, modifier)


def is_value(text: str, label: str) -> bool:
    """RETURNS (bool): whether the string is a canonical value of the label."""
    try:
        parse_value(text, label)
    except ValueFormatError:
        return False
    return True


def fold_unit(text: str) -> str:
    """Fold a unit as written into a unit of a value.

    text (str): the surface, such as "㎡" or "ｋｍ".
    RETURNS (str): NFKC without white space; Chinese brackets and commas inside a unit stay as they are
        (辆（艘、架、列）次, vehicles, ships and planes counted together).
    """
    folded = "".join(char if char in "（）、：，" else unicodedata.normalize("NFKC", char) for char in text)
    return "".join(folded.split())


def make_amount(
    low: Decimal | int | str, high: Decimal | int | str | None = None, *, unit: str | None = None, modifier: str = ""
) -> Value:
    """RETURNS (Value): an amount or range, checked. RAISES (ValueFormatError): if low > high or the unit is no unit."""
    amount = Amount(Decimal(low), None if high is None else Decimal(high), unit)
    _check_amount(amount)
    _check_modifier(modifier)
    return Value(amount, modifier)


def make_ratio(terms: Iterable[int], *, modifier: str = "") -> Value:
    """RETURNS (Value): a ratio such as 3:1. RAISES (ValueFormatError): with fewer than two terms."""
    ratio = Ratio(tuple(terms))
    if len(ratio.terms) < 2 or min(ratio.terms) < 0:
        raise ValueFormatError("a ratio has two or more whole numbers")
    _check_modifier(modifier)
    return Value(ratio, modifier)


def make_when(text: str, *, modifier: str = "") -> Value:
    """RETURNS (Value): the date, duration or clock time. RAISES (ValueFormatError): if the string is none."""
    _check_modifier(modifier)
    return Value(_parse_when(text), modifier)


def _check_modifier(modifier: str) -> None:
    if modifier and modifier not in MODIFIERS:
        raise ValueFormatError(f"{modifier!r} is no modifier; there are {' '.join(MODIFIERS)}")


def _parse_number(text: str, label: str) -> Body:
    if label == "CARDINAL" and _RATIO.fullmatch(text):
        terms = text.split(":")
        if max(map(len, terms)) > MAX_DIGITS:
            raise ValueFormatError(f"a number has at most {MAX_DIGITS} digits")
        return Ratio(tuple(map(int, terms)))
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise ValueFormatError(_what_is_wrong(text))
    low, high, unit = match.groups()
    for number in (low, high or ""):
        if sum(char.isdigit() for char in number) > MAX_DIGITS:
            raise ValueFormatError(f"a number has at most {MAX_DIGITS} digits")
    if "-0" in (low, high):
        raise ValueFormatError("write 0, not -0")
    amount = Amount(Decimal(low), None if high is None else Decimal(high), unit)
    _check_amount(amount)
    _check_unit_of_label(unit, label)
    return amount


def _check_amount(amount: Amount) -> None:
    if amount.high is not None and amount.low > amount.high:
        raise ValueFormatError(f"the range runs from {amount.low} down to {amount.high}; write the lower number first")
    unit = amount.unit
    if unit is None:
        return
    parts = unit.split("/")
    if len(parts) > 2 or not all(parts):
        raise ValueFormatError(f"the unit {unit!r} is not of the form unit or unit/unit")
    plain = unit.translate(_KEPT)
    if unicodedata.normalize("NFKC", plain) != plain or unit != "".join(unit.split()):
        raise ValueFormatError(f"write the unit in half width without spaces: {fold_unit(unit)!r}")


def _check_unit_of_label(unit: str | None, label: str) -> None:
    first = None if unit is None else unit.split("/")[0]
    if label == "MONEY" and first not in CURRENCIES:
        raise ValueFormatError("money needs an ISO 4217 currency code such as CNY or USD after a space")
    if label == "PERCENT" and first not in ("%", "pp"):
        raise ValueFormatError("a percentage needs % or pp (percentage points) after a space")
    if label == "QUANTITY" and first is None:
        raise ValueFormatError("a quantity needs its measure word or unit after a space (a bare number is a CARDINAL)")


_HINTS = (
    (r"", "there is no number"),
    (r"\s.*|.*\s|.*\s\s.*", "there is one space, between number and unit, and no other"),
    (r"[-0-9.]*[,，].*", "write the digits without separators"),
    (r"[-+]?[0-9.]+( .*)?", "write a plain decimal without +, -0, leading zeros and trailing zeros"),
    (r"-?[0-9.]+[^0-9. ]+", "put one space between number and unit"),
    (r"[^ ]*[一二三四五六七八九十百千万亿].*", "write the number in digits, 万 and 亿 multiplied out"),
    (r".*", "it is neither a number nor a range of numbers (low..high)"),
)


def _what_is_wrong(text: str) -> str:
    return next(hint for pattern, hint in _HINTS if re.fullmatch(pattern, text, re.DOTALL))


def _parse_when(text: str) -> When:
    if text.startswith("P"):
        return _parse_pair(text, "..", _parse_duration)
    if text.startswith("T"):
        return _parse_pair(text, "/", _parse_clock)
    return _parse_pair(text, "/", _parse_date)


def _parse_pair(text: str, mark: str, parse: Callable[[str], Date | Duration | Clock]) -> When:
    first, found, last = text.partition(mark)
    return When(parse(first), parse(last) if found else None)


def _parse_date(text: str) -> Date:
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueFormatError(f"{text!r} is neither a date (YYYY-MM-DD), a duration (P…) nor a time of day (T…)")
    date = Date(*match.groups())
    if date.rest is not None and date.rest not in _SEASONS:
        _check_month_and_day(date)
    return date


def _check_month_and_day(date: Date) -> None:
    month, _, day = str(date.rest).partition("-")
    if "X" not in month and not 1 <= int(month) <= 12:
        raise ValueFormatError(f"there is no month {month} (seasons are 21–24, quarters 33–36, halves 40–41)")
    if not day or "X" in day:
        return
    longest = 31 if "X" in month else _MONTH_DAYS[int(month) - 1]
    if month == "02" and "X" not in date.year and not _is_leap(int(date.year)):
        longest = 28
    if not 1 <= int(day) <= longest:
        raise ValueFormatError(f"there is no day {date}")


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _parse_duration(text: str) -> Duration:
    match = _DURATION.fullmatch(text)
    if match is None or text == "P" or text.endswith("T"):
        raise ValueFormatError(f"{text!r} is no duration such as P3D, P1Y6M, P1W or PT2.5H")
    parts = tuple((mark, number) for mark, number in zip(_DESIGNATORS, match.groups(), strict=True) if number)
    if any("." in number for _, number in parts[:-1]):
        raise ValueFormatError("only the last part of a duration may have decimals")
    if any(sum(char.isdigit() for char in number) > MAX_DIGITS for _, number in parts):
        raise ValueFormatError(f"a number has at most {MAX_DIGITS} digits")
    return Duration(tuple((mark, Decimal(number)) for mark, number in parts))


def _parse_clock(text: str) -> Clock:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueFormatError(f"{text!r} is no time of day such as T09 or T09:30")
    fields = tuple(int(field) for field in match.groups() if field is not None)
    if fields[0] > 24 or (fields[0] == 24 and any(fields[1:])) or any(field > 59 for field in fields[1:]):
        raise ValueFormatError(f"there is no time {text}")
    return Clock(fields)
