"""configs/ner-transformer.cfg: sound everywhere, trained with a tiny random BERT where the extra is installed."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.records import write_records
from pipeline.errors import MissingPartError
from pipeline.nlp.extras import check_extras
from pipeline.nlp.training import build_nlp, read_training_config
from tests.conftest import ROOT
from tests.nlp.helpers import make_records

CONFIG = ROOT / "configs" / "ner-transformer.cfg"


def test_config_holds_together() -> None:
    config = read_training_config(CONFIG, {"pretrained.name": "folder/of/weights", "training.max_steps": 9})
    assert config["components"]["transformer"]["model"]["name"] == "folder/of/weights"
    assert config["training"]["optimizer"]["learn_rate"]["total_steps"] == 9
    assert list(config["components"]) == config["nlp"]["pipeline"]
    listener = config["components"]["ner"]["model"]["tok2vec"]["@architectures"]
    assert listener == "spacy-transformers.TransformerListener.v1"


def test_everything_but_the_transformer_resolves() -> None:
    config = read_training_config(CONFIG, {})
    config["nlp"]["pipeline"] = ["ner"]
    del config["components"]["transformer"]
    config["components"]["ner"]["model"]["tok2vec"] = {"@architectures": "spacy.HashEmbedCNN.v2"} | {
        "pretrained_vectors": None,
        "width": 8,
        "depth": 1,
        "embed_size": 50,
        "window_size": 1,
        "maxout_pieces": 2,
        "subword_features": False,
    }
    assert build_nlp(config, CONFIG).pipe_names == ["ner"]


def test_missing_extra_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPartError, match=r"E506.*spacy-transformers.*biaozhu\[transformers\]"):
        check_extras(read_training_config(CONFIG, {}), CONFIG)


def test_extra_of_the_package_is_the_one_the_config_needs() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert extras["transformers"][0].startswith("spacy-transformers")


def make_tiny_bert(folder: Path) -> None:
    """Write a random BERT of one small layer that knows the characters of the test gold."""
    import torch
    import transformers

    torch.manual_seed(0)
    torch.set_num_threads(1)  # sums of several threads differ in the last bits
    chars = sorted({char for record in make_records() for char in record.text})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *chars]
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    transformers.BertModel(transformers.BertConfig(vocab_size=len(pieces), **size)).save_pretrained(folder)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tiny_transformer_trains_loads_and_repeats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Result]
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    pytest.importorskip("spacy_transformers", reason='the extra is not installed: pip install "biaozhu[transformers]"')
    import spacy

    monkeypatch.chdir(tmp_path)
    make_tiny_bert(tmp_path / "bert")
    write_records(tmp_path / "train.jsonl", make_records())
    write_records(tmp_path / "dev.jsonl", make_records())
    settings = {
        "paths.train": "train.jsonl",
        "paths.dev": "dev.jsonl",
        "pretrained.name": "bert",
        "training.max_steps": 60,
        "training.eval_frequency": 30,
        "training.accumulate_gradient": 1,
        "training.optimizer.learn_rate.initial_rate": 0.005,
        "training.optimizer.learn_rate.warmup_steps": 5,
        "training.dropout": 0.0,
    }
    arguments = [word for name, value in settings.items() for word in (f"--{name}", value)]
    manifests = []
    for output in ("one", "two"):
        result = cli("train", CONFIG, "--output", output, *arguments)
        assert result.exit_code == 0, result.output
        manifests.append(json.loads((tmp_path / output / "manifest.json").read_text(encoding="utf-8")))
    assert manifests[0]["scores"]["ents_f"] >= 0.9
    assert manifests[0]["scores"] == manifests[1]["scores"]
    (tmp_path / "bert").rename(tmp_path / "moved")  # a trained model carries its weights
    nlp = spacy.load("one/model-best")
    assert [(ent.text, ent.label_) for ent in nlp("李芳来自湖北省。").ents] == [("李芳", "PERSON"), ("湖北省", "GPE")]
    missing = cli("train", CONFIG, "--output", "three", *arguments)
    assert missing.exit_code == 2
    assert "E508" in missing.output
