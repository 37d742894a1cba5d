"""The result of scoring one layer: counts, from which every scheme's numbers follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.metrics.prf import Counts
from pipeline.metrics.stats import CORRECT, DocStats

SCHEMES = ("strict", "exact", "partial", "ent_type")


@dataclass(frozen=True, slots=True)
class LayerResult:
    """What was counted in one layer.

    name (str): the layer.
    labels (tuple[str, ...]): its labels.
    stats (DocStats): counts of every document.
    confusion (Mapping[tuple[str, str, bool], int]): for paired spans gold label, predicted label and whether their
        boundaries agree; how many of them. Strictly right pairs are not in it.
    missed, spurious (Mapping[str, int]): spans without a partner, by label.
    kinds (Mapping[str, int]): errors by kind.
    examples (Mapping[str, list]): examples of each kind, as JSON.
    """

    name: str
    labels: tuple[str, ...]
    stats: DocStats
    confusion: Mapping[tuple[str, str, bool], int]
    missed: Mapping[str, int]
    spurious: Mapping[str, int]
    kinds: Mapping[str, int]
    examples: Mapping[str, list[dict[str, Any]]]

    def counts(self, scheme: str) -> dict[str, Counts]:
        """RETURNS (dict[str, Counts]): counts of each label under one of the four schemes; their sum is the micro."""
        right = {label: self.stats.total(f"label:{label}")[CORRECT] for label in self.labels}
        # for each label correct, incorrect, partial among its gold spans, then among its predicted spans
        tables = {label: [right[label], 0, 0, right[label], 0, 0] for label in self.labels}
        for (gold, pred, exact), number in self.confusion.items():
            column = _outcome(scheme, exact=exact, same_label=gold == pred)
            tables[gold][column] += number
            tables[pred][column + 3] += number
        found = {}
        for label, (a, b, c, d, e, f) in tables.items():
            found[label] = Counts(a, b, c, self.missed.get(label, 0), d, e, f, self.spurious.get(label, 0))
        return found

    def micro(self, scheme: str) -> Counts:
        """RETURNS (Counts): counts over all labels."""
        return sum(self.counts(scheme).values(), Counts())


def _outcome(scheme: str, *, exact: bool, same_label: bool) -> int:
    """What a pair counts as that is not strictly right: 0 correct, 1 incorrect, 2 partial."""
    if scheme == "exact":
        return 0 if exact else 1
    if scheme == "partial":
        return 0 if exact else 2
    if scheme == "ent_type":
        return 0 if same_label else 1
    return 1
