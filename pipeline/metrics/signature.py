"""The signature of a score: everything that changes its meaning, so that two scores can be compared or refused.

SCORE_VERSION rises with every change of what a score means, and with nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.core.records import Record
from pipeline.errors import Problem, raise_if_any

SCORE_VERSION = 1
MATCHING = "exact pairs first, then maximum overlap, one to one"


class GoldHash:
    """A hash of gold documents that does not depend on their order."""

    def __init__(self) -> None:
        self._sum = 0
        self._documents = 0

    def add(self, record: Record) -> None:
        """Take in id, text, spans with values, and what the record is annotated for."""
        spans = ";".join(f"{s.start},{s.end},{s.label},{s.value}" for s in record.spans)
        scope = f"{record.meta.get('layers')}{record.meta.get('labels')}"
        content = "\0".join((record.id, record.text, spans, scope))
        self._sum += int.from_bytes(hashlib.blake2b(content.encode(), digest_size=16).digest(), "big")
        self._documents += 1

    def watch(self, pairs: Iterable[tuple[Record, Record]]) -> Iterator[tuple[Record, Record]]:
        """YIELDS the pairs, taking in each gold record."""
        for gold, pred in pairs:
            self.add(gold)
            yield gold, pred

    @property
    def value(self) -> str:
        """RETURNS (str): the hash of what was taken in."""
        return hashlib.blake2b(f"{self._documents}:{self._sum:x}".encode(), digest_size=6).hexdigest()


def check_same_signature(
    one: Mapping[str, Any], other: Mapping[str, Any], *, names: tuple[str, str], remedy: str
) -> None:
    """Refuse to compare scores that mean different things.

    one, other (Mapping): the "signature" of two score files.
    names (tuple[str, str]): what to call the two in the message.
    remedy (str): what the user can do.
    RAISES (InputError): naming every part that differs.
    """
    parts = dict.fromkeys((*one, *other))
    differs = [part for part in parts if one.get(part) != other.get(part)]
    raise_if_any(
        Problem("E610", f"{part}: {one.get(part)!r} in {names[0]}, {other.get(part)!r} in {names[1]}", remedy)
        for part in differs
    )
