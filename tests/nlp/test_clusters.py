"""Clusters of words from unlabelled text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import spacy

from pipeline.errors import ConfigError, InputError, MissingPartError
from pipeline.nlp.docs import doc_entities, make_char_doc
from pipeline.nlp.features.batch import make_batch
from pipeline.nlp.features.clusters import Clusters, learn_vectors, make_clusters
from tests.nlp.helpers import make_nlp, train

# Two kinds of words, each with company of its own: cities are gone to, fruit is eaten.
CITIES, FRUIT = ("北京", "上海", "南京", "天津"), ("苹果", "香蕉", "葡萄", "西瓜")


def write_text(path: Path) -> Path:
    rng = np.random.default_rng(0)
    went = [f"他昨天去{rng.choice(CITIES)}出差。" for _ in range(200)]
    ate = [f"我今天吃{rng.choice(FRUIT)}解渴。" for _ in range(200)]
    path.write_text("\n".join([*went, *ate]), encoding="utf-8")
    return path


def test_words_of_like_company_have_like_vectors() -> None:
    rng = np.random.default_rng(0)
    sentences = [["去", str(rng.choice(CITIES)), "出差"] for _ in range(200)]
    sentences += [["吃", str(rng.choice(FRUIT)), "解渴"] for _ in range(200)]
    words, vectors = learn_vectors(sentences, min_count=2, seed=0)
    at = {word: vectors[number] for number, word in enumerate(words)}
    assert at["北京"] @ at["天津"] > 0.9
    assert at["北京"] @ at["苹果"] < 0.5
    again, same = learn_vectors(sentences, min_count=2, seed=0)
    assert again == words
    np.testing.assert_array_equal(vectors, same)


def test_clusters_tell_kinds_of_words_apart(tmp_path: Path) -> None:
    source = make_clusters(text=str(write_text(tmp_path / "text.txt")), sizes=[4], min_count=2)
    vocab = spacy.blank("zh").vocab

    def code(text: str) -> int:
        batch = make_batch([make_char_doc(vocab, text)])
        return int(source(batch)[batch.starts[0], 0])

    assert code("北京") == code("天津") != code("苹果")


@pytest.mark.parametrize("left", [None, "北京"])
def test_clusters_travel_with_the_model(tmp_path: Path, left: str | None) -> None:
    source = write_text(tmp_path / "text.txt")
    config = {"clusters": {"@misc": "biaozhu.Clusters.v1", "text": str(source), "sizes": [4]}}
    nlp = train(make_nlp(features=config | {"chars": {"@misc": "biaozhu.CharNgrams.v1"}}))
    nlp.to_disk(tmp_path / "model")
    source.unlink() if left is None else source.write_text(left, encoding="utf-8")
    text = "李芳昨天去北京出差。"  # "Li Fang went to Beijing on business yesterday"
    loaded = spacy.load(tmp_path / "model")
    assert doc_entities(loaded(text)) == doc_entities(nlp(text))


@pytest.mark.parametrize("text", ["北京", "北京\n" * 20, "北京，上海，" * 20])
def test_too_little_text_is_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "text.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="E529"):
        make_clusters(text=str(path))(make_batch([]))


def test_text_that_is_not_there_is_named(tmp_path: Path) -> None:
    source = make_clusters(text=str(tmp_path / "none.txt"))
    assert isinstance(source, Clusters)
    with pytest.raises(MissingPartError, match=r"none\.txt: \[E540\].*mend the path"):
        source(make_batch([]))
    with pytest.raises(MissingPartError, match="E540"):
        source.to_disk(tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize("sizes", [[], [1], [4, 0]])
def test_sizes_that_make_no_clusters_are_refused(sizes: list[int]) -> None:
    with pytest.raises(ConfigError, match="E541"):
        make_clusters(text="any", sizes=sizes)
