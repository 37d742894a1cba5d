"""LAC's layers trained by torch: the same network as onnxruntime's, before and after."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import spacy

from pipeline.nlp.docs import make_char_doc
from pipeline.nlp.features.batch import make_batch
from pipeline.nlp.features.lac import TunableLac, TuningOptions, make_lac_vectors
from tests.nlp.helpers import get_crf, make_nlp, train

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("torch") is None, reason="torch is not installed here: make test-torch runs these"
    ),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
TEXTS = ("王小明在宁波市财政局工作。", "他来自湖北省！", "１２　😀")  # "Wang Xiaoming works at …", "he is from Hubei"
STILL = TuningOptions(dropout=0.0, inner_dropout=0.0)


def test_layers_say_the_same_in_torch_and_in_onnxruntime() -> None:
    source = TunableLac(STILL)
    batch = make_batch([make_char_doc(spacy.blank("zh").vocab, text) for text in TEXTS])
    numbers = source.inputs(batch)
    pieces = [numbers[start:end] for start, end in batch.ranges.tolist()]
    rows = np.concatenate([np.arange(start, end) for start, end in batch.ranges.tolist()])
    tuner = source.tuner(0)
    before = tuner.weights()
    np.testing.assert_allclose(tuner.forward(pieces), source(batch)[rows], atol=2e-5)
    tuner.backward(np.ones((len(rows), 256), dtype=np.float32), 0.0)
    after = tuner.weights()
    assert all(np.abs(after[name] - before[name]).max() > 1e-5 for name in before)
    np.testing.assert_allclose(tuner.forward(pieces), source.tuned(after)(batch)[rows], atol=2e-5)
    assert np.abs(source.tuned(before)(batch)[rows] - source.tuned(after)(batch)[rows]).max() > 1e-4


def test_steps_go_down_the_slope() -> None:
    tuner = TunableLac(STILL).tuner(0)
    pieces = [np.arange(10, 20), np.arange(30, 34)]
    before = tuner.forward(pieces).sum()
    for _ in range(3):
        tuner.backward(np.ones((14, 256), dtype=np.float32), 0.0)
        after = tuner.forward(pieces).sum()
        assert after < before
        before = after


def test_what_is_left_out_depends_on_the_seed_alone() -> None:
    piece = [np.arange(10, 60)]
    first, second, third = (TunableLac(TuningOptions()).tuner(seed).forward(piece) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert (first != third).any()
    assert 0.3 < (first == 0.0).mean() < 0.5


def test_model_with_tuned_lac_trains_repeats_and_travels(tmp_path: Path) -> None:
    settings = {"vectors": {"lac": {"@misc": "biaozhu.LacVectors.v1", "tuned": True}}, "max_iterations": 8, "batch": 4}
    trained = [train(make_nlp(**settings)) for _ in range(2)]
    first, second = (get_crf(nlp).to_bytes() for nlp in trained)
    assert first == second
    trained[0].to_disk(tmp_path / "model")
    text = "王小明在宁波市财政局工作。"
    doc, loaded = trained[0](text), spacy.load(tmp_path / "model")(text)
    assert [(ent.text, ent.label_) for ent in loaded.ents] == [(ent.text, ent.label_) for ent in doc.ents]
    assert doc.ents


def test_source_without_tuning_is_not_trained() -> None:
    assert not isinstance(make_lac_vectors(), TunableLac)
    assert isinstance(make_lac_vectors(tuned=True), TunableLac)
