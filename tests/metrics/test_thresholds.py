"""Confidence: curves over all gold spans, and the threshold that is wanted."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.spans import CharSpan
from pipeline.metrics.thresholds import (
    Confidences,
    average_precision,
    calibration,
    calibration_error,
    choose_threshold,
    collect_confidences,
    curve,
)
from tests.metrics.strategies import record

# four gold spans; predictions by falling score: right, right, wrong, right; the fourth gold span is never predicted
FOUR = Confidences(np.array([0.9, 0.8, 0.6, 0.4]), np.array([1, 1, 0, 1]), support=4)


def test_recall_is_of_all_gold_spans() -> None:
    assert [(point.threshold, point.precision, point.recall) for point in curve(FOUR)] == [
        (0.4, 0.75, 0.75),
        (0.6, pytest.approx(2 / 3), 0.5),
        (0.8, 1.0, 0.5),
        (0.9, 1.0, 0.25),
    ]


def test_average_precision_by_hand() -> None:
    assert average_precision(FOUR) == pytest.approx((1 + 1 + 3 / 4) / 4)


@pytest.mark.parametrize(
    ("wanted", "threshold"),
    [
        pytest.param({}, 0.4, id="best F1"),
        pytest.param({"precision": 0.9}, 0.8, id="precision: the lowest that has it"),
        pytest.param({"recall": 0.5}, 0.8, id="recall: the most precise that has it"),
        pytest.param({"recall": 0.9}, None, id="not to be had"),
        pytest.param({"precision": 0.7, "recall": 0.7}, 0.4, id="both"),
    ],
)
def test_a_threshold_is_chosen(wanted: dict[str, float], threshold: float | None) -> None:
    found = choose_threshold(FOUR, **wanted)
    assert (None if found is None else found.threshold) == threshold


def test_calibration_compares_promise_and_truth() -> None:
    item = Confidences(np.array([0.95, 0.95, 0.15, 1.0]), np.array([1, 1, 0, 0]), support=3)
    bins: list[tuple[object, object, int]] = [
        (pytest.approx(0.15), 0.0, 1),
        (pytest.approx(2.9 / 3), pytest.approx(2 / 3), 3),
    ]
    assert calibration(item) == bins
    assert calibration_error(item) == pytest.approx((0.15 + 3 * abs(2.9 / 3 - 2 / 3)) / 4)


def test_nothing_right_and_nothing_scored() -> None:
    wrong = Confidences(np.array([0.5]), np.array([0]), support=2)
    assert (curve(wrong), average_precision(wrong), choose_threshold(wrong)) == ([], 0.0, None)
    none = Confidences(np.array([]), np.array([], dtype=np.int64), support=2)
    assert (curve(none), average_precision(none), calibration(none), calibration_error(none)) == ([], None, [], None)


def test_confidences_are_collected_by_layer_and_label() -> None:
    gold = record((CharSpan(0, 2, "ORG"), CharSpan(4, 6, "GPE")))
    pred = record((CharSpan(0, 2, "ORG", None, 0.9), CharSpan(4, 5, "GPE", None, 0.3), CharSpan(8, 9, "GPE")))
    found = collect_confidences([(gold, pred)], default_scheme())
    everything = found["entities", None]
    assert (everything.support, everything.without, everything.right.tolist()) == (2, 1, [1, 0])
    assert found["entities", "GPE"].scores.tolist() == [0.3]
    partly = dataclasses.replace(gold, meta={"labels": ["ORG"]})
    assert ("entities", "GPE") not in collect_confidences([(partly, pred)], default_scheme())
