"""What a reader says about a place: span, label, value without modifier, and which rule it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Reading(NamedTuple):
    """One reading of a place.

    start (int), end (int): code points, half-open.
    label (str): its label.
    body (str | None): canonical value without modifier.
    inside (str): modifier that 多, 余, 几 or 来 inside the number means.
    keep (bool): whether the grammar alone says that it is a number.
    rule (str): the rule that read it.
    meta (Mapping): both readings of an ambiguous date.
    """

    start: int
    end: int
    label: str
    body: str | None
    inside: str
    keep: bool
    rule: str
    meta: Mapping[str, Any] = {}
