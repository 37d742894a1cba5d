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
    """Fit slope and offset by Newton's method with a weak pull towards (1, 0).

    probabilities (NDArray): what the model says of its spans.
    correct (NDArray): whether each of them is gold.
    RETURNS (Calibration): the fit; the identity if there are too few spans to tell.
    """
    if len(probabilities) < _ENOUGH or correct.all() or not correct.any():
        return Calibration()
    design = np.stack([_log_odds(probabilities), np.ones(len(probabilities))], axis=1)
    start = np.array([1.0, 0.0])
    point = start.copy()
    pull = np.eye(2)
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-design @ point))
        slope = design.T @ (chance - correct) + pull @ (point - start)
        bend = (design * (chance * (1 - chance))[:, None]).T @ design + pull
        step = np.linalg.solve(bend, slope)
        point -= step
        if np.abs(step).max() < 1e-9:
            break
    if point[0] <= 0.0:  # the model's order would turn over; better to leave it
        return Calibration()
    return Calibration(float(point[0]), float(point[1]))
