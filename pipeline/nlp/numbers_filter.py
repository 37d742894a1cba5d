"""The trained part of the numbers component: multinomial logistic regression over the grammar's candidates.

scikit-learn fits it, inside `fit_filter` only; what is kept are feature names and one float32 row of weights each, so
that a trained model needs numpy alone. The classes are the labels and `DROP`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InputError, Problem

DROP = ""
"""The class of a candidate that is no number."""


@dataclass(frozen=True, slots=True)
class NumberFilter:
    """Weights of the filter.

    classes (tuple[str, ...]): labels and `DROP`.
    names (tuple[str, ...]): feature names.
    weights (NDArray): one row a name, one column a class.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    weights: NDArray[np.float32]
    rows: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", {name: row for row, name in enumerate(self.names)})

    def probabilities(self, described: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """RETURNS (NDArray): for every candidate the probability of each class."""
        get = self.rows.get
        found = [[row for row in map(get, features) if row is not None] for features in described]
        # "bias" always has a row, so that no candidate is without one and reduceat sees no empty slice.
        starts = np.cumsum([0, *map(len, found[:-1])])
        indices = np.fromiter((row for rows in found for row in rows), dtype=np.int64)
        scores = np.add.reduceat(self.weights[indices], starts, axis=0)
        scores -= scores.max(axis=1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=1, keepdims=True)
        return scores


def fit_filter(
    described: Sequence[Sequence[str]], gold: Sequence[str], *, strength: float, min_count: int, prune: float
) -> NumberFilter:
    """Fit the filter.

    described (Sequence[Sequence[str]]): the features of every candidate.
    gold (Sequence[str]): the right class of each.
    strength (float): inverse of the penalty on large weights (scikit-learn's C).
    min_count (int): features seen less often are not used.
    prune (float): features whose weights are all smaller are removed.
    RETURNS (NumberFilter): the weights.
    RAISES (InputError): if the gold has fewer than two classes.
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    if len(set(gold)) < 2:
        raise InputError(
            Problem("E316", "the gold holds no numbers to learn from", "train without the filter, or annotate numbers")
        )
    names = _frequent(described, min_count)
    columns = {name: column for column, name in enumerate(names)}
    rows = [[columns[name] for name in features if name in columns] for features in described]
    bounds = np.cumsum([0, *map(len, rows)])
    indices = np.fromiter((column for row in rows for column in row), dtype=np.int32)
    matrix = csr_matrix((np.ones(len(indices)), indices, bounds), shape=(len(rows), len(names)))
    model = LogisticRegression(C=strength, fit_intercept=False, max_iter=400, tol=1e-4)
    model.fit(matrix, list(gold))
    classes = tuple(str(name) for name in model.classes_)
    weights = model.coef_.T if len(classes) > 2 else np.hstack([-model.coef_.T, model.coef_.T]) / 2
    kept = np.abs(weights).max(axis=1) >= prune
    kept[columns["bias"]] = True
    chosen = tuple(name for name, keep in zip(names, kept, strict=True) if keep)
    return NumberFilter(classes, chosen, weights[kept].astype(np.float32))


def _frequent(described: Sequence[Sequence[str]], min_count: int) -> list[str]:
    counts: dict[str, int] = {}
    for features in described:
        for name in features:
            counts[name] = counts.get(name, 0) + 1
    return sorted(name for name, count in counts.items() if count >= min_count or name == "bias")
