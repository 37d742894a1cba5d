"""`biaozhu suspects`: a ranked list with file and line."""

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

from pipeline.core.records import write_records
from tests.nlp.test_suspects import spoiled


def test_suspects_are_printed_and_written(cli: Callable[..., Result], tmp_path: Path) -> None:
    write_records(tmp_path / "train.jsonl", spoiled())
    output = tmp_path / "suspects.jsonl"
    result = cli("suspects", tmp_path / "train.jsonl", "--folds", 3, "--epochs", 10, "--top", 4, "--output", output)
    assert result.exit_code == 0
    assert "train.jsonl:1 (record r0)" in result.output
    assert "gold: 余姚市 PERSON   instead: 余姚市 GPE" in result.output
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))


def test_too_many_folds_are_refused(cli: Callable[..., Result], tmp_path: Path) -> None:
    write_records(tmp_path / "train.jsonl", spoiled())
    result = cli("suspects", tmp_path / "train.jsonl", "--folds", 99, "--json")
    assert (result.exit_code, "E530" in result.output) == (2, True)
