"""`biaozhu agree`: a table, JSON and a page from the files of two annotators or more."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.records import write_records
from tests.conftest import make_record

Cli = Callable[..., Result]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    for name, end in (("a", 3), ("b", 2)):
        write_records(tmp_path / f"{name}.jsonl", [make_record("余姚市", (0, end, "GPE"))])
    return [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]


def test_agree_prints_tables_and_disagreements(cli: Cli, files: list[Path]) -> None:
    result = cli("agree", *files)
    assert result.exit_code == 0
    assert "a and b: 1 documents, 3 characters" in result.output
    assert "    b: 余姚 GPE" in result.output


def test_agree_writes_json_and_a_page(cli: Cli, files: list[Path], tmp_path: Path) -> None:
    result = cli("agree", *files, "--json", "--html", tmp_path / "agree.html")
    assert json.loads(result.stdout)["pairs"][0]["layers"]["entities"]["overlap_f1"] == 1.0
    assert "余姚市 GPE" in (tmp_path / "agree.html").read_text(encoding="utf-8")


def test_agree_needs_two_annotators(cli: Cli, files: list[Path]) -> None:
    result = cli("agree", files[0])
    assert (result.exit_code, "E822" in result.output) == (2, True)
