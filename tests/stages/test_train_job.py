"""Training as a job: what can be relied on when nobody watches it, for every way of training."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import Result

from pipeline.core.records import write_records
from tests.conftest import ROOT
from tests.nlp.helpers import make_records

SPACY_TINY = (
    *("--training.max_steps", "12", "--training.eval_frequency", "4", "--training.patience", "0"),
    *("--components.tok2vec.model.encode.width", "16", "--components.tok2vec.model.encode.depth", "1"),
)
CRF_TINY = ("--components.entities.max_iterations", "3", "--components.entities.min_count", "1")
CONFIGS = {"ner.cfg": CRF_TINY, "ner-spacy.cfg": SPACY_TINY}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_records(tmp_path / "train.jsonl", make_records())
    write_records(tmp_path / "dev.jsonl", make_records()[:6])
    return tmp_path


def arguments(name: str, output: str, *more: str) -> list[str]:
    data = ("--paths.train", "train.jsonl", "--paths.dev", "dev.jsonl")
    return ["train", str(ROOT / "configs" / name), "--output", output, *data, *CONFIGS[name], *more]


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def metrics(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("name", CONFIGS)
def test_equal_runs_in_fresh_processes_give_equal_bytes(name: str, folder: Path) -> None:
    for run, hash_seed in (("one", "1"), ("two", "2")):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments(name, run)],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    for model in ("model-best", "model-last"):
        assert files(folder / "one" / model) == files(folder / "two" / model)
    rows = [
        [{key: row[key] for key in row if key != "seconds"} for row in metrics(folder / run)] for run in ("one", "two")
    ]
    assert rows[0] == rows[1]
    manifests = [json.loads((folder / run / "manifest.json").read_text(encoding="utf-8")) for run in ("one", "two")]
    assert manifests[0]["model"] == manifests[1]["model"]
    assert manifests[0]["scores"] == manifests[1]["scores"]


@pytest.mark.parametrize("name", CONFIGS)
def test_job_evaluates_while_it_trains_and_leaves_everything(
    name: str, folder: Path, cli: Callable[..., Result]
) -> None:
    import spacy

    result = cli(*arguments(name, "out"))
    assert result.exit_code == 0, result.output
    out = folder / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        *("README.md", "manifest.json", "metrics.jsonl", "model-best", "model-last")
    ]
    rows = metrics(out)
    assert len(rows) >= 3
    assert all(0 <= row["ents_f"] <= 1 and "seconds" in row for row in rows)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["evaluations"]["count"] == len(rows)
    assert manifest["evaluations"]["runs"][0]["best"]["ents_f"] == max(row["ents_f"] for row in rows)
    for model in ("model-best", "model-last"):
        nlp = spacy.load(out / model)
        assert nlp("李芳来自湖北省。").text == "李芳来自湖北省。"  # Li Fang comes from Hubei


def test_manifest_is_complete(folder: Path, cli: Callable[..., Result]) -> None:
    cli(*arguments("ner.cfg", "out", "--training.seed", "7"))
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    content = (folder / "train.jsonl").read_bytes()
    assert manifest["data"]["train"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["data"]["train"]["records"] == len(make_records())
    assert manifest["data"]["train"]["characters"] == sum(len(record.text) for record in make_records())
    assert manifest["data"]["train"]["labels"]["PERSON"] == 4
    assert manifest["data"]["dev"]["records"] == 6
    assert manifest["seed"] == 7
    assert "max_iterations = 3" in manifest["config"]
    assert manifest["started"] <= manifest["finished"]
    assert manifest["seconds"] > 0
    assert {"spacy", "numpy", "thinc"} <= set(manifest["versions"])
    assert manifest["git"] is None or len(manifest["git"]) == 40
    assert manifest["model"]["best"]["bytes"] > 1000
    assert [item["factory"] for item in manifest["components"]] == ["biaozhu_numbers", "biaozhu_crf"]
    assert set(manifest["dev"]["layers"]) == {"numbers", "entities"}
    assert len(manifest["dev"]["layers"]["entities"]["intervals"]["strict"]["f1"]) == 2
    assert manifest["dev"]["characters_per_second"] > 0
    for key in ("biaozhu", "python", "platform", "cpus", "scores", "card"):
        assert key in manifest


def test_git_commit_is_that_of_the_working_directory(folder: Path) -> None:
    from pipeline.nlp.manifest import describe_code

    assert describe_code() == {"git": None, "git_changed": None}
    run = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "add", "dev.jsonl"], check=True)
    subprocess.run([*run, "commit", "-q", "-m", "Add dev"], check=True)
    found = describe_code()
    assert len(found["git"]) == 40
    assert found["git_changed"] is False
    (folder / "dev.jsonl").write_text("changed\n", encoding="utf-8")
    assert describe_code()["git_changed"] is True


def test_metrics_can_be_followed_and_an_interrupted_run_is_not_taken_for_a_complete_one(tmp_path: Path) -> None:
    from pipeline.stages.train import MetricsFile

    rows = MetricsFile(tmp_path / "out" / "metrics.jsonl")
    rows({"epoch": 1, "ents_f": 0.5})
    partial = tmp_path / "out" / "metrics.jsonl.partial"
    assert partial.read_text(encoding="utf-8") == '{"epoch": 1, "ents_f": 0.5}\n'
    rows({"epoch": 2, "ents_f": 0.6})
    assert not (tmp_path / "out" / "metrics.jsonl").exists()
    rows.finish()
    assert len(metrics(tmp_path / "out")) == 2
    assert not partial.exists()


def test_crf_stops_early_and_keeps_the_best(folder: Path, cli: Callable[..., Result]) -> None:
    more = ("--components.entities.max_iterations", "30", "--training.patience", "2")
    assert cli(*arguments("ner.cfg", "out", *more)).exit_code == 0
    rows = metrics(folder / "out")
    assert len(rows) < 30
    gained = max(rows, key=lambda row: row["ents_f"])  # the first of equal ones
    assert len(rows) - gained["epoch"] == 2


def test_spacy_loop_stops_early(folder: Path, cli: Callable[..., Result]) -> None:
    more = ("--training.max_steps", "400", "--training.patience", "4", "--training.optimizer.learn_rate", "0.0")
    assert cli(*arguments("ner-spacy.cfg", "out", *more)).exit_code == 0
    assert metrics(folder / "out")[-1]["step"] < 20


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param(("--paths.train", "nowhere.jsonl"), "E101", id="no gold"),
        pytest.param(("--components.nothing.rate", "1"), "E502", id="unknown block"),
        pytest.param(("--nlp.pipeline", '["numbers", "nothing"]'), "E503", id="unknown component"),
        pytest.param(("--gpu", "99"), "E507", id="no such GPU"),
    ],
)
def test_what_cannot_be_trained_exits_2_and_leaves_nothing(
    more: tuple[str, ...], code: str, folder: Path, cli: Callable[..., Result]
) -> None:
    result = cli(*arguments("ner.cfg", "out", *more))
    assert result.exit_code == 2
    assert not (folder / "out").exists()


def test_iterations_are_refused_where_no_component_has_them(folder: Path) -> None:
    from pipeline.errors import ConfigError
    from pipeline.stages.train import train_model

    with pytest.raises(ConfigError, match="E504"):
        train_model(ROOT / "configs" / "ner-spacy.cfg", folder / "out", overrides={}, max_iterations=3)


def test_spacy_ner_learns_ten_documents(folder: Path, cli: Callable[..., Result]) -> None:
    more = ("--training.max_steps", "120", "--training.eval_frequency", "40", "--training.dropout", "0.0")
    wider = ("--components.tok2vec.model.encode.width", "48", "--training.optimizer.learn_rate", "0.01")
    assert cli(*arguments("ner-spacy.cfg", "out", *more, *wider)).exit_code == 0
    assert metrics(folder / "out")[-1]["ents_f"] > 0.9


def test_spacy_loop_does_not_learn_what_was_not_annotated() -> None:
    import spacy

    from pipeline.core.labels import default_scheme
    from pipeline.nlp.corpus import record_to_example
    from pipeline.nlp.spacy_loop import hide_unannotated
    from tests.nlp.helpers import make_record

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "biaozhu.CharTokenizer.v1"}}})

    def tags(**meta: Any) -> set[str]:
        record = make_record("[李芳|PERSON]来了。", **meta)  # Li Fang has come
        example = hide_unannotated(record_to_example(record, nlp, default_scheme()))
        return set(map(str, example.get_aligned_ner()))

    assert tags() == {"B-PERSON", "L-PERSON", "O"}
    assert tags(layers=["numbers"]) == {"None"}
    assert tags(labels=["PERSON"]) == {"B-PERSON", "L-PERSON", "None"}


def test_mlflow_gets_every_evaluation(
    folder: Path, cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow", reason='MLflow is not installed: pip install "biaozhu[mlflow]"')
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow.set_tracking_uri((folder / "runs").as_uri())
    logger = ("--training.logger", json.dumps({"@loggers": "spacy.MLflowLogger.v2", "run_name": "test"}))
    try:
        for name in CONFIGS:
            result = cli(*arguments(name, name, *logger))
            assert result.exit_code == 0, result.output
        runs = mlflow.search_runs(output_format="list")
        assert len(runs) == len(CONFIGS)
        for run in runs:
            assert run.info.status == "FINISHED"
            assert 0 <= run.data.metrics["ents_f"] <= 1
            assert run.data.params["nlp.lang"] == "zh"
        (crf,) = [run for run in runs if "components.entities.factory" in run.data.params]
        history = mlflow.MlflowClient().get_metric_history(crf.info.run_id, "ents_f")
        assert [round(item.value, 6) for item in history] == [row["ents_f"] for row in metrics(folder / "ner.cfg")]
    finally:
        mlflow.set_tracking_uri(None)


def test_logger_of_a_missing_package_says_what_to_install(
    folder: Path, cli: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    result = cli(*arguments("ner.cfg", "out", "--training.logger", '{"@loggers": "spacy.MLflowLogger.v2"}'))
    assert result.exit_code == 2
    assert "biaozhu[mlflow]" in result.output


def test_model_card_says_what_the_manifest_knows(folder: Path, cli: Callable[..., Result]) -> None:
    assert cli(*arguments("ner.cfg", "out")).exit_code == 0
    card = (folder / "out" / "README.md").read_text(encoding="utf-8")
    front = yaml.safe_load(card.split("---\n")[1])
    manifest = json.loads((folder / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert front["language"] == "zh"
    f = manifest["dev"]["layers"]["entities"]["strict"]["f1"]
    values = {result["task"]["name"]: result["metrics"][-1]["value"] for result in front["model-index"][0]["results"]}
    assert values["entities (dev, strict)"] == pytest.approx(f, abs=1e-4)
    for heading in ("Labels", "Data", "Scores on dev", "Speed and size", "Limits", "Licence", "How it was made"):
        assert f"\n## {heading}\n" in card
    assert manifest["data"]["train"]["sha256"][:12] in card
    assert "95 % interval" in card
    meta = json.loads((folder / "out" / "model-best" / "meta.json").read_text(encoding="utf-8"))
    assert manifest["data"]["train"]["sha256"] in meta["sources"][0]
    last = json.loads((folder / "out" / "model-last" / "meta.json").read_text(encoding="utf-8"))
    assert (bool(meta["performance"]), last["performance"]) == (True, {})


def test_card_is_written_again_with_scores_on_test(folder: Path, cli: Callable[..., Result]) -> None:
    assert cli(*arguments("ner.cfg", "out")).exit_code == 0
    assert cli("extract", "dev.jsonl", "--model", "out/model-best", "--output", "predictions.jsonl").exit_code == 0
    assert cli("score", "dev.jsonl", "predictions.jsonl", "--output", "scores").exit_code == 0
    result = cli("model-card", "out", "--scores", "scores/scores.json")
    assert result.exit_code == 0, result.output
    card = (folder / "out" / "README.md").read_text(encoding="utf-8")
    assert "took no part in training" in card
    scores = json.loads((folder / "scores" / "scores.json").read_text(encoding="utf-8"))
    assert scores["signature"]["gold"] in card
    assert "entities (test, strict)" in card
    assert cli("model-card", "scores").exit_code == 2


def test_licence_of_a_card_is_what_the_config_says(folder: Path, cli: Callable[..., Result]) -> None:
    text = (ROOT / "configs" / "ner.cfg").read_text(encoding="utf-8")
    card = '\n[card]\nname = "mine"\nlicense = "CC-BY-4.0"\nlimits = "Reports of one city only."\n'
    text = text if "[card]" in text else text + card
    (folder / "own.cfg").write_text(text, encoding="utf-8")
    more = ("--card.license", "CC-BY-4.0", "--card.name", "mine", "--card.limits", "Reports of one city only.")
    words = arguments("ner.cfg", "out", *more)
    assert cli("train", "own.cfg", *words[2:]).exit_code == 0
    card = (folder / "out" / "README.md").read_text(encoding="utf-8")
    assert 'license: "CC-BY-4.0"' in card
    assert "# mine\n" in card
    assert "* Reports of one city only." in card
    meta = json.loads((folder / "out" / "model-best" / "meta.json").read_text(encoding="utf-8"))
    assert (meta["name"], meta["license"]) == ("mine", "CC-BY-4.0")
