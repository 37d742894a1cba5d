"""The offset map between a raw text and its cleaned form.

Cleaning is a list of edits; applying them gives the new text and a map that knows, for every character that is left,
which stretch of the raw text it came from. Maps compose, so a chain of cleaners is one map. Code points, half-open.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace text[start:end] by `replacement` (start == end inserts, an empty replacement deletes)."""

    start: int
    end: int
    replacement: str = ""


class OffsetMap:
    """Where each character of a clean text came from.

    A character that was kept has a raw stretch of its own; every character of a replacement has the whole stretch that
    was replaced. Raw characters that were deleted belong to no clean character.
    """

    __slots__ = ("_ends", "_starts", "raw_length")

    def __init__(self, starts: Sequence[int], ends: Sequence[int], raw_length: int) -> None:
        if len(starts) != len(ends):
            raise ValueError("starts and ends differ in length")
        self._starts = array("q", starts)
        self._ends = array("q", ends)
        self.raw_length = raw_length

    @classmethod
    def identity(cls, length: int) -> OffsetMap:
        """RETURNS (OffsetMap): the map of a text that was not changed."""
        return cls(range(length), range(1, length + 1), length)

    @property
    def clean_length(self) -> int:
        """RETURNS (int): length of the clean text."""
        return len(self._starts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OffsetMap):
            return NotImplemented
        return (self.raw_length, self._starts, self._ends) == (other.raw_length, other._starts, other._ends)

    __hash__ = None  # type: ignore[assignment]

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """RETURNS (tuple): the raw stretch from the first to the last character of a clean span.

        RAISES (ValueError): unless 0 <= start < end <= clean_length.
        """
        if not 0 <= start < end <= self.clean_length:
            raise ValueError(f"[{start}, {end}) is no span of a text of {self.clean_length} characters")
        return self._starts[start], self._ends[end - 1]

    def to_clean(self, start: int, end: int) -> tuple[int, int] | None:
        """RETURNS (tuple | None): the clean span of all characters that come from a raw span; None if none is left."""
        first = bisect_right(self._ends, start)
        last = bisect_left(self._starts, end)
        return (first, last) if first < last else None

    def then(self, other: OffsetMap) -> OffsetMap:
        """RETURNS (OffsetMap): this map followed by another: raw → this clean → the other's clean.

        RAISES (ValueError): if the other map does not start where this one ends.
        """
        if other.raw_length != self.clean_length:
            raise ValueError(f"the maps do not meet: {self.clean_length} and {other.raw_length} characters")
        pairs = [
            (self._starts[start], self._ends[end - 1]) if start < end else (self._anchor(start),) * 2
            for start, end in zip(other._starts, other._ends, strict=True)
        ]
        return OffsetMap([start for start, _ in pairs], [end for _, end in pairs], self.raw_length)

    def _anchor(self, position: int) -> int:
        return self._starts[position] if position < self.clean_length else self.raw_length

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): {"raw_length", "runs"}.

        A run [raw_start, length] is kept text, character by character; a run [raw_start, raw_end, length] is one
        replacement of that length.
        """
        runs: list[list[int]] = []
        for start, end in zip(self._starts, self._ends, strict=True):
            last = runs[-1] if runs else None
            if end - start == 1:
                if last is not None and len(last) == 2 and sum(last) == start:
                    last[1] += 1
                else:
                    runs.append([start, 1])
            elif last is not None and len(last) == 3 and last[:2] == [start, end]:
                last[2] += 1
            else:
                runs.append([start, end, 1])
        return {"raw_length": self.raw_length, "runs": runs}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> OffsetMap:
        """RETURNS (OffsetMap): the map that `to_json` wrote."""
        starts: list[int] = []
        ends: list[int] = []
        for run in data["runs"]:
            if len(run) == 2:
                start, length = run
                starts.extend(range(start, start + length))
                ends.extend(range(start + 1, start + length + 1))
            else:
                start, end, length = run
                starts.extend([start] * length)
                ends.extend([end] * length)
        return cls(starts, ends, int(data["raw_length"]))


def apply_edits(text: str, edits: Iterable[Edit]) -> tuple[str, OffsetMap]:
    """Apply edits that do not overlap.

    text (str): the text before.
    edits (Iterable[Edit]): what to replace, in any order.
    RETURNS (tuple[str, OffsetMap]): the text after, and the map from it to the text before.
    RAISES (ValueError): if two edits overlap or one lies outside the text.
    """
    parts: list[str] = []
    starts = array("q")
    ends = array("q")
    position = 0
    for edit in sorted(edits):
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"{edit} overlaps another edit or lies outside a text of {len(text)} characters")
        parts.append(text[position : edit.start])
        starts.extend(range(position, edit.start))
        ends.extend(range(position + 1, edit.start + 1))
        parts.append(edit.replacement)
        starts.extend([edit.start] * len(edit.replacement))
        ends.extend([edit.end] * len(edit.replacement))
        position = edit.end
    parts.append(text[position:])
    starts.extend(range(position, len(text)))
    ends.extend(range(position + 1, len(text) + 1))
    return "".join(parts), OffsetMap(starts, ends, len(text))
