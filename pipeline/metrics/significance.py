"""Intervals and paired tests by resampling documents, vectorised over all metrics at once.

* Bootstrap interval: documents are drawn with replacement, the counts of the draw are summed and the metric computed
  from the sum; the interval is between the 2.5th and 97.5th percentile. Documents, not spans: errors of one document
  are not independent.
* Approximate randomisation (Noreen 1989): under the hypothesis that two systems are the same, the outputs of each
  document may be exchanged; p = (c + 1) / (n + 1), c the exchanges with a difference at least as large in size.
* Paired bootstrap: the difference on the same draws; p = (c + 1) / (n + 1), c the draws whose difference is as far from
  the observed one as that is from zero (two-sided, Berg-Kirkpatrick et al. 2012).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.metrics.metric import metric_values
from pipeline.metrics.stats import DocStats

Array = npt.NDArray[np.float64]

LEVEL = 0.95
ALPHA = 0.05
"""A difference whose p is below is called significant."""
_CELLS = 500_000  # weights held at once


def bootstrap_totals(tables: Sequence[npt.NDArray[np.int64]], *, resamples: int, seed: int) -> list[Array]:
    """Draw documents with replacement and add up their counts.

    tables (Sequence[ndarray]): tables of the same documents in the same order, shape (documents, columns, 3).
    resamples (int): how many draws.
    seed (int): of the random numbers.
    RETURNS (list[ndarray]): for each table the totals of each draw, shape (resamples, columns, 3).
    """
    documents = len(tables[0])
    if not documents:
        return [np.zeros((resamples, *table.shape[1:])) for table in tables]
    rng = np.random.default_rng(seed)

    def draws(count: int) -> Array:
        places = rng.integers(0, documents, size=(count, documents))
        places += np.arange(count)[:, None] * documents
        counted = np.bincount(places.ravel(), minlength=count * documents)
        return counted.reshape(count, documents).astype(np.float64)

    found: list[list[Array]] = [[] for _ in tables]
    for count in _chunks(resamples, documents):
        weights = draws(count)
        for table, parts in zip(tables, found, strict=True):
            parts.append(_weighted(weights, table))
    return [np.concatenate(parts) for parts in found]


def _chunks(total: int, documents: int) -> Iterator[int]:
    size = max(1, _CELLS // max(1, documents))
    while total > 0:
        yield min(size, total)
        total -= size


def _weighted(weights: Array, table: npt.NDArray[np.int64]) -> Array:
    flat = table.reshape(len(table), -1).astype(np.float64)
    return (weights @ flat).reshape(len(weights), *table.shape[1:])


def interval(values: Array, level: float = LEVEL) -> tuple[float, float] | None:
    """RETURNS (tuple | None): percentile interval of the draws where the metric is defined; None if it never is."""
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Difference:
    """How two systems differ in one metric on the same documents.

    metric (str): its path, such as "strict.f1".
    first, second (float | None): the metric of each system.
    difference (float | None): second minus first.
    interval (tuple[float, float] | None): 95 % paired bootstrap interval of the difference.
    p_randomisation (float | None): p of approximate randomisation.
    p_bootstrap (float | None): p of the paired bootstrap.
    """

    metric: str
    first: float | None
    second: float | None
    difference: float | None
    interval: tuple[float, float] | None
    p_randomisation: float | None
    p_bootstrap: float | None

    @property
    def is_significant(self) -> bool | None:
        """RETURNS (bool | None): whether both tests call the difference significant; None where there is none."""
        if self.p_randomisation is None or self.p_bootstrap is None:
            return None
        return max(self.p_randomisation, self.p_bootstrap) < ALPHA


def compare_stats(
    first: DocStats, second: DocStats, metrics: Sequence[str], *, trials: int = 10_000, seed: int = 0
) -> list[Difference]:
    """Compare two systems on the same documents.

    first, second (DocStats): counts of one layer.
    metrics (Sequence[str]): paths, see `metric`.
    trials (int): resamples and exchanges.
    seed (int): of the random numbers.
    RETURNS (list[Difference]): one a metric.
    RAISES (ValueError): if the documents are not the same.
    """
    if first.ids != second.ids:
        raise ValueError("the two systems were not scored on the same documents")
    names = tuple(sorted({*first.names, *second.names}))
    one, other = _aligned(first, names), _aligned(second, names)
    exchanged = _exchange(one, other, trials=trials, seed=seed)
    resampled = bootstrap_totals([one, other], resamples=trials, seed=seed)
    return [_difference(path, names, (one, other), exchanged, resampled) for path in metrics]


def _aligned(stats: DocStats, names: tuple[str, ...]) -> npt.NDArray[np.int64]:
    table = np.zeros((len(stats.ids), len(names), 3), dtype=np.int64)
    for column, name in enumerate(stats.names):
        table[:, names.index(name)] = stats.table[:, column]
    return table


def _exchange(
    one: npt.NDArray[np.int64], other: npt.NDArray[np.int64], *, trials: int, seed: int
) -> tuple[Array, Array]:
    """Totals of both systems after exchanging the outputs of random halves of the documents."""
    rng = np.random.default_rng(seed)
    delta = other - one
    parts = []
    for count in _chunks(trials, len(one)):
        mask = rng.integers(0, 2, size=(count, len(one)), dtype=np.int8).astype(np.float64)
        parts.append(_weighted(mask, delta))
    moved = np.concatenate(parts)
    return one.sum(axis=0) + moved, other.sum(axis=0) - moved


def _difference(
    path: str,
    names: tuple[str, ...],
    tables: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    exchanged: tuple[Array, Array],
    resampled: list[Array],
) -> Difference:
    first, second = (float(metric_values(names, table.sum(axis=0), path)) for table in tables)
    if np.isnan(first) or np.isnan(second):
        return Difference(path, _known(first), _known(second), None, None, None, None)
    observed = second - first
    moved = metric_values(names, exchanged[1], path) - metric_values(names, exchanged[0], path)
    drawn = metric_values(names, resampled[1], path) - metric_values(names, resampled[0], path)
    return Difference(
        path,
        first,
        second,
        observed,
        interval(drawn),
        _p_value(moved, 0.0, abs(observed)),
        _p_value(drawn, observed, abs(observed)),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _p_value(values: Array, center: float, size: float) -> float:
    """(c + 1) / (n + 1); a draw where the metric is undefined counts against significance."""
    distance = np.abs(values - center)
    count = int(np.count_nonzero(~(distance < size - 1e-12)))
    return (count + 1) / (len(values) + 1)
