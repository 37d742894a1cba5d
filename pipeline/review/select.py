"""What to annotate next: documents ranked by what a person's answer is likely to teach.

    uncertainty   mean entropy of the model's spans: 1 where it is in two minds about everything it found
    disagreement  numbers on which grammar and model do not say the same, per 100 characters
    rarity        mean over the predicted spans of 1 / (1 + how often their label stands in the gold at hand)
    diversity     greedily, 1 − similarity to what is annotated or chosen already (cosine of hashed character bigrams)

The first three are turned into ranks in [0, 1], so that none drowns the others, and averaged by their weights. Scores
are per span or per character, not per document: a long document is not worth more because it costs more.
"""

from __future__ import annotations

import math
import random
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.errors import InputError, Problem
from pipeline.numbers.find import find_numbers

_BINS = 4096
Vectors = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each reason counts; 0 leaves it out. All 0 is random choice."""

    uncertainty: float = 1.0
    disagreement: float = 1.0
    rarity: float = 1.0
    diversity: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen document and why.

    record (Record): the document with its prediction.
    uncertainty, disagreement, rarity (float): its reasons, as measured.
    score (float): its rank when it was chosen.
    """

    record: Record
    uncertainty: float
    disagreement: float
    rarity: float
    score: float


def select(
    records: Sequence[Record],
    scheme: LabelScheme,
    *,
    annotated: Sequence[Record] = (),
    documents: int | None = None,
    characters: int | None = None,
    weights: Weights | None = None,
    seed: int = 0,
) -> list[Choice]:
    """Choose what to annotate next.

    records (Sequence[Record]): unlabelled documents with a model's predictions; those annotated already are left out.
    scheme (LabelScheme): labels and layers.
    annotated (Sequence[Record]): the gold at hand.
    documents, characters (int | None): the budget; at least one of them. The last document may exceed the characters.
    weights (Weights | None): how much each reason counts.
    seed (int): settles ties, the same for the same input.
    RETURNS (list[Choice]): the documents, the most useful first.
    RAISES (InputError): without a budget.
    """
    if documents is None and characters is None:
        raise InputError(Problem("E740", "there is no budget", "say how many --documents or --characters"))
    how = weights or Weights()
    known = {record.id for record in annotated}
    pool = [record for record in records if record.id not in known]
    random.Random(seed).shuffle(pool)  # noqa: S311  the order of ties
    if not pool:
        return []
    counts = Counter(span.label for record in annotated for span in record.spans)
    reasons = [(_uncertainty(r), _disagreement(r, scheme), _rarity(r, counts)) for r in pool]
    columns = zip(*reasons, strict=True)
    shares = (how.uncertainty, how.disagreement, how.rarity)
    base = sum((share * _ranks(column) for share, column in zip(shares, columns, strict=True)), np.zeros(len(pool)))
    budget = (math.inf if documents is None else documents, math.inf if characters is None else characters)
    return _greedy(pool, reasons, base, annotated, diversity=how.diversity, budget=budget)


def _greedy(
    pool: Sequence[Record],
    reasons: Sequence[tuple[float, float, float]],
    base: Vectors,
    annotated: Sequence[Record],
    *,
    diversity: float,
    budget: tuple[float, float],
) -> list[Choice]:
    """Choose one by one, each time the best of what is left, until documents or characters are used up."""
    vectors = _vectors(pool)
    nearest = np.zeros(len(pool))
    if annotated and diversity:
        nearest = (vectors @ _vectors(annotated).T).max(axis=1)
    chosen: list[Choice] = []
    free = np.ones(len(pool), dtype=bool)
    spent = 0
    while free.any() and len(chosen) < budget[0] and spent < budget[1]:
        scores = np.where(free, base + diversity * (1 - nearest), -np.inf)
        best = int(scores.argmax())
        free[best] = False
        chosen.append(Choice(pool[best], *reasons[best], float(scores[best])))
        spent += len(pool[best].text)
        nearest = np.maximum(nearest, vectors @ vectors[best])
    return chosen


def _uncertainty(record: Record) -> float:
    scores = [span.score for span in record.spans if span.score is not None]
    return sum(map(_entropy, scores)) / len(scores) if scores else 0.0


def _entropy(probability: float) -> float:
    if not 0 < probability < 1:
        return 0.0
    rest = 1 - probability
    return -probability * math.log2(probability) - rest * math.log2(rest)


def _disagreement(record: Record, scheme: LabelScheme) -> float:
    grammar = {span.key for span in find_numbers(record.text, date=record.date)}
    model = {span.key for span in scheme.in_layer(record.spans, NUMBERS)}
    return 100 * len(grammar ^ model) / max(len(record.text), 1)


def _rarity(record: Record, counts: Counter[str]) -> float:
    return sum(1 / (1 + counts[span.label]) for span in record.spans) / max(len(record.spans), 1)


def _ranks(values: Iterable[float]) -> Vectors:
    """RETURNS (ndarray): each value's mean rank, from 0 for the lowest to 1 for the highest."""
    column = np.asarray(list(values), dtype=np.float64)
    ordered = np.sort(column)
    middle = (np.searchsorted(ordered, column, "left") + np.searchsorted(ordered, column, "right") - 1) / 2
    ranks: Vectors = middle / max(len(column) - 1, 1)
    return ranks


def _vectors(records: Sequence[Record]) -> Vectors:
    """RETURNS (ndarray): a row a record, of length 1: hashed character bigrams, frequent ones damped."""
    rows = np.zeros((len(records), _BINS))
    for row, record in zip(rows, records, strict=True):
        for pair, count in Counter(zip(record.text, record.text[1:], strict=False)).items():
            row[zlib.crc32("".join(pair).encode(errors="surrogatepass")) % _BINS] += math.sqrt(count)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Vectors = rows / np.maximum(lengths, 1e-12)
    return unit
