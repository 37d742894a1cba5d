"""What an annotator did to a prediction: each span accepted, changed or added, and what was deleted.

Computed from offsets, labels and values, not taken from Label Studio's `origin`, so that annotations made over the API
or by the page without a server count in the same way. A span is accepted if place, label and value are those of the
prediction; changed if it keeps the region's id or is the one overlapping span of its layer; else added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.core.labels import LabelScheme
from pipeline.core.records import span_to_json
from pipeline.core.spans import CharSpan
from pipeline.metrics.review_tables import ACCEPTED, ADDED, CHANGED

REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Compared:
    """An annotation beside the prediction it started from.

    spans (tuple[CharSpan, ...]): the annotation's spans; `meta["review"]` says what each is, `meta["was"]` what a
        changed one was.
    deleted (tuple[CharSpan, ...]): predicted spans that are gone.
    """

    spans: tuple[CharSpan, ...]
    deleted: tuple[CharSpan, ...]


def compare(annotated: Sequence[CharSpan], predicted: Sequence[CharSpan], scheme: LabelScheme) -> Compared:
    """Say what became of a prediction.

    annotated (Sequence[CharSpan]): the annotator's spans.
    predicted (Sequence[CharSpan]): the prediction's.
    scheme (LabelScheme): tells layers.
    RETURNS (Compared): statuses and deletions. Every predicted span is accepted, changed or deleted exactly once.
    """
    left = list(predicted)
    found: dict[int, CharSpan] = {}
    for number, span in enumerate(annotated):
        if span in left:
            left.remove(span)
            found[number] = _with_status(span, ACCEPTED)
    for number, span in enumerate(annotated):
        if number in found:
            continue
        before = _best_overlap(span, left, scheme)
        if before is None:
            found[number] = _with_status(span, ADDED)
        else:
            left.remove(before)
            found[number] = _with_status(span, CHANGED, before)
    return Compared(tuple(found[number] for number in range(len(annotated))), tuple(left))


def _best_overlap(span: CharSpan, candidates: Sequence[CharSpan], scheme: LabelScheme) -> CharSpan | None:
    """The candidate of the same layer that shares most of its characters; one in the very same place comes first."""
    layer = scheme.layer_of(span.label)
    same = [item for item in candidates if scheme.layer_of(item.label) == layer and item.overlaps(span)]
    if not same:
        same = [item for item in candidates if (item.start, item.end) == (span.start, span.end)]

    def shared(item: CharSpan) -> float:
        both = min(item.end, span.end) - max(item.start, span.start)
        return both / (max(item.end, span.end) - min(item.start, span.start))

    return max(same, key=shared, default=None)


def _with_status(span: CharSpan, status: str, before: CharSpan | None = None) -> CharSpan:
    meta = {**span.meta, REVIEW: status}
    if before is not None:
        meta["was"] = span_to_json(replace(before, meta={}, score=None))
    return replace(span, meta=meta)
