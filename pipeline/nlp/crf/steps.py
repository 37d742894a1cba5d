"""The compiled steps of training: for one chain after another the slopes of its loss, and AdaGrad against them.

All functions work on flat arrays (see `trainer.TrainingProblem`), on one thread, so the same input gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from pipeline.nlp.crf.lattice import add_vector_scores, exponentials, forward_backward, longest_chain


@njit(cache=True)
def _dropped(row, column, salt, limit):  # type: ignore[no-untyped-def]
    """RETURNS: whether this occurrence is left out in this epoch; a hash, so that no mask must be kept."""
    code = (np.uint64(row) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(column)) ^ salt
    code = (code ^ (code >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
    return (code >> np.uint64(40)) < limit


@njit(cache=True)
def train_chains(data, chunks, starts, partial, layout, now, squares, rates, left_out, vector_slopes):  # type: ignore[no-untyped-def]  # noqa: PLR0917
    """One pass over the chains.

    data: features, gold and masks by row, and vectors, in which chain number i begins at row starts[i]; layout:
    offsets, tags and decay of the sparse weights; now, squares: sparse weights, transitions and weights of vectors,
    with the sums of their squared slopes; rates: step size, step size for vectors, decay of transitions and vectors;
    left_out: share and salt of the features that are; vector_slopes: gets the slopes of the loss in the vectors, if it
    has rows.
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
    limit, salt = left_out
    loss = 0.0
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        rows = end - start
        if rows == 0:
            continue
        first = starts[chunk]
        _keep(features, start, rows, limit, salt, kept, sizes)
        scores[:rows] = 0.0
        add_vector_scores(vectors, vector_weights, first, first + rows, scores)
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
        if len(vector_slopes):
            _add_vector_slopes(slopes, now[2], first, first + rows, vector_slopes)
        _step_vectors(vectors, first, first + rows, slopes, now[2], squares[2], rates)
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
def _add_vector_slopes(slopes, weights, start, end, out):  # type: ignore[no-untyped-def]
    """Add to `out` what a chain's loss slopes by in its vectors: the mirror of `add_vector_scores`."""
    reach = weights.shape[0] // 2
    for place in range(weights.shape[0]):
        offset = place - reach
        first, last = max(start, start - offset), min(end, end - offset)
        if first < last:
            out[first + offset : last + offset] += np.dot(slopes[first - start : last - start], weights[place].T)


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
