"""The sparse weights of a CRF, and the same packed for tagging: one look-up a feature, one pass over a row.

`SparseWeights` is what training gives and a model saves. Packing puts key and place of a feature into one 64-bit cell
of an open-addressing table, tag and weight side by side, and features of many tags into rows that are added whole; the
sums are the same bits, since every tag still gets its terms in the order of the columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.nlp.features.batch import Codes

_FEW = 3
"""Features with more tags than this are packed as whole rows."""
_ROWS = 1 << 30
"""Places from here on are numbers of whole rows."""


@dataclass(frozen=True, slots=True)
class SparseWeights:
    """Weights by feature.

    keys: (features,) 64-bit code of every feature.
    offsets: (features + 1,) the (tag, weight) pairs of feature f are at offsets[f]:offsets[f + 1].
    tags, values: (pairs,) tag and weight.
    """

    keys: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    tags: NDArray[np.int16]
    values: NDArray[np.float32]

    def pruned(self, threshold: float) -> SparseWeights:
        """RETURNS (SparseWeights): the same without weights up to the threshold and features that have none left."""
        keep = np.abs(self.values) > threshold
        owners = np.repeat(np.arange(len(self.keys)), np.diff(self.offsets))[keep]
        sizes = np.bincount(owners, minlength=len(self.keys))
        alive = sizes > 0
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes[alive])]).astype(np.int64)
        return SparseWeights(self.keys[alive], offsets, self.tags[keep], self.values[keep])


@dataclass(frozen=True, slots=True)
class PackedWeights:
    """Weights laid out for tagging.

    table: (cells,) upper half of a key above the feature's place + 1; 0 where there is none. Only the upper half is
        compared, so that an unknown code is taken for a feature with a probability of 2^-32 a cell that is looked at.
    pairs: (pairs, 2) tag and weight; the last pair of a feature has its tag as -1 - tag.
    rows: (features of many tags, tags) weights.
    """

    table: NDArray[np.uint64]
    pairs: NDArray[np.float32]
    rows: NDArray[np.float32]

    def scores(self, codes: Codes) -> NDArray[np.float32]:
        """RETURNS (NDArray): (rows, tags) sums of the weights of the codes in each row; unknown codes add nothing."""
        found: NDArray[np.float32] = _add_up(codes, self.table, self.pairs, self.rows)
        return found


def pack(weights: SparseWeights, tags: int) -> PackedWeights:
    """RETURNS (PackedWeights): the weights for tagging; `tags` is how many tags there are."""
    sizes = np.diff(weights.offsets)
    wide = np.flatnonzero(sizes > _FEW)
    rows = np.zeros((len(wide), tags), dtype=np.float32)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    number = np.full(len(sizes), -1, dtype=np.int64)
    number[wide] = np.arange(len(wide))
    inside = number[owners] >= 0
    rows[number[owners[inside]], weights.tags[inside]] = weights.values[inside]
    places = np.where(number >= 0, number + _ROWS, weights.offsets[:-1])
    tag = weights.tags.astype(np.float32)
    last = weights.offsets[1:][sizes > 0] - 1
    tag[last] = -1 - tag[last]
    cells = 1 << max(4, int(4 * len(sizes)).bit_length())
    table = _fill(weights.keys, places, sizes, cells)
    return PackedWeights(table, np.stack([tag, weights.values], axis=1), rows)


@njit(cache=True)
def _fill(keys, places, sizes, cells):  # type: ignore[no-untyped-def]
    """RETURNS: the table of all features that have weights."""
    table = np.zeros(cells, dtype=np.uint64)
    mask = np.uint64(cells - 1)
    for feature in range(len(keys)):
        if sizes[feature] == 0:
            continue
        cell = (keys[feature] >> np.uint64(1)) & mask
        while table[cell] != 0:
            cell = (cell + np.uint64(1)) & mask
        upper = (keys[feature] >> np.uint64(32)) << np.uint64(32)
        table[cell] = upper | np.uint64(places[feature] + 1)
    return table


@njit(cache=True)
def _add_up(codes, table, pairs, wide):  # type: ignore[no-untyped-def]
    """RETURNS: (rows, tags) sums. All first cells of a row are read before any is used, so that the reads overlap."""
    rows, columns = codes.shape
    tags = wide.shape[1]
    scores = np.zeros((rows, tags), dtype=np.float32)
    mask, half, low = np.uint64(len(table) - 1), np.uint64(32), np.uint64(0xFFFFFFFF)
    first = np.empty(columns, dtype=np.uint64)
    places = np.empty(columns, dtype=np.int64)
    for row in range(rows):
        for column in range(columns):
            first[column] = table[(codes[row, column] >> np.uint64(1)) & mask]
        size = 0
        for column in range(columns):
            code, entry = codes[row, column], first[column]
            if code == np.uint64(0) or entry == np.uint64(0):
                continue
            # The low bit of a code is always set, so the cell comes from the bits above it.
            cell = (code >> np.uint64(1)) & mask
            while entry != np.uint64(0) and entry >> half != code >> half:
                cell = (cell + np.uint64(1)) & mask
                entry = table[cell]
            if entry != np.uint64(0):
                places[size] = np.int64(entry & low) - 1
                size += 1
        total = scores[row]
        for number in range(size):
            place = places[number]
            if place >= _ROWS:
                weights = wide[place - _ROWS]
                for tag in range(tags):
                    total[tag] += weights[tag]
                continue
            while pairs[place, 0] >= 0:
                total[np.int64(pairs[place, 0])] += pairs[place, 1]
                place += 1
            total[-1 - np.int64(pairs[place, 0])] += pairs[place, 1]
    return scores
