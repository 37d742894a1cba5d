"""Packed weights give the sums of the plain ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.nlp.crf.weights import SparseWeights, pack


def some_weights(rng: np.random.Generator, features: int, tags: int) -> SparseWeights:
    """Features with no, some or all tags, in the order that training gives them."""
    keys = rng.choice(2**62, features, replace=False).astype(np.uint64) * np.uint64(2) + np.uint64(1)
    rows = [np.flatnonzero(rng.random(tags) < rng.choice([0.0, 0.1, 0.9])) for _ in range(features)]
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    flat = np.concatenate(rows).astype(np.int16) if rows else np.zeros(0, dtype=np.int16)
    return SparseWeights(keys, offsets, flat, rng.normal(size=len(flat)).astype(np.float32))


def plain_sums(weights: SparseWeights, codes: NDArray[np.uint64], tags: int) -> NDArray[np.float32]:
    """One feature after another, as the columns stand."""
    place = {int(key): number for number, key in enumerate(weights.keys)}
    scores = np.zeros((len(codes), tags), dtype=np.float32)
    for row, found in enumerate(codes):
        for code in found:
            if (feature := place.get(int(code))) is not None:
                for pair in range(weights.offsets[feature], weights.offsets[feature + 1]):
                    scores[row, weights.tags[pair]] += weights.values[pair]
    return scores


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 30))
def test_packed_weights_give_the_same_bits(seed: int, features: int, tags: int) -> None:
    rng = np.random.default_rng(seed)
    weights = some_weights(rng, features, tags)
    pool = np.concatenate(
        [weights.keys, np.zeros(3, np.uint64), rng.integers(1, 2**63, 9, dtype=np.uint64) | np.uint64(1)]
    )
    codes = rng.choice(pool, (12, 7))
    assert pack(weights, tags).scores(codes).tolist() == plain_sums(weights, codes, tags).tolist()


@pytest.mark.parametrize("threshold", [0.0, 0.5, 10.0])
def test_pruning_drops_small_weights_and_empty_features(threshold: float) -> None:
    weights = some_weights(np.random.default_rng(2), 50, 9)
    left = weights.pruned(threshold)
    assert (np.abs(left.values) > threshold).all()
    assert len(left.values) == (np.abs(weights.values) > threshold).sum()
    assert (np.diff(left.offsets) > 0).all()
    assert set(left.keys.tolist()) <= set(weights.keys.tolist())
