"""Finding the entries of large lexicons in text, by the Aho-Corasick automaton of the package ahocorasick_rs.

Every entry has a group (a small number). For each character the longest entry that begins there, ends there or runs
over it is reported with its group, and the set of all (place, group) pairs as bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from ahocorasick_rs import AhoCorasick
from numba import njit
from numpy.typing import NDArray

from pipeline.nlp.features.batch import Codes

MAX_GROUPS = 16
_SURROGATES = (0xD800, 0xDFFF)
_UNKNOWN = 0xFFFD


@dataclass(frozen=True, slots=True)
class Entries:
    """A lexicon.

    words (tuple[str, ...]): its entries, each once.
    groups (NDArray[np.uint8]): the group of each, from 1.
    automaton (AhoCorasick): finds them.
    """

    words: tuple[str, ...]
    groups: NDArray[np.uint8]
    automaton: AhoCorasick


def make_entries(words: Sequence[str], groups: Sequence[int] | NDArray[np.uint8], *, shortest: int = 1) -> Entries:
    """Build a lexicon.

    words (Sequence[str]): the entries.
    groups (Sequence[int]): the group of each, 1 to `MAX_GROUPS`; of the same word the first counts.
    shortest (int): shorter entries are left out.
    RETURNS (Entries): the lexicon.
    """
    first: dict[str, int] = {}
    for word, group in zip(words, groups, strict=True):
        if len(word) >= shortest:
            first.setdefault(word, int(group))
    kept = tuple(first)
    return Entries(kept, np.array(list(first.values()), dtype=np.uint8), AhoCorasick(kept, store_patterns=False))


def find_entries(chars: Codes, entries: Entries) -> tuple[Codes, Codes]:
    """Find all entries in a batch's characters.

    chars (Codes): characters, 0 in the gaps.
    entries (Entries): the lexicon.
    RETURNS (tuple[Codes, Codes]): (rows, 3) length × 32 + group of the longest entry that begins, ends, or runs on at
        the row; (rows,) the set of all (place, group).
    """
    found = entries.automaton.find_matches_as_indexes(_to_text(chars), overlapping=True)
    matches = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=3 * len(found)).reshape(-1, 3)
    best, bits = _mark(matches, entries.groups, len(chars))
    return best, bits


def _to_text(chars: Codes) -> str:
    """RETURNS (str): the characters; a lone surrogate, which no entry holds and Rust does not take, as U+FFFD."""
    low, high = _SURROGATES
    return np.where((chars >= low) & (chars <= high), _UNKNOWN, chars).astype("<u4").tobytes().decode("utf-32-le")


@njit(cache=True)
def _mark(matches, groups, rows):  # type: ignore[no-untyped-def]
    """RETURNS: per row and place (begin, end, inside): longest match's length × 32 + group; and the bits of all."""
    best = np.zeros((rows, 3), dtype=np.uint64)
    bits = np.zeros(rows, dtype=np.uint64)
    for match in range(len(matches)):
        entry, start, end = matches[match]
        value = np.uint64((end - start) * 32 + groups[entry])
        group = np.uint64(groups[entry] - 1)
        best[start, 0] = max(best[start, 0], value)
        best[end - 1, 1] = max(best[end - 1, 1], value)
        bits[start] |= np.uint64(1) << group
        bits[end - 1] |= np.uint64(1) << (group + np.uint64(16))
        for inner in range(start + 1, end - 1):
            best[inner, 2] = max(best[inner, 2], value)
            bits[inner] |= np.uint64(1) << (group + np.uint64(32))
    return best, bits
