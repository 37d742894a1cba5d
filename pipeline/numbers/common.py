"""The short cut for the commonest shape: Arabic digits and a unit with nothing ambiguous around them (4.3万件, 6.2%).

Regexes built from the unit tables find the shape; its reading is made once for every surface by the full grammar and
kept. Whatever could be part of a range, a rate, a compound or a code is left to `quantities.read_number`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.numbers.amounts import read_amount
from pipeline.numbers.numerals import NUMERAL, read_numeral
from pipeline.numbers.reading import Reading
from pipeline.numbers.units import plain_units

_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[万亿]|千(?![瓦克赫伏卡焦帕米])|百(?![帕货姓分]))*")
# 5路 may be a bus line, which its context tells.
_UNITS = plain_units(r"(?<!路)(?![-每－—–―~～〜至到/／半级多余亿億 0-9０-９一二三四五六七八九零])")
# Ideographs and the punctuation of Chinese text; digits and letters of either width may be the front part of a code.
_BEFORE = frozenset("，。；：！？（）、“”‘’《》【】「」『』…· \n\r\t\xa0\u3000") | {""}
_NOT_BEFORE = frozenset("负負零")


def read_common(text: str, start: int) -> Reading | None:
    """RETURNS (Reading | None): the reading of an ordinary amount that starts at a place."""
    amount = _AMOUNT.match(text, start)
    units = None if amount is None else _UNITS.get(text[amount.end() : amount.end() + 1])
    match = None if units is None or amount is None else units.match(text, amount.end())
    if match is None:
        return None
    before = text[start - 1 : start]
    if before in _NOT_BEFORE or not ("\u4e00" <= before <= "\u9fff" or before in _BEFORE):
        return None
    label, body, keep, rule = _read_surface(text[start : match.end()])
    if not label:
        return None
    return Reading(start, match.end(), label, body, "", keep, rule)


@lru_cache(maxsize=1 << 16)
def _read_surface(surface: str) -> tuple[str, str | None, bool, str]:
    """RETURNS: label, body, keep and rule of an amount that stands alone; an empty label if it is no common one."""
    match = NUMERAL.match(surface)
    numeral = None if match is None else read_numeral(match.group())
    reading = None if match is None or numeral is None else read_amount(surface, 0, match.end(), numeral)
    if reading is None or reading.end != len(surface) or reading.inside:
        return "", None, False, ""
    return reading.label, reading.body, reading.keep, reading.rule
