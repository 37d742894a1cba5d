"""Features of the characters themselves: n-grams in a window and character classes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, join, shift

_NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿两几多余半")
_DATE_WORDS = frozenset("年月日号时分秒")
_OPENERS = frozenset('《“‘「『（([{〈【"')
_CLOSERS = frozenset("》”’」』）)]}〉】")
_STOPS = frozenset("。！？!?；;\n")


@dataclass(frozen=True, slots=True)
class CharNgrams:
    """Single characters, pairs, triples and quadruples around every character."""

    window: int
    longest: int

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): one column for every place and length."""
        at = {offset: shift(batch.chars, offset) for offset in range(-self.window, self.window + 1)}
        columns = [join(at[offset]) for offset in at]
        for size in range(2, self.longest + 1):
            reach = min(2, self.window) if size == 2 else min(size - 1, self.window)
            for first in range(-reach, min(reach, self.window) - size + 2):
                columns.append(join(*(at[first + step] for step in range(size))))
        columns.append(join(at[-1], at[1]))
        return np.stack(columns, axis=1)


def make_char_ngrams(*, window: int = 3, longest: int = 4) -> FeatureSource:
    """Make a source of character n-grams. Registered as `biaozhu.CharNgrams.v1`.

    window (int): how many characters to either side are looked at.
    longest (int): length of the longest n-grams; those of three and more contain the character itself.
    RETURNS (FeatureSource): the source.
    """
    return CharNgrams(window, longest)


@dataclass(frozen=True, slots=True)
class CharClasses:
    """Character classes in a window, alone and together."""

    window: int

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): classes at each place, and of three and five places together."""
        classes = char_classes(batch.chars)
        at = {offset: shift(classes, offset) for offset in range(-self.window, self.window + 1)}
        columns = [join(at[offset]) for offset in at]
        columns.append(join(at[-1], at[0], at[1]))
        if self.window >= 2:
            columns.append(join(at[-2], at[-1], at[0], at[1], at[2]))
        return np.stack(columns, axis=1)


def make_char_classes(*, window: int = 2) -> FeatureSource:
    """Make a source of character classes. Registered as `biaozhu.CharClasses.v1`.

    window (int): how many characters to either side are looked at.
    RETURNS (FeatureSource): the source.
    """
    return CharClasses(window)


@cache
def _class_table() -> NDArray[np.uint64]:
    """RETURNS (NDArray): class number of every character of the basic plane."""
    return np.array([_class(chr(code)) for code in range(0x10000)], dtype=np.uint64)


def _class(char: str) -> int:
    sets = (_NUMERALS, _DATE_WORDS, _OPENERS, _CLOSERS, _STOPS)
    for number, members in enumerate(sets, 2):
        if char in members:
            return number
    if char == "\0":
        return 1
    if "\u3400" <= char <= "\u9fff":
        return 10
    category = unicodedata.category(char)
    known = {"Nd": 11, "Lu": 12, "Ll": 13, "Zs": 14, "Pd": 15, "Sc": 16, "Po": 17}
    special = {"、": 18, "，": 19, ",": 19, "·": 20, "•": 20, "%": 21, ".": 22, ":": 23}
    return special.get(char) or known.get(category, 24)


def char_classes(chars: Codes) -> Codes:
    """RETURNS (Codes): the class of every character: digit, numeral, capital, bracket, Han, …"""
    table = _class_table()
    return np.where(chars < 0x10000, table[np.minimum(chars, 0xFFFF).astype(np.int64)], np.uint64(25))
