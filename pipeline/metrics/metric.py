"""Metrics as functions of total counts, for one total or for thousands of resampled ones at once.

A metric is named by a path, the same as in a score file below a layer:

    strict.f1 · exact.precision · partial.recall · ent_type.f1 · strict.per_label.ORG.f1 · strict.macro.f1
    slices.field.政府.recall · value_accuracy · values.unit.accuracy · values.number.f1

Undefined is NaN here, and None in a score file.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipeline.metrics.stats import CORRECT, PREDICTED, SUPPORT

Array = npt.NDArray[np.float64]


class MetricPathError(ValueError):
    """A path that names no metric."""


_PAIRS: dict[str, dict[str, float]] = {
    "strict": {},
    "exact": {"pair:exact": 1.0},
    "partial": {"pair:exact": 1.0, "pair:overlap_same": 0.5, "pair:overlap_other": 0.5},
    "ent_type": {"pair:overlap_same": 1.0},
}
"""What each scheme credits beyond the strictly right pairs."""


def metric_values(names: tuple[str, ...], totals: npt.NDArray[np.generic], path: str) -> Array:
    """Compute a metric.

    names (tuple[str, ...]): the columns, see `stats`.
    totals (ndarray): shape (..., columns, 3).
    path (str): the metric.
    RETURNS (ndarray): shape (...), NaN where it is undefined.
    RAISES (MetricPathError): for a path that names no metric.
    """
    table = np.asarray(totals, dtype=np.float64)
    parts = path.split(".")
    match parts:
        case [scheme, rate] if scheme in _PAIRS:
            counts = _scheme_counts(names, table, scheme)
        case ["strict", "per_label", *label, rate] if label:  # a label may hold dots: PER.NAM
            counts = _column(names, table, f"label:{'.'.join(label)}")
        case ["strict", "macro", rate]:
            return _macro(names, table, rate, path)
        case ["slices", key, *rest] if len(rest) >= 2:
            counts, rate = _column(names, table, f"slice:{key}={'.'.join(rest[:-1])}"), rest[-1]
        case ["value_accuracy"]:
            counts, rate = _column(names, table, "value"), "recall"
        case ["values", "number", rate]:
            _, support, predicted = _scheme_counts(names, table, "strict")
            counts = _column(names, table, "number")[0], support, predicted
        case ["values", part, "accuracy"]:
            counts, rate = _column(names, table, part), "recall"
        case _:
            raise MetricPathError(f"{path!r} names no metric")
    return _rate(*counts, rate, path)


def _column(names: tuple[str, ...], table: Array, name: str) -> tuple[Array, Array, Array]:
    if name not in names:
        nothing = np.zeros(table.shape[:-2])
        return nothing, nothing, nothing
    cells = table[..., names.index(name), :]
    return cells[..., CORRECT], cells[..., SUPPORT], cells[..., PREDICTED]


def _scheme_counts(names: tuple[str, ...], table: Array, scheme: str) -> tuple[Array, Array, Array]:
    columns = [column for column, name in enumerate(names) if name.startswith("label:")]
    sums = table[..., columns, :].sum(axis=-2)
    credit = sums[..., CORRECT]
    for name, share in _PAIRS[scheme].items():
        credit = credit + share * _column(names, table, name)[0]
    return credit, sums[..., SUPPORT], sums[..., PREDICTED]


def _rate(correct: Array, support: Array, predicted: Array, rate: str, path: str) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        if rate == "precision":
            return np.asarray(np.where(predicted > 0, correct / predicted, np.nan))
        if rate == "recall":
            return np.asarray(np.where(support > 0, correct / support, np.nan))
        if rate == "f1":
            return np.asarray(np.where(support + predicted > 0, 2 * correct / (support + predicted), np.nan))
    raise MetricPathError(f"{path!r} ends in {rate!r}, not in precision, recall or f1")


def _macro(names: tuple[str, ...], table: Array, rate: str, path: str) -> Array:
    columns = [name for name in names if name.startswith("label:")]
    if not columns:  # a layer without a span, gold or predicted
        return _rate(*_scheme_counts(names, table, "strict"), rate, path)
    values = np.stack([_rate(*_column(names, table, name), rate, path) for name in columns], axis=-1)
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(count > 0, np.where(known, values, 0).sum(axis=-1) / count, np.nan))
