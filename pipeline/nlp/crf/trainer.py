"""Training: stochastic gradient steps on the CRF's conditional likelihood, one chain after another.

AdaGrad per weight, L2 spread over a feature's occurrences, features dropped at random, and the mean of the weights at
the ends of the later epochs as the result. Where gold says only what is allowed (a mask), the target is the marginal
distribution of all allowed paths. Everything is seeded and single-threaded: two runs give the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.nlp.crf.lattice import exponentials, forward_backward, longest_chain


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to train.

    epochs (int): passes over the data.
    rate (float): AdaGrad's step size.
    l2 (float): strength of the L2 penalty; the penalty of a weight is l2 / 2 · w².
    dropout (float): share of feature occurrences that are left out in a step.
    average_from (float): share of the epochs after which weights are averaged.
    seed (int): seed of order and dropout.
    """

    epochs: int = 15
    rate: float = 0.1
    l2: float = 0.1
    dropout: float = 0.1
    average_from: float = 0.4
    seed: int = 0


@dataclass(slots=True)
class Problem:
    """What is to be learned, as flat arrays.

    features: (rows, columns) feature numbers, -1 for none.
    gold: (rows,) gold tags.
    masks: (rows, tags) allowed tags, or (0, 0) if every row's tag is known.
    chunks: (chains, 2) first row and end of each chain.
    partial: (chains,) whether the chain's target is its mask instead of its tags.
    offsets, pair_tags: the weights' layout, as in `lattice`.
    counts: (features,) occurrences.
    tags: how many tags there are.
    """

    features: NDArray[np.int32]
    gold: NDArray[np.int16]
    masks: NDArray[np.bool_]
    chunks: NDArray[np.int64]
    partial: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    pair_tags: NDArray[np.int16]
    counts: NDArray[np.int64]
    tags: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """The state after an epoch: its number from 1, mean loss a character, and the weights to use."""

    number: int
    loss: float
    weights: NDArray[np.float32]
    transitions: NDArray[np.float32]


def train_epochs(problem: Problem, options: FitOptions) -> Iterator[Epoch]:
    """Train, and show the averaged weights after every epoch.

    problem (Problem): the data.
    options (FitOptions): how.
    YIELDS (Epoch): after every epoch; stop listening to stop training.
    """
    rng = np.random.default_rng(options.seed)
    weights = np.zeros(len(problem.pair_tags), dtype=np.float32)
    squares = np.zeros(len(weights), dtype=np.float32)
    transitions = np.zeros((problem.tags, problem.tags), dtype=np.float32)
    transition_squares = np.zeros_like(transitions)
    mean, transition_mean = np.zeros(len(weights)), np.zeros(transitions.shape)
    averaged = 0
    rows = max(1, int((problem.chunks[:, 1] - problem.chunks[:, 0]).sum()))
    decay = (options.l2 / np.maximum(problem.counts, 1)).astype(np.float32)
    keep = 1.0 - options.dropout
    for number in range(1, options.epochs + 1):
        order = rng.permutation(len(problem.chunks))
        salt = np.uint64(rng.integers(1, 2**63))
        loss = _epoch(
            problem.features,
            problem.gold,
            problem.masks,
            problem.chunks[order],
            problem.partial[order],
            problem.offsets,
            problem.pair_tags,
            weights,
            squares,
            transitions,
            transition_squares,
            decay,
            options.rate,
            options.l2 / max(1, len(problem.chunks)),
            options.dropout,
            salt,
        )
        if number > options.average_from * options.epochs or number == options.epochs:
            averaged += 1
            mean += (weights - mean) / averaged
            transition_mean += (transitions - transition_mean) / averaged
        use, use_transitions = (mean, transition_mean) if averaged else (weights, transitions)
        yield Epoch(number, loss / rows, (use * keep).astype(np.float32), use_transitions.astype(np.float32, copy=True))


@njit(cache=True)
def _dropped(row, column, salt, limit):  # type: ignore[no-untyped-def]
    """RETURNS: whether this occurrence is left out in this epoch; a hash, so that no mask must be kept."""
    code = (np.uint64(row) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(column)) ^ salt
    code = (code ^ (code >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
    return (code >> np.uint64(40)) < limit


@njit(cache=True)
def _epoch(  # type: ignore[no-untyped-def]  # noqa: PLR0912, PLR0915, PLR0917, C901
    features,
    gold,
    masks,
    chunks,
    partial,
    offsets,
    pair_tags,
    weights,
    squares,
    transitions,
    transition_squares,
    decay,
    rate,
    transition_decay,
    dropout,
    salt,
):
    """One pass over the chains. RETURNS: the sum of the negative log likelihoods."""
    tags = transitions.shape[0]
    columns = features.shape[1]
    longest = longest_chain(chunks)
    limit = np.uint64(dropout * 2.0**24)
    rate = np.float32(rate)
    kept = np.empty((longest, columns), dtype=np.int32)
    sizes = np.empty(longest, dtype=np.int32)
    scores = np.empty((longest, tags), dtype=np.float32)
    gains, allowed = np.empty((longest, tags)), np.empty((longest, tags))
    forward, backward = np.empty((longest, tags)), np.empty((longest, tags))
    scale = np.empty(longest)
    slopes = np.empty((longest, tags), dtype=np.float32)
    expected, wanted = np.zeros((tags, tags)), np.zeros((tags, tags))
    steps = np.exp(transitions.astype(np.float64))
    loss = 0.0
    for chunk in range(len(chunks)):
        start, rows = chunks[chunk, 0], chunks[chunk, 1] - chunks[chunk, 0]
        if rows == 0:
            continue
        scores[:rows] = 0.0
        for row in range(rows):
            size = 0
            for column in range(columns):
                feature = features[start + row, column]
                if feature >= 0 and not _dropped(start + row, column, salt, limit):
                    kept[row, size] = feature
                    size += 1
                    for pair in range(offsets[feature], offsets[feature + 1]):
                        scores[row, pair_tags[pair]] += weights[pair]
            sizes[row] = size
        exponentials(scores, 0, rows, gains)
        log_z = forward_backward(gains[:rows], steps, forward, backward, scale)
        _expect(gains, steps, forward, backward, scale, rows, expected)
        for row in range(rows):
            for tag in range(tags):
                slopes[row, tag] = forward[row, tag] * backward[row, tag]
        if partial[chunk]:
            for row in range(rows):
                for tag in range(tags):
                    allowed[row, tag] = gains[row, tag] if masks[start + row, tag] else 0.0
            log_a = forward_backward(allowed[:rows], steps, forward, backward, scale)
            if log_a == -np.inf:
                continue
            _expect(allowed, steps, forward, backward, scale, rows, wanted)
            for row in range(rows):
                for tag in range(tags):
                    slopes[row, tag] -= forward[row, tag] * backward[row, tag]
            loss += log_z - log_a
        else:
            wanted[:] = 0.0
            for row in range(rows):
                tag = gold[start + row]
                slopes[row, tag] -= 1.0
                loss -= np.log(max(gains[row, tag], 1e-300))
                if row:
                    wanted[gold[start + row - 1], tag] += 1.0
                    loss -= transitions[gold[start + row - 1], tag]
            loss += log_z
        for source in range(tags):
            for tag in range(tags):
                slope = expected[source, tag] - wanted[source, tag]
                if abs(slope) > 1e-6:
                    slope += transition_decay * transitions[source, tag]
                    transition_squares[source, tag] += slope * slope
                    transitions[source, tag] -= rate * slope / (np.sqrt(transition_squares[source, tag]) + 1e-6)
                    steps[source, tag] = np.exp(transitions[source, tag])
        for row in range(rows):
            for place in range(sizes[row]):
                feature = kept[row, place]
                pull = decay[feature]
                for pair in range(offsets[feature], offsets[feature + 1]):
                    step = slopes[row, pair_tags[pair]] + pull * weights[pair]
                    squares[pair] += step * step
                    weights[pair] -= rate * step / (np.sqrt(squares[pair]) + np.float32(1e-6))
    return loss


@njit(cache=True)
def _expect(gains, steps, forward, backward, scale, rows, out):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Fill `out` with the expected number of times each transition is taken in a chain."""
    tags = steps.shape[0]
    labels = (tags - 1) // 4
    opens, closes, ends = 2 * labels + 1, labels, 3 * labels + 1
    out[:] = 0.0
    ahead = np.empty(tags)
    for row in range(1, rows):
        for tag in range(tags):
            ahead[tag] = gains[row, tag] * backward[row, tag] / scale[row]
        for source in range(closes, ends):
            mass = forward[row - 1, source]
            if mass > 1e-9:
                for tag in range(opens):
                    out[source, tag] += mass * ahead[tag]
        for label in range(labels):
            for source in (label, ends + label):
                for tag in (opens + label, ends + label):
                    out[source, tag] += forward[row - 1, source] * ahead[tag]
    for source in range(tags):
        for tag in range(tags):
            out[source, tag] *= steps[source, tag]
