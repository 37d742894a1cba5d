"""From annotated Docs to the flat arrays that training wants: features counted and pruned, chains cut, masks set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from pipeline.core.labels import ENTITIES
from pipeline.core.spans import CharSpan
from pipeline.nlp.crf import lattice
from pipeline.nlp.crf.tags import allowed_mask, inside_spans, spans_to_tags, tag_count
from pipeline.nlp.crf.trainer import TrainingProblem
from pipeline.nlp.features.batch import Codes, TextBatch, make_batch, sentence_rows
from pipeline.nlp.features.vectors import Inputs, Vectors

Describe = Callable[[TextBatch], tuple[Codes, Vectors]]
"""Gives codes of features and vectors of a batch's rows."""
ReadInputs = Callable[[TextBatch], Inputs]
"""Gives what a network that learns along reads of a batch's rows."""
BATCH_CHARS = 16_000


@dataclass(frozen=True, slots=True)
class Dataset:
    """A training problem and the keys of its features."""

    problem: TrainingProblem
    keys: NDArray[np.uint64]


def doc_batches(docs: Sequence[Doc]) -> list[list[Doc]]:
    """RETURNS (list[list[Doc]]): the Docs in groups of about `BATCH_CHARS` characters."""
    groups: list[list[Doc]] = [[]]
    size = 0
    for doc in docs:
        if size > BATCH_CHARS:
            groups.append([])
            size = 0
        groups[-1].append(doc)
        size += len(doc)
    return groups


def known_labels(doc: Doc, labels: Sequence[str]) -> frozenset[str] | None:
    """RETURNS (frozenset | None): of these labels those the Doc is annotated for; None if it has no entities at all."""
    layers, names = doc.user_data.get("layers"), doc.user_data.get("labels")
    if layers is not None and ENTITIES not in layers:
        return None
    if names is None:
        return frozenset(labels)
    return frozenset(names) & frozenset(labels) or None


def make_dataset(
    docs: Sequence[Doc],
    labels: Sequence[str],
    describe: Describe,
    *,
    min_count: int,
    read_inputs: ReadInputs | None = None,
) -> Dataset:
    """Describe and number everything.

    docs (Sequence[Doc]): gold Docs.
    labels (Sequence[str]): the labels to learn.
    describe (Describe): gives codes and vectors of a batch.
    min_count (int): features seen less often are left out.
    read_inputs (ReadInputs | None): gives what a network that learns along reads, if one does.
    RETURNS (Dataset): the problem and its features' keys.
    """
    codes: list[Codes] = []
    vectors: list[Vectors] = []
    inputs: list[Inputs] = []
    gold: list[NDArray[np.int16]] = []
    masks: list[NDArray[np.bool_]] = []
    chunks: list[tuple[int, int]] = []
    partial: list[bool] = []
    row = 0
    for group in doc_batches([doc for doc in docs if known_labels(doc, labels) is not None and len(doc)]):
        if not group:
            continue
        batch = make_batch(group)
        described, numbers = describe(batch)
        read = np.zeros(0, dtype=np.int64) if read_inputs is None else read_inputs(batch)
        for doc, (start, end) in zip(group, batch.ranges.tolist(), strict=True):
            spans = [CharSpan(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents]
            tags = spans_to_tags(spans, end - start, labels)
            known = known_labels(doc, labels) or frozenset()
            chains = sentence_rows(batch.chars, start, end, inside_spans(tags, labels))
            chunks += [(left - start + row, right - start + row) for left, right in chains]
            is_partial = known != frozenset(labels)
            partial += [is_partial] * len(chains)
            masks.append(allowed_mask(tags, labels, known))
            codes.append(described[start:end])
            vectors.append(numbers[start:end])
            inputs.append(read[start:end])
            gold.append(tags)
            row += end - start
    width = codes[0].shape[1] if codes else 0
    all_codes = np.concatenate(codes) if codes else np.zeros((0, width), dtype=np.uint64)
    tags_all = np.concatenate(gold) if gold else np.zeros(0, dtype=np.int16)
    fixed = np.concatenate([mask.sum(axis=1) == 1 for mask in masks]) if masks else np.zeros(0, dtype=np.bool_)
    mask_all = np.concatenate(masks) if any(partial) else np.ones((0, tag_count(labels)), dtype=np.bool_)
    keys, features, counts, offsets, pairs = _number(all_codes, tags_all, fixed, min_count, tag_count(labels))
    problem = TrainingProblem(
        features,
        np.concatenate(vectors) if vectors else np.zeros((0, 0), dtype=np.float32),
        np.concatenate(inputs) if inputs else np.zeros(0, dtype=np.int64),
        tags_all,
        mask_all,
        np.array(chunks, dtype=np.int64).reshape(-1, 2),
        np.array(partial, dtype=np.bool_),
        offsets,
        pairs,
        counts,
        tag_count(labels),
    )
    return Dataset(problem, keys)


def _number(
    codes: Codes, gold: NDArray[np.int16], fixed: NDArray[np.bool_], min_count: int, tags: int
) -> tuple[NDArray[np.uint64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int16]]:
    """RETURNS (tuple): keys, (rows, columns) feature numbers, counts, and the layout of the pairs seen."""
    flat = np.sort(codes[codes != 0])
    edges = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]])) if len(flat) else np.zeros(0, dtype=int)
    counts = np.diff(np.append(edges, len(flat)))
    kept = counts >= min_count
    keys, counts = flat[edges[kept]], counts[kept]
    slots = lattice.build_slots(keys, 1 << max(4, int(2 * len(keys)).bit_length()))
    features = lattice.look_up(codes, keys, slots)
    seen = _seen_pairs(features, gold, fixed, tags)
    offsets = np.searchsorted(seen, np.arange(len(keys) + 1, dtype=np.int64) * tags)
    return keys, features, counts.astype(np.int64), offsets.astype(np.int64), (seen % tags).astype(np.int16)


def _seen_pairs(
    features: NDArray[np.int32], gold: NDArray[np.int16], fixed: NDArray[np.bool_], tags: int
) -> NDArray[np.int64]:
    """RETURNS (NDArray): feature × tags + tag of every pair that occurs, sorted; column by column, to spare memory."""
    found: list[NDArray[np.int64]] = []
    for column in range(features.shape[1]):
        numbers = features[:, column].astype(np.int64)
        here = (numbers >= 0) & fixed
        found.append(np.unique(numbers[here] * tags + gold[here]))
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)
