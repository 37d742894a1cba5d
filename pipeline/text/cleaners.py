"""Cleaners: small named functions that say what of a raw text to replace.

A cleaner takes a text and returns edits; `clean_text` applies a chain of them and keeps one offset map from the result
to the raw text. The defaults mend what web extraction leaves (line ends, invisible characters, runs of NBSP, blank
lines, navigation lines) and touch nothing that a person would quote: width of digits, punctuation and wording stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from pipeline.text.offsets import Edit, OffsetMap, apply_edits

Cleaner = Callable[[str], list[Edit]]
"""From a text to the edits that clean it; the edits do not overlap."""

# Zero-width and directional marks, soft hyphen, byte order mark, and control characters other than \t \n \r.
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_NEWLINE = re.compile(r"\r\n|\r|\u2028|\u2029|\x85")
_SPACES = re.compile(r"[^\S\n]+")
_SPACED_LINES = re.compile(r"[^\S\n]*\n\s*")
_NAVIGATION = (
    r"回上页|返回顶部|返回首页|返回列表|打印本页|打印|关闭窗口|关闭|收藏|分享到?[:：]?.{0,20}"
    r"|上一[篇页].{0,60}|下一[篇页].{0,60}|字[号体][:：]?(?:\s*\[?[大中小]\]?){1,3}|扫一扫.{0,20}|点击.{0,10}下载.{0,10}"
)


def make_newlines() -> Cleaner:
    """RETURNS (Cleaner): CRLF, CR and Unicode line separators become one line feed."""
    return lambda text: [Edit(*match.span(), "\n") for match in _NEWLINE.finditer(text)]


def make_strip_invisible() -> Cleaner:
    """RETURNS (Cleaner): zero-width, directional and control characters go."""
    return lambda text: [Edit(*match.span()) for match in _INVISIBLE.finditer(text)]


def make_fold_spaces() -> Cleaner:
    """RETURNS (Cleaner): a run of spaces of any kind (NBSP, U+3000, tab) becomes one space; none at the text's ends."""

    def fold_spaces(text: str) -> list[Edit]:
        edits = []
        for match in _SPACES.finditer(text):
            at_edge = match.start() == 0 or match.end() == len(text)
            if at_edge or match.group() != " ":
                edits.append(Edit(*match.span(), "" if at_edge else " "))
        return edits

    return fold_spaces


def make_fold_lines() -> Cleaner:
    """RETURNS (Cleaner): blank lines and the spaces around line ends go; the text neither starts nor ends with any."""

    def fold_lines(text: str) -> list[Edit]:
        edits = []
        body = len(text) - len(text.lstrip())
        for match in _SPACED_LINES.finditer(text, body):
            last = match.end() == len(text)
            if last or match.group() != "\n":
                edits.append(Edit(*match.span(), "" if last else "\n"))
        if body:
            edits.append(Edit(0, body))
        return edits

    return fold_lines


def make_drop_lines(patterns: Sequence[str] = (_NAVIGATION,)) -> Cleaner:
    """Make a cleaner that drops boilerplate lines.

    patterns (Sequence[str]): regular expressions; a line that one of them matches whole, spaces aside, is dropped.
    RETURNS (Cleaner): the lines go, with their line ends.
    """
    compiled = re.compile(rf"^[^\S\n]*(?:{'|'.join(patterns)})[^\S\n]*(?:\n|\Z)", re.MULTILINE)
    return lambda text: [Edit(*match.span()) for match in compiled.finditer(text) if match.group()]


def make_fold_width() -> Cleaner:
    """RETURNS (Cleaner): full-width ASCII (１２．５％) becomes half width. No default: it changes the wording."""

    def fold_width(text: str) -> list[Edit]:
        return [
            Edit(position, position + 1, unicodedata.normalize("NFKC", char))
            for position, char in enumerate(text)
            if "\uff01" <= char <= "\uff5e"
        ]

    return fold_width


def default_cleaners() -> tuple[Cleaner, ...]:
    """RETURNS (tuple[Cleaner, ...]): what `clean` does unless a config says otherwise, in order."""
    return (make_newlines(), make_strip_invisible(), make_drop_lines(), make_fold_spaces(), make_fold_lines())


def clean_text(raw: str, cleaners: Iterable[Cleaner] | None = None) -> tuple[str, OffsetMap]:
    """Clean a text once, at ingest.

    raw (str): the text as it came.
    cleaners (Iterable[Cleaner] | None): what to do, in order; None for the defaults.
    RETURNS (tuple[str, OffsetMap]): the clean text, and where each of its characters came from.
    """
    text, offsets = raw, OffsetMap.identity(len(raw))
    for cleaner in default_cleaners() if cleaners is None else cleaners:
        edits = cleaner(text)
        if edits:
            text, step = apply_edits(text, edits)
            offsets = offsets.then(step)
    return text, offsets
