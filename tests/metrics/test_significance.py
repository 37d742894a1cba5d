"""Intervals and tests: the same numbers as plain loops, the right answer in clear cases, and speed."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.metrics.evaluate import evaluate
from pipeline.metrics.metric import MetricPathError, metric_values
from pipeline.metrics.scorefile import layer_to_json, lookup, metric_paths
from pipeline.metrics.significance import bootstrap_totals, compare_stats, interval
from pipeline.metrics.stats import MAX_ROWS, DocStats, StatsBuilder, json_to_stats, stats_to_json
from pipeline.metrics.tally import Options
from tests.metrics.strategies import documents


def stats(*rows: tuple[int, int, int]) -> DocStats:
    """One label, correct, support and predicted of each document."""
    ids = tuple(f"d{number:05}" for number in range(len(rows)))
    return DocStats(ids, ("label:ORG",), np.array(rows, dtype=np.int64).reshape(len(rows), 1, 3))


@given(documents)
@settings(max_examples=30)
def test_metrics_of_totals_equal_the_score_file(pairs: list[tuple[Record, Record]]) -> None:
    layer = evaluate(pairs, scheme=default_scheme(), options=Options(slices=("length", "density"))).layers["entities"]
    data = layer_to_json(layer, resamples=0, seed=0)
    for path in metric_paths(data):
        value = float(metric_values(layer.stats.names, layer.stats.totals, path))
        expected = lookup(data, path)
        assert (None if np.isnan(value) else pytest.approx(value)) == expected, path


@given(documents)
@settings(max_examples=20)
def test_counts_per_document_survive_the_file(pairs: list[tuple[Record, Record]]) -> None:
    found = evaluate(pairs, scheme=default_scheme()).layers["entities"].stats
    again = json_to_stats(stats_to_json(found))
    assert again.ids == found.ids
    for name in found.names:
        assert again.total(name) == found.total(name)


@pytest.mark.parametrize("path", ["strict", "strict.f2", "nothing.f1", "strict.per_label.f1", "values.unit.f1"])
def test_a_path_that_names_no_metric_is_refused(path: str) -> None:
    with pytest.raises(MetricPathError):
        metric_values(("label:ORG",), np.zeros((1, 3)), path)


def test_layers_without_a_span_are_compared_as_undefined() -> None:
    empty = DocStats(("a", "b"), (), np.zeros((2, 0, 3), dtype=np.int64))
    found = compare_stats(empty, empty, ["strict.f1", "strict.macro.f1"], trials=20)
    assert [(item.metric, item.first, item.difference) for item in found] == [
        ("strict.f1", None, None),
        ("strict.macro.f1", None, None),
    ]
    with pytest.raises(MetricPathError):
        metric_values((), np.zeros((0, 3)), "strict.macro.f2")


def test_the_bootstrap_draws_documents() -> None:
    table = stats((1, 1, 1), (0, 1, 1), (0, 3, 0)).table
    (totals,) = bootstrap_totals([table], resamples=500, seed=7)
    rng = np.random.default_rng(7)
    places = rng.integers(0, 3, size=(500, 3))
    assert np.array_equal(totals, table[places].sum(axis=1))


def test_intervals_hold_the_value_and_shrink_with_documents() -> None:
    rng = np.random.default_rng(0)
    widths = []
    for documents_ in (20, 2000):
        correct = rng.binomial(10, 0.8, size=documents_)
        found = stats(*((int(c), 10, 10) for c in correct))
        (totals,) = bootstrap_totals([found.table], resamples=1000, seed=0)
        low_high = interval(metric_values(found.names, totals, "strict.f1"))
        assert low_high is not None
        assert low_high[0] <= correct.mean() / 10 <= low_high[1]
        widths.append(low_high[1] - low_high[0])
    assert widths[1] < widths[0] / 5


def test_an_interval_of_nothing_is_none() -> None:
    assert interval(np.array([np.nan, np.nan])) is None


def test_equal_systems_do_not_differ() -> None:
    one = stats(*[(3, 4, 4)] * 20)
    (found,) = compare_stats(one, one, ["strict.f1"], trials=200)
    assert (found.difference, found.p_randomisation, found.p_bootstrap) == (0.0, 1.0, 1.0)


def test_a_clear_difference_is_significant_and_p_is_never_zero() -> None:
    (found,) = compare_stats(stats(*[(1, 4, 4)] * 30), stats(*[(3, 4, 4)] * 30), ["strict.f1"], trials=999)
    assert found.difference == 0.5
    assert found.p_randomisation == 1 / 1000
    assert found.p_bootstrap == 1 / 1000
    assert found.interval == (0.5, 0.5)


def test_one_changed_document_is_not_significant() -> None:
    rows = [(3, 4, 4)] * 30
    (found,) = compare_stats(stats(*rows), stats((4, 4, 4), *rows[1:]), ["strict.f1"], trials=999)
    assert found.difference == pytest.approx(1 / 120)
    assert found.p_randomisation == 1.0  # exchanging it or not, the difference has the same size


def test_randomisation_agrees_with_every_exchange_tried() -> None:
    one = stats((2, 4, 4), (1, 4, 5), (3, 3, 3), (0, 2, 4))
    other = stats((3, 4, 4), (3, 4, 4), (3, 3, 4), (1, 2, 3))
    observed = f1(other.totals) - f1(one.totals)
    count = 0
    for mask in range(16):
        swap = np.array([(mask >> place) & 1 for place in range(4)], dtype=bool)[:, None, None]
        a = np.where(swap, other.table, one.table).sum(axis=0)
        b = np.where(swap, one.table, other.table).sum(axis=0)
        count += abs(f1(b) - f1(a)) >= abs(observed) - 1e-12
    (found,) = compare_stats(one, other, ["strict.f1"], trials=20_000)
    assert found.p_randomisation == pytest.approx(count / 16, abs=0.02)


def f1(totals: NDArray[np.int64]) -> float:
    correct, support, predicted = totals[0]
    return float(2 * correct / (support + predicted))


def test_other_documents_are_refused() -> None:
    with pytest.raises(ValueError, match="same documents"):
        compare_stats(stats((1, 1, 1)), stats((1, 1, 1), (1, 1, 1)), ["strict.f1"])


def test_an_undefined_metric_has_no_difference() -> None:
    (found,) = compare_stats(stats((0, 1, 0)), stats((1, 1, 1)), ["strict.precision"], trials=10)
    assert (found.first, found.second, found.difference, found.p_bootstrap) == (None, 1.0, None, None)


@pytest.mark.slow
def test_ten_thousand_resamples_of_a_thousand_documents_are_quick() -> None:
    rng = np.random.default_rng(0)
    names = tuple(f"label:L{number:02}" for number in range(18))
    table = np.stack([rng.binomial(9, 0.8, size=(1000, 18)), *(np.full((1000, 18), 9) for _ in range(2))], axis=-1)
    started = time.process_time()
    (totals,) = bootstrap_totals([table], resamples=10_000, seed=0)
    metric_values(names, totals, "strict.macro.f1")
    assert time.process_time() - started < 2.0


def test_many_documents_are_folded_into_groups_that_keep_the_totals() -> None:
    builder = StatsBuilder(["label:ORG"])
    count = MAX_ROWS + 700
    for first in range(0, count, 500):
        ids = [f"d{number}" for number in range(first, min(count, first + 500))]
        builder.start(ids)
        builder.count(0, 1, np.arange(len(ids)))
    builder.flush()
    builder.start(["late"])
    builder.count(builder.column("slice:new=1"), 0, np.array([0]))
    found = builder.build()
    assert len(found.ids) == MAX_ROWS
    assert found.total("label:ORG") == (0, count, 0)
    assert found.total("slice:new=1") == (1, 0, 0)
