"""Pairing of gold and predicted spans: exact pairs first, then maximum total overlap, one to one.

The pairing is a function of the two sets of spans: neither the order of the lists nor the documents around them can
change it. nervaluate goes through the predictions in their order and takes the first gold span that fits, so its counts
depend on that order; spaCy and seqeval pair exact spans only.

Among pairings with the same total overlap the one with more pairs of equal labels wins, then the one with more pairs,
then the one whose pairs come earlier in the text. Between two flat lists the overlapping pairs form a staircase in text
order, and the best pairing is a weighted interval scheduling; other lists go through the Hungarian method.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.spans import CharSpan, sort_spans

Pair = tuple[CharSpan, CharSpan]
"""A gold span and the predicted span it is paired with."""


@dataclass(frozen=True, slots=True)
class Matching:
    """What became of each span.

    exact (list[Pair]): pairs with the same start and end, whatever their labels.
    overlap (list[Pair]): pairs that overlap only.
    missed (list[CharSpan]): gold spans without a partner.
    spurious (list[CharSpan]): predicted spans without a partner.
    """

    exact: list[Pair]
    overlap: list[Pair]
    missed: list[CharSpan]
    spurious: list[CharSpan]


def match_spans(gold: Sequence[CharSpan], pred: Sequence[CharSpan]) -> Matching:
    """Pair the spans of one layer of one document.

    gold (Sequence[CharSpan]): gold spans, in any order.
    pred (Sequence[CharSpan]): predicted spans, in any order; they may overlap each other.
    RETURNS (Matching): pairs, missed and spurious spans; each span stands in exactly one place.
    """
    gold_at = {(span.start, span.end): span for span in gold}
    pred_at = {(span.start, span.end): span for span in pred}
    if len(gold_at) < len(gold) or len(pred_at) < len(pred):
        exact, gold_rest, pred_rest = _exact_pairs_of_many(gold, pred)
    else:
        both = gold_at.keys() & pred_at.keys()
        exact = [(gold_at[place], pred_at[place]) for place in both]
        gold_rest = [span for place, span in gold_at.items() if place not in both]
        pred_rest = [span for place, span in pred_at.items() if place not in both]
    if not gold_rest or not pred_rest:
        return Matching(exact, [], gold_rest, pred_rest)
    overlap = overlap_pairs(gold_rest, pred_rest)
    if not overlap:
        return Matching(exact, [], gold_rest, pred_rest)
    used_gold = {id(pair[0]) for pair in overlap}
    used_pred = {id(pair[1]) for pair in overlap}
    missed = [span for span in gold_rest if id(span) not in used_gold]
    spurious = [span for span in pred_rest if id(span) not in used_pred]
    return Matching(exact, overlap, missed, spurious)


def _exact_pairs_of_many(
    gold: Sequence[CharSpan], pred: Sequence[CharSpan]
) -> tuple[list[Pair], list[CharSpan], list[CharSpan]]:
    """Exact pairs where several spans of one side stand in one place: same label first, then in label order."""
    exact: list[Pair] = []
    gold_rest, pred_rest = list(sort_spans(gold)), list(sort_spans(pred))
    for same_label in (True, False):
        waiting: dict[tuple[object, ...], list[CharSpan]] = {}
        for span in reversed(pred_rest):
            waiting.setdefault(span.key if same_label else span.key[:2], []).append(span)
        left = []
        for span in gold_rest:
            if partners := waiting.get(span.key if same_label else span.key[:2]):
                exact.append((span, partners.pop()))
            else:
                left.append(span)
        used = {id(pair[1]) for pair in exact}
        gold_rest, pred_rest = left, [span for span in pred_rest if id(span) not in used]
    return exact, gold_rest, pred_rest


def overlap_pairs(gold: Sequence[CharSpan], pred: Sequence[CharSpan]) -> list[Pair]:
    """RETURNS (list[Pair]): one-to-one pairs of overlapping spans with the largest total overlap, in text order."""
    gold_sorted, pred_sorted = sort_spans(gold), sort_spans(pred)
    if _is_flat(gold_sorted) and _is_flat(pred_sorted):
        return _pairs_of_flat(gold_sorted, pred_sorted)
    return _pairs_of_nested(gold_sorted, pred_sorted)


def _is_flat(spans: Sequence[CharSpan]) -> bool:
    end = 0
    for span in spans:
        if span.start < end:
            return False
        end = span.end
    return True


def _overlap(one: CharSpan, other: CharSpan) -> int:
    return min(one.end, other.end) - max(one.start, other.start)


def _pairs_of_flat(gold: Sequence[CharSpan], pred: Sequence[CharSpan]) -> list[Pair]:
    edges: list[Pair] = []
    before: list[int] = []  # for each edge, how many edges end before both of its spans
    i = j = last_gold = last_pred = 0  # first edge of the gold, of the predicted span at hand
    while i < len(gold) and j < len(pred):
        one, other = gold[i], pred[j]
        if one.start < other.end and other.start < one.end:
            here = len(edges)
            last_gold = last_gold if edges and edges[-1][0] is one else here
            last_pred = last_pred if edges and edges[-1][1] is other else here
            edges.append((one, other))
            before.append(min(last_gold, last_pred))
        if one.end <= other.end:
            i += 1
        else:
            j += 1
    if len(edges) <= 1:
        return edges
    base = len(edges) + 1
    best = [0]
    for (one, other), count in zip(edges, before, strict=True):
        weight = (_overlap(one, other) * base + (one.label == other.label)) * base + 1
        best.append(max(best[-1], best[count] + weight))
    chosen: list[Pair] = []
    k = len(edges)
    while k:
        if best[k] == best[k - 1]:
            k -= 1
        else:
            chosen.append(edges[k - 1])
            k = before[k - 1]
    return chosen[::-1]


def _pairs_of_nested(gold: Sequence[CharSpan], pred: Sequence[CharSpan]) -> list[Pair]:
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    pairs: list[Pair] = []
    for gold_part, pred_part in _groups(gold, pred):
        base = min(len(gold_part), len(pred_part)) + 1
        weights = np.zeros((len(gold_part), len(pred_part)))
        for row, one in enumerate(gold_part):
            for column, other in enumerate(pred_part):
                if one.overlaps(other):
                    same = one.label == other.label
                    weights[row, column] = (_overlap(one, other) * base + same) * base + 1
        rows, columns = linear_sum_assignment(weights, maximize=True)
        pairs += [(gold_part[r], pred_part[c]) for r, c in zip(rows, columns, strict=True) if weights[r, c] > 0]
    return sorted(pairs, key=lambda pair: (pair[0].start, pair[1].start))


def _groups(gold: Sequence[CharSpan], pred: Sequence[CharSpan]) -> list[tuple[list[CharSpan], list[CharSpan]]]:
    """Stretches of text without a gap, each with its gold and predicted spans."""
    groups: list[tuple[list[CharSpan], list[CharSpan]]] = []
    end = -1
    for span, is_gold in sorted(
        [(span, True) for span in gold] + [(span, False) for span in pred],
        key=lambda item: (item[0].start, -item[0].end, item[0].label, item[1]),
    ):
        if span.start >= end:
            groups.append(([], []))
        groups[-1][0 if is_gold else 1].append(span)
        end = max(end, span.end)
    return [group for group in groups if group[0] and group[1]]
