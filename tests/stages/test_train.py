"""Stage train: what it writes, what it refuses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.records import write_records
from pipeline.errors import BiaozhuError
from pipeline.registry import registry
from tests.nlp.helpers import make_records

CONFIG = """
[paths]
train = "train.jsonl"
dev = "dev.jsonl"

[nlp]
lang = "zh"
pipeline = ["entities"]

[nlp.tokenizer]
@tokenizers = "biaozhu.CharTokenizer.v1"

[components]

[components.entities]
factory = "biaozhu_crf"
max_iterations = 8
min_count = 1
l2 = 0.1
seed = ${training.seed}

[components.entities.features]

[components.entities.features.chars]
@misc = "biaozhu.CharNgrams.v1"

[corpora]

[corpora.train]
@readers = "biaozhu.GoldCorpus.v1"
path = ${paths.train}

[corpora.dev]
@readers = "biaozhu.GoldCorpus.v1"
path = ${paths.dev}

[training]
seed = 0
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small config and gold."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ner.cfg").write_text(CONFIG, encoding="utf-8")
    write_records(tmp_path / "train.jsonl", make_records())
    write_records(tmp_path / "dev.jsonl", make_records()[:3])
    return tmp_path


def train(**options: object) -> None:
    registry.stages.get("biaozhu.train.v1")(**({"config": "ner.cfg", "output": "run"} | options))()


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_everything_that_belongs_to_a_model_is_written(project: Path) -> None:
    train()
    manifest = json.loads((project / "run/manifest.json").read_text())
    assert manifest["data"]["train"]["records"] == 10
    assert manifest["data"]["train"]["sha256"] == hashlib.sha256((project / "train.jsonl").read_bytes()).hexdigest()
    assert manifest["seed"] == 0
    assert manifest["versions"]["spacy"]
    assert manifest["scores"]["ents_f"] == 1.0
    assert "biaozhu_crf" in manifest["config"]
    rows = [json.loads(line) for line in (project / "run/metrics.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == list(range(1, 9))
    assert rows[-1]["loss"] < rows[0]["loss"]
    for name in ("model-best", "model-last"):
        assert (project / "run" / name / "config.cfg").is_file()


def test_reruns_are_equal_bit_by_bit(project: Path) -> None:
    train(seed=3, output="first")
    train(seed=3, output="second")
    train(seed=4, output="third")
    for name in ("model-best", "model-last"):
        assert hashes(project / "first" / name) == hashes(project / "second" / name)
    assert hashes(project / "first/model-last") != hashes(project / "third/model-last")


def test_settings_of_the_stage_reach_the_components(project: Path) -> None:
    train(max_iterations=2)
    assert len((project / "run/metrics.jsonl").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.cfg"], "E101"),
        (["ner.cfg", "--paths.train", "none.jsonl"], "none.jsonl"),
        (["ner.cfg", "--nothing.at.all", "3"], "E502"),
        (["ner.cfg", "--components.entities.factory", "no_such"], "no_such"),
        (["ner.cfg", "--components.entities.mistyped", "3"], "mistyped"),
        (["broken.cfg"], "E501"),
    ],
    ids=["no config", "no gold", "no block", "no factory", "no option", "broken config"],
)
def test_what_cannot_be_used_is_one_message_and_changes_nothing(
    project: Path, cli: Callable[..., Result], arguments: list[str], says: str
) -> None:
    (project / "broken.cfg").write_text("[nlp\nlang=", encoding="utf-8")
    (project / "run/model-best").mkdir(parents=True)
    (project / "run/model-best/old").write_text("old")
    done = cli("train", *arguments, "--output", "run")
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output
    assert hashes(project / "run") == {"model-best/old": hashlib.sha256(b"old").hexdigest()}


def test_gold_that_names_unknown_labels_is_refused(project: Path) -> None:
    text = (project / "train.jsonl").read_text(encoding="utf-8").replace('"GPE"', '"PLACE"')
    (project / "train.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(BiaozhuError, match="PLACE"):
        train()


@pytest.mark.slow
def test_components_that_learn_in_steps_use_spacys_loop(project: Path) -> None:
    config = CONFIG.replace('factory = "biaozhu_crf"', 'factory = "ner"')
    kept = [line for line in config.splitlines() if not line.startswith(("max_iter", "min_count", "l2", "seed = ${"))]
    start, end = kept.index("[components.entities.features]"), kept.index("[corpora]")
    config = "\n".join(kept[:start] + kept[end:]) + "\nmax_steps = 20\neval_frequency = 10\n"
    (project / "ner.cfg").write_text(config, encoding="utf-8")
    train()
    rows = [json.loads(line) for line in (project / "run/metrics.jsonl").read_text().splitlines()]
    assert rows[0]["step"] == 0
    assert (project / "run/model-last/config.cfg").is_file()
