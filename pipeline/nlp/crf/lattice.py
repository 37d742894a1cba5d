"""The compiled core: numbering of features, scores from vectors, Viterbi, forward-backward, span probabilities.

All functions work on flat arrays of many texts; `chunks` are (start, end) rows of one chain each. Single-threaded and
without fast-math, so the same input gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_EMPTY = np.uint64(0)
_TINY = 1e-12
"""Probability mass that is not followed any further."""


@njit(cache=True)
def build_slots(keys, size):  # type: ignore[no-untyped-def]
    """RETURNS: open-addressing table of `size` (a power of two) slots: index into keys, or -1."""
    slots = np.full(size, -1, dtype=np.int32)
    mask = np.uint64(size - 1)
    for index in range(len(keys)):
        slot = (keys[index] >> np.uint64(1)) & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = index
    return slots


@njit(cache=True)
def look_up(codes, keys, slots):  # type: ignore[no-untyped-def]
    """RETURNS: for every code its index in keys, or -1 for code 0 and for unknown codes."""
    rows, columns = codes.shape
    found = np.empty((rows, columns), dtype=np.int32)
    mask = np.uint64(len(slots) - 1)
    for row in range(rows):
        for column in range(columns):
            code = codes[row, column]
            index = np.int32(-1)
            if code != _EMPTY:
                slot = (code >> np.uint64(1)) & mask
                while True:
                    index = slots[slot]
                    if index < 0 or keys[index] == code:
                        break
                    slot = (slot + np.uint64(1)) & mask
            found[row, column] = index
    return found


@njit(cache=True)
def add_vector_scores(vectors, weights, start, end, scores):  # type: ignore[no-untyped-def]
    """Add to scores[: end - start] what the vectors of one chain's rows say.

    vectors: (rows, width) of all chains; weights: (window, width, tags), the row itself in the middle of the window.
    Beyond the chain's ends there is nothing.
    """
    reach = weights.shape[0] // 2
    for place in range(weights.shape[0]):
        offset = place - reach
        first, last = max(start, start - offset), min(end, end - offset)
        if first < last:
            scores[first - start : last - start] += np.dot(vectors[first + offset : last + offset], weights[place])


@njit(cache=True)
def viterbi(scores, transitions, chunks):  # type: ignore[no-untyped-def]  # noqa: C901, PLR0912
    """RETURNS: the best legal tag of every row; rows outside the chunks are O. Ties go to the lower tag."""
    rows, tags = scores.shape
    labels = (tags - 1) // 4
    path = np.full(rows, 2 * labels, dtype=np.int16)
    back = np.zeros((rows, tags), dtype=np.int16)
    best = np.empty(tags, dtype=np.float32)
    last = np.empty(tags, dtype=np.float32)
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        if start == end:
            continue
        last[:] = -np.inf
        for tag in range(2 * labels + 1):
            last[tag] = scores[start, tag]
        for row in range(start + 1, end):
            best[:] = -np.inf
            for other in range(labels, 3 * labels + 1):
                base = last[other]
                for tag in range(2 * labels + 1):
                    score = base + transitions[other, tag]
                    if score > best[tag]:
                        best[tag] = score
                        back[row, tag] = other
            for label in range(labels):
                begin, inner = label, 3 * labels + 1 + label
                for tag in (2 * labels + 1 + label, inner):
                    first = last[begin] + transitions[begin, tag]
                    second = last[inner] + transitions[inner, tag]
                    best[tag] = max(first, second)
                    back[row, tag] = inner if second > first else begin
            for tag in range(tags):
                last[tag] = best[tag] + scores[row, tag]
        top, tag = np.float32(-np.inf), 2 * labels
        for other in range(labels, 3 * labels + 1):
            if last[other] > top:
                top, tag = last[other], other
        for row in range(end - 1, start - 1, -1):
            path[row] = tag
            tag = back[row, tag]
    return path


@njit(cache=True)
def forward_backward(gains, steps, forward, backward, scale):  # type: ignore[no-untyped-def]  # noqa: C901, PLR0912
    """Fill `forward`, `backward` and `scale` of one chain, so that forward × backward are the tag marginals.

    gains: (rows, tags) exponentials of the scores, each row scaled by its maximum; steps: of the transitions.
    RETURNS: log of the partition function, without the maxima taken out of the rows.
    """
    rows, tags = gains.shape
    labels = (tags - 1) // 4
    opens, closes, ends = 2 * labels + 1, labels, 3 * labels + 1
    forward[:rows] = 0.0
    backward[:rows] = 0.0
    forward[0, :opens] = gains[0, :opens]
    log_z = 0.0
    for row in range(rows):
        if row:
            for other in range(closes, ends):
                mass = forward[row - 1, other]
                if mass > _TINY:
                    for tag in range(opens):
                        forward[row, tag] += mass * steps[other, tag]
            for label in range(labels):
                left, inner = forward[row - 1, label], forward[row - 1, ends + label]
                if left + inner > _TINY:
                    for tag in (opens + label, ends + label):
                        forward[row, tag] = left * steps[label, tag] + inner * steps[ends + label, tag]
            for tag in range(tags):
                forward[row, tag] *= gains[row, tag]
        total = forward[row].sum()
        if not total > 0.0:
            return -np.inf
        scale[row] = total
        forward[row] /= total
        log_z += np.log(total)
    final = forward[rows - 1, closes:ends].sum()
    if not final > 0.0:
        return -np.inf
    log_z += np.log(final)
    backward[rows - 1, closes:ends] = 1.0 / final
    ahead = np.empty(tags)
    for row in range(rows - 2, -1, -1):
        for tag in range(tags):
            ahead[tag] = backward[row + 1, tag] * gains[row + 1, tag] / scale[row + 1]
        for other in range(closes, ends):
            if forward[row, other] > _TINY:
                mass = 0.0
                for tag in range(opens):
                    mass += steps[other, tag] * ahead[tag]
                backward[row, other] = mass
        for label in range(labels):
            for tag in (label, ends + label):
                backward[row, tag] = (
                    steps[tag, opens + label] * ahead[opens + label] + steps[tag, ends + label] * ahead[ends + label]
                )
    return log_z


@njit(cache=True)
def exponentials(scores, start, end, out):  # type: ignore[no-untyped-def]
    """Fill `out` with exponentials of the rows' scores, each row divided by its largest."""
    tags = scores.shape[1]
    for row in range(start, end):
        top = scores[row, 0]
        for tag in range(1, tags):
            top = max(top, scores[row, tag])
        for tag in range(tags):
            out[row - start, tag] = np.exp(scores[row, tag] - top)


@njit(cache=True)
def longest_chain(chunks):  # type: ignore[no-untyped-def]
    """RETURNS: how many rows the longest of the chains has, at least 1."""
    longest = 1
    for chunk in range(len(chunks)):
        longest = max(longest, chunks[chunk, 1] - chunks[chunk, 0])
    return longest


@njit(cache=True)
def span_probabilities(scores, transitions, path, chunks):  # type: ignore[no-untyped-def]
    """RETURNS: for each row where a span of `path` starts, the probability of exactly that span; elsewhere 0."""
    rows, tags = scores.shape
    labels = (tags - 1) // 4
    steps = np.exp(transitions.astype(np.float64))
    longest = longest_chain(chunks)
    gains = np.empty((longest, tags))
    forward, backward = np.empty((longest, tags)), np.empty((longest, tags))
    scale = np.empty(longest)
    found = np.zeros(rows, dtype=np.float64)
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        busy = False
        for row in range(start, end):
            busy = busy or path[row] != 2 * labels
        if not busy:
            continue
        exponentials(scores, start, end, gains)
        forward_backward(gains[: end - start], steps, forward, backward, scale)
        row = start
        while row < end:
            tag = path[row]
            if tag >= 2 * labels:
                row += 1
                continue
            first = row
            mass = forward[row - start, tag]
            while path[row] < labels or path[row] > 3 * labels:
                row += 1
                mass *= steps[path[row - 1], path[row]] * gains[row - start, path[row]] / scale[row - start]
            found[first] = mass * backward[row - start, path[row]]
            row += 1
    return found


@njit(cache=True)
def tag_marginals(scores, transitions, chunks):  # type: ignore[no-untyped-def]
    """RETURNS: (rows, tags) probability of every tag at every row of the chains; 0 outside them."""
    rows, tags = scores.shape
    steps = np.exp(transitions.astype(np.float64))
    longest = longest_chain(chunks)
    gains = np.empty((longest, tags))
    forward, backward = np.empty((longest, tags)), np.empty((longest, tags))
    scale = np.empty(longest)
    found = np.zeros((rows, tags), dtype=np.float64)
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        if start == end:
            continue
        exponentials(scores, start, end, gains)
        forward_backward(gains[: end - start], steps, forward, backward, scale)
        for row in range(start, end):
            for tag in range(tags):
                found[row, tag] = forward[row - start, tag] * backward[row - start, tag]
    return found
