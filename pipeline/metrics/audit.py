"""What a segmenter cannot represent: the recall ceiling that word tokens would put on span extraction.

A gold span can be represented by words exactly if it begins where a word begins and ends where a word ends. Gold that
is forced onto words silently loses every other span; scores then look perfect (spaCy's warning W030). Here the loss is
counted instead, per label. Ceiling = representable / all; null where a label has no span.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.records import Record
from pipeline.core.spans import CharSpan


@dataclass(slots=True)
class SegmentationAudit:
    """Counts of representable spans.

    spans (Counter): gold spans per label.
    representable (Counter): those of them that words can represent.
    examples (list): (record id, surface, label, words in place) of the first spans lost.
    """

    spans: Counter[str] = field(default_factory=Counter)
    representable: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)

    def ceiling(self, label: str | None = None) -> float | None:
        """RETURNS (float | None): highest recall that is possible on words, for a label or over all."""
        total = self.spans.total() if label is None else self.spans[label]
        kept = self.representable.total() if label is None else self.representable[label]
        return kept / total if total else None

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): overall and per label: spans, representable, recall_ceiling; and examples."""

        def row(label: str | None) -> dict[str, Any]:
            return {
                "spans": self.spans.total() if label is None else self.spans[label],
                "representable": self.representable.total() if label is None else self.representable[label],
                "recall_ceiling": self.ceiling(label),
            }

        return row(None) | {
            "per_label": {label: row(label) for label in sorted(self.spans)},
            "examples": [
                {"id": record_id, "surface": surface, "label": label, "words": words}
                for record_id, surface, label, words in self.examples
            ],
        }


def audit_segmentation(records: Iterable[Record], *, max_examples: int = 50) -> SegmentationAudit:
    """Count which spans the words of segmented records can represent.

    records (Iterable[Record]): gold records with words; those without words are passed over.
    max_examples (int): how many lost spans to keep as examples.
    RETURNS (SegmentationAudit): the counts.
    """
    audit = SegmentationAudit()
    for record in records:
        if record.words is None:
            continue
        starts = {start for start, _ in record.words}
        ends = {end for _, end in record.words}
        for span in record.spans:
            audit.spans[span.label] += 1
            if span.start in starts and span.end in ends:
                audit.representable[span.label] += 1
            elif len(audit.examples) < max_examples:
                audit.examples.append((record.id, record.surface(span), span.label, _words_around(record, span)))
    return audit


def _words_around(record: Record, span: CharSpan) -> str:
    words = record.words or ()
    return "|".join(record.text[start:end] for start, end in words if start < span.end and span.start < end)
