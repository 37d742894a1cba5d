"""The border between a Record and a spaCy Doc; nothing else converts.

A Doc made here has one token a code point, so that every span of a record can be said in it. Entities are `doc.ents`
(always set, also when empty), numbers are `doc.spans["numbers"]` with their values and scores in parallel lists in
`attrs`, and probabilities of entities are in `doc.spans["entities"].attrs["scores"]`. The document's date and what it
is annotated for travel in `doc.user_data` under "date", "layers" and "labels".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spacy.tokens import Doc, Span, SpanGroup
from spacy.vocab import Vocab

from pipeline.core.labels import ENTITIES, NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, overlapping_pairs
from pipeline.errors import InputError, Problem

_CARRIED = ("date", "layers", "labels")


def make_char_doc(vocab: Vocab, text: str) -> Doc:
    """RETURNS (Doc): a Doc of one token a code point, its text exactly `text`, entities not yet set."""
    return Doc(vocab, words=list(text), spaces=[False] * len(text))


def is_char_doc(doc: Doc) -> bool:
    """RETURNS (bool): whether the Doc has one token a code point."""
    return len(doc) == len(doc.text)


def record_to_doc(record: Record, vocab: Vocab, scheme: LabelScheme) -> Doc:
    """Say a record in spaCy's terms, with its gold or predicted spans.

    record (Record): the record.
    vocab (Vocab): the vocab of the nlp object that shall use it.
    scheme (LabelScheme): says which labels are numbers; all others become entities.
    RETURNS (Doc): the Doc.
    RAISES (InputError): if two entities overlap, or a label is not in the scheme.
    """
    doc = make_char_doc(vocab, record.text)
    annotate_doc(doc, record, scheme)
    return doc


def annotate_doc(doc: Doc, record: Record, scheme: LabelScheme) -> None:
    """Write the spans and the metadata of a record onto a Doc of one token a code point."""
    carry_meta(doc, record)
    if unknown := sorted({span.label for span in record.spans if scheme.layer_of(span.label) is None}):
        raise InputError(
            Problem(
                "E411",
                f"label(s) {', '.join(unknown)} are not in the scheme {scheme.name!r}",
                "mend the spans, or name the right label scheme",
                record_id=record.id,
            )
        )
    numbers = scheme.in_layer(record.spans, NUMBERS)
    names = frozenset(scheme.names(NUMBERS))
    set_entities(doc, [span for span in record.spans if span.label not in names], record_id=record.id)
    set_numbers(doc, numbers)


def carry_meta(doc: Doc, record: Record) -> None:
    """Put what components may ask for (date, annotated layers and labels, id) into `doc.user_data`."""
    doc.user_data["id"] = record.id
    for key in _CARRIED:
        if record.meta.get(key) is not None:
            doc.user_data[key] = record.meta[key]


def set_entities(doc: Doc, spans: Sequence[CharSpan], *, record_id: str | None = None) -> None:
    """Set `doc.ents`, and `doc.spans["entities"]` with the scores, from flat spans in text order.

    doc (Doc): a Doc of one token a code point.
    spans (Sequence[CharSpan]): the entities, sorted.
    record_id (str | None): for messages.
    RAISES (InputError): if two of them overlap.
    """
    if pairs := overlapping_pairs(spans):
        raise InputError(
            *(
                Problem(
                    "E412",
                    f"entities overlap: {_show(doc, first)} and {_show(doc, second)}",
                    "keep the outermost name only",
                    record_id=record_id,
                )
                for first, second in pairs
            )
        )
    ents = [Span(doc, span.start, span.end, label=span.label) for span in spans]
    doc.set_ents(ents)
    scores = [span.score for span in spans]
    if any(score is not None for score in scores):
        doc.spans[ENTITIES] = SpanGroup(doc, name=ENTITIES, spans=ents, attrs={"scores": scores})


def set_numbers(doc: Doc, spans: Sequence[CharSpan]) -> None:
    """Set `doc.spans["numbers"]` with parallel lists `attrs["values"]` and `attrs["scores"]`.

    doc (Doc): a Doc of one token a code point.
    spans (Sequence[CharSpan]): the numbers, sorted.
    """
    attrs = {"values": [span.value for span in spans], "scores": [span.score for span in spans]}
    members = [Span(doc, span.start, span.end, label=span.label) for span in spans]
    doc.spans[NUMBERS] = SpanGroup(doc, name=NUMBERS, spans=members, attrs=attrs)


def _show(doc: Doc, span: CharSpan) -> str:
    return f"{span.label} {doc.text[span.start : span.end]!r} [{span.start}, {span.end})"


def doc_entities(doc: Doc) -> list[CharSpan]:
    """RETURNS (list[CharSpan]): `doc.ents` by character offsets, with probabilities where the model gives them."""
    scores: dict[tuple[int, int], float | None] = {}
    if ENTITIES in doc.spans:
        group = doc.spans[ENTITIES]
        scores = {(ent.start, ent.end): score for ent, score in zip(group, group.attrs.get("scores", ()), strict=False)}
    return [
        CharSpan(ent.start_char, ent.end_char, ent.label_, score=scores.get((ent.start, ent.end))) for ent in doc.ents
    ]


def doc_numbers(doc: Doc) -> list[CharSpan]:
    """RETURNS (list[CharSpan]): `doc.spans["numbers"]` by character offsets, with values and scores."""
    if NUMBERS not in doc.spans:
        return []
    group = doc.spans[NUMBERS]
    none: list[Any] = [None] * len(group)
    rows = zip(group, group.attrs.get("values") or none, group.attrs.get("scores") or none, strict=True)
    return [CharSpan(span.start_char, span.end_char, span.label_, value, score) for span, value, score in rows]


def doc_to_record(doc: Doc, record: Record | None = None, *, record_id: str = "") -> Record:
    """Say a Doc as a record, with both layers.

    doc (Doc): an annotated Doc of any tokenizer.
    record (Record | None): the record it was made from; keeps its id, text, words and meta.
    record_id (str): the id, if there is no such record.
    RETURNS (Record): the record with the Doc's spans.
    """
    base = record or Record(
        record_id or str(doc.user_data.get("id", "")),
        doc.text,
        meta={key: doc.user_data[key] for key in _CARRIED if key in doc.user_data},
    )
    return base.with_spans([*doc_numbers(doc), *doc_entities(doc)])
