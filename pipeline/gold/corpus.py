"""Facts and conditions of a gold corpus: how large, how varied, how spread.

`gold_statistics` counts; `corpus_conditions` compares with what this project asks of its own corpus. A sentence is
counted as shared when it is found by `validate.check_leakage`; repeated sequences are looked for in text without white
space and with numbers, names and web addresses taken out, so that no sequence runs across one of them (invented
addresses all end in the few hosts that are reserved for examples).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.labels import ENTITIES, NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.gold.validate import Placed, check_leakage

MIN_DOCUMENTS, MIN_CHARACTERS = 150, 110_000
MIN_NUMBERS, MIN_ENTITIES = 4_000, 3_200
MIN_FIELDS, MIN_SURFACES = 15, 1_800
MAX_SPANS, MAX_SHARE = 3, 0.02
SEQUENCE, MAX_DOCUMENTS = 12, 3
_ADDRESS = re.compile(r"(?:https?://)?(?:[A-Za-z0-9-]+\.)*example\.[a-z]{2,3}[!-~]*")


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a corpus shall be.

    name (str): in words.
    wanted (str): the bound.
    found (int): what the corpus has.
    holds (bool): whether that is within the bound.
    examples (tuple[str, ...]): what breaks it, the worst first.
    """

    name: str
    wanted: str
    found: int
    holds: bool
    examples: tuple[str, ...] = ()


@dataclass(slots=True)
class GoldStatistics:
    """Counts of a gold corpus.

    documents, characters (int): of all records.
    labels (Counter[str]): spans per label.
    surfaces (dict[str, Counter[str]]): for each label, how often each surface stands in a span.
    valued (int): numbers with a value.
    fields, registers (dict[str, Counter[str]]): documents, characters, numbers and entities of each.
    splits (dict[str, Counter[str]]): the same of each split.
    noisy (int): documents with meta.noise.
    """

    documents: int = 0
    characters: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    surfaces: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    valued: int = 0
    fields: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    registers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    splits: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    noisy: int = 0

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): all counts; of surfaces only how many there are."""
        return {
            "documents": self.documents,
            "characters": self.characters,
            "noisy": self.noisy,
            "numbers_with_value": self.valued,
            "labels": dict(self.labels),
            "surfaces": {label: len(counts) for label, counts in self.surfaces.items()},
            "splits": {name: dict(counts) for name, counts in self.splits.items()},
            "fields": {name: dict(counts) for name, counts in self.fields.items()},
            "registers": {name: dict(counts) for name, counts in self.registers.items()},
        }


def gold_statistics(items: Iterable[Placed], scheme: LabelScheme) -> GoldStatistics:
    """RETURNS (GoldStatistics): counts of the records; labels in the order of the scheme."""
    found = GoldStatistics(labels=Counter(dict.fromkeys(scheme.names(), 0)))
    for item in items:
        record = item.record
        found.documents += 1
        found.characters += len(record.text)
        found.noisy += record.meta.get("noise") is True
        row = Counter(documents=1, characters=len(record.text), numbers=0, entities=0)
        for span in record.spans:
            layer = scheme.layer_of(span.label)
            found.labels[span.label] += 1
            found.surfaces[span.label][record.surface(span)] += 1
            found.valued += span.value is not None
            row[str(layer)] += 1
        found.splits[item.path.stem].update(row)
        found.fields[str(record.meta.get("field", "–"))].update(row)
        found.registers[str(record.meta.get("register", "–"))].update(row)
    return found


def corpus_conditions(items: Sequence[Placed], scheme: LabelScheme) -> list[Condition]:
    """Compare a corpus with what this project asks of its own.

    items (Sequence[Placed]): the records of all splits.
    scheme (LabelScheme): their label scheme.
    RETURNS (list[Condition]): each condition, whether it holds, and what breaks it.
    """
    facts = gold_statistics(items, scheme)
    of_layer = {layer: sum(facts.labels[name] for name in scheme.names(layer)) for layer in (NUMBERS, ENTITIES)}
    names = {surface for label in scheme.names(ENTITIES) for surface in facts.surfaces[label]}
    shared = [problem for problem in check_leakage(items) if problem.code == "E408"]
    return [
        _at_least("documents", facts.documents, MIN_DOCUMENTS),
        _at_least("characters", facts.characters, MIN_CHARACTERS),
        _at_least("numbers", of_layer[NUMBERS], MIN_NUMBERS),
        _at_least("entities", of_layer[ENTITIES], MIN_ENTITIES),
        _at_least("fields", len(set(facts.fields) - {"–"}), MIN_FIELDS),
        _at_least("different entity surfaces", len(names), MIN_SURFACES),
        _none(
            f"names in more than {MAX_SPANS} spans and {MAX_SHARE:.0%} of their label's",
            [
                f"{surface} {label} {count}"
                for label in scheme.names(ENTITIES)
                for surface, count in facts.surfaces[label].most_common()
                if count > max(MAX_SPANS, MAX_SHARE * facts.labels[label])
            ],
        ),
        _none("sentences shared between splits", [problem.message for problem in shared]),
        _none(
            f"{SEQUENCE}-character sequences in more than {MAX_DOCUMENTS} documents",
            [f"{text} ({count} documents)" for text, count in repeated_sequences(item.record for item in items)],
        ),
    ]


def _at_least(name: str, found: int, wanted: int) -> Condition:
    return Condition(name, f">= {wanted}", found, found >= wanted)


def _none(name: str, found: Sequence[str]) -> Condition:
    return Condition(name, "0", len(found), not found, tuple(found[:10]))


def repeated_sequences(records: Iterable[Record]) -> list[tuple[str, int]]:
    """RETURNS (list): character sequences outside spans in too many documents, with how many, most frequent first."""
    seen: Counter[str] = Counter()
    for record in records:
        found: set[str] = set()
        for part in _outside(record):
            found.update(part[start : start + SEQUENCE] for start in range(len(part) - SEQUENCE + 1))
        seen.update(found)
    return [(text, count) for text, count in seen.most_common() if count > MAX_DOCUMENTS]


def _outside(record: Record) -> list[str]:
    """The text between spans, without white space."""
    parts: list[str] = []
    done = 0
    for span in record.spans:
        if span.start > done:
            parts += _without_addresses(record.text[done : span.start])
        done = max(done, span.end)
    return parts + _without_addresses(record.text[done:])


def _without_addresses(text: str) -> list[str]:
    return ["".join(part.split()) for part in _ADDRESS.split(text)]
