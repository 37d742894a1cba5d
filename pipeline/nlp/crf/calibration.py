"""Calibration of span probabilities: a line through the log odds, fitted on gold that was not trained on.

The CRF's marginals are a little too sure of themselves; slope and offset of Platt's method mend that with two numbers
and keep the order of the spans.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_LEAST = 1e-6
_ENOUGH = 30


@dataclass(frozen=True, slots=True)
class Calibration:
    """calibrated log odds = slope × log odds + offset."""

    slope: float = 1.0
    offset: float = 0.0

    def __call__(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """RETURNS (NDArray): calibrated probabilities."""
        calibrated: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-(self.slope * _log_odds(probabilities) + self.offset)))
        return calibrated

    def as_list(self) -> list[float]:
        """RETURNS (list[float]): slope and offset."""
        return [self.slope, self.offset]


def _log_odds(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    clipped = np.clip(probabilities, _LEAST, 1.0 - _LEAST)
    odds: NDArray[np.float64] = np.log(clipped) - np.log1p(-clipped)
    return odds


def fit_calibration(probabilities: NDArray[np.float64], correct: NDArray[np.bool_]) -> Calibration:
    """Fit slope and offset by maximum likelihood (Platt 1999) with a weak pull towards (1, 0).

    probabilities (NDArray): what the model says of its spans.
    correct (NDArray): whether each of them is gold.
    RETURNS (Calibration): the fit; the identity if there are too few spans to tell.
    """
    if len(probabilities) < _ENOUGH or correct.all() or not correct.any():
        return Calibration()
    # Loaded here, since tagging does not need it.
    from scipy.optimize import minimize
    from scipy.special import expit

    design = np.stack([_log_odds(probabilities), np.ones(len(probabilities))], axis=1)
    start = np.array([1.0, 0.0])

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        odds, away = design @ point, point - start
        value = float((np.logaddexp(0.0, odds) - odds * correct).sum() + away @ away / 2)
        return value, design.T @ (expit(odds) - correct) + away

    point = minimize(loss, start, jac=True, method="BFGS", options={"gtol": 1e-6}).x
    if point[0] <= 0.0:  # the model's order would turn over; better to leave it
        return Calibration()
    return Calibration(float(point[0]), float(point[1]))
