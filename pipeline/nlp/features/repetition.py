"""Features of repetition within a document: names come back, and mostly whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, join, only_where


@dataclass(frozen=True, slots=True)
class Repetition:
    """For every character the longest stretch around it that stands elsewhere in its document too."""

    longest: int

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): length of the repeated stretch that begins and that ends here, and both together."""
        ahead, behind = _repeats(batch.chars, batch.ranges, self.longest)
        return np.stack([only_where(ahead > 1, ahead), only_where(behind > 1, behind), join(ahead, behind)], axis=1)


def make_repetition(*, longest: int = 8) -> FeatureSource:
    """Make a source of repetition within the document. Registered as `biaozhu.Repetition.v1`.

    longest (int): longer stretches count as this long.
    RETURNS (FeatureSource): the source.
    """
    return Repetition(longest)


@njit(cache=True)
def _repeats(chars, ranges, longest):  # type: ignore[no-untyped-def]
    """RETURNS: per row the length of the longest repeated stretch that begins there, and that ends there."""
    ahead = np.zeros(len(chars), dtype=np.uint64)
    behind = np.zeros(len(chars), dtype=np.uint64)
    for text in range(len(ranges)):
        start, end = ranges[text, 0], ranges[text, 1]
        codes = np.zeros(end - start, dtype=np.uint64)
        for size in range(1, longest + 1):
            for row in range(start, end - size + 1):
                code = (codes[row - start] ^ chars[row + size - 1]) * np.uint64(0x9E3779B97F4A7C15)
                codes[row - start] = code ^ (code >> np.uint64(32))
            count = max(0, end - start - size + 1)
            order = np.argsort(codes[:count])
            for place in range(count):
                same = place > 0 and codes[order[place]] == codes[order[place - 1]]
                same = same or (place + 1 < count and codes[order[place]] == codes[order[place + 1]])
                if same:
                    row = start + order[place]
                    ahead[row] = size
                    behind[row + size - 1] = size
    return ahead, behind
