"""Confidence: precision and recall at every threshold, average precision, calibration, and the choice of a threshold.

A predicted span is right or wrong by strict matching; its `score` is its probability. scikit-learn computes the curve
over the predicted spans; recall is then taken over all gold spans, also those that were never predicted, so it ends
below 1 where the system stays silent. Predictions without a score cannot take part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record
from pipeline.metrics.matching import match_spans

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Confidences:
    """The predicted spans of one layer or label with their scores.

    scores (ndarray): probability of each predicted span that has one.
    right (ndarray): whether it is strictly right, 0 or 1.
    support (int): gold spans.
    without (int): predicted spans without score.
    """

    scores: Array
    right: npt.NDArray[np.int64]
    support: int
    without: int = 0

    @property
    def usable(self) -> bool:
        """RETURNS (bool): whether there is a curve: gold spans, and right and wrong predictions with scores."""
        return self.support > 0 and len(self.right) > 0


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold and what it gives.

    threshold (float): spans with this score and above are kept.
    precision, recall (float): of what is kept.
    """

    threshold: float
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """RETURNS (float): harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def collect_confidences(
    pairs: Iterable[tuple[Record, Record]], scheme: LabelScheme
) -> dict[tuple[str, str | None], Confidences]:
    """Gather the scored predictions of many documents.

    pairs (Iterable[tuple[Record, Record]]): gold and predicted records.
    scheme (LabelScheme): which label is in which layer.
    RETURNS (dict): confidences by (layer, None) and by (layer, label), in the scheme's order.
    """
    found: dict[tuple[str, str | None], list[tuple[float, bool]]] = {}
    support: dict[tuple[str, str | None], int] = {}
    without: dict[tuple[str, str | None], int] = {}
    for gold, pred in pairs:
        wanted = scheme.annotated(gold.meta)
        for layer in scheme.layers:
            golds = [span for span in scheme.in_layer(gold.spans, layer) if span.label in wanted]
            preds = [span for span in scheme.in_layer(pred.spans, layer) if span.label in wanted]
            right = {id(p) for g, p in match_spans(golds, preds).exact if g.label == p.label}
            for span in golds:
                for key in ((layer, None), (layer, span.label)):
                    support[key] = support.get(key, 0) + 1
            for span in preds:
                for key in ((layer, None), (layer, span.label)):
                    if span.score is None:
                        without[key] = without.get(key, 0) + 1
                    else:
                        found.setdefault(key, []).append((span.score, id(span) in right))
    return {
        key: Confidences(
            np.array([score for score, _ in found.get(key, [])], dtype=np.float64),
            np.array([int(ok) for _, ok in found.get(key, [])], dtype=np.int64),
            support.get(key, 0),
            without.get(key, 0),
        )
        for key in [(layer, label) for layer in scheme.layers for label in (None, *scheme.names(layer))]
        if key in support or key in found or key in without
    }


def curve(confidences: Confidences) -> list[Point]:
    """RETURNS (list[Point]): precision and recall at each score that occurs, from the lowest up."""
    from sklearn.metrics import precision_recall_curve

    if not confidences.usable or not confidences.right.any():
        return []
    precision, recall, thresholds = precision_recall_curve(confidences.right, confidences.scores)
    share = int(confidences.right.sum()) / confidences.support
    return [Point(float(t), float(p), float(r * share)) for t, p, r in zip(thresholds, precision, recall, strict=False)]


def average_precision(confidences: Confidences) -> float | None:
    """RETURNS (float | None): area under the step curve of precision over recall of all gold spans."""
    from sklearn.metrics import average_precision_score

    if not confidences.usable:
        return None
    right = int(confidences.right.sum())
    if not right:
        return 0.0
    return float(average_precision_score(confidences.right, confidences.scores)) * right / confidences.support


def calibration(confidences: Confidences, *, bins: int = 10) -> list[tuple[float, float, int]]:
    """Compare what scores promise with what they keep.

    confidences (Confidences): scored predictions.
    bins (int): parts of equal width of the range from 0 to 1.
    RETURNS (list[tuple[float, float, int]]): for each part that is not empty the mean score, the share that is right
        and how many spans; the first two as scikit-learn's `calibration_curve` gives them.
    """
    from sklearn.calibration import calibration_curve

    if not len(confidences.scores):
        return []
    scores = np.clip(confidences.scores, 0.0, 1.0)
    share, mean = calibration_curve(confidences.right, scores, n_bins=bins, strategy="uniform")
    edges = np.linspace(0.0, 1.0, bins + 1)
    counts = np.bincount(np.searchsorted(edges[1:-1], scores), minlength=bins)
    return [(float(m), float(s), int(n)) for m, s, n in zip(mean, share, counts[counts > 0], strict=True)]


def calibration_error(confidences: Confidences, *, bins: int = 10) -> float | None:
    """RETURNS (float | None): expected calibration error, the mean distance of score and share right over spans."""
    parts = calibration(confidences, bins=bins)
    total = sum(count for *_, count in parts)
    return sum(abs(mean - share) * count for mean, share, count in parts) / total if total else None


def choose_threshold(
    confidences: Confidences, *, precision: float | None = None, recall: float | None = None
) -> Point | None:
    """Choose a threshold.

    confidences (Confidences): scored predictions.
    precision (float | None): wanted precision: the lowest threshold that has it, so that recall is highest.
    recall (float | None): wanted recall: the highest threshold that has it, so that precision is highest.
    RETURNS (Point | None): the threshold, best F1 if nothing is wanted; None if no threshold has what is wanted.
    """
    points = [
        point
        for point in curve(confidences)
        if (precision is None or point.precision >= precision) and (recall is None or point.recall >= recall)
    ]
    if precision is not None:
        return max(points, key=lambda point: (point.recall, point.precision), default=None)
    if recall is not None:
        return max(points, key=lambda point: (point.precision, point.threshold), default=None)
    return max(points, key=lambda point: (point.f1, point.threshold), default=None)


def confidences_to_json(confidences: Confidences, chosen: Point | None) -> dict[str, Any]:
    """RETURNS (dict): support, average precision, calibration error, and the chosen threshold or null."""
    data: dict[str, Any] = {
        "support": confidences.support,
        "scored": len(confidences.scores),
        "without_score": confidences.without,
        "average_precision": average_precision(confidences),
        "calibration_error": calibration_error(confidences),
        "threshold": None if chosen is None else chosen.threshold,
    }
    if chosen is not None:
        data |= {"precision": chosen.precision, "recall": chosen.recall, "f1": chosen.f1}
    return data
