"""Features of what names are made of: known parts around a character, the ending ahead of it, brackets around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit

from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, fold, join, only_where
from pipeline.nlp.features.known_names import KNOWN
from pipeline.nlp.features.lexicons import LexiconFeatures, lexicon_columns
from pipeline.nlp.features.matching import Entries, find_entries, make_entries
from pipeline.nlp.features.name_tables import PARTS

_REACH = 14
_BARS = np.array(
    sorted(ord(char) for char in '，。！？；：、,!?;:\n "“”《》（）()「」『』【】[]<>〈〉…'), dtype=np.uint64
)
_OPENERS = np.array([ord(char) for char in "《“（「『【(〈"], dtype=np.uint64)
_CLOSERS = np.array([ord(char) for char in "》”）」』】)〉"], dtype=np.uint64)
_WIDEST = 40


@dataclass(frozen=True, slots=True)
class NameParts:
    """Known parts of names (countries, surnames, titles, endings by label) and the nearest ending ahead."""

    entries: Entries

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): the columns of a lexicon; the nearest endings ahead and behind with their distances."""
        best, bits = find_entries(batch.chars, self.entries)
        bars = np.isin(batch.chars, _BARS) | (batch.chars == 0)
        ahead, behind = _nearest(best[:, 1], bars, _REACH)
        group = np.uint64(31)
        extra = [
            only_where(ahead > 0, ahead),
            only_where(ahead > 0, ahead & group),
            only_where(behind > 0, behind),
            join(ahead & group, best[:, 0] & group, best[:, 2] & group),
        ]
        return np.concatenate([lexicon_columns(best, bits), np.stack(extra, axis=1)], axis=1)


def make_name_parts() -> FeatureSource:
    """Make a source of what names are made of. Registered as `biaozhu.NameParts.v1`.

    RETURNS (FeatureSource): the source.
    """
    return NameParts(_entries_of(PARTS))


def make_known_names() -> FeatureSource:
    """Make a source of names that any newspaper reader knows, by label. Registered as `biaozhu.KnownNames.v1`.

    RETURNS (FeatureSource): the source.
    """
    return LexiconFeatures(_entries_of(KNOWN | {"pair": " ".join(_pairs())}, shortest=2))


def _pairs() -> list[str]:
    """RETURNS (list[str]): short names of two countries or two provinces side by side: 中越, 俄乌, 川渝."""
    countries, provinces = PARTS["country_short"].split(), PARTS["province_short"].split()
    leading = [name for name in countries if name in "中美俄日韩朝印巴以伊英法德澳"]
    found = [first + second for first in leading for second in countries if first != second]
    return [*found, *(first + second for first in provinces for second in provinces if first != second)]


def _entries_of(table: Mapping[str, str], *, shortest: int = 1) -> Entries:
    """RETURNS (Entries): the words of a table, its keys as groups in their order."""
    words = [(fold(word), group) for group, text in enumerate(table.values(), 1) for word in text.split()]
    return make_entries([word for word, _ in words], [group for _, group in words], shortest=shortest)


@dataclass(frozen=True, slots=True)
class Brackets:
    """Brackets and quotation marks: what a character stands in, how far from the edges, how the content ends."""

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): kind, distances to both edges, length, and last characters of the bracketed content."""
        kind, left, right = _enclosed(batch.chars, _OPENERS, _CLOSERS, _WIDEST)
        inside = kind > 0
        rows = np.arange(len(batch))
        last = np.where(inside, rows + right.astype(np.int64) - 1, 0)
        first = np.where(inside, rows - left.astype(np.int64) + 1, 0)
        near, far = np.minimum(left, 4), np.minimum(right, 4)
        size = np.minimum((left + right) // 3, 8)
        end = join(batch.chars[last], batch.chars[np.maximum(last - 1, 0)])
        columns = [
            join(kind, near, far),
            join(kind, near, far, size),
            join(kind, batch.chars[last], near, far),
            join(kind, end, near, far),
            join(kind, batch.chars[first], near, far),
            join(kind, size, batch.chars[np.minimum(last + 2, len(rows) - 1)], near, far),
        ]
        return np.stack([only_where(inside, column) for column in columns], axis=1)


def make_brackets() -> FeatureSource:
    """Make a source of brackets and quotation marks. Registered as `biaozhu.Brackets.v1`.

    RETURNS (FeatureSource): the source.
    """
    return Brackets()


@njit(cache=True)
def _nearest(ends, bars, reach):  # type: ignore[no-untyped-def]
    """RETURNS: per row group + 32 × distance of the nearest entry that ends ahead, and behind, up to the next bar."""
    rows = len(ends)
    ahead = np.zeros(rows, dtype=np.uint64)
    behind = np.zeros(rows, dtype=np.uint64)
    value, distance = np.uint64(0), 0
    for row in range(rows - 1, -1, -1):
        if bars[row]:
            value = np.uint64(0)
            continue
        distance += 1
        if value > 0 and distance <= reach:
            ahead[row] = value + np.uint64(32 * min(distance, 6))
        if ends[row] > 64:  # of two characters and more
            value, distance = ends[row] & np.uint64(31), 0
    value = np.uint64(0)
    for row in range(rows):
        if bars[row]:
            value = np.uint64(0)
            continue
        distance += 1
        if value > 0 and distance <= reach:
            behind[row] = value + np.uint64(32 * min(distance, 6))
        if ends[row] > 64:
            value, distance = ends[row] & np.uint64(31), 0
    return ahead, behind


@njit(cache=True)
def _enclosed(chars, openers, closers, widest):  # type: ignore[no-untyped-def]
    """RETURNS: per row the kind of the innermost bracket pair around it (0: none) and the distances to both marks."""
    rows = len(chars)
    kind = np.zeros(rows, dtype=np.uint64)
    left = np.zeros(rows, dtype=np.uint64)
    right = np.zeros(rows, dtype=np.uint64)
    for row in range(rows):
        for number in range(len(openers)):
            if chars[row] == openers[number]:
                for end in range(row + 1, min(rows, row + widest + 2)):
                    if chars[end] == 0 or chars[end] == 10 or chars[end] == openers[number]:
                        break
                    if chars[end] == closers[number]:
                        for inner in range(row + 1, end):
                            kind[inner] = number + 1
                            left[inner] = inner - row
                            right[inner] = end - inner
                        break
    return kind, left, right
