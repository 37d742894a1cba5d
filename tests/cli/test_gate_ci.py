"""The CI examples run as far as they can without their servers: their own lines, in a shell, on a small project."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import srsly

from pipeline.core.jsonl import write_json
from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, write_records
from pipeline.core.spans import CharSpan
from pipeline.stages.score import score_files
from tests.conftest import ROOT

CI = ROOT / "docs" / "ci"
ELSEWHERE = {"Install", "Train and extract", "Comment"}  # need the network, minutes, the server
TEXT = "余姚市投入16.5亿元。" * 3


def lines_of(name: str) -> list[str]:
    """The shell lines of an example that need neither network nor model."""
    data: Any = srsly.read_yaml(CI / name)
    if name.startswith("gitlab"):
        return list(data["scores"]["script"])
    steps = data["jobs"]["gate"]["steps"]
    return [step["run"] for step in steps if "run" in step and step["name"] not in ELSEWHERE]


def make_project(folder: Path, *, now: int) -> None:
    gold = [
        Record(f"d{number}", TEXT, tuple(CharSpan(at, at + 3, "GPE") for at in (0, 13, 26))) for number in range(20)
    ]
    for name, keep in (("before", 3), ("now", now)):
        pred = [item.with_spans(item.spans[:keep]) for item in gold]
        write_records(folder / f"{name}.jsonl", pred)
    write_records(folder / "annotations/gold/test.jsonl", gold)
    baseline = score_files(folder / "annotations/gold/test.jsonl", folder / "before.jsonl", scheme=default_scheme())
    write_json(folder / "models/baseline.json", baseline)
    (folder / "now.jsonl").rename(folder / "predictions.jsonl")


def run_lines(folder: Path, lines: list[str]) -> int:
    """The worst exit code; later lines run in any case, as `if: always()` says."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    codes = [
        subprocess.run(["bash", "-euo", "pipefail", "-c", line], cwd=folder, env=environment, check=False).returncode
        for line in lines
    ]
    return max(codes)


@pytest.mark.slow
@pytest.mark.parametrize(("now", "code"), [(3, 0), (1, 1)], ids=["the same", "worse"])
@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_example_judges_a_change(name: str, now: int, code: int, tmp_path: Path) -> None:
    make_project(tmp_path, now=now)
    assert run_lines(tmp_path, lines_of(name)) == code
    suite = ElementTree.parse(tmp_path / "gate" / "gate.xml").getroot()
    assert (suite.get("failures") == "0") is (code == 0)
    assert (tmp_path / "scores" / "report.html").exists()
    if name.startswith("github"):
        summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
        assert summary.startswith("## ✅ Scores" if code == 0 else "## ❌ Scores")


def test_examples_are_complete() -> None:
    github: Any = srsly.read_yaml(CI / "github-actions.yml")
    names = {step.get("name") for step in github["jobs"]["gate"]["steps"]}
    assert names > ELSEWHERE | {"Score", "Gate", "Summary"}
    gitlab: Any = srsly.read_yaml(CI / "gitlab-ci.yml")
    assert gitlab["scores"]["artifacts"]["reports"]["junit"] == "gate/gate.xml"
