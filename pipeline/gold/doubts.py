"""Doubts about gold: what is allowed and yet likely a mistake. Warnings, each with its place; they refuse nothing.

W401  one surface with two labels of a layer (the rarer label is named)
W402  a number candidate that nobody annotated
W403  a span that begins or ends in punctuation
W404  a value that the parser reads otherwise
W405  a name that is annotated elsewhere in its document, but not here
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from pipeline.core.labels import ENTITIES, NUMBERS, LabelScheme
from pipeline.core.progress import track
from pipeline.core.spans import CharSpan
from pipeline.errors import Problem
from pipeline.gold.validate import Placed, show_span
from pipeline.numbers import find_numbers

_BRACKETS = {
    "(": ")",
    "（": "）",
    "《": "》",
    "〈": "〉",
    "“": "”",
    "‘": "’",
    "【": "】",
    "[": "]",
    "「": "」",
    "『": "』",
}
_CLOSING = {close: opening for opening, close in _BRACKETS.items()}
_STOPS = frozenset("，。、；：！？,.;:!?…—\"'")


def find_doubts(items: Sequence[Placed], scheme: LabelScheme) -> list[Problem]:
    """Look for likely mistakes.

    items (Sequence[Placed]): readable gold.
    scheme (LabelScheme): its label scheme.
    RETURNS (list[Problem]): one warning a place, in the order of the files.
    """
    known = {item.record.id: _annotated(item, scheme) for item in items}
    rarer = _rarer_labels(items, scheme)
    found: list[Problem] = []
    for item in track(items, "checking", len(items)):
        found += _two_labels(item, scheme, rarer)
        found += _punctuation(item)
        if known[item.record.id] & set(scheme.names(NUMBERS)):
            found += _numbers(item, scheme, known[item.record.id])
        if known[item.record.id] & set(scheme.names(ENTITIES)):
            found += _names(item, scheme)
    return found


def _annotated(item: Placed, scheme: LabelScheme) -> frozenset[str]:
    try:
        return scheme.annotated(item.record.meta)
    except ValueError:
        return frozenset()  # check_record names it as an error


Surface = tuple[str, str]
"""Layer and text."""


def _rarer_labels(items: Sequence[Placed], scheme: LabelScheme) -> dict[Surface, Counter[str]]:
    """Surfaces with several labels in one layer, and how often each label occurs."""
    labels: dict[Surface, Counter[str]] = defaultdict(Counter)
    for item in items:
        for span in item.record.spans:
            if layer := scheme.layer_of(span.label):
                labels[layer, item.record.surface(span)][span.label] += 1
    return {surface: counts for surface, counts in labels.items() if len(counts) > 1}


def _two_labels(item: Placed, scheme: LabelScheme, rarer: dict[Surface, Counter[str]]) -> Iterator[Problem]:
    for span in item.record.spans:
        counts = rarer.get((scheme.layer_of(span.label) or "", item.record.surface(span)))
        if counts is None or counts[span.label] > max(n for label, n in counts.items() if label != span.label):
            continue
        others = ", ".join(f"{label} {count} ×" for label, count in counts.most_common())
        yield item.problem("W401", f"{show_span(item.record, span)}: labelled {others}", "is one of them a mistake?")


def _punctuation(item: Placed) -> Iterator[Problem]:
    for span in item.record.spans:
        text = item.record.surface(span)
        first, last = text[0], text[-1]
        left = first in _STOPS or first in _CLOSING or (first in _BRACKETS and _BRACKETS[first] not in text)
        right = last in _STOPS or last in _BRACKETS or (last in _CLOSING and _CLOSING[last] not in text)
        if left or right:
            side = "begins" if left else "ends"
            yield item.problem("W403", f"{show_span(item.record, span)} {side} in punctuation", "leave it outside")


def _numbers(item: Placed, scheme: LabelScheme, known: frozenset[str]) -> Iterator[Problem]:
    record = item.record
    gold = {span.key: span for span in scheme.in_layer(record.spans, NUMBERS)}
    covered = {place for span in gold.values() for place in range(span.start, span.end)}
    for span in find_numbers(record.text, record.date):
        if span.label in known and not covered.intersection(range(span.start, span.end)):
            shown = show_span(record, span)
            yield item.problem("W402", f"{shown} is not annotated (value {span.value})", "annotate it, or leave it")
        same = gold.get(span.key)
        if same is not None and same.value != span.value:
            shown = show_span(record, span)
            yield item.problem("W404", f"{shown}: value {same.value}, the parser reads {span.value}", "which is right?")


def _names(item: Placed, scheme: LabelScheme) -> Iterator[Problem]:
    record = item.record
    names = scheme.in_layer(record.spans, ENTITIES)
    covered = {place for span in names for place in range(span.start, span.end)}
    labels = {record.surface(span): span.label for span in names if span.end - span.start > 1}
    if not labels:
        return
    pattern = re.compile("|".join(map(re.escape, sorted(labels, key=len, reverse=True))))
    for match in pattern.finditer(record.text):
        if not covered.intersection(range(*match.span())):
            span = CharSpan(*match.span(), labels[match[0]])
            yield item.problem(
                "W405", f"{show_span(record, span)} is annotated elsewhere in this document", "here too?"
            )
