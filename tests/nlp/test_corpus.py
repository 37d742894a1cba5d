"""The corpus reader `biaozhu.GoldCorpus.v1`, and the configs of public sets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.core.records import Record, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import ConfigError, InputError
from pipeline.nlp.corpus import make_gold_corpus
from pipeline.nlp.training import build_nlp, read_corpora, read_training_config
from pipeline.stages.train import train_model
from tests.conftest import ROOT
from tests.nlp.helpers import make_nlp, make_records


def test_reader_streams_examples(tmp_path: Path) -> None:
    write_records(tmp_path / "gold.jsonl", make_records())
    examples = list(make_gold_corpus(path=tmp_path / "gold.jsonl", limit=3)(make_nlp()))
    assert [example.reference.text for example in examples] == [record.text for record in make_records()[:3]]
    assert all(not example.predicted.ents for example in examples)
    assert examples[0].reference.ents


def test_records_held_out_are_the_rest(tmp_path: Path) -> None:
    write_records(tmp_path / "gold.jsonl", make_records())
    settings: dict[str, Any] = {"path": tmp_path / "gold.jsonl", "hold_out": 4}
    kept = [eg.reference.text for eg in make_gold_corpus(**settings)(make_nlp())]
    held = [eg.reference.text for eg in make_gold_corpus(**settings, held_out=True)(make_nlp())]
    texts = [record.text for record in make_records()]
    assert held == texts[3::4]
    assert sorted(kept + held) == sorted(texts)
    assert len(list(make_gold_corpus(**settings, limit=2)(make_nlp()))) == 2
    with pytest.raises(ConfigError, match="E528"):
        make_gold_corpus(path=None, held_out=True)


def test_records_are_held_out_by_blocks(tmp_path: Path) -> None:
    write_records(tmp_path / "gold.jsonl", make_records())
    settings: dict[str, Any] = {"path": tmp_path / "gold.jsonl", "hold_out": 2, "block": 3}
    texts = [record.text for record in make_records()]
    held = [eg.reference.text for eg in make_gold_corpus(**settings, held_out=True)(make_nlp())]
    assert held == [text for at, text in enumerate(texts) if at // 3 % 2]
    kept = [eg.reference.text for eg in make_gold_corpus(**settings)(make_nlp())]
    assert sorted(kept + held) == sorted(texts)
    with pytest.raises(ConfigError, match="E528"):
        make_gold_corpus(path=None, block=0)


def test_labels_of_another_scheme_are_named_in_the_config(tmp_path: Path) -> None:
    write_records(tmp_path / "gold.jsonl", [Record("r", "小王在家", (CharSpan(0, 2, "PER.NAM"),))])
    examples = list(make_gold_corpus(path=tmp_path / "gold.jsonl", labels=["PER.NAM"])(make_nlp()))
    assert [ent.label_ for ent in examples[0].reference.ents] == ["PER.NAM"]
    with pytest.raises(InputError, match="E411"):
        list(make_gold_corpus(path=tmp_path / "gold.jsonl")(make_nlp()))


def test_overlapping_entities_are_an_error_unless_the_outermost_is_asked_for(tmp_path: Path) -> None:
    spans = (CharSpan(0, 6, "ORG"), CharSpan(0, 3, "GPE"))
    write_records(tmp_path / "gold.jsonl", [Record("r", "宁波市财政局", spans)])
    with pytest.raises(InputError, match="E412"):
        list(make_gold_corpus(path=tmp_path / "gold.jsonl")(make_nlp()))
    examples = list(make_gold_corpus(path=tmp_path / "gold.jsonl", outermost=True)(make_nlp()))
    assert [ent.text for ent in examples[0].reference.ents] == ["宁波市财政局"]


def test_corpus_without_a_path_says_so() -> None:
    with pytest.raises(ConfigError, match="E511"):
        list(make_gold_corpus(path=None)(make_nlp()))


@pytest.mark.parametrize("config", sorted((ROOT / "configs/public").glob("*.cfg")), ids=lambda path: path.stem)
def test_public_configs_resolve(config: Path, tmp_path: Path) -> None:
    single = {"corpora.train.block": 1, "corpora.dev.block": 1} if config.stem == "msra" else {}
    loaded = read_training_config(config, {"paths.data": str(tmp_path)} | single)
    label = loaded["labels"]["names"][0]
    records = [Record(f"r{number}", "小王在家", (CharSpan(0, 2, label),)) for number in range(10)]
    write_records(tmp_path / "train.jsonl", records)
    write_records(tmp_path / "dev.jsonl", records[:1])
    nlp = build_nlp(loaded, config)
    train, dev = read_corpora(nlp, loaded, config)
    assert [ent.label_ for ent in train[0].reference.ents] == [label]
    assert len(dev) == 1


@pytest.mark.slow
def test_public_set_trains_with_one_command(tmp_path: Path) -> None:
    for name in ("train", "dev"):
        write_records(tmp_path / f"{name}.jsonl", [Record("r", "小王在家", (CharSpan(0, 2, "PER.NAM"),))])
    config = ROOT / "configs/public/weibo.cfg"
    manifest = train_model(config, tmp_path / "run", overrides={"paths.data": str(tmp_path)}, max_iterations=2)
    assert manifest["dev"]["documents"] == 1
    assert manifest["dev"]["layers"]["entities"]["strict"]["per_label"]["PER.NAM"]["support"] == 1
