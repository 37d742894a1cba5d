"""A network that learns along with the CRF: slopes that reach it, and weights that travel with the model.

The network here is a table of numpy; LAC's own is trained in test_lac_tuning.py, which needs torch.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import ConfigError, MissingPartError
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.model import model_from_bytes
from pipeline.nlp.crf.steps import train_chains
from pipeline.nlp.crf.trainer import FitOptions
from pipeline.nlp.docs import make_char_doc
from pipeline.nlp.features import lac
from pipeline.nlp.features.batch import TextBatch, make_batch
from pipeline.nlp.features.vectors import Inputs, NetworkWeights, Vectors, VectorSource
from tests.nlp.helpers import char_span, make_nlp

WIDTH = 3


class Table:
    """A row of numbers for every character of the basic plane, small at the start."""

    def __init__(self, rows: Vectors) -> None:
        self.rows = rows
        self.read: Inputs = np.zeros(0, dtype=np.int64)

    def __call__(self, batch: TextBatch) -> Vectors:
        return self.rows[self.inputs(batch)]

    def inputs(self, batch: TextBatch) -> Inputs:
        return np.minimum(batch.chars, 0xFFFF).astype(np.int64)

    def tuner(self, seed: int) -> Table:
        return Table(np.random.default_rng(seed).normal(0, 0.1, (0x10000, WIDTH)).astype(np.float32))

    def tuned(self, weights: NetworkWeights) -> Table:
        return Table(weights["rows"])

    def forward(self, pieces: Sequence[Inputs]) -> Vectors:
        self.read = np.concatenate(pieces)
        return self.rows[self.read]

    def backward(self, slopes: Vectors, progress: float) -> None:
        assert 0.0 <= progress < 1.0
        np.add.at(self.rows, self.read, -0.5 * slopes)

    def weights(self) -> NetworkWeights:
        return {"rows": self.rows.copy()}


def untrained() -> Table:
    return Table(np.zeros((0x10000, WIDTH), dtype=np.float32))


def fit(source: VectorSource, *, seed: int = 1) -> CrfEntities:
    nlp = make_nlp()
    options = FitOptions(epochs=20, dropout=0.0, vector_window=0, batch=2, seed=seed)
    crf = CrfEntities(name="entities", sources={}, vectors={"table": source}, options=options, min_count=1, prune=0.0)
    docs = [make_char_doc(nlp.vocab, text) for text in ("子甲丑寅。", "卯辰甲巳。", "午未申。", "酉乙戌。")]
    for doc in docs:
        at = doc.text.find("甲")
        doc.set_ents([char_span(doc, at, at + 1, "PERSON")] if at >= 0 else [])
    crf.fit(docs)
    return crf


def found(crf: CrfEntities, text: str) -> list[tuple[int, int]]:
    (spans,) = crf.predict([make_char_doc(make_nlp().vocab, text)])
    return [(span.start, span.end) for span in spans]


def test_slopes_in_the_vectors_are_those_of_the_loss() -> None:
    rng = np.random.default_rng(0)
    tags, rows, width = 5, 7, 4  # of one label: begin, single, outside, end, inside
    vectors = rng.normal(size=(rows, width)).astype(np.float32)
    weights = rng.normal(size=(3, width, tags)).astype(np.float32)
    chunks = np.array([[0, 4], [4, 7]])
    gold = np.array([2, 0, 3, 2, 2, 2, 1], dtype=np.int16)
    transitions = rng.normal(size=(tags, tags)).astype(np.float32)

    def run(given: Vectors, slopes: Vectors) -> float:
        now = (np.zeros(0, np.float32), transitions.copy(), weights.copy())
        return float(
            train_chains(
                (np.zeros((rows, 0), np.int32), given, gold, np.ones((0, tags), dtype=np.bool_)),
                chunks,
                chunks[:, 0],
                np.zeros(2, dtype=np.bool_),
                (np.zeros(1, np.int64), np.zeros(0, np.int16), np.zeros(0, np.float32)),
                now,
                tuple(np.zeros_like(array) for array in now),
                (0.0, 0.0, 0.0),  # no steps: the second chain must see the weights of the first
                (np.uint64(0), np.uint64(1)),
                slopes,
            )
        )

    slopes = np.zeros_like(vectors)
    run(vectors, slopes)
    assert np.abs(slopes).max() > 0.1
    for row in range(rows):
        for column in range(width):
            more, less = vectors.copy(), vectors.copy()
            more[row, column] += 0.01
            less[row, column] -= 0.01
            none = np.zeros((0, width), dtype=np.float32)
            assert (run(more, none) - run(less, none)) / 0.02 == pytest.approx(slopes[row, column], abs=2e-3)


def test_network_learns_along_and_its_weights_travel_with_the_model(tmp_path: Path) -> None:
    source = untrained()
    crf = fit(source)
    assert not source.rows.any()  # what is learned belongs to the model
    assert found(crf, "亥甲天。") == [(1, 2)]
    assert crf.model is not None
    again = model_from_bytes(crf.model.to_bytes())
    np.testing.assert_array_equal(again.tuned["rows"], crf.model.tuned["rows"])
    crf.to_disk(tmp_path)
    loaded = CrfEntities(
        name="entities", sources={}, vectors={"table": untrained()}, options=FitOptions(), min_count=1, prune=0.0
    ).from_disk(tmp_path)
    assert found(loaded, "亥甲天。") == [(1, 2)]
    assert found(loaded, "甲亥乙。") == [(0, 1)]


def test_vectors_that_stay_stand_before_those_of_the_network() -> None:
    crf = fit(untrained())
    letters = make_char_doc(make_nlp().vocab, "甲乙")
    both = CrfEntities(
        name="entities",
        sources={},
        vectors={"table": untrained(), "z": lambda batch: np.full((len(batch), 1), 9.0, dtype=np.float32)},
        options=FitOptions(),
        min_count=1,
        prune=0.0,
    )
    both.model = crf.model
    _, vectors = both.describe(make_batch([letters]))
    assert vectors.shape[1] == 1 + WIDTH
    assert (vectors[:, 0] == 9.0).all()


def test_same_seed_gives_the_same_bits_and_another_one_others() -> None:
    first, second, third = (fit(untrained(), seed=seed).to_bytes() for seed in (1, 1, 2))
    assert first == second
    assert first != third


def test_two_networks_cannot_learn_along() -> None:
    with pytest.raises(ConfigError, match="E543"):
        CrfEntities(
            name="entities",
            sources={},
            vectors={"a": untrained(), "b": untrained()},
            options=FitOptions(),
            min_count=1,
            prune=0.0,
        )


def test_torch_is_named_with_its_remedy_when_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(name: str) -> object:
        return None if name == "torch" else object()

    monkeypatch.setattr(importlib.util, "find_spec", find)
    source = lac.make_lac_vectors(tuned=True)
    assert isinstance(source, lac.TunableLac)
    with pytest.raises(MissingPartError, match=r"biaozhu\[torch\]"):
        source.tuner(0)
