"""Training: stochastic gradient steps on the CRF's conditional likelihood, one chain after another.

AdaGrad per weight, L2 spread over a feature's occurrences, features dropped at random, and the mean of the weights at
the ends of the later epochs as the result, of several runs with other seeds if asked for. Where gold says only what is
allowed (a mask), the target is the marginal distribution of all allowed paths. Everything is seeded and
single-threaded: two runs give the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.nlp.crf.lattice import add_vector_scores, exponentials, forward_backward, longest_chain


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to train.

    epochs (int): passes over the data.
    rate (float): AdaGrad's step size.
    l2 (float): strength of the L2 penalty; the penalty of a weight is l2 / 2 · w².
    dropout (float): share of feature occurrences that are left out in a step.
    average_from (float): share of the epochs after which weights are averaged.
    vector_rate (float): AdaGrad's step size for the weights of vectors.
    vector_window (int): how many characters to either side a character's vectors are taken from.
    runs (int): how many trainings with seeds of their own are averaged.
    seed (int): seed of order and dropout, of the first run.
    """

    epochs: int = 15
    rate: float = 0.1
    l2: float = 0.1
    dropout: float = 0.1
    average_from: float = 0.4
    vector_rate: float = 0.02
    vector_window: int = 1
    runs: int = 1
    seed: int = 0


@dataclass(slots=True)
class TrainingProblem:
    """What is to be learned, as flat arrays.

    features: (rows, columns) feature numbers, -1 for none.
    vectors: (rows, width) vectors; width 0 if there are none.
    gold: (rows,) gold tags.
    masks: (rows, tags) allowed tags, or (0, tags) if every row's tag is known.
    chunks: (chains, 2) first row and end of each chain.
    partial: (chains,) whether the chain's target is its mask instead of its tags.
    offsets, pair_tags: the weights' layout, as `offsets` and `tags` of `weights.SparseWeights`.
    counts: (features,) occurrences.
    tags: how many tags there are.
    """

    features: NDArray[np.int32]
    vectors: NDArray[np.float32]
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
    """The state after an epoch: its number from 1 over all runs, mean loss a character, and the weights to use.

    weights: (pairs,) as laid out in the problem; transitions: (tags, tags); vectors: (window, width, tags).
    """

    number: int
    loss: float
    weights: NDArray[np.float32]
    transitions: NDArray[np.float32]
    vectors: NDArray[np.float32]


def train_epochs(problem: TrainingProblem, options: FitOptions) -> Iterator[Epoch]:
    """Train, and show the averaged weights after every epoch.

    problem (TrainingProblem): the data.
    options (FitOptions): how.
    YIELDS (Epoch): after every epoch, with the mean of this run and those before it; stop listening to stop training.
    """
    before: Epoch | None = None
    for run in range(options.runs):
        last = before
        for epoch in _train_run(problem, replace(options, seed=options.seed + run)):
            last = epoch if before is None else _mean(before, epoch, run)
            yield replace(last, number=run * options.epochs + epoch.number)
        before = last


def _mean(before: Epoch, now: Epoch, runs: int) -> Epoch:
    """RETURNS (Epoch): the mean of so many runs before and this one."""
    weights, transitions, vectors = (
        (old + (new - old) / (runs + 1)).astype(np.float32)
        for old, new in (
            (before.weights, now.weights),
            (before.transitions, now.transitions),
            (before.vectors, now.vectors),
        )
    )
    return Epoch(now.number, now.loss, weights, transitions, vectors)


def _train_run(problem: TrainingProblem, options: FitOptions) -> Iterator[Epoch]:
    """YIELDS (Epoch): after every epoch of one run, with the averaged weights of its later epochs."""
    rng = np.random.default_rng(options.seed)
    width = problem.vectors.shape[1]
    shapes = (
        (len(problem.pair_tags),),
        (problem.tags, problem.tags),
        (2 * options.vector_window + 1 if width else 0, width, problem.tags),
    )
    now = tuple(np.zeros(shape, dtype=np.float32) for shape in shapes)
    squares = tuple(np.zeros_like(array) for array in now)
    means = tuple(np.zeros(shape) for shape in shapes)
    averaged = 0
    rows = max(1, int((problem.chunks[:, 1] - problem.chunks[:, 0]).sum()))
    decay = (options.l2 / np.maximum(problem.counts, 1)).astype(np.float32)
    for number in range(1, options.epochs + 1):
        order = rng.permutation(len(problem.chunks))
        loss = _epoch(
            (problem.features, problem.vectors, problem.gold, problem.masks),
            problem.chunks[order],
            problem.partial[order],
            (problem.offsets, problem.pair_tags, decay),
            now,
            squares,
            (options.rate, options.vector_rate, options.l2 / max(1, len(problem.chunks))),
            np.uint64(options.dropout * 2.0**24),
            np.uint64(rng.integers(1, 2**63)),
        )
        if number > options.average_from * options.epochs or number == options.epochs:
            averaged += 1
            means = tuple(mean + (array - mean) / averaged for mean, array in zip(means, now, strict=True))
        weights, transitions, vectors = means if averaged else now
        # What was dropped in training is there in use: the weights are scaled to give the same sums.
        kept = (weights * (1.0 - options.dropout)).astype(np.float32)
        yield Epoch(
            number, loss / rows, kept, *(array.astype(np.float32, copy=True) for array in (transitions, vectors))
        )


@njit(cache=True)
def _dropped(row, column, salt, limit):  # type: ignore[no-untyped-def]
    """RETURNS: whether this occurrence is left out in this epoch; a hash, so that no mask must be kept."""
    code = (np.uint64(row) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(column)) ^ salt
    code = (code ^ (code >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
    return (code >> np.uint64(40)) < limit


@njit(cache=True)
def _epoch(data, chunks, partial, layout, now, squares, rates, limit, salt):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """One pass over the chains.

    data: features, vectors, gold and masks by row; layout: offsets, tags and decay of the sparse weights; now, squares:
    sparse weights, transitions and weights of vectors, with the sums of their squared slopes; rates: step size, step
    size for vectors, decay of transitions and vectors; limit, salt: which features are left out.
    RETURNS: the sum of the negative log likelihoods.
    """
    features, vectors, gold, masks = data
    offsets, pair_tags, _ = layout
    weights, transitions, vector_weights = now
    tags = transitions.shape[0]
    longest = longest_chain(chunks)
    kept = np.empty((longest, features.shape[1]), dtype=np.int32)
    sizes = np.empty(longest, dtype=np.int32)
    scores = np.empty((longest, tags), dtype=np.float32)
    gains, allowed = np.empty((longest, tags)), np.empty((longest, tags))
    room = (np.empty((longest, tags)), np.empty((longest, tags)), np.empty(longest))
    slopes = np.empty((longest, tags), dtype=np.float32)
    expected, wanted = np.zeros((tags, tags)), np.zeros((tags, tags))
    steps = np.exp(transitions.astype(np.float64))
    loss = 0.0
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        rows = end - start
        if rows == 0:
            continue
        _keep(features, start, rows, limit, salt, kept, sizes)
        scores[:rows] = 0.0
        add_vector_scores(vectors, vector_weights, start, end, scores)
        for row in range(rows):
            for place in range(sizes[row]):
                feature = kept[row, place]
                for pair in range(offsets[feature], offsets[feature + 1]):
                    scores[row, pair_tags[pair]] += weights[pair]
        exponentials(scores, 0, rows, gains)
        slopes[:rows] = 0.0
        log_z = _add_marginals(gains, steps, rows, room, expected, slopes, 1.0)
        if partial[chunk]:
            for row in range(rows):
                for tag in range(tags):
                    allowed[row, tag] = gains[row, tag] if masks[start + row, tag] else 0.0
            log_a = _add_marginals(allowed, steps, rows, room, wanted, slopes, -1.0)
            if log_a == -np.inf:
                continue
        else:
            log_a = _add_gold(gold[start:end], gains, transitions, wanted, slopes)
        loss += log_z - log_a
        _step_transitions(now[1], squares[1], steps, expected, wanted, rates)
        _step_vectors(vectors, start, end, slopes, now[2], squares[2], rates)
        _step_weights(kept, sizes, rows, slopes, layout, now[0], squares[0], rates)
    return loss


@njit(cache=True)
def _keep(features, start, rows, limit, salt, kept, sizes):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Fill `kept` with the features of each row that are known and not left out, and `sizes` with their number."""
    for row in range(rows):
        size = 0
        for column in range(features.shape[1]):
            feature = features[start + row, column]
            if feature >= 0 and not _dropped(start + row, column, salt, limit):
                kept[row, size] = feature
                size += 1
        sizes[row] = size


@njit(cache=True)
def _add_marginals(gains, steps, rows, room, counts, slopes, sign):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Fill `counts` with expected transitions and add sign × tag marginals to `slopes`. RETURNS: log of the mass."""
    forward, backward, scale = room
    mass = forward_backward(gains[:rows], steps, forward, backward, scale)
    if mass == -np.inf:
        return mass
    _expect(gains, steps, forward, backward, scale, rows, counts)
    for row in range(rows):
        for tag in range(steps.shape[0]):
            slopes[row, tag] += np.float32(sign * forward[row, tag] * backward[row, tag])
    return mass


@njit(cache=True)
def _add_gold(gold, gains, transitions, counts, slopes):  # type: ignore[no-untyped-def]
    """Fill `counts` with gold's transitions and take gold's tags from `slopes`. RETURNS: gold's score."""
    counts[:] = 0.0
    score = 0.0
    for row in range(len(gold)):
        tag = gold[row]
        slopes[row, tag] -= np.float32(1.0)
        score += np.log(max(gains[row, tag], 1e-300))
        if row:
            counts[gold[row - 1], tag] += 1.0
            score += transitions[gold[row - 1], tag]
    return score


@njit(cache=True)
def _step_transitions(transitions, squares, steps, expected, wanted, rates):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Take a step in the transitions, and renew their exponentials."""
    rate, _, decay = rates
    for source in range(len(transitions)):
        for tag in range(len(transitions)):
            slope = expected[source, tag] - wanted[source, tag]
            if abs(slope) > 1e-6:
                slope += decay * transitions[source, tag]
                squares[source, tag] += slope * slope
                transitions[source, tag] -= rate * slope / (np.sqrt(squares[source, tag]) + 1e-6)
                steps[source, tag] = np.exp(transitions[source, tag])


@njit(cache=True)
def _step_vectors(vectors, start, end, slopes, weights, squares, rates):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Take a step in the weights of the vectors; see `add_vector_scores` for their layout."""
    rate, decay = np.float32(rates[1]), np.float32(rates[2])
    reach = weights.shape[0] // 2
    for place in range(weights.shape[0]):
        offset = place - reach
        first, last = max(start, start - offset), min(end, end - offset)
        if first >= last:
            continue
        slope = np.dot(vectors[first + offset : last + offset].T, slopes[first - start : last - start])
        for column in range(weights.shape[1]):
            for tag in range(weights.shape[2]):
                step = slope[column, tag] + decay * weights[place, column, tag]
                squares[place, column, tag] += step * step
                root = np.sqrt(squares[place, column, tag]) + np.float32(1e-6)
                weights[place, column, tag] -= rate * step / root


@njit(cache=True)
def _step_weights(kept, sizes, rows, slopes, layout, weights, squares, rates):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """Take a step in the weights of the features that were there."""
    offsets, pair_tags, decay = layout
    rate = np.float32(rates[0])
    for row in range(rows):
        for place in range(sizes[row]):
            feature = kept[row, place]
            pull = decay[feature]
            for pair in range(offsets[feature], offsets[feature + 1]):
                step = slopes[row, pair_tags[pair]] + pull * weights[pair]
                squares[pair] += step * step
                weights[pair] -= rate * step / (np.sqrt(squares[pair]) + np.float32(1e-6))


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
