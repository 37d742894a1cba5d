"""More gold from gold: copies of documents in which names are replaced by other names of their kind.

A few thousand gold names teach a model those names; copies with names from jieba's dictionary teach it contexts,
and to trust what it knows of a word. Names are replaced by others of the same build (a 县 by a 县, a river by a river,
a surname and given name by others), the same name by the same new one within a copy. Offsets move along. Where `pairs`
is set, some countries and provinces become two short names side by side (越南 → 中越, "Vietnam" → "China and Vietnam"),
each a name of its own: news is full of such pairs, and a corpus that shuns repetition is not.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial

from spacy.tokens import Doc

from pipeline.core.spans import CharSpan
from pipeline.errors import ConfigError, Problem
from pipeline.nlp.docs import doc_entities, make_char_doc, set_entities
from pipeline.nlp.features.jieba_dict import read_dictionary
from pipeline.nlp.features.known_names import KNOWN
from pipeline.nlp.features.name_tables import PARTS

Augmenter = Callable[[Sequence[Doc]], Iterator[Doc]]
_HAN = re.compile("[\u4e00-\u9fff]+")
_GPE_ENDS = "市县省区镇乡村州旗盟国"
_LOC_ENDS = "山江河湖岛海洋湾峡洲谷原地漠岭峰泉溪滩港"
_DEFAULT_KINDS = {"PERSON": "person", "GPE": "gpe", "LOC": "loc", "ORG": "org", "FAC": "prefix", "EVENT": "prefix"}


class NameStock:
    """Names of jieba's dictionary, by kind and build."""

    def __init__(self) -> None:
        surnames = frozenset(word for word in PARTS["surname"].split()[:110] if len(word) == 1)
        self.short_countries = PARTS["country_short"].split()
        self.short_provinces = PARTS["province_short"].split()
        self.countries = frozenset(PARTS["country"].split())
        self.provinces = frozenset(PARTS["province"].split())
        self.surnames = surnames
        self.known = {label: text.split() for label, text in KNOWN.items()}
        self.full: list[str] = []
        self.foreign: list[str] = []
        self.places: defaultdict[str, list[str]] = defaultdict(list)
        self.bodies: defaultdict[str, list[str]] = defaultdict(list)
        for word, _, tag in read_dictionary():
            if not _HAN.fullmatch(word):
                continue
            if tag == "nr" and 2 <= len(word) <= 3 and word[0] in surnames:
                self.full.append(word)
            elif tag in {"nrt", "nrfg"} and len(word) >= 2:
                self.foreign.append(word)
            elif tag == "ns" and 2 <= len(word) <= 6:
                self.places[word[-1] if word[-1] in _GPE_ENDS + _LOC_ENDS else ""].append(word)
            elif tag == "nt" and len(word) >= 3:
                self.bodies[word[-1]].append(word)
        self.given = [word[1:] for word in self.full if len(word) == 3]
        self.known_places = frozenset(word for words in self.places.values() for word in words)

    def person(self, old: str, rng: random.Random) -> str | None:
        """RETURNS (str | None): another person's name; None for a build that the dictionary has no names of."""
        if not _HAN.fullmatch(old):
            return None
        chinese = len(old) <= 3 and old[0] in self.surnames
        if not chinese and rng.random() < 0.5:
            return rng.choice(self.foreign)
        if rng.random() < 0.25:
            return rng.choice(self.full)
        given = rng.choice(self.given)
        return rng.choice(self.full)[0] + (given if rng.random() < 0.67 else rng.choice(given))

    def gpe(self, old: str, rng: random.Random) -> str | None:
        """RETURNS (str | None): another place with a government, with the same ending."""
        if len(old) == 1:
            return rng.choice(self.short_countries) if old in self.short_countries else None
        end = old[-1] if old[-1] in _GPE_ENDS else ""
        new = rng.choice(self.places[end])
        return new if len(old) <= 6 and (end or len(new) <= 4) else None

    def pair(self, old: str, rng: random.Random) -> tuple[str, str] | None:
        """RETURNS (tuple[str, str] | None): two short names for a country or a province; China is in half of them."""
        if old in self.countries:
            first = "中" if rng.random() < 0.5 else rng.choice(self.short_countries)
            second = rng.choice([name for name in self.short_countries if name != first])
            return first, second
        if old in self.provinces:
            first, second = rng.sample(self.short_provinces, 2)
            return first, second
        return None

    def loc(self, old: str, rng: random.Random) -> str | None:
        """RETURNS (str | None): another mountain, river, …"""
        named = old[-1] in _LOC_ENDS and len(old) <= 5 and self.places[old[-1]]
        return rng.choice(self.places[old[-1]]) if named else None

    def prefix(self, old: str, rng: random.Random) -> str | None:
        """RETURNS (str | None): the same name with another place in front."""
        for size in (4, 3, 2):
            if len(old) > size + 1 and old[:size] in self.known_places:
                new = self.gpe(old[:size], rng)
                return None if new is None else new + old[size:]
        return None

    def org(self, old: str, rng: random.Random) -> str | None:
        """RETURNS (str | None): the same body elsewhere, or another one with the same last character."""
        moved = self.prefix(old, rng)
        if moved is None and rng.random() < 0.3 and self.bodies[old[-1]]:
            return rng.choice(self.bodies[old[-1]])
        return moved


@cache
def _stock() -> NameStock:
    return NameStock()


def make_replace_names(
    *,
    copies: int = 1,
    share: float = 0.7,
    known: float = 0.15,
    pairs: float = 0.0,
    kinds: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Augmenter:
    """Make an augmenter that replaces names. Registered as `biaozhu.ReplaceNames.v1`.

    copies (int): copies of every document.
    share (float): share of the names that are replaced.
    known (float): share of these that become a name of `biaozhu.KnownNames.v1`, so that its features are trusted.
    pairs (float): share of countries and provinces labelled GPE, of those that are replaced, that become a pair.
    kinds (Mapping[str, str] | None): label → person, gpe, loc, org or prefix; the default scheme's labels if not given.
    seed (int): seed; the same seed and document give the same copies.
    RETURNS (Augmenter): yields the copies of some Docs.
    RAISES (ConfigError): for an unknown kind.
    """
    chosen = dict(_DEFAULT_KINDS if kinds is None else kinds)
    if unknown := sorted(set(chosen.values()) - {"person", "gpe", "loc", "org", "prefix"}):
        raise ConfigError(Problem("E519", f"unknown kind(s) {', '.join(unknown)}", "person, gpe, loc, org or prefix"))

    def augment(docs: Sequence[Doc]) -> Iterator[Doc]:
        for copy in range(1, copies + 1):
            for number, doc in enumerate(docs):
                rng = random.Random(f"{seed}/{copy}/{number}/{len(doc)}")  # noqa: S311
                yield _replace(doc, rng, share, partial(_other_name, chosen, rng, known, pairs))

    return augment


def _other_name(
    kinds: Mapping[str, str], rng: random.Random, known: float, pairs: float, key: tuple[str, str]
) -> tuple[str, ...] | None:
    """RETURNS (tuple[str, ...] | None): another name, or a pair, for one of this (label, name); None to leave it."""
    stock = _stock()
    label, old = key
    if pairs and label == "GPE" and rng.random() < pairs and (pair := stock.pair(old, rng)):
        return pair
    if len(old) > 1 and label in stock.known and rng.random() < known:
        return (rng.choice(stock.known[label]),)
    name: str | None = getattr(stock, kinds[label])(old, rng) if label in kinds else None
    return None if name is None else (name,)


def _replace(
    doc: Doc, rng: random.Random, share: float, rename: Callable[[tuple[str, str]], tuple[str, ...] | None]
) -> Doc:
    """RETURNS (Doc): a copy with other names; its entities are set, its numbers are not."""
    text = doc.text
    pieces: list[str] = []
    spans: list[CharSpan] = []
    new_names: dict[tuple[str, str], tuple[str, ...]] = {}
    at = length = 0
    for ent in doc_entities(doc):
        old = text[ent.start : ent.end]
        key = (ent.label, old)
        if key not in new_names:
            new_names[key] = (rename(key) if rng.random() < share else None) or (old,)
        pieces.append(text[at : ent.start])
        length += ent.start - at
        for name in new_names[key]:
            pieces.append(name)
            spans.append(CharSpan(length, length + len(name), ent.label))
            length += len(name)
        at = ent.end
    copy = make_char_doc(doc.vocab, "".join(pieces) + text[at:])
    copy.user_data.update(doc.user_data)
    set_entities(copy, spans)
    return copy
