"""Features of words: where a segmenter puts boundaries, its words and their parts of speech, in a window."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, join

Tagger = Callable[[str], list[tuple[str, str]]]
_POWERS = np.random.default_rng(20).integers(1, 2**63, size=64, dtype=np.uint64) | np.uint64(1)


@cache
def _tag_code(tag: str) -> int:
    code = 0
    for char in tag:
        code = code * 64 + (ord(char) & 63) + 1
    return code + 1


def hash_words(chars: Codes, begins: NDArray[np.int64], places: NDArray[np.int64]) -> Codes:
    """RETURNS (Codes): one hash for every word, from its characters and their places in it."""
    mixed = (chars + np.uint64(1)) * _POWERS[np.minimum(places, len(_POWERS) - 1)]
    return np.add.reduceat(mixed ^ (mixed >> np.uint64(31)), begins) | np.uint64(1)


class Words:
    """Words of a tagger, described at each of their characters."""

    def __init__(self, tag: Tagger) -> None:
        self._tag = tag

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): place in the word, words and tags at the character and to either side."""
        lengths: list[int] = []
        tags: list[int] = []
        rows: list[NDArray[np.int64]] = []
        breaks: list[int] = []
        for text, start in zip(batch.texts, batch.starts, strict=True):
            if text:
                words = self._tag(text)
                lengths += [len(word) for word, _ in words]
                tags += [_tag_code(tag) for _, tag in words]
                rows.append(np.arange(start, start + len(text)))
            # An empty word on either side keeps the words of two texts apart.
            breaks.append(len(lengths))
        columns = np.zeros((len(batch), 17), dtype=np.uint64)
        if not lengths:
            return columns
        where = np.concatenate(rows)
        columns[where] = _describe_words(batch.chars[where], np.array(lengths), np.array(tags, dtype=np.uint64), breaks)
        return columns


def _describe_words(chars: Codes, lengths: NDArray[np.int64], tags: NDArray[np.uint64], breaks: list[int]) -> Codes:
    """RETURNS (Codes): the columns of all characters, from the words in text order."""
    begins = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])[:-1]
    index = np.repeat(np.arange(len(lengths)), lengths)
    places = np.arange(len(chars)) - begins[index]
    left = lengths[index] - places
    part = np.where(lengths[index] == 1, 4, np.where(places == 0, 1, np.where(left == 1, 3, 2))).astype(np.uint64)
    words = hash_words(chars, begins, places)
    first = np.zeros(len(lengths) + 1, dtype=np.bool_)
    first[[0, *breaks]] = True

    def neighbour(column: Codes, offset: int) -> Codes:
        """The value of the word `offset` words away, 1 beyond the text's ends."""
        moved = np.ones_like(column)
        for _ in range(abs(offset)):
            source = column if _ == 0 else moved.copy()
            moved = np.ones_like(column)
            if offset < 0:
                moved[1:] = source[:-1]
                moved[first[:-1]] = 1
            else:
                moved[:-1] = source[1:]
                moved[first[1:]] = 1
        return moved

    size = np.minimum(lengths, 5).astype(np.uint64)
    before, after = neighbour(words, -1), neighbour(words, 1)
    tag_before, tag_after = neighbour(tags, -1), neighbour(tags, 1)
    tag_before2, tag_after2 = neighbour(tags, -2), neighbour(tags, 2)
    word, tag = words[index], tags[index]
    begin = (places == 0).astype(np.uint64)
    end = (left == 1).astype(np.uint64)
    return np.stack(
        [
            join(part, size[index]),
            join(part, tag),
            join(part, tag, size[index]),
            join(part, word),
            join(part, before[index]),
            join(part, after[index]),
            join(part, tag_before[index]),
            join(part, tag_after[index]),
            join(part, tag_before[index], tag),
            join(part, tag, tag_after[index]),
            join(part, tag_before[index], tag, tag_after[index]),
            join(part, tag_before2[index], tag_before[index]),
            join(part, tag_after[index], tag_after2[index]),
            join(part, before[index], word),
            join(part, word, after[index]),
            join(np.minimum(places, 6).astype(np.uint64), np.minimum(left, 6).astype(np.uint64), tag),
            join(begin, end, neighbour(words, -2)[index]),
        ],
        axis=1,
    )


def make_words() -> FeatureSource:
    """Make a source of words and parts of speech (rjieba). Registered as `biaozhu.Words.v1`.

    RETURNS (FeatureSource): the source.
    """
    import rjieba

    return Words(rjieba.tag)
