"""What a CRF thinks of documents: probabilities of gold's spans, of its own, and of no span at every character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.core.spans import CharSpan
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.lattice import span_probabilities, tag_marginals
from pipeline.nlp.crf.tags import inside_spans, outside, spans_to_tags, tags_to_spans
from pipeline.nlp.features.batch import make_batch, sentence_rows

Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Readings:
    """Probabilities of readings of one document.

    spans (dict[Key, float]): probability of exactly this span, for gold's spans and the model's.
    outside (ndarray): for each character the probability that it is in no span.
    values (dict[Key, str | None]): values that a parser gives to spans.
    """

    spans: dict[Key, float]
    outside: NDArray[np.float64]
    values: dict[Key, str | None] = field(default_factory=dict)


def read_docs(crf: CrfEntities, docs: Sequence[Doc], labels: Sequence[str]) -> list[Readings]:
    """Ask a trained CRF about documents.

    crf (CrfEntities): a trained component.
    docs (Sequence[Doc]): Docs of one token a code point with gold entities.
    labels (Sequence[str]): the component's labels.
    RETURNS (list[Readings]): probabilities, a document each.
    """
    model = crf.model
    assert model is not None
    batch = make_batch(docs)
    gold = np.full(len(batch), 2 * len(labels), dtype=np.int16)
    chains: list[tuple[int, int]] = []
    for doc, (start, end) in zip(docs, batch.ranges.tolist(), strict=True):
        spans = [CharSpan(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
        gold[start:end] = spans_to_tags(spans, end - start, labels)
        chains += sentence_rows(batch.chars, start, end, inside_spans(gold[start:end], labels))
    chunks = np.array(chains, dtype=np.int64).reshape(-1, 2)
    scores = crf.scores(batch, chunks)
    path, own = model.decode(scores, chunks)
    of_gold = span_probabilities(scores, model.transitions, gold, chunks)
    no_span = tag_marginals(scores, model.transitions, chunks)[:, outside(labels)]
    found: list[Readings] = []
    for start, end in batch.ranges.tolist():
        spans_found: dict[Key, float] = {}
        for tags, probabilities in ((path, own), (gold, of_gold)):
            for left, right, label in tags_to_spans(tags[start:end], labels):
                spans_found[left, right, label] = float(probabilities[start + left])
        found.append(Readings(spans_found, no_span[start:end]))
    return found
