"""What two neighbours share: a unit (1409万、1305万人次), or a range of unlike ends (六个月至一年二个月)."""

from __future__ import annotations

import re
from decimal import Decimal

from pipeline.numbers.reading import Reading

_BETWEEN = re.compile(r"[、和及与與或×]|以及")
_CHANGE = re.compile("(?:[增升降减缩扩涨跌][长加少大减小低]?|提高|上升|下降|回落|发展|调整)[至到为]")
_FROM = frozenset("由从")
_CONNECTOR = re.compile(" ?(?:——|[-－—–―~～〜至到]) ?")
_CONNECTORS = frozenset("-－—–―~～〜至到 ")
_AMOUNT = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?) (?P<unit>[A-Z]{3})")
_DURATION = re.compile(r"P(?:T?[0-9]+(?:\.[0-9]+)?[A-Z])+")
_DAY = re.compile(r"[0-9X]{4}(?:-[0-9X]{2}){0,2}(?: (?:start|mid|end))?")
_CALENDAR_RULES = frozenset({"date", "word", "day", "iso", "lossy"})
_LABELS = frozenset({"QUANTITY", "MONEY", "PERCENT"})


def share_units(text: str, found: list[Reading]) -> None:
    """Give a number the unit of the next one where they are joined; changes the list.

    Joined are 1409万、1305万人次 and 由62万增至91万人; 2.2个和3.1个百分点 share what follows 个.
    """
    for index in range(len(found) - 2, -1, -1):
        reading, following = found[index], found[index + 1]
        if following.body is None or reading.body is None:
            continue
        if _are_points(text, reading, following):
            found[index] = reading._replace(label="PERCENT", body=f"{reading.body[:-2]} pp", rule="shared")
            continue
        if not reading.rule.startswith("bare"):
            continue
        if following.label not in _LABELS or " " not in following.body:
            continue
        if not _are_joined(text, reading, following):
            continue
        if text[reading.end] == "、" and _is_list_marker(text, reading):
            continue
        unit = following.body.rsplit(" ", 1)[1]
        if unit in ("%", "pp") and not text[reading.end - 1].isdigit():
            continue
        found[index] = reading._replace(
            label=following.label, body=f"{reading.body} {unit}", keep=following.keep, rule="shared"
        )


def _are_points(text: str, reading: Reading, following: Reading) -> bool:
    """Whether 个 in front of another number's 个百分点 is short for it."""
    is_short = (reading.body or "").endswith((" 个", " 個")) and (following.body or "").endswith(" pp")
    return (
        is_short
        and text[reading.end : reading.end + 1] in ("和", "及", "与", "與")
        and following.start == reading.end + 1
    )


def _are_joined(text: str, reading: Reading, following: Reading) -> bool:
    size = following.start - reading.end
    if size <= 2 and _BETWEEN.fullmatch(text, reading.end, following.start):
        return True
    return (
        size <= 4
        and text[reading.start - 1 : reading.start] in _FROM
        and _CHANGE.fullmatch(text, reading.end, following.start) is not None
    )


def _is_list_marker(text: str, reading: Reading) -> bool:
    before = text[reading.start - 1 : reading.start]
    return before in ("", "\n", "。", "\u3000", " ") and reading.end - reading.start <= 2


def join_ranges(text: str, found: list[Reading]) -> None:
    """Join two amounts of money, durations or dates that are the ends of a range; changes the list."""
    for index in range(len(found) - 2, -1, -1):
        reading, following = found[index], found[index + 1]
        if text[reading.end] not in _CONNECTORS or following.start - reading.end > 4:
            continue
        if not _CONNECTOR.fullmatch(text, reading.end, following.start) or text.startswith("今天", following.start):
            continue  # 至今 (until now) stays outside
        body = _range_of(reading, following)
        if body is not None:
            found[index : index + 2] = [reading._replace(end=following.end, body=body)]


def _range_of(first: Reading, last: Reading) -> str | None:
    """RETURNS (str | None): the value of the range of two readings; None if they are none."""
    if first.label != last.label or not (first.keep and last.keep) or first.inside or last.inside:
        return None
    low, high = first.body or "", last.body or ""
    if first.label == "MONEY":
        return _money_range(low, high)
    if _DURATION.fullmatch(low) and _DURATION.fullmatch(high):
        return f"{low}..{high}"
    is_date = first.rule in _CALENDAR_RULES and last.rule in _CALENDAR_RULES
    return f"{low}/{high}" if is_date and _DAY.fullmatch(low) and _DAY.fullmatch(high) else None


def _money_range(first: str, last: str) -> str | None:
    low, high = _AMOUNT.fullmatch(first), _AMOUNT.fullmatch(last)
    if low is None or high is None or low["unit"] != high["unit"] or Decimal(low["number"]) > Decimal(high["number"]):
        return None
    return f"{low['number']}..{high['number']} {low['unit']}"
