"""What the value of a number is made of: amounts, ratios, dates, durations, times of day; each is written one way.

`str` of each is its canonical spelling; `core.values` reads it back. Quantities are exact decimals, never floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

MAX_DIGITS = 400
MODIFIERS = (">=", "<=", ">", "<", "~")
EXACT = Context(prec=4 * MAX_DIGITS, Emax=99_999, Emin=-99_999, traps=[Inexact, InvalidOperation, Overflow])
"""Decimal arithmetic that would rather fail than round."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number or a range of numbers, with or without a unit: "43000 件", "3..5 个", "9.5".

    low (Decimal): the number, or the lower end of the range.
    high (Decimal | None): the upper end of a range.
    unit (str | None): measure word, ISO 4217 code, "%" or "pp"; "CNY/吨" for a rate.
    """

    low: Decimal
    high: Decimal | None = None
    unit: str | None = None

    @property
    def number(self) -> str:
        """RETURNS (str): the amount without its unit."""
        low = format_decimal(self.low)
        return low if self.high is None else f"{low}..{format_decimal(self.high)}"

    def __str__(self) -> str:
        return self.number if self.unit is None else f"{self.number} {self.unit}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two or more terms, not reduced: "3:1".

    terms (tuple[int, ...]): the terms in their order.
    """

    terms: tuple[int, ...]

    def __str__(self) -> str:
        return ":".join(map(str, self.terms))


@dataclass(frozen=True, slots=True)
class Date:
    """A year, season, quarter, half, month or day; an unknown digit is "X".

    year (str): four characters.
    rest (str | None): "MM", "MM-DD" or the number of a season (21–24), quarter (33–36) or half (40–41).
    part (str | None): "start", "mid" or "end" of it.
    """

    year: str
    rest: str | None = None
    part: str | None = None

    def __str__(self) -> str:
        text = self.year if self.rest is None else f"{self.year}-{self.rest}"
        return text if self.part is None else f"{text} {self.part}"


@dataclass(frozen=True, slots=True)
class Duration:
    """An ISO 8601 duration, as written: "P12M" is not "P1Y".

    parts (tuple[tuple[str, Decimal], ...]): designators of the date part "Y" "M" "W" "D" and of the time part "TH" "TM"
        "TS" with their numbers, in this order.
    """

    parts: tuple[tuple[str, Decimal], ...]

    def __str__(self) -> str:
        text, in_time = "P", False
        for designator, number in self.parts:
            if designator[0] == "T" and not in_time:
                text, in_time = text + "T", True
            text += format_decimal(number) + designator[-1]
        return text


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day, as precise as it was written: "T09", "T09:30", "T09:30:00".

    fields (tuple[int, ...]): hour, minute, second; one to three of them.
    """

    fields: tuple[int, ...]

    def __str__(self) -> str:
        return "T" + ":".join(f"{field:02d}" for field in self.fields)


@dataclass(frozen=True, slots=True)
class When:
    """A point or stretch of time, or a range between two of the same kind.

    first (Date | Duration | Clock): the point, or the start of the range.
    last (Date | Duration | Clock | None): the end of a range.
    """

    first: Date | Duration | Clock
    last: Date | Duration | Clock | None = None

    def __str__(self) -> str:
        if self.last is None:
            return str(self.first)
        return f"{self.first}{'..' if isinstance(self.first, Duration) else '/'}{self.last}"


Body = Amount | Ratio | When


@dataclass(frozen=True, slots=True)
class Value:
    """A canonical value: a body, and how exactly it is meant.

    body (Amount | Ratio | When): the value proper.
    modifier (str): "" or one of ">=", "<=", ">", "<", "~"; it covers a whole range.
    """

    body: Body
    modifier: str = ""

    @property
    def number(self) -> str:
        """RETURNS (str): the body without modifier and unit, for scoring the amount alone."""
        return self.body.number if isinstance(self.body, Amount) else str(self.body)

    @property
    def unit(self) -> str | None:
        """RETURNS (str | None): the unit of an amount that has one."""
        return self.body.unit if isinstance(self.body, Amount) else None

    def __str__(self) -> str:
        return f"{self.modifier}{self.body}"


def format_decimal(number: Decimal) -> str:
    """RETURNS (str): the number as plain digits, without exponent, negative zero or trailing zeros."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
