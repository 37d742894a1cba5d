"""The compiled lattice against going through all paths."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.core.spans import CharSpan
from pipeline.nlp.crf.lattice import (
    add_vector_scores,
    build_slots,
    exponentials,
    forward_backward,
    look_up,
    span_probabilities,
    viterbi,
)
from pipeline.nlp.crf.tags import allowed_mask, outside, spans_to_tags, tag_count, tags_to_spans

LABELS = ("ORG", "GPE")


def legal_paths(length: int, labels: tuple[str, ...]) -> list[list[int]]:
    """All flat labelled segmentations, from their spans."""
    paths = []

    def grow(at: int, spans: list[CharSpan]) -> None:
        if at == length:
            paths.append(spans_to_tags(spans, length, labels).tolist())
            return
        grow(at + 1, spans)
        for end in range(at + 1, length + 1):
            for label in labels:
                grow(end, [*spans, CharSpan(at, end, label)])

    grow(0, [])
    return paths


def path_score(path: list[int], scores: NDArray[np.float32], transitions: NDArray[np.float32]) -> float:
    return float(
        sum(scores[row, tag] for row, tag in enumerate(path))
        + sum(transitions[left, right] for left, right in itertools.pairwise(path))
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("length", [1, 2, 4])
def test_lattice_agrees_with_brute_force(seed: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    count = tag_count(LABELS)
    scores = rng.normal(0, 2, (length, count)).astype(np.float32)
    transitions = rng.normal(0, 2, (count, count)).astype(np.float32)
    chunks = np.array([[0, length]])
    paths = legal_paths(length, LABELS)
    masses = np.exp([path_score(path, scores, transitions) for path in paths])
    best = paths[int(masses.argmax())]
    path = viterbi(scores, transitions, chunks)
    assert path.tolist() == best

    gains, forward, backward = (np.empty((length, count)) for _ in range(3))
    exponentials(scores, 0, length, gains)
    log_z = forward_backward(gains, np.exp(transitions.astype(float)), forward, backward, np.empty(length))
    assert log_z + scores.max(axis=1).sum() == pytest.approx(np.log(masses.sum()), abs=1e-4)
    marginals = np.zeros((length, count))
    for mass, other in zip(masses / masses.sum(), paths, strict=True):
        marginals[np.arange(length), other] += mass
    np.testing.assert_allclose(forward * backward, marginals, atol=1e-5)

    probabilities = span_probabilities(scores, transitions, path, chunks)
    for span in tags_to_spans(path, LABELS):
        has = [span in tags_to_spans(np.array(other, dtype=np.int16), LABELS) for other in paths]
        assert probabilities[span[0]] == pytest.approx(masses[has].sum() / masses.sum(), abs=1e-5)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_illegal_tag_sequences_never_come_out(seed: int, length: int) -> None:
    rng = np.random.default_rng(seed)
    count = tag_count(LABELS)
    scores = rng.normal(0, 5, (length, count)).astype(np.float32)
    transitions = rng.normal(0, 5, (count, count)).astype(np.float32)
    path = viterbi(scores, transitions, np.array([[0, length]]))
    spans = [CharSpan(*span) for span in tags_to_spans(path, LABELS)]
    assert spans_to_tags(spans, length, LABELS).tolist() == path.tolist()


def test_chunks_are_decoded_apart() -> None:
    rng = np.random.default_rng(1)
    count = tag_count(LABELS)
    scores = rng.normal(0, 2, (9, count)).astype(np.float32)
    transitions = rng.normal(0, 2, (count, count)).astype(np.float32)
    whole = viterbi(scores, transitions, np.array([[0, 4], [5, 9], [9, 9]]))
    assert whole[:4].tolist() == viterbi(scores[:4], transitions, np.array([[0, 4]])).tolist()
    assert whole[5:].tolist() == viterbi(scores[5:], transitions, np.array([[0, 4]])).tolist()
    assert whole[4] == outside(LABELS)


def test_feature_table_finds_what_it_holds_and_nothing_else() -> None:
    rng = np.random.default_rng(3)
    keys = rng.integers(1, 2**63, 500, dtype=np.uint64)
    slots = build_slots(keys, 1024)
    codes = np.concatenate([keys, keys + np.uint64(1), np.zeros(3, dtype=np.uint64)]).reshape(-1, 1)
    found = look_up(codes, keys, slots)[:, 0]
    assert found[:500].tolist() == list(range(500))
    assert set(found[500:].tolist()) == {-1}


def test_vectors_speak_to_their_neighbours_within_a_chain() -> None:
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(7, 3)).astype(np.float32)
    weights = rng.normal(size=(3, 3, 5)).astype(np.float32)
    scores = np.zeros((4, 5), dtype=np.float32)
    add_vector_scores(vectors, weights, 2, 6, scores)
    for row in range(4):
        near = {place: 2 + row + place - 1 for place in range(3)}
        expected = sum(vectors[at] @ weights[place] for place, at in near.items() if 2 <= at < 6)
        np.testing.assert_allclose(scores[row], expected, rtol=1e-5)


@given(st.data())
def test_spans_and_tags_say_the_same(data: st.DataObject) -> None:
    spans, at = [], 0
    for gap, size, label in data.draw(
        st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4), st.sampled_from(LABELS)), max_size=8)
    ):
        spans.append(CharSpan(at + gap, at + gap + size, label))
        at += gap + size
    assert tags_to_spans(spans_to_tags(spans, at + 2, LABELS), LABELS) == [span.key for span in spans]


def test_mask_of_partial_gold_allows_what_was_not_annotated() -> None:
    tags = spans_to_tags([CharSpan(1, 3, "ORG")], 4, LABELS)
    mask = allowed_mask(tags, LABELS, frozenset({"ORG"}))
    assert mask.sum(axis=1).tolist() == [5, 1, 1, 5]
    assert mask[1, tags[1]]
    assert allowed_mask(tags, LABELS, frozenset(LABELS)).sum(axis=1).tolist() == [1, 1, 1, 1]
