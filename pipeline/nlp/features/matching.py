"""Finding the entries of large lexicons in text: hashes of prefixes in an open-addressing table.

Every entry has a group (a small number). For each character the longest entry that begins there, ends there or runs
over it is reported with its group, and the set of all (place, group) pairs as bits. A million entries are a few arrays
of 64-bit hashes, so they load in a moment; an Aho-Corasick automaton of the same entries takes seconds to build.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.nlp.crf.lattice import build_slots
from pipeline.nlp.features.batch import Codes

LONGEST = 24
MAX_GROUPS = 16


@dataclass(frozen=True, slots=True)
class Entries:
    """A lexicon as arrays.

    keys: hash of each entry, and of each proper prefix that starts a longer one.
    groups: its group from 1, or 0 for a prefix that is no entry.
    """

    keys: NDArray[np.uint64]
    groups: NDArray[np.uint8]
    slots: NDArray[np.int32]


def make_entries(words: Sequence[str], groups: Sequence[int] | NDArray[np.uint8]) -> Entries:
    """Build a lexicon.

    words (Sequence[str]): the entries; longer than `LONGEST` characters are left out.
    groups (Sequence[int]): the group of each, 1 to `MAX_GROUPS`; of the same word the first counts.
    RETURNS (Entries): the lexicon.
    """
    kept = [(word, group) for word, group in zip(words, groups, strict=True) if 0 < len(word) <= LONGEST]
    lengths = np.array([len(word) for word, _ in kept], dtype=np.int64)
    data = "".join(word for word, _ in kept).encode("utf-32-le", "surrogatepass")
    chars = np.frombuffer(data, dtype=np.uint32).astype(np.uint64)
    keys, found = _prefixes(chars, lengths, np.array([group for _, group in kept], dtype=np.uint8))
    # Entries before bare prefixes, then the first of each key.
    order = np.argsort(found == 0, kind="stable")
    keys, first = np.unique(keys[order], return_index=True)
    return from_arrays(keys, found[order][first])


def from_arrays(keys: NDArray[np.uint64], groups: NDArray[np.uint8]) -> Entries:
    """RETURNS (Entries): a lexicon from the arrays of another."""
    size = 1 << max(4, int(2 * len(keys)).bit_length())
    return Entries(keys, groups, build_slots(keys, size))


@njit(cache=True)
def _prefixes(chars, lengths, groups):  # type: ignore[no-untyped-def]
    """RETURNS: hashes of all prefixes of all words, and the group of those that are the whole word."""
    keys = np.empty(len(chars), dtype=np.uint64)
    found = np.zeros(len(chars), dtype=np.uint8)
    at = 0
    for word in range(len(lengths)):
        code = np.uint64(0xCBF29CE484222325)
        for _ in range(lengths[word]):
            code = _extend(code, chars[at])
            keys[at] = code
            at += 1
        if lengths[word]:
            found[at - 1] = groups[word]
    return keys, found


@njit(cache=True)
def _extend(code, char):  # type: ignore[no-untyped-def]
    """RETURNS: the hash of a prefix that is one character longer."""
    code = (code ^ char) * np.uint64(0x9E3779B97F4A7C15)
    return code ^ (code >> np.uint64(32))


@njit(cache=True)
def _find(chars, keys, groups, slots, shortest):  # type: ignore[no-untyped-def]
    """RETURNS: per row and place (begin, end, inside): longest match's length × 32 + group; and the bits of all."""
    rows = len(chars)
    best = np.zeros((rows, 3), dtype=np.uint64)
    bits = np.zeros(rows, dtype=np.uint64)
    mask = np.uint64(len(slots) - 1)
    for first in range(rows):
        if chars[first] == 0:
            continue
        code = np.uint64(0xCBF29CE484222325)
        for row in range(first, min(rows, first + 24)):
            if chars[row] == 0:
                break
            code = _extend(code, chars[row])
            slot = (code >> np.uint64(1)) & mask
            index = slots[slot]
            while index >= 0 and keys[index] != code:
                slot = (slot + np.uint64(1)) & mask
                index = slots[slot]
            if index < 0:
                break
            length = row - first + 1
            if groups[index] > 0 and length >= shortest:
                value = np.uint64(length * 32 + groups[index])
                group = np.uint64(groups[index] - 1)
                best[first, 0] = max(best[first, 0], value)
                best[row, 1] = max(best[row, 1], value)
                bits[first] |= np.uint64(1) << group
                bits[row] |= np.uint64(1) << (group + np.uint64(16))
                for inner in range(first + 1, row):
                    best[inner, 2] = max(best[inner, 2], value)
                    bits[inner] |= np.uint64(1) << (group + np.uint64(32))
    return best, bits


def find_entries(chars: Codes, entries: Entries, *, shortest: int = 1) -> tuple[Codes, Codes]:
    """Find all entries in a batch's characters.

    chars (Codes): characters, 0 in the gaps.
    entries (Entries): the lexicon.
    shortest (int): shorter entries are passed over.
    RETURNS (tuple[Codes, Codes]): (rows, 3) length × 32 + group of the longest entry that begins, ends, or runs on at
        the row; (rows,) the set of all (place, group).
    """
    best, bits = _find(chars, entries.keys, entries.groups, entries.slots, shortest)
    return best, bits
