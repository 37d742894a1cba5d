"""`biaozhu adjudicate`: from two files to gold, by a file that a person edits or by answered Label Studio tasks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.records import read_records, write_records
from tests.conftest import make_record

Cli = Callable[..., Result]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    for name, end in (("a", 3), ("b", 2)):
        spans = ((0, end, "GPE"), (3, 5, "QUANTITY", "3 件"))
        write_records(tmp_path / f"{name}.jsonl", [make_record("余姚市3件", *spans), make_record("x", record_id=name)])
    return [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]


def test_decide_in_the_file_and_run_again(cli: Cli, files: list[Path], tmp_path: Path) -> None:
    gold, conflicts = tmp_path / "gold.jsonl", tmp_path / "gold.conflicts.json"
    first = cli("adjudicate", *files, "--output", gold)
    assert (first.exit_code, "1 conflicts, 1 open" in first.output) == (0, True)
    assert "left out, only one side has: a, b (2)" in first.output
    assert [span.label for span in read_records(gold)[0].spans] == ["QUANTITY"]
    assert cli("check-gold", gold).exit_code == 2

    data = json.loads(conflicts.read_text(encoding="utf-8"))
    data["conflicts"][0] |= {"decision": "first", "by": "zhang"}
    conflicts.write_text(json.dumps(data), encoding="utf-8")
    second = cli("adjudicate", *files, "--output", gold)
    assert "1 conflicts, 0 open; decided: first 1, second 0, none 0, own 0" in second.output
    spans = read_records(gold)[0].spans
    assert [span.key for span in spans] == [(0, 3, "GPE"), (3, 5, "QUANTITY")]
    assert spans[0].meta == {"by": ["a"], "decision": "first", "decided_by": "zhang"}
    assert cli("check-gold", gold).exit_code == 0


def test_decide_in_label_studio(cli: Cli, files: list[Path], tmp_path: Path) -> None:
    gold, tasks = tmp_path / "gold.jsonl", tmp_path / "tasks.json"
    assert "1 tasks →" in cli("adjudicate", *files, "--output", gold, "--label-studio", tasks).output
    (task,) = json.loads(tasks.read_text(encoding="utf-8"))
    answer = {"from_name": "decision", "type": "choices", "value": {"choices": ["second"]}}
    task["annotations"] = [{"result": [answer], "completed_by": 1}]
    (tmp_path / "export.json").write_text(json.dumps([task]), encoding="utf-8")
    result = cli("adjudicate", *files, "--output", gold, "--from-label-studio", tmp_path / "export.json")
    assert "0 open" in result.output
    assert read_records(gold)[0].spans[0].meta["decided_by"] == "user 1"
    assert "zhang" not in (tmp_path / "gold.conflicts.json").read_text(encoding="utf-8")


def test_a_decision_that_does_not_fit_leaves_the_output_as_it_was(cli: Cli, files: list[Path], tmp_path: Path) -> None:
    gold, conflicts = tmp_path / "gold.jsonl", tmp_path / "c.json"
    cli("adjudicate", *files, "--output", gold, "--conflicts", conflicts)
    before = gold.read_bytes()
    data = json.loads(conflicts.read_text(encoding="utf-8"))
    data["conflicts"][0] |= {"decision": "third", "by": "zhang"}
    conflicts.write_text(json.dumps(data), encoding="utf-8")
    result = cli("adjudicate", *files, "--output", gold, "--conflicts", conflicts)
    assert (result.exit_code, "E652" in result.output, gold.read_bytes()) == (2, True, before)
