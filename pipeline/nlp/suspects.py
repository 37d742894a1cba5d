"""Suspects: gold spans and gaps that are most likely wrong, by the judgement of models that did not see them.

The documents are dealt into folds; for each fold a CRF a layer learns from the others and gives its probabilities for
the fold (confident learning's "out of sample"). For numbers the grammar, which learned from nobody, has a vote of the
same weight. A place is the more suspect, the more probable another reading of it is than gold's:

    suspicion = P(the most probable other reading) − P(gold's reading)        from −1 (surely right) to 1 (surely wrong)

Other readings of a span are an overlapping span and, at half its probability, no span at all: models miss rare names
far more often than people mark nothing. The other reading of a gap is a span in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.progress import quiet, track
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError, Problem
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.trainer import FitOptions
from pipeline.nlp.docs import make_char_doc, set_entities
from pipeline.nlp.features.batch import FeatureSource
from pipeline.nlp.features.characters import make_char_classes, make_char_ngrams
from pipeline.nlp.features.lexicons import make_dictionary
from pipeline.nlp.features.names import make_brackets, make_name_parts
from pipeline.nlp.features.repetition import make_repetition
from pipeline.nlp.features.words import make_words
from pipeline.nlp.suspects_lattice import Readings, read_docs
from pipeline.numbers import find_numbers

SPAN, GAP, VALUE = "span", "gap", "value"
ABSENCE = 0.5
"""Weight of the reading that there is no span where gold has one; chosen on planted errors of one seed."""
SURE = 0.9
"""Suspicion of a value that the parser reads otherwise, where place and label are not in doubt."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place of gold that may be wrong.

    record (Record): its document.
    layer (str): its layer.
    kind (str): "span" (wrong extent, label, or no span at all), "gap" (a span is missing) or "value".
    gold (CharSpan | None): the gold span; None for a gap.
    proposal (CharSpan | None): what the models read instead; None for no span.
    suspicion (float): from −1 to 1.
    """

    record: Record
    layer: str
    kind: str
    gold: CharSpan | None
    proposal: CharSpan | None
    suspicion: float

    @property
    def place(self) -> CharSpan:
        """RETURNS (CharSpan): where to look: the gold span, or the proposal in a gap."""
        found = self.gold or self.proposal
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class SuspectOptions:
    """How to look.

    folds (int): parts of the corpus; each is judged by models of the others.
    epochs (int): passes over the gold in training.
    seed (int): of the dealing and of training.
    """

    folds: int = 5
    epochs: int = 4
    seed: int = 0


def find_suspects(
    records: Sequence[Record], scheme: LabelScheme, *, options: SuspectOptions | None = None
) -> list[Suspect]:
    """Rank all gold spans, and the gaps where a model reads a span, the most suspect first.

    records (Sequence[Record]): gold.
    scheme (LabelScheme): labels and layers.
    options (SuspectOptions | None): how to look.
    RETURNS (list[Suspect]): every gold span once, and the gaps.
    RAISES (InputError): if there are fewer documents than folds.
    """
    chosen = options or SuspectOptions()
    if len(records) < chosen.folds or chosen.folds < 2:
        message = f"{len(records)} documents cannot be dealt into {chosen.folds} folds"
        raise InputError(Problem("E530", message, "use fewer --folds (two or more), or more documents"))
    fold_of = np.random.default_rng(chosen.seed).permutation(len(records)) % chosen.folds
    layers = [_make_layer(records, layer, scheme) for layer in scheme.layers]
    jobs = [(layer, fold) for layer in layers for fold in range(chosen.folds)]
    found: list[Suspect] = []
    for layer, fold in track(jobs, "judging folds", len(jobs)):
        found += _judge_fold(layer, fold_of == fold, chosen)
    return sorted(found, key=lambda item: (-item.suspicion, item.record.id, item.place.key))


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of the corpus, as the CRF wants it.

    name (str): the layer.
    records (Sequence[Record]): all records.
    known (list[frozenset[str]]): the labels of the layer that each is annotated for.
    docs (list[Doc]): their spans of the layer as entities.
    labels (list[str]): the labels that occur.
    sources (dict[str, FeatureSource]): what the CRF looks at.
    """

    name: str
    records: Sequence[Record]
    known: list[frozenset[str]]
    docs: list[Doc]
    labels: list[str]
    sources: dict[str, FeatureSource]


def _make_layer(records: Sequence[Record], layer: str, scheme: LabelScheme) -> _Layer:
    vocab = Vocab()
    known = [scheme.annotated(record.meta) & set(scheme.names(layer)) for record in records]
    docs = [make_gold_doc(record, labels, vocab) for record, labels in zip(records, known, strict=True)]
    occurring = {ent.label_ for doc in docs for ent in doc.ents}
    labels = [label for label in scheme.names(layer) if label in occurring]
    return _Layer(layer, records, known, docs, labels, _sources(layer))


def _judge_fold(layer: _Layer, held_out: Any, options: SuspectOptions) -> Iterator[Suspect]:
    training = [doc for doc, out, known in zip(layer.docs, held_out, layer.known, strict=True) if known and not out]
    judged = [place for place, out in enumerate(held_out) if out and layer.known[place]]
    if not layer.labels or not training or not judged:
        return
    crf = CrfEntities(
        name=layer.name,
        sources=layer.sources,
        options=FitOptions(epochs=options.epochs, rate=0.1, l2=2.0, dropout=0.3, seed=options.seed),
        min_count=2,
        prune=0.0,
    )
    with quiet():
        crf.fit(training, labels=layer.labels)
    read = read_docs(crf, [layer.docs[place] for place in judged], layer.labels)
    for place, readings in zip(judged, read, strict=True):
        record, known = layer.records[place], layer.known[place]
        asked = {key: probability for key, probability in readings.spans.items() if key[2] in known}
        sure = Readings(asked, readings.outside)
        mixed = _with_grammar(sure, record, known) if layer.name == NUMBERS else sure
        yield from _judge(record, layer.name, mixed, known)


def _sources(layer: str) -> dict[str, FeatureSource]:
    sources = {"chars": make_char_ngrams(window=3, longest=4), "classes": make_char_classes(window=2)}
    if layer == NUMBERS:
        return sources
    return sources | {
        "words": make_words(),
        "dictionary": make_dictionary(),
        "names": make_name_parts(),
        "brackets": make_brackets(),
        "repetition": make_repetition(),
    }


def make_gold_doc(record: Record, labels: Iterable[str], vocab: Vocab) -> Doc:
    """RETURNS (Doc): a Doc whose entities are the record's spans of these labels, of whatever layer."""
    names = frozenset(labels)
    doc = make_char_doc(vocab, record.text)
    set_entities(doc, [span for span in record.spans if span.label in names], record_id=record.id)
    doc.user_data["labels"] = sorted(names)
    return doc


def _with_grammar(readings: Readings, record: Record, known: frozenset[str]) -> Readings:
    """The mean of the CRF's probabilities and the grammar's, which are 1 for what it finds and 0 for all else."""
    spans = [span for span in find_numbers(record.text, record.date) if span.label in known]
    free = np.ones(len(record.text))
    for span in spans:
        free[span.start : span.end] = 0.0
    mixed = {key: probability / 2 for key, probability in readings.spans.items()}
    for span in spans:
        mixed[span.key] = mixed.get(span.key, 0.0) + 0.5
    values = {span.key: span.value for span in spans}
    return Readings(mixed, (readings.outside + free) / 2, values)


def _judge(record: Record, layer: str, readings: Readings, known: frozenset[str]) -> Iterator[Suspect]:
    gold = {span.key: span for span in record.spans if span.label in known}
    covered = np.zeros(len(record.text), dtype=np.bool_)
    for span in gold.values():
        covered[span.start : span.end] = True
        yield _judge_span(record, layer, span, readings)
    for (start, end, label), probability in readings.spans.items():
        if not covered[start:end].any():
            proposal = CharSpan(start, end, label, readings.values.get((start, end, label)), probability)
            suspicion = probability - float(readings.outside[start:end].min())
            yield Suspect(record, layer, GAP, None, proposal, suspicion)


def _judge_span(record: Record, layer: str, span: CharSpan, readings: Readings) -> Suspect:
    mine = readings.spans.get(span.key, 0.0)
    free = ABSENCE * float(readings.outside[span.start : span.end].min())
    others = [
        (probability, key)
        for key, probability in readings.spans.items()
        if key != span.key and key[0] < span.end and span.start < key[1]
    ]
    best, key = max(others, default=(0.0, None))
    proposal = None if key is None or best <= free else CharSpan(*key, readings.values.get(key), best)
    suspicion = max(best, free) - mine
    read = readings.values.get(span.key, span.value)
    if read != span.value and suspicion < SURE * mine:
        return Suspect(record, layer, VALUE, span, CharSpan(*span.key, read, mine), SURE * mine)
    return Suspect(record, layer, SPAN, span, proposal, suspicion)
