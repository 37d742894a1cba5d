"""A trained nlp object scored on gold by our own scorer: both layers, values, intervals, and how fast it reads."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from confection import Config
from spacy.language import Language

from pipeline.core.labels import ENTITIES, NUMBERS, LabelScheme, entity_scheme
from pipeline.core.records import Record, iter_records
from pipeline.metrics.evaluate import evaluate
from pipeline.metrics.scorefile import layer_to_json
from pipeline.nlp.corpus import keep_outermost, load_scheme
from pipeline.nlp.docs import carry_meta, doc_to_record

_KEPT = ("strict", "value_accuracy", "intervals")
_READER = "biaozhu.GoldCorpus.v1"


def predict_records(nlp: Language, records: Iterable[Record], *, batch_size: int = 64) -> list[Record]:
    """RETURNS (list[Record]): the documents with the spans that the nlp object finds."""
    kept = list(records)
    docs = []
    for record in kept:
        doc = nlp.make_doc(record.text)
        carry_meta(doc, record)
        docs.append(doc)
    return [doc_to_record(doc, record) for doc, record in zip(nlp.pipe(docs, batch_size=batch_size), kept, strict=True)]


def layers_of(nlp: Language) -> tuple[str, ...]:
    """RETURNS (tuple[str, ...]): the layers that the components of an nlp object write."""
    metas = [nlp.get_pipe_meta(name) for name in nlp.pipe_names]
    written = [NUMBERS] if any(meta.factory == "biaozhu_numbers" for meta in metas) else []
    return (*written, ENTITIES) if any("doc.ents" in meta.assigns for meta in metas) else tuple(written)


def read_dev(config: Config) -> tuple[list[Record], LabelScheme] | None:
    """RETURNS (tuple | None): the records that the config's dev corpus reads and their scheme; None for a corpus of
    another reader or without a path."""
    block: Any = config
    for name in str(config["training"].get("dev_corpus", "corpora.dev")).split("."):
        block = block[name]
    if block.get("@readers") != _READER or not block.get("path"):
        return None
    records = [record for _, record in iter_records(Path(str(block["path"])))]
    if block.get("outermost"):
        records = [keep_outermost(record) for record in records]
    labels = block.get("labels")
    scheme = load_scheme(block.get("scheme")) if labels is None else entity_scheme(labels)
    return records[: block.get("limit") or None], scheme


def score_records(nlp: Language, records: Sequence[Record], scheme: LabelScheme, *, resamples: int) -> dict[str, Any]:
    """Score an nlp object.

    nlp (Language): the trained model.
    records (Sequence[Record]): gold.
    scheme (LabelScheme): its labels.
    resamples (int): draws of the bootstrap intervals; 0 for none.
    RETURNS (dict): documents, characters, layers.LAYER as in a score file, characters_per_second.
    """
    started = time.perf_counter()
    found = predict_records(nlp, records)
    seconds = time.perf_counter() - started
    if resamples and seconds < 10:
        # the first pass also compiles and fills caches
        started = time.perf_counter()
        predict_records(nlp, records)
        seconds = time.perf_counter() - started
    layers = [name for name in layers_of(nlp) if name in scheme.layers]
    result = evaluate(zip(records, found, strict=True), scheme=scheme, layers=layers)
    characters = sum(len(record.text) for record in records)
    return {
        "documents": result.documents,
        "characters": characters,
        "layers": {
            name: _kept(layer_to_json(layer, resamples=resamples, seed=0)) for name, layer in result.layers.items()
        },
        "characters_per_second": round(characters / seconds) if seconds else None,
    }


def _kept(layer: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: layer[name] for name in _KEPT if name in layer}
    used = {label: row for label, row in layer["strict"]["per_label"].items() if row["support"] or row["predicted"]}
    kept["strict"] = {**layer["strict"], "per_label": used}
    return kept
