"""Pairing of many documents at once, on arrays: the same pairs as `matching.match_spans`, many times faster.

A group is one layer of one document. Where a group has several spans in one place, or nested spans, and where more than
two spans overlap in a chain, its spans go through `matching` itself; everything else is sorting and searching.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.metrics.matching import match_spans, overlap_pairs

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_START, _END, _LABEL = attrgetter("start"), attrgetter("end"), attrgetter("label")


@dataclass(frozen=True, slots=True)
class SpanArrays:
    """The spans of many documents.

    spans (Sequence[CharSpan]): the spans themselves.
    row, label, start, end (ndarray): document, label number and offsets of each.
    """

    spans: Sequence[CharSpan]
    row: Ints
    label: Ints
    start: Ints
    end: Ints


def span_arrays(records: Sequence[Record], numbers: dict[str, int], wanted: Bools | None) -> SpanArrays:
    """Put the spans of many documents side by side.

    records (Sequence[Record]): the documents.
    numbers (dict[str, int]): number of each label.
    wanted (ndarray | None): shape (documents, labels): which labels to keep in which document; None for all.
    RETURNS (SpanArrays): the spans.
    RAISES (KeyError): for a label without number.
    """
    spans = list(chain.from_iterable(record.spans for record in records))
    row = np.repeat(np.arange(len(records)), [len(record.spans) for record in records])
    label = np.array(list(map(numbers.__getitem__, map(_LABEL, spans))), dtype=np.int64)
    if wanted is not None:
        keep = wanted[row, label]
        if not keep.all():
            spans = [span for span, kept in zip(spans, keep.tolist(), strict=True) if kept]
            row, label = row[keep], label[keep]
    start = np.array(list(map(_START, spans)), dtype=np.int64)
    return SpanArrays(spans, row, label, start, np.array(list(map(_END, spans)), dtype=np.int64))


@dataclass(frozen=True, slots=True)
class BatchPairs:
    """Pairs as places in the two arrays.

    exact_gold, exact_pred (ndarray): pairs with the same start and end.
    overlap_gold, overlap_pred (ndarray): pairs that overlap only.
    """

    exact_gold: Ints
    exact_pred: Ints
    overlap_gold: Ints
    overlap_pred: Ints


def pair_batch(gold: SpanArrays, pred: SpanArrays, gold_group: Ints, pred_group: Ints, *, groups: int) -> BatchPairs:
    """Pair the spans of many groups.

    gold, pred (SpanArrays): the spans.
    gold_group, pred_group (ndarray): the group of each span.
    groups (int): how many groups there are.
    RETURNS (BatchPairs): what `match_spans` returns for each group.
    """
    width = int(max(gold.end.max(initial=0), pred.end.max(initial=0))) + 1
    if groups * width * width >= 2**62:  # one document of tens of millions of characters
        return _join([_pairs_of_odd(gold, pred, gold_group, pred_group, np.ones(groups, dtype=bool))])
    gold_order, gold_key = _sorted_keys(gold, gold_group, width)
    pred_order, pred_key = _sorted_keys(pred, pred_group, width)
    odd = np.zeros(groups, dtype=bool)
    odd[gold_group[gold_order[1:][gold_key[1:] == gold_key[:-1]]]] = True
    odd[pred_group[pred_order[1:][pred_key[1:] == pred_key[:-1]]]] = True
    parts = []
    if odd.any():
        parts.append(_pairs_of_odd(gold, pred, gold_group, pred_group, odd))
        keep_gold, keep_pred = ~odd[gold_group[gold_order]], ~odd[pred_group[pred_order]]
        gold_order, gold_key = gold_order[keep_gold], gold_key[keep_gold]
        pred_order, pred_key = pred_order[keep_pred], pred_key[keep_pred]
    place = np.searchsorted(gold_key, pred_key)
    found = place < len(gold_key)
    found[found] = gold_key[place[found]] == pred_key[found]
    taken = np.zeros(len(gold_key), dtype=bool)
    taken[place[found]] = True
    nothing = np.zeros(0, dtype=np.int64)
    parts.append(BatchPairs(gold_order[place[found]], pred_order[found], nothing, nothing))
    rest = _Rest(gold, pred, gold_group, pred_group, width)
    parts += rest.pair(gold_order[~taken], pred_order[~found])
    return _join(parts)


def _sorted_keys(arrays: SpanArrays, group: Ints, width: int) -> tuple[Ints, Ints]:
    key = (group * width + arrays.start) * width + arrays.end
    if (key[1:] > key[:-1]).all():
        return np.arange(len(key)), key
    order = np.argsort(key, kind="stable")
    return order, key[order]


def _join(parts: Sequence[BatchPairs]) -> BatchPairs:
    names = ("exact_gold", "exact_pred", "overlap_gold", "overlap_pred")
    return BatchPairs(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _by_group(order: Ints, group: Ints) -> Iterator[tuple[int, list[int]]]:
    """Places of each group, groups in order."""
    if not len(order):
        return
    ordered = order[np.argsort(group[order], kind="stable")]
    values, firsts = np.unique(group[ordered], return_index=True)
    for value, places in zip(values.tolist(), np.split(ordered, firsts[1:]), strict=True):
        yield value, places.tolist()


def _pairs_of_odd(gold: SpanArrays, pred: SpanArrays, gold_group: Ints, pred_group: Ints, odd: Bools) -> BatchPairs:
    """Groups that need the general pairing."""
    preds = dict(_by_group(np.flatnonzero(odd[pred_group]), pred_group))
    rows: tuple[list[int], list[int], list[int], list[int]] = ([], [], [], [])
    if odd[gold_group].any():
        for group, gold_places in _by_group(np.flatnonzero(odd[gold_group]), gold_group):
            pred_places = preds.get(group, [])
            gold_at = {id(gold.spans[place]): place for place in gold_places}
            pred_at = {id(pred.spans[place]): place for place in pred_places}
            found = match_spans([gold.spans[p] for p in gold_places], [pred.spans[p] for p in pred_places])
            for pairs, golds, others in ((found.exact, rows[0], rows[1]), (found.overlap, rows[2], rows[3])):
                golds += [gold_at[id(one)] for one, _ in pairs]
                others += [pred_at[id(other)] for _, other in pairs]
    return BatchPairs(*(np.array(row, dtype=np.int64) for row in rows))


@dataclass(frozen=True, slots=True)
class _Rest:
    """Pairs among the spans that have no exact partner."""

    gold: SpanArrays
    pred: SpanArrays
    gold_group: Ints
    pred_group: Ints
    width: int

    def pair(self, gold: Ints, pred: Ints) -> list[BatchPairs]:
        """RETURNS (list[BatchPairs]): overlapping pairs of these places, both in order of group and start."""
        shared = np.intersect1d(self.gold_group[gold], self.pred_group[pred])
        if not len(shared):
            return []
        gold, pred = gold[np.isin(self.gold_group[gold], shared)], pred[np.isin(self.pred_group[pred], shared)]
        nested = np.union1d(
            self._nested(gold, self.gold_group, self.gold), self._nested(pred, self.pred_group, self.pred)
        )
        parts = []
        if len(nested):
            is_gold, is_pred = np.isin(self.gold_group[gold], nested), np.isin(self.pred_group[pred], nested)
            parts.append(self._general(gold[is_gold], pred[is_pred]))
            gold, pred = gold[~is_gold], pred[~is_pred]
        return [*parts, *self._flat(gold, pred)]

    def _nested(self, places: Ints, group: Ints, arrays: SpanArrays) -> Ints:
        one, other = places[:-1], places[1:]
        overlap = (group[one] == group[other]) & (arrays.start[other] < arrays.end[one])
        found: Ints = np.unique(group[one[overlap]])
        return found

    def _flat(self, gold: Ints, pred: Ints) -> list[BatchPairs]:
        gold_from = self.gold_group[gold] * self.width + self.gold.start[gold]
        gold_to = self.gold_group[gold] * self.width + self.gold.end[gold]
        pred_from = self.pred_group[pred] * self.width + self.pred.start[pred]
        pred_to = self.pred_group[pred] * self.width + self.pred.end[pred]
        first = np.searchsorted(pred_to, gold_from, side="right")
        gold_count = np.searchsorted(pred_from, gold_to, side="left") - first
        back = np.searchsorted(gold_to, pred_from, side="right")
        pred_count = np.searchsorted(gold_from, pred_to, side="left") - back
        single = gold_count == 1
        single[single] = pred_count[first[single]] == 1
        alone = first[single]
        nothing = np.zeros(0, dtype=np.int64)
        parts = [BatchPairs(nothing, nothing, gold[single], pred[alone])]
        gold_chain = (gold_count > 0) & ~single
        if gold_chain.any():
            pred_chain = pred_count > 0
            pred_chain[alone] = False
            parts.append(self._general(gold[gold_chain], pred[pred_chain]))
        return parts

    def _general(self, gold: Ints, pred: Ints) -> BatchPairs:
        preds = dict(_by_group(pred, self.pred_group))
        golds: list[int] = []
        others: list[int] = []
        for group, gold_places in _by_group(gold, self.gold_group):
            gold_at = {id(self.gold.spans[place]): place for place in gold_places}
            pred_at = {id(self.pred.spans[place]): place for place in preds.get(group, [])}
            one_side = [self.gold.spans[place] for place in gold_places]
            other_side = [self.pred.spans[place] for place in preds.get(group, [])]
            for one, other in overlap_pairs(one_side, other_side):
                golds.append(gold_at[id(one)])
                others.append(pred_at[id(other)])
        nothing = np.zeros(0, dtype=np.int64)
        return BatchPairs(nothing, nothing, np.array(golds, dtype=np.int64), np.array(others, dtype=np.int64))
