"""The compiled core: emissions from sparse features, Viterbi, forward-backward, and one epoch of training.

All functions work on flat arrays of many texts; `chunks` are (start, end) rows of one chain each. Weights are sparse:
feature f has the pairs `offsets[f]:offsets[f + 1]` of (tag, weight), the tags it was seen with. Single-threaded and
without fast-math, so the same input gives the same bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_EMPTY = np.uint64(0)


@njit(cache=True)
def build_slots(keys, size):  # type: ignore[no-untyped-def]
    """RETURNS: open-addressing table of `size` (a power of two) slots: index into keys, or -1."""
    slots = np.full(size, -1, dtype=np.int32)
    mask = np.uint64(size - 1)
    for index in range(len(keys)):
        slot = keys[index] & mask
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
                slot = code & mask
                while True:
                    index = slots[slot]
                    if index < 0 or keys[index] == code:
                        break
                    slot = (slot + np.uint64(1)) & mask
            found[row, column] = index
    return found


@njit(cache=True)
def emit(features, offsets, pair_tags, weights, tags):  # type: ignore[no-untyped-def]
    """RETURNS: (rows, tags) sums of the weights of each row's features."""
    rows, columns = features.shape
    scores = np.zeros((rows, tags), dtype=np.float32)
    for row in range(rows):
        for column in range(columns):
            feature = features[row, column]
            if feature >= 0:
                for pair in range(offsets[feature], offsets[feature + 1]):
                    scores[row, pair_tags[pair]] += weights[pair]
    return scores


@njit(cache=True)
def _opening(tags):  # type: ignore[no-untyped-def]
    """RETURNS: O, B and S tags."""
    labels = (tags - 1) // 4
    found = np.zeros(2 * labels + 1, dtype=np.int64)
    for label in range(labels):
        found[2 * label + 1] = 4 * label + 1
        found[2 * label + 2] = 4 * label + 4
    return found


@njit(cache=True)
def _closing(tags):  # type: ignore[no-untyped-def]
    """RETURNS: O, E and S tags."""
    labels = (tags - 1) // 4
    found = np.zeros(2 * labels + 1, dtype=np.int64)
    for label in range(labels):
        found[2 * label + 1] = 4 * label + 3
        found[2 * label + 2] = 4 * label + 4
    return found


@njit(cache=True)
def viterbi(scores, transitions, chunks):  # type: ignore[no-untyped-def]
    """RETURNS: the best legal tag of every row; rows outside the chunks are O. Ties go to the lower tag."""
    rows, tags = scores.shape
    labels = (tags - 1) // 4
    opening, closing = _opening(tags), _closing(tags)
    path = np.zeros(rows, dtype=np.int16)
    back = np.zeros((rows, tags), dtype=np.int16)
    best = np.empty(tags, dtype=np.float32)
    last = np.empty(tags, dtype=np.float32)
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        if start == end:
            continue
        last[:] = -np.inf
        for tag in opening:
            last[tag] = scores[start, tag]
        for row in range(start + 1, end):
            for tag in opening:
                top, source = np.float32(-np.inf), 0
                for other in closing:
                    score = last[other] + transitions[other, tag]
                    if score > top:
                        top, source = score, other
                best[tag] = top + scores[row, tag]
                back[row, tag] = source
            for label in range(labels):
                begin = 4 * label + 1
                for tag in (begin + 1, begin + 2):
                    first = last[begin] + transitions[begin, tag]
                    second = last[begin + 1] + transitions[begin + 1, tag]
                    if second > first:
                        best[tag] = second + scores[row, tag]
                        back[row, tag] = begin + 1
                    else:
                        best[tag] = first + scores[row, tag]
                        back[row, tag] = begin
            last, best = best, last
        top, tag = np.float32(-np.inf), 0
        for other in closing:
            if last[other] > top:
                top, tag = last[other], other
        for row in range(end - 1, start - 1, -1):
            path[row] = tag
            tag = back[row, tag]
    return path


@njit(cache=True)
def forward_backward(gains, steps, opening, closing, forward, backward, scale):  # type: ignore[no-untyped-def]
    """Fill `forward`, `backward` and `scale` of one chain, so that forward × backward are the tag marginals.

    gains: (rows, tags) exponentials of the scores, each row scaled by its maximum; steps: of the transitions.
    RETURNS: log of the partition function, without the maxima taken out of the rows.
    """
    rows, tags = gains.shape
    labels = (tags - 1) // 4
    forward[:rows] = 0.0
    backward[:rows] = 0.0
    total = 0.0
    for tag in opening:
        forward[0, tag] = gains[0, tag]
        total += gains[0, tag]
    scale[0] = total
    for tag in opening:
        forward[0, tag] /= total
    log_z = np.log(total)
    for row in range(1, rows):
        total = 0.0
        for tag in opening:
            if gains[row, tag] > 0.0:
                mass = 0.0
                for other in closing:
                    mass += forward[row - 1, other] * steps[other, tag]
                forward[row, tag] = mass * gains[row, tag]
                total += forward[row, tag]
        for label in range(labels):
            begin = 4 * label + 1
            left, inner = forward[row - 1, begin], forward[row - 1, begin + 1]
            for tag in (begin + 1, begin + 2):
                forward[row, tag] = (left * steps[begin, tag] + inner * steps[begin + 1, tag]) * gains[row, tag]
                total += forward[row, tag]
        scale[row] = total
        for tag in range(tags):
            forward[row, tag] /= total
        log_z += np.log(total)
    final = 0.0
    for tag in closing:
        final += forward[rows - 1, tag]
    log_z += np.log(final)
    for tag in closing:
        backward[rows - 1, tag] = 1.0 / final
    ahead = np.empty(tags)
    for row in range(rows - 2, -1, -1):
        for tag in range(tags):
            ahead[tag] = backward[row + 1, tag] * gains[row + 1, tag] / scale[row + 1]
        for other in closing:
            mass = 0.0
            for tag in opening:
                mass += steps[other, tag] * ahead[tag]
            backward[row, other] = mass
        for label in range(labels):
            begin = 4 * label + 1
            for tag in (begin, begin + 1):
                backward[row, tag] = steps[tag, begin + 1] * ahead[begin + 1] + steps[tag, begin + 2] * ahead[begin + 2]
    return log_z


@njit(cache=True)
def _gains(scores, start, end, out):  # type: ignore[no-untyped-def]
    """Fill `out` with exponentials of the rows' scores. RETURNS: the sum of the rows' maxima."""
    tags = scores.shape[1]
    taken = 0.0
    for row in range(start, end):
        top = scores[row, 0]
        for tag in range(1, tags):
            top = max(top, scores[row, tag])
        taken += top
        for tag in range(tags):
            out[row - start, tag] = np.exp(scores[row, tag] - top)
    return taken


@njit(cache=True)
def span_probabilities(scores, transitions, path, chunks):  # type: ignore[no-untyped-def]
    """RETURNS: for each row where a span of `path` starts, the probability of exactly that span; elsewhere 0."""
    rows, tags = scores.shape
    opening, closing = _opening(tags), _closing(tags)
    steps = np.exp(transitions.astype(np.float64))
    longest = 1
    for chunk in range(len(chunks)):
        longest = max(longest, chunks[chunk, 1] - chunks[chunk, 0])
    gains = np.empty((longest, tags))
    forward, backward = np.empty((longest, tags)), np.empty((longest, tags))
    scale = np.empty(longest)
    found = np.zeros(rows, dtype=np.float64)
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        busy = False
        for row in range(start, end):
            busy = busy or path[row] > 0
        if not busy:
            continue
        _gains(scores, start, end, gains)
        forward_backward(gains[: end - start], steps, opening, closing, forward, backward, scale)
        row = start
        while row < end:
            tag = path[row]
            part = (tag - 1) % 4
            if tag == 0 or part == 1 or part == 2:
                row += 1
                continue
            first = row
            mass = forward[row - start, tag]
            while (path[row] - 1) % 4 < 2:
                row += 1
                mass *= steps[path[row - 1], path[row]] * gains[row - start, path[row]] / scale[row - start]
            found[first] = mass * backward[row - start, path[row]]
            row += 1
    return found
