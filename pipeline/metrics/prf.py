"""Counts and the ratios made of them: precision, recall, F1, macro and weighted means.

A `Counts` has two sides that are counted apart: every gold span is correct, incorrect, partial or missed, every
predicted span is correct, incorrect, partial or spurious. Over all labels the two sides agree; for one label they need
not (a gold ORG predicted as GPE is an incorrect gold span of ORG and an incorrect predicted span of GPE), and because
they are kept apart the rows of a per-label table add up to its total.

    precision = (correct + partial / 2) / predicted     recall = (correct + partial / 2) / support
    F1 = harmonic mean; 0 where one of the two is undefined and there are spans; undefined where there are none

Undefined is None, never 0 or 1. spaCy and seqeval give 0 there, nervaluate too; a mean over labels then punishes or
flatters by accident. `partial` and `ent_type` are the only schemes that a partial pair can count in, so one formula
serves all four.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

NO_PREDICTED = "no predicted span"
NO_GOLD = "no gold span"
NO_SPAN = "no gold and no predicted span"


@dataclass(frozen=True, slots=True)
class Counts:
    """Gold spans by what became of them, and predicted spans by what they were.

    correct, incorrect, partial, missed (int): gold spans; together the support.
    pred_correct, pred_incorrect, pred_partial, spurious (int): predicted spans; together the predicted.
    """

    correct: int = 0
    incorrect: int = 0
    partial: int = 0
    missed: int = 0
    pred_correct: int = 0
    pred_incorrect: int = 0
    pred_partial: int = 0
    spurious: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def support(self) -> int:
        """RETURNS (int): how many gold spans there are."""
        return self.correct + self.incorrect + self.partial + self.missed

    @property
    def predicted(self) -> int:
        """RETURNS (int): how many predicted spans there are."""
        return self.pred_correct + self.pred_incorrect + self.pred_partial + self.spurious

    @property
    def precision(self) -> float | None:
        """RETURNS (float | None): share of the predicted spans that are right; None without predicted spans."""
        return (self.pred_correct + self.pred_partial / 2) / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """RETURNS (float | None): share of the gold spans that were found; None without gold spans."""
        return (self.correct + self.partial / 2) / self.support if self.support else None

    @property
    def f1(self) -> float | None:
        """RETURNS (float | None): harmonic mean of precision and recall; None without any span."""
        return f_score(self.precision, self.recall)

    @property
    def swapped(self) -> Counts:
        """RETURNS (Counts): the counts with gold and predicted exchanged."""
        return Counts(
            self.pred_correct,
            self.pred_incorrect,
            self.pred_partial,
            self.spurious,
            self.correct,
            self.incorrect,
            self.partial,
            self.missed,
        )


def f_score(precision: float | None, recall: float | None) -> float | None:
    """RETURNS (float | None): the harmonic mean; 0 if one is undefined or both are 0; None if both are undefined."""
    if precision is None and recall is None:
        return None
    if not precision or not recall:
        return 0.0
    return 2 * precision * recall / (precision + recall)


def strict_counts(correct: int, support: int, predicted: int) -> Counts:
    """RETURNS (Counts): counts where only right and wrong are known, as for slices and values."""
    wrong, extra = support - correct, predicted - correct
    return Counts(correct=correct, missed=wrong, pred_correct=correct, spurious=extra)


def rates(counts: Counts) -> dict[str, Any]:
    """RETURNS (dict): precision, recall and f1, with the reason under "undefined" for each that is None."""
    data: dict[str, Any] = {"precision": counts.precision, "recall": counts.recall, "f1": counts.f1}
    reasons = {"precision": NO_PREDICTED, "recall": NO_GOLD, "f1": NO_SPAN}
    if undefined := {key: reasons[key] for key, value in data.items() if value is None}:
        data["undefined"] = undefined
    return data


def counts_to_json(counts: Counts) -> dict[str, Any]:
    """RETURNS (dict): rates and counts; the predicted side apart where it differs from the gold side."""
    data = rates(counts) | {
        "correct": counts.correct,
        "incorrect": counts.incorrect,
        "partial": counts.partial,
        "missed": counts.missed,
        "spurious": counts.spurious,
        "support": counts.support,
        "predicted": counts.predicted,
    }
    gold_side = (counts.correct, counts.incorrect, counts.partial)
    pred_side = (counts.pred_correct, counts.pred_incorrect, counts.pred_partial)
    if gold_side != pred_side:
        data["of_predicted"] = dict(zip(("correct", "incorrect", "partial"), pred_side, strict=True))
    return data


def macro(per_label: Mapping[str, Counts]) -> dict[str, Any]:
    """Average over the labels that have gold or predicted spans, each the same weight.

    per_label (Mapping[str, Counts]): counts of each label.
    RETURNS (dict): precision, recall, f1, each over the labels where it is defined; "labels" is how many there are and
        "undefined_labels" names those that a mean leaves out.
    """
    used = {name: counts for name, counts in per_label.items() if counts.support or counts.predicted}
    return _mean(used, [1] * len(used)) | {"labels": len(used)}


def weighted(per_label: Mapping[str, Counts]) -> dict[str, Any]:
    """RETURNS (dict): as `macro`, each label weighted by its gold support."""
    used = {name: counts for name, counts in per_label.items() if counts.support}
    return _mean(used, [counts.support for counts in used.values()]) | {"labels": len(used)}


def _mean(used: Mapping[str, Counts], weights: Sequence[int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    left_out: dict[str, list[str]] = {}
    for key in ("precision", "recall", "f1"):
        items = zip(used.items(), weights, strict=True)
        values = [(name, getattr(counts, key), weight) for (name, counts), weight in items]
        known = [(value, weight) for _, value, weight in values if value is not None]
        total = sum(weight for _, weight in known)
        data[key] = sum(value * weight for value, weight in known) / total if total else None
        if missing := [name for name, value, _ in values if value is None]:
            left_out[key] = missing
    if undefined := {key: NO_SPAN for key in data if data[key] is None}:
        data["undefined"] = undefined
    if left_out:
        data["undefined_labels"] = left_out
    return data
