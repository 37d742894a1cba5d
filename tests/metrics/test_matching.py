"""Pairing: exact pairs first, then maximum total overlap, one to one, whatever the order."""

from __future__ import annotations

from itertools import permutations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.metrics.batch import pair_batch, span_arrays
from pipeline.metrics.matching import Matching, match_spans, overlap_pairs
from tests.metrics.strategies import LABELS, any_spans, documents, flat_spans, perturbed, record

Key = tuple[int, int, str]
Pairs = set[tuple[Key, Key]]


def spans(*items: tuple[int, int] | tuple[int, int, str]) -> list[CharSpan]:
    return [CharSpan(item[0], item[1], item[2] if len(item) == 3 else "ORG") for item in items]


def places(matching: Matching) -> tuple[Pairs, Pairs, set[Key], set[Key]]:
    return (
        {(one.key, other.key) for one, other in matching.exact},
        {(one.key, other.key) for one, other in matching.overlap},
        {span.key for span in matching.missed},
        {span.key for span in matching.spurious},
    )


@pytest.mark.parametrize(
    ("gold", "pred", "pairs"),
    [
        pytest.param([(0, 5)], [(0, 5)], [], id="an exact pair is no overlap pair"),
        pytest.param([(0, 5)], [(3, 8)], [((0, 5), (3, 8))], id="any overlap pairs"),
        pytest.param([(0, 5)], [(5, 8)], [], id="touching is not overlapping"),
        pytest.param([(0, 10)], [(0, 3), (4, 10)], [((0, 10), (4, 10))], id="the larger overlap wins"),
        pytest.param([(0, 4), (4, 10)], [(2, 6)], [((0, 4), (2, 6))], id="between equal overlaps the earlier wins"),
        pytest.param(
            [(0, 4), (4, 10, "GPE")], [(2, 6, "GPE")], [((4, 10), (2, 6))], id="between equal overlaps the same label"
        ),
        pytest.param([(0, 6), (6, 9)], [(4, 8)], [((0, 6), (4, 8))], id="tie of two and two: the earlier"),
        pytest.param([(0, 4), (5, 9)], [(3, 6), (8, 12)], [((0, 4), (3, 6)), ((5, 9), (8, 12))], id="a chain pairs up"),
        pytest.param([(0, 2), (3, 9)], [(0, 9)], [((3, 9), (0, 9))], id="one prediction over two gold spans"),
        pytest.param(
            [(0, 5), (6, 12)], [(0, 5), (4, 8)], [((6, 12), (4, 8))], id="an exact pair takes its span out of the rest"
        ),
    ],
)
def test_overlap_pairs_are_the_best(
    gold: list[tuple[int, int]], pred: list[tuple[int, int]], pairs: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    found = match_spans(spans(*gold), spans(*pred)).overlap
    assert [(one.key[:2], other.key[:2]) for one, other in found] == pairs


def test_exact_pairs_prefer_the_same_label() -> None:
    gold = spans((0, 3, "ORG"), (0, 3, "GPE"))
    pred = spans((0, 3, "ORG"), (0, 3, "PERSON"))
    found = match_spans(gold, pred).exact
    assert {(one.label, other.label) for one, other in found} == {("ORG", "ORG"), ("GPE", "PERSON")}


def test_a_prediction_made_twice_is_spurious_once() -> None:
    found = match_spans(spans((0, 3)), spans((0, 3), (0, 3)))
    assert (len(found.exact), len(found.spurious)) == (1, 1)


def total_overlap(pairs: list[tuple[CharSpan, CharSpan]]) -> int:
    return sum(min(one.end, other.end) - max(one.start, other.start) for one, other in pairs)


def best_by_trying(gold: tuple[CharSpan, ...], pred: tuple[CharSpan, ...]) -> int:
    short, long = sorted((gold, pred), key=len)
    return max(
        sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a, b in zip(short, chosen, strict=True))
        for chosen in permutations(long, len(short))
    )


@given(any_spans(max_size=5), any_spans(max_size=5))
def test_overlap_pairs_have_the_largest_total_overlap(gold: tuple[CharSpan, ...], pred: tuple[CharSpan, ...]) -> None:
    assert total_overlap(overlap_pairs(gold, pred)) == best_by_trying(gold, pred)


@given(flat_spans(max_size=5), flat_spans(max_size=5))
def test_flat_lists_have_the_largest_total_overlap(gold: tuple[CharSpan, ...], pred: tuple[CharSpan, ...]) -> None:
    assert total_overlap(overlap_pairs(gold, pred)) == best_by_trying(gold, pred)


@given(st.one_of(perturbed(), st.tuples(any_spans(), any_spans())), st.randoms(use_true_random=False))
def test_order_changes_nothing(sides: tuple[tuple[CharSpan, ...], tuple[CharSpan, ...]], rng: Random) -> None:
    gold, pred = map(list, sides)
    expected = places(match_spans(gold, pred))
    rng.shuffle(gold)
    rng.shuffle(pred)
    assert places(match_spans(gold, pred)) == expected


@given(st.one_of(perturbed(), st.tuples(flat_spans(), flat_spans())))
def test_swapping_the_sides_swaps_the_pairs(sides: tuple[tuple[CharSpan, ...], tuple[CharSpan, ...]]) -> None:
    exact, overlap, missed, spurious = places(match_spans(*sides))
    swapped = places(match_spans(sides[1], sides[0]))
    assert swapped[0] == {pair[::-1] for pair in exact}
    assert swapped[1] == {pair[::-1] for pair in overlap}
    assert swapped[2:] == (spurious, missed)


@given(st.lists(st.one_of(perturbed(), st.tuples(any_spans(), any_spans())), max_size=6))
@settings(max_examples=50)
def test_batches_pair_as_single_documents_do(
    corpus: list[tuple[tuple[CharSpan, ...], tuple[CharSpan, ...]]],
) -> None:
    numbers = {label: number for number, label in enumerate(LABELS)}
    golds = span_arrays([record(gold) for gold, _ in corpus], numbers, None)
    preds = span_arrays([record(pred) for _, pred in corpus], numbers, None)
    found = pair_batch(golds, preds, golds.row, preds.row, groups=len(corpus))
    expected = [match_spans(*sides) for sides in corpus]
    for gold_places, pred_places, name in (
        (found.exact_gold, found.exact_pred, "exact"),
        (found.overlap_gold, found.overlap_pred, "overlap"),
    ):
        pairs = sorted(
            (int(golds.row[g]), golds.spans[g].key, preds.spans[p].key)
            for g, p in zip(gold_places, pred_places, strict=True)
        )
        assert pairs == sorted(
            (row, one.key, other.key) for row, matching in enumerate(expected) for one, other in getattr(matching, name)
        )


def test_batches_of_huge_offsets_fall_back() -> None:
    far = 2**31
    gold = span_arrays([record(())], {"ORG": 0}, None)
    arrays = type(gold)(
        spans((far, far + 4)),
        np.zeros(1, dtype=np.int64),
        np.zeros(1, dtype=np.int64),
        np.array([far]),
        np.array([far + 4]),
    )
    found = pair_batch(arrays, arrays, arrays.row, arrays.row, groups=1)
    assert found.exact_gold.tolist() == [0]


@given(documents)
@settings(max_examples=50)
def test_every_span_stands_in_one_place(corpus: list[tuple[Record, Record]]) -> None:
    for gold, pred in corpus:
        found = match_spans(gold.spans, pred.spans)
        pairs = found.exact + found.overlap
        assert len(pairs) + len(found.missed) == len(gold.spans)
        assert len(pairs) + len(found.spurious) == len(pred.spans)
