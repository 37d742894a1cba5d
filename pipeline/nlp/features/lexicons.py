"""Features of lexicons: jieba's dictionary with its tags, and lists of a user's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pipeline.core.jsonl import read_text, write_text
from pipeline.errors import InputError, MissingPartError, Problem
from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, fold, join, only_where, shift
from pipeline.nlp.features.jieba_dict import read_dictionary
from pipeline.nlp.features.matching import MAX_GROUPS, Entries, find_entries, make_entries

_TAG_GROUPS = {
    "nr": 1,
    "nrfg": 1,
    "nrt": 2,
    "ns": 3,
    "nt": 4,
    "nz": 5,
    "m": 6,
    "mq": 6,
    "t": 7,
    "i": 8,
    "l": 8,
    "v": 9,
    "vn": 10,
    "a": 11,
    "d": 12,
    "j": 13,
    "n": 14,
}
_OTHER_GROUP = 15


class LexiconFeatures:
    """Longest entries around every character, and the set of all of them."""

    def __init__(self, entries: Entries | None) -> None:
        self._entries = entries

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): longest match by place (begin, end, inside) at the row and beside it; all matches."""
        if self._entries is None:
            raise MissingPartError(
                Problem("E521", "the lexicon is not loaded", "train the model, or load it from disk")
            )
        best, bits = find_entries(batch.chars, self._entries)
        return lexicon_columns(best, bits)


def lexicon_columns(best: Codes, bits: Codes) -> Codes:
    """RETURNS (Codes): longest matches by place at the row and beside it, and the sets, from `find_entries`."""
    begin, end, inside = best[:, 0], best[:, 1], best[:, 2]
    group = np.uint64(31)
    columns = [
        only_where(begin > 0, begin),
        only_where(end > 0, end),
        only_where(inside > 0, inside),
        join(begin, end, inside),
        join(begin & group, end & group, inside & group),
        only_where(bits > 0, bits),
        only_where(shift(end, -1) > 0, shift(end, -1)),
        only_where(shift(begin, 1) > 0, shift(begin, 1)),
        join(shift(end, -1) & group, begin & group, inside & group),
        join(end & group, shift(begin, 1) & group, inside & group),
        join(shift(bits, -1), bits),
        join(bits, shift(bits, 1)),
    ]
    return np.stack(columns, axis=1)


class Lexicon(LexiconFeatures):
    """Lists of the user's own; the entries travel with the trained model, so the files may be gone by then."""

    def to_disk(self, path: Path) -> None:
        """Write the entries into a folder."""
        if self._entries is not None:
            path.mkdir(parents=True, exist_ok=True)
            write_text(path / "entries.txt", "\n".join(self._entries.words))
            np.save(path / "groups.npy", self._entries.groups, allow_pickle=False)

    def from_disk(self, path: Path) -> None:
        """Read the entries from a folder."""
        words = read_text(path / "entries.txt").split("\n")
        self._entries = make_entries(words, np.load(path / "groups.npy", allow_pickle=False))


def make_dictionary(*, shortest: int = 2) -> FeatureSource:
    """Make a source of jieba's dictionary with its tags. Registered as `biaozhu.Dictionary.v1`.

    shortest (int): shorter words are passed over.
    RETURNS (FeatureSource): the source.
    """
    rows = read_dictionary()  # grouped by its tags
    groups = [_TAG_GROUPS.get(tag, _OTHER_GROUP) for _, _, tag in rows]
    return LexiconFeatures(make_entries([word for word, _, _ in rows], groups, shortest=shortest))


def make_lexicon(*, lists: Mapping[str, str], shortest: int = 2) -> FeatureSource:
    """Make a source of word lists of one's own. Registered as `biaozhu.Lexicon.v1`.

    lists (Mapping[str, str]): for each group of names the path of a text file with one entry a line. A file that is
        missing is no error while a trained model is loaded, since the model brings the entries.
    shortest (int): shorter entries are passed over.
    RETURNS (FeatureSource): the source.
    RAISES (InputError): if there are too many lists, or a list holds no entry.
    """
    if len(lists) > MAX_GROUPS:
        raise InputError(Problem("E523", f"{len(lists)} lists in one lexicon", f"at most {MAX_GROUPS}; make two"))
    paths = {name: Path(path) for name, path in lists.items()}
    if not all(path.is_file() for path in paths.values()):
        return Lexicon(None)
    words: list[str] = []
    groups: list[int] = []
    for group, path in enumerate(paths.values(), 1):
        found = [fold(line.strip()) for line in read_text(path).splitlines() if line.strip()]
        words += found
        groups += [group] * len(found)
    return Lexicon(make_entries(words, groups, shortest=shortest))
