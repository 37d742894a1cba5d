"""The workflow: what a run writes, what it skips, and how it ends."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.jsonl import read_jsonl
from pipeline.registry import load_config
from pipeline.stages.workflow import write_stage_configs
from pipeline.text.offsets import OffsetMap
from tests.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Result], seed_file: Path) -> Path:
    """A project with the seed document, a tenth of the gold, and no thresholds."""
    monkeypatch.chdir(tmp_path)
    assert cli("init", ".").exit_code == 0
    shutil.copy(seed_file, "seeds")
    for split, count in (("train", 12), ("dev", 3), ("test", 3)):
        lines = (ROOT / "annotations" / "gold" / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
        Path(f"annotations/gold/{split}.jsonl").write_text("\n".join(lines[:count]) + "\n", encoding="utf-8")
    return tmp_path


def test_a_stage_config_changes_only_with_its_block(project: Path) -> None:
    config = load_config(Path("configs/pipeline.cfg"))
    write_stage_configs(config, Path("run/configs"))
    before = {path.name: path.stat().st_mtime_ns for path in Path("run/configs").iterdir()}
    changed = load_config(Path("configs/pipeline.cfg"), {"stages.clean.encoding": "gb18030"})
    write_stage_configs(changed, Path("run/configs"))
    after = {path.name: path.stat().st_mtime_ns for path in Path("run/configs").iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"clean.cfg"}


def test_a_stage_config_changes_with_a_config_file_that_it_names(project: Path) -> None:
    config = load_config(Path("configs/pipeline.cfg"))
    write_stage_configs(config, Path("run/configs"))
    before = Path("run/configs/train.cfg").read_text(encoding="utf-8")
    Path("configs/ner.cfg").write_text(Path("configs/ner.cfg").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    write_stage_configs(config, Path("run/configs"))
    assert Path("run/configs/train.cfg").read_text(encoding="utf-8") != before


@pytest.mark.slow
def test_a_run_ends_with_table_and_report_and_a_second_one_skips_everything(
    project: Path, cli: Callable[..., Result]
) -> None:
    fast = ("--stages.train.max_iterations", "3")
    result = cli("run", *fast)
    assert result.exit_code == 0, result.output
    assert "strict (micro)" in result.output
    run = project / "models" / "default"
    assert str(run / "report.html") in result.output
    stamps = {path: path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()}
    again = cli("run", *fast)
    assert again.exit_code == 0, again.output
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*") if path.is_file()} == stamps


@pytest.mark.slow
def test_each_extracted_span_is_shown_in_the_raw_document(
    project: Path, cli: Callable[..., Result], seed_file: Path
) -> None:
    assert cli("stage", "clean", "configs/pipeline.cfg").exit_code == 0
    assert cli("extract", "models/default/clean.jsonl", "--numbers-only", "--output", "out.jsonl").exit_code == 0
    raw = seed_file.read_text(encoding="utf-8")
    ((_, row),) = read_jsonl(Path("models/default/clean.offsets.jsonl"))
    offsets = OffsetMap.from_json(row)
    ((_, record),) = read_jsonl(Path("out.jsonl"))
    assert len(record["spans"]) > 40
    for span in record["spans"]:
        start, end = offsets.to_raw(span["start"], span["end"])
        assert raw[start:end] == record["text"][span["start"] : span["end"]]


def test_bad_gold_stops_the_workflow_with_exit_2(project: Path, cli: Callable[..., Result]) -> None:
    path = Path("annotations/gold/dev.jsonl")
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    row["spans"].append({"start": 0, "end": 10**6, "label": "DATE"})
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    result = cli("run")
    assert result.exit_code == 2
    assert not Path("models/default/corpus").exists()


def test_a_project_without_gold_says_which_file_is_missing(project: Path, cli: Callable[..., Result]) -> None:
    Path("annotations/gold/train.jsonl").unlink()
    result = cli("run")
    assert result.exit_code == 2
    assert "[E812] stage gold needs annotations/gold/train.jsonl, which is not there" in result.output
