"""One case of a public suite, and whether a candidate of the grammar has the numbers that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from pipeline.core.value_types import Amount, Clock, Date, Duration, When
from pipeline.core.values import parse_value
from pipeline.numbers import Candidate, find_candidates

# A year is twelve months, so that 27 months are two years and three months.
SECONDS = {"Y": 31_104_000, "M": 2_592_000, "W": 604_800, "D": 86_400, "TH": 3_600, "TM": 60, "TS": 1}
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
# A suite says 0.3333 or 0.333333333 where we say 33.3333 %.
_CLOSE = Decimal("0.00001")


class Case(NamedTuple):
    """One case of a suite.

    text (str): the text.
    surface (str): what is asked for in it.
    right (bool): whether the answer is right.
    """

    text: str
    surface: str
    right: bool


def overlapping(text: str, start: int, end: int, date: str | None = None) -> list[Candidate]:
    """RETURNS (list[Candidate]): the candidates that share a character with a span."""
    return [item for item in find_candidates(text, date) if item.start < end and start < item.end]


def decimals(text: object) -> list[Decimal]:
    """RETURNS (list[Decimal]): the plain numbers in a string of a suite."""
    parts = text if isinstance(text, list) else [text]
    try:
        return [Decimal(part) for item in parts for part in _NUMBER.findall(str(item))]
    except InvalidOperation:
        return []


def seconds_of(duration: Duration) -> Decimal:
    """RETURNS (Decimal): the length of a duration."""
    return sum((number * SECONDS[mark] for mark, number in duration.parts), Decimal(0))


def numbers_of(item: Candidate) -> list[Decimal]:
    """RETURNS (list[Decimal]): the one or two numbers of a candidate's value: seconds of a duration, year of a date."""
    if item.value is None:
        return []
    body = parse_value(item.value, item.label).body
    if isinstance(body, Amount):
        return [body.low] if body.high is None else [body.low, body.high]
    if isinstance(body, When) and isinstance(body.first, Duration):
        ends = [body.first] if body.last is None else [body.first, body.last]
        return [seconds_of(end) for end in ends if isinstance(end, Duration)]
    if isinstance(body, When) and isinstance(body.first, Date) and body.first.rest is None:
        return [Decimal(body.first.year)] if body.first.year.isdigit() else []
    return []


def has_number(text: str, start: int, end: int, expected: list[Decimal]) -> bool:
    """RETURNS (bool): whether a candidate on the span has the expected numbers."""
    return any(
        _is_near(numbers, expected) for item in overlapping(text, start, end) for numbers in _asked(item, start, end)
    )


def _asked(item: Candidate, start: int, end: int) -> Iterator[list[Decimal]]:
    """YIELDS: what a candidate says of a span: all its numbers, shares also as fractions, and of a part of it the part.

    The suites ask for 16 in 1月16日 and for 20% in 5-20%: there the span is a part of ours, and one field is meant.
    """
    numbers = numbers_of(item)
    yield numbers
    if item.label == "PERCENT":
        yield [number / 100 for number in numbers]
    if item.value is None:
        return
    body = parse_value(item.value, item.label).body
    is_part = item.start <= start and end <= item.end and end - start < item.end - item.start
    if isinstance(body, Amount) and is_part:
        yield from [[number] for number in numbers]
    if isinstance(body, When) and isinstance(body.first, Duration):
        yield from [[number] for _, number in body.first.parts]
        if isinstance(body.last, Duration):
            yield from [[number] for _, number in body.last.parts]
    if isinstance(body, When) and isinstance(body.first, Date | Clock) and is_part:
        yield from [[Decimal(field)] for field in re.findall(r"\d+", str(body))]


def _is_near(ours: list[Decimal], theirs: list[Decimal]) -> bool:
    if not ours or len(ours) != len(theirs):
        return False
    return all(one == other or abs(one - other) < _CLOSE for one, other in zip(ours, theirs, strict=True))
