"""Features of numbers: what the number grammar says of a character, `biaozhu.NumberMarks.v1`.

Names hold numerals (北京八十八中, 第二届广交会) and stand beside them; a date or an amount is hardly ever part of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, join, mark_places, name_code, only_where, shift
from pipeline.numbers import find_candidates


@dataclass(frozen=True, slots=True)
class NumberMarks:
    """Place in a number candidate, its label, its rule, and whether the grammar keeps it."""

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): place with label, with rule, and both neighbours' places; 0 far from numbers."""
        place = np.zeros(len(batch), dtype=np.uint64)
        label = np.zeros(len(batch), dtype=np.uint64)
        rule = np.zeros(len(batch), dtype=np.uint64)
        for text, start in zip(batch.texts, batch.starts.tolist(), strict=True):
            for candidate in find_candidates(text):
                left, right = start + candidate.start, start + candidate.end
                mark_places(place, left, right)
                label[left:right] = name_code(f"{candidate.label}{candidate.keep}")
                rule[left:right] = name_code(f"{candidate.rule}{candidate.keep}")
        before, after = shift(place, -1), shift(place, 1)
        inside = place > 0
        columns = [
            only_where(inside, join(place, label)),
            only_where(inside, join(place, rule)),
            only_where(before > 0, join(before, shift(label, -1), place)),
            only_where(after > 0, join(place, shift(label, 1), after)),
            only_where((before > 0) | inside | (after > 0), join(before, place, after)),
        ]
        return np.stack(columns, axis=1)


def make_number_marks() -> FeatureSource:
    """Make a source of number candidates. Registered as `biaozhu.NumberMarks.v1`.

    RETURNS (FeatureSource): the source.
    """
    return NumberMarks()
