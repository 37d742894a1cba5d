"""Random gold and predicted documents for the laws of scoring."""

from __future__ import annotations

from hypothesis import strategies as st

from pipeline.core.records import Record
from pipeline.core.spans import CharSpan

LABELS = ("PERSON", "ORG", "GPE")
LENGTH = 60


@st.composite
def flat_spans(draw: st.DrawFn, *, max_size: int = 7, labels: tuple[str, ...] = LABELS) -> tuple[CharSpan, ...]:
    """Spans of one layer that do not overlap each other."""
    spans, end = [], 0
    for gap, length, label in draw(
        st.lists(st.tuples(st.integers(0, 5), st.integers(1, 4), st.sampled_from(labels)), max_size=max_size)
    ):
        start = end + gap
        end = start + length
        if end > LENGTH:
            break
        spans.append(CharSpan(start, end, label))
    return tuple(spans)


@st.composite
def any_spans(draw: st.DrawFn, *, max_size: int = 6) -> tuple[CharSpan, ...]:
    """Spans that may stand in one place or in each other."""
    items = draw(st.lists(st.tuples(st.integers(0, 14), st.integers(1, 6), st.sampled_from(LABELS)), max_size=max_size))
    return tuple(CharSpan(start, start + length, label) for start, length, label in items)


@st.composite
def perturbed(draw: st.DrawFn) -> tuple[tuple[CharSpan, ...], tuple[CharSpan, ...]]:
    """Flat gold spans and a flat prediction that is often right: the usual case."""
    gold = draw(flat_spans())
    pred, end = [], 0
    for span in gold:
        fate = draw(st.integers(0, 5))
        start, stop, label = span.start, span.end, span.label
        if fate == 0:
            continue
        if fate == 1:
            label = draw(st.sampled_from(LABELS))
        elif fate == 2:
            start = max(end, start - 1)
        elif fate == 3:
            stop = max(start + 1, stop - 1)
        if start >= end:
            pred.append(CharSpan(start, stop, label))
            end = stop
    return gold, tuple(pred)


def record(spans: tuple[CharSpan, ...], record_id: str = "r") -> Record:
    """A document that is long enough for the spans."""
    length = max([LENGTH, *(span.end for span in spans)])
    return Record(record_id, "字" * length, tuple(sorted(spans, key=lambda s: (s.start, -s.end, s.label))))


documents = st.lists(st.one_of(perturbed(), st.tuples(flat_spans(), flat_spans())), min_size=1, max_size=5).map(
    lambda items: [(record(gold, f"d{i}"), record(pred, f"d{i}")) for i, (gold, pred) in enumerate(items)]
)
"""A small corpus: pairs of gold and predicted records with flat entities."""

tangled = st.lists(
    st.one_of(perturbed(), st.tuples(any_spans(), any_spans())),
    min_size=1,
    max_size=4,
).map(lambda items: [(record(gold, f"d{i}"), record(pred, f"d{i}")) for i, (gold, pred) in enumerate(items)])
"""The same with spans that nest, overlap and stand twice in one place, as other systems predict them."""
