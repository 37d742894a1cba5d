"""Comparison of the values of a gold and a predicted number, whole and in parts.

Two values are the same when their canonical strings are: null equals null, "P12M" is not "P1Y", and a unit counts as
written. A part is compared only where gold has it, so each part has a denominator of its own.
"""

from __future__ import annotations

from functools import lru_cache

from pipeline.core.spans import CharSpan
from pipeline.core.value_types import Amount, Date, Value, When
from pipeline.core.values import ValueFormatError, parse_value

PARTS = ("amount", "unit", "modifier", "date", "date_month", "date_year")
"""What is compared beside the whole value. "date" is a calendar date in full, the next two its month and year only."""


@lru_cache(maxsize=65_536)
def _parse(text: str | None, label: str) -> Value | None:
    if text is None:
        return None
    try:
        return parse_value(text, label)
    except ValueFormatError:
        return None


def same_value(gold: CharSpan, pred: CharSpan) -> bool:
    """RETURNS (bool): whether two numbers have the same value; null equals null."""
    return gold.value == pred.value


@lru_cache(maxsize=65_536)
def compare_parts(gold_value: str | None, pred_value: str | None, label: str) -> tuple[tuple[str, bool], ...]:
    """Compare two values part by part.

    gold_value (str | None): canonical value of the gold number.
    pred_value (str | None): canonical value of the prediction.
    label (str): the label of both.
    RETURNS (tuple): a part of PARTS that gold has, and whether the prediction has the same; empty without gold value.
    """
    gold, pred = _parse(gold_value, label), _parse(pred_value, label)
    if gold is None:
        return ()
    found: list[tuple[str, bool]] = [("modifier", pred is not None and gold.modifier == pred.modifier)]
    if isinstance(gold.body, Amount):
        found.append(("amount", pred is not None and gold.number == pred.number))
        if gold.unit is not None:
            found.append(("unit", pred is not None and gold.unit == pred.unit))
    if isinstance(gold.body, When) and isinstance(gold.body.first, Date):
        found.append(("date", gold_value == pred_value))
        for size in ("month", "year"):
            wanted = _coarse(gold, size)
            if wanted is not None:
                found.append((f"date_{size}", pred is not None and wanted == _coarse(pred, size)))
    return tuple(found)


def _coarse(value: Value, size: str) -> tuple[str, ...] | None:
    """The years, or years and months (or quarters, halves, seasons), of a date or a range of dates."""
    if not isinstance(value.body, When):
        return None
    ends: list[str] = []
    for date in (value.body.first, value.body.last):
        if date is None:
            continue
        if not isinstance(date, Date) or (size == "month" and date.rest is None):
            return None
        ends.append(date.year if size == "year" else f"{date.year}-{str(date.rest)[:2]}")
    return tuple(ends)
