"""Counts and ratios: what is undefined, how means are taken, and words."""

from __future__ import annotations

import pytest

from pipeline.metrics.prf import Counts, counts_to_json, macro, strict_counts, weighted
from pipeline.metrics.segmentation import oov_recall, segmentation_prf
from pipeline.metrics.tables import points


@pytest.mark.parametrize(
    ("correct", "support", "predicted", "expected"),
    [
        pytest.param(1, 2, 4, (0.25, 0.5, 1 / 3), id="usual"),
        pytest.param(0, 2, 2, (0.0, 0.0, 0.0), id="all wrong"),
        pytest.param(0, 2, 0, (None, 0.0, 0.0), id="nothing predicted"),
        pytest.param(0, 0, 2, (0.0, None, 0.0), id="nothing in gold"),
        pytest.param(0, 0, 0, (None, None, None), id="nothing at all"),
    ],
)
def test_undefined_is_none(correct: int, support: int, predicted: int, expected: tuple[float | None, ...]) -> None:
    counts = strict_counts(correct, support, predicted)
    for value, wanted in zip((counts.precision, counts.recall, counts.f1), expected, strict=True):
        assert value == (wanted if wanted is None else pytest.approx(wanted))


def test_partial_pairs_count_half_on_both_sides() -> None:
    counts = Counts(correct=1, partial=2, missed=1, pred_correct=1, pred_partial=2, spurious=2)
    assert (counts.precision, counts.recall) == (2 / 5, 2 / 4)


def test_macro_and_weighted_leave_out_and_name_what_is_undefined() -> None:
    per_label = {
        "ORG": strict_counts(8, 10, 8),
        "GPE": strict_counts(0, 2, 0),
        "LAW": strict_counts(0, 0, 4),
        "FAC": strict_counts(0, 0, 0),
    }
    mean = macro(per_label)
    assert mean["labels"] == 3  # gold and predicted labels together, not FAC
    assert mean["precision"] == (1.0 + 0.0) / 2
    assert mean["recall"] == (0.8 + 0.0) / 2
    assert mean["f1"] == pytest.approx((16 / 18 + 0 + 0) / 3)
    assert mean["undefined_labels"] == {"precision": ["GPE"], "recall": ["LAW"]}
    assert weighted(per_label)["recall"] == pytest.approx(8 / 12)


def test_json_tells_the_predicted_side_where_it_differs() -> None:
    same = counts_to_json(strict_counts(1, 2, 3))
    assert "of_predicted" not in same
    assert counts_to_json(Counts(incorrect=1))["of_predicted"] == {"correct": 0, "incorrect": 0, "partial": 0}


def test_words_are_scored_by_their_offsets() -> None:
    # 市场|监管|局 against 市场监管局 and 市场|监管局 (market | supervision | bureau)
    gold = [(0, 2), (2, 4), (4, 5)]
    found = segmentation_prf(gold, [(0, 2), (2, 5)])
    assert (found.precision, found.recall) == (1 / 2, 1 / 3)
    assert found.f1 == pytest.approx(0.4)
    assert segmentation_prf(gold, [(0, 5)]).f1 == 0.0
    assert segmentation_prf([], []).f1 is None


def test_oov_recall_counts_unseen_words_only() -> None:
    text = "余姚铁皮石斛"  # Yuyao dendrobium
    found = oov_recall(text, [(0, 2), (2, 6)], [(0, 2), (2, 4), (4, 6)], {"余姚"})
    assert (found.support, found.recall) == (1, 0.0)
    assert oov_recall(text, [(0, 2)], [(0, 2)], {"余姚"}).recall is None


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0123, "+1.2"), (-0.0123, "-1.2"), (-0.0001, "+0.0"), (0.0, "+0.0"), (None, "–")]
)
def test_differences_are_shown_in_points_with_their_sign(value: float | None, expected: str) -> None:
    assert points(value) == expected
