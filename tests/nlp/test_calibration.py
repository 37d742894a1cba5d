"""Calibration by Platt's method."""

from __future__ import annotations

import numpy as np

from pipeline.nlp.crf.calibration import Calibration, fit_calibration


def test_overconfidence_is_mended() -> None:
    rng = np.random.default_rng(0)
    true = rng.uniform(0.05, 0.95, 4000)
    said = Calibration(2.0, 0.5)(true)
    fitted = fit_calibration(said, rng.uniform(size=4000) < true)
    assert np.abs(fitted(said) - true).max() < 0.05


def test_too_little_to_tell_leaves_probabilities_alone() -> None:
    some = np.linspace(0.1, 0.9, 10, dtype=np.float64)
    assert fit_calibration(some, some > 0.5) == Calibration()
    many = np.linspace(0.1, 0.9, 100, dtype=np.float64)
    assert fit_calibration(many, many > 0) == Calibration()
    assert fit_calibration(many, many < 0.5) == Calibration()


def test_identity_is_the_identity() -> None:
    some = np.linspace(0.01, 0.99, 50, dtype=np.float64)
    np.testing.assert_allclose(Calibration()(some), some)
