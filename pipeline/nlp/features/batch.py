"""A batch of texts laid out for feature sources: one flat array of characters with gaps between the texts.

The gaps are wider than any window, so that shifting a column never reaches into another text. A source gets a
`TextBatch` and returns a (rows, columns) array of 64-bit codes, 0 for "no feature"; rows in the gaps are ignored.
Characters are folded one to one (full-width forms and odd spaces), so that offsets stay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numba import njit
from numpy.typing import NDArray
from spacy.tokens import Doc

GAP = 8
Codes = NDArray[np.uint64]
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys((0x3000, 0xA0, 0x2003, 0x2002), 0x20)
_FOLDED_CHARS = frozenset(map(chr, _FOLD))
_STOPS = np.array([ord(char) for char in "。！？!?；\n"], dtype=np.uint64)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def fold(text: str) -> str:
    """RETURNS (str): the text with full-width ASCII and odd spaces folded; of the same length."""
    return text.translate(_FOLD)


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Texts side by side.

    docs (Sequence[Doc]): the Docs.
    texts (tuple[str, ...]): their folded texts.
    chars (Codes): code points of all of them, with `GAP` zeros before, between and after.
    starts (NDArray[np.int64]): row of the first character of each text.
    """

    docs: Sequence[Doc]
    texts: tuple[str, ...]
    chars: Codes
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.chars)

    @property
    def ranges(self) -> NDArray[np.int64]:
        """RETURNS (NDArray): (texts, 2) first row and end of every text."""
        lengths = np.array([len(text) for text in self.texts], dtype=np.int64)
        return np.stack([self.starts, self.starts + lengths], axis=1)


def make_batch(docs: Sequence[Doc]) -> TextBatch:
    """RETURNS (TextBatch): the batch of some Docs of one token a code point."""
    texts = tuple(fold(doc.text) for doc in docs)
    gap = "\0" * GAP
    joined = gap + "".join(text + gap for text in texts)
    chars = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    lengths = np.array([len(text) + GAP for text in texts], dtype=np.int64)
    starts = GAP + np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])[:-1]
    return TextBatch(docs, texts, chars, starts)


def sentence_rows(chars: Codes, start: int, end: int, keep: NDArray[np.bool_] | None = None) -> list[tuple[int, int]]:
    """Cut one Doc into sentences.

    chars (Codes): the batch's characters.
    start, end (int): the Doc's rows.
    keep (NDArray[np.bool_] | None): its characters after which must be no cut.
    RETURNS (list): (start, end) rows of the sentences.
    """
    stops = np.isin(chars[start:end], _STOPS)
    if keep is not None:
        stops &= ~keep
    edges = [start, *(np.flatnonzero(stops) + start + 1).tolist(), end]
    return [(left, right) for left, right in pairwise(edges) if left < right]


def mark_places(places: Codes, start: int, end: int) -> None:
    """Write where in a span its characters [start, end) stand: 1 first, 2 within, 3 last, 4 alone."""
    places[start:end] = 2
    places[start], places[end - 1] = 1, 3
    if end - start == 1:
        places[start] = 4


@cache
def name_code(name: str) -> int:
    """RETURNS (int): a number from 1 for the name of a label or a rule, the same in every process."""
    code: int = 1 + sum(ord(char) * 31**number for number, char in enumerate(name)) % 1_000_003
    return code


FeatureSource = Callable[[TextBatch], Codes]
"""Describes every character of a batch: (rows, columns) codes, 0 for none."""


@runtime_checkable
class StoredSource(Protocol):
    """A source with content of its own (a user's lexicon, another model) that must travel with the trained model."""

    def to_disk(self, path: Path) -> None:
        """Write the content into a folder."""
        ...

    def from_disk(self, path: Path) -> None:
        """Read the content back."""
        ...


def shift(column: NDArray[np.uint64], offset: int) -> Codes:
    """RETURNS (Codes): for every row the value `offset` rows further on; 0 beyond the ends."""
    if offset == 0:
        return column
    moved = np.zeros_like(column)
    if offset > 0:
        moved[:-offset] = column[offset:]
    else:
        moved[-offset:] = column[:offset]
    return moved


def join(*columns: NDArray[np.uint64]) -> Codes:
    """RETURNS (Codes): one code for the combination of several columns, each at its place."""
    code = columns[0] * _ODD
    for column in columns[1:]:
        code = (code ^ (code >> np.uint64(29))) * _MIX + column * _ODD
    return code | np.uint64(1)


def only_where(condition: NDArray[np.bool_], column: NDArray[np.uint64]) -> Codes:
    """RETURNS (Codes): the column with 0 where the condition does not hold."""
    return np.where(condition, column, np.uint64(0))


def describe(batch: TextBatch, sources: Mapping[str, FeatureSource]) -> Codes:
    """All features of a batch: the columns of all sources, each salted with its source's name and its number.

    batch (TextBatch): the texts.
    sources (Mapping[str, FeatureSource]): sources by name; their order does not change a code.
    RETURNS (Codes): (rows, all columns); 0 means none.
    """
    parts = [(name, source(batch)) for name, source in sources.items()]
    described = np.empty((len(batch), sum(codes.shape[1] for _, codes in parts)), dtype=np.uint64)
    first = 0
    for name, codes in parts:
        salts = np.array([_salt(name, column) for column in range(codes.shape[1])], dtype=np.uint64)
        _salt_codes(codes, salts, described, first)
        first += codes.shape[1]
    return described


@njit(cache=True)
def _salt_codes(codes, salts, out, first):  # type: ignore[no-untyped-def]
    """Mix every code with its column's salt into the columns of `out` from `first` on; 0 stays 0."""
    for row in range(codes.shape[0]):
        for column in range(codes.shape[1]):
            code = codes[row, column]
            if code != np.uint64(0):
                code = (code ^ salts[column]) * np.uint64(0x9E3779B97F4A7C15)
                code = (code ^ (code >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
                code = (code ^ (code >> np.uint64(29))) | np.uint64(1)
            out[row, first + column] = code


@cache
def _salt(name: str, column: int) -> int:
    """RETURNS (int): 64-bit FNV-1a hash of the source's name and the column's number."""
    code = 0xCBF29CE484222325
    for byte in f"{name}/{column}".encode():
        code = ((code ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return code
