"""Shared units: in 1409万、1305万人次 the unit written once serves both numbers."""

from __future__ import annotations

import re

from pipeline.numbers.reading import Reading

_BETWEEN = re.compile(r"[、和及与與或]|以及")
_LABELS = frozenset({"QUANTITY", "MONEY", "PERCENT"})


def share_units(text: str, found: list[Reading]) -> None:
    """Give a bare number the label and unit of the next one, where only 、 or 和 is between them; changes the list."""
    for index in range(len(found) - 2, -1, -1):
        reading, following = found[index], found[index + 1]
        if not reading.rule.startswith("bare") or following.body is None or reading.body is None:
            continue
        if following.label not in _LABELS or " " not in following.body:
            continue
        if following.start - reading.end > 2 or not _BETWEEN.fullmatch(text, reading.end, following.start):
            continue
        if text[reading.end] == "、" and _is_list_marker(text, reading):
            continue
        unit = following.body.rsplit(" ", 1)[1]
        if unit in ("%", "pp") and not text[reading.end - 1].isdigit():
            continue
        found[index] = reading._replace(
            label=following.label, body=f"{reading.body} {unit}", keep=following.keep, rule="shared"
        )


def _is_list_marker(text: str, reading: Reading) -> bool:
    before = text[reading.start - 1 : reading.start]
    return before in ("", "\n", "。", "\u3000", " ") and reading.end - reading.start <= 2
