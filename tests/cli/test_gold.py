"""`biaozhu check-gold` and `gold-stats`: errors end with 2, warnings with 0 or, with --strict, 1."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.records import write_records
from tests.conftest import ROOT, make_record

Cli = Callable[..., Result]


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    write_records(tmp_path / "train.jsonl", [make_record("商标4.3万件")])
    return tmp_path


def test_warnings_do_not_fail_unless_strict(cli: Cli, doubtful: Path) -> None:
    result = cli("check-gold", doubtful)
    assert (result.exit_code, "[W402]" in result.output, "no errors, 1 warnings (W402 1)" in result.output) == (
        0,
        True,
        True,
    )
    assert cli("check-gold", doubtful, "--strict").exit_code == 1
    assert cli("check-gold", doubtful, "--strict", "--no-warnings").exit_code == 0


def test_all_is_said_in_one_json_object(cli: Cli, doubtful: Path) -> None:
    report = json.loads(cli("check-gold", doubtful, "--json").stdout)
    assert (report["documents"], report["errors"], report["warnings"][0]["code"]) == (1, [], "W402")
    (doubtful / "dev.jsonl").write_text('{"id": 3}\n{"id": "x"}\n', encoding="utf-8")
    result = cli("check-gold", doubtful, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 2
    assert [(error["line"], error["code"]) for error in report["errors"]] == [(1, "E112"), (1, "E113"), (2, "E113")]


def test_a_corpus_that_is_too_small_gets_a_no(cli: Cli, doubtful: Path) -> None:
    result = cli("check-gold", doubtful, "--corpus")
    assert result.exit_code == 1
    assert "documents" in result.output
    assert "BROKEN" in result.output


def test_statistics_come_as_text_markdown_and_json(cli: Cli, doubtful: Path) -> None:
    gold = ROOT / "annotations" / "gold"
    assert "QUANTITY" in cli("gold-stats", doubtful).output
    assert "| label | layer |" in cli("gold-stats", gold, "--markdown", "--compare", doubtful).output
    assert json.loads(cli("gold-stats", doubtful, "--json").stdout)["characters"] == 7
