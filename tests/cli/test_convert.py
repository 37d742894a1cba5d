"""`biaozhu convert`: says what it did, what it lost, and ends with the right exit code."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.cli.convert import FORMATS
from pipeline.core.records import read_records, write_records
from pipeline.stages.convert import format_names
from tests.conftest import make_record

RECORD = make_record("第3届竹博会", (0, 6, "EVENT"), (0, 3, "ORDINAL", "3 届"))

Cli = Callable[..., Result]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    write_records(tmp_path / "gold.jsonl", [RECORD])
    return tmp_path / "gold.jsonl"


def test_convert_there_and_back_gives_the_same(cli: Cli, gold: Path, tmp_path: Path) -> None:
    there, back = tmp_path / "gold.txt", tmp_path / "back.jsonl"
    assert cli("convert", gold, there, "--from", "jsonl", "--to", "inline").exit_code == 0
    assert "[[[[第3届|ORDINAL|3 届]]竹博会|EVENT]]" in there.read_text(encoding="utf-8")
    assert cli("convert", there, back, "--from", "inline", "--to", "jsonl").exit_code == 0
    assert read_records(back) == [RECORD]


def test_convert_says_what_a_format_cannot_hold(cli: Cli, gold: Path, tmp_path: Path) -> None:
    result = cli("convert", gold, tmp_path / "gold.bio", "--from", "jsonl", "--to", "bio", "--layer", "numbers")
    assert result.exit_code == 0
    assert "lost: 1 × values of numbers (first: record r1)" in result.output
    assert "lost: 1 × spans outside --layer numbers" in result.output
    assert (tmp_path / "gold.bio").read_text(encoding="utf-8").splitlines()[2:5] == [
        "# columns = token numbers",
        "第\tB-ORDINAL",
        "3\tI-ORDINAL",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--from", "jsonl", "--to", "word"), "E820"),
        (("--from", "inline", "--to", "jsonl"), "E420"),
        (("--from", "jsonl", "--to", "bio", "--layer", "verbs"), "E821"),
    ],
    ids=["unknown format", "wrong format", "unknown layer"],
)
def test_convert_refuses_with_exit_2_and_writes_nothing(
    cli: Cli, gold: Path, tmp_path: Path, arguments: tuple[str, ...], code: str
) -> None:
    result = cli("convert", gold, tmp_path / "out", *arguments)
    assert (result.exit_code, code in result.output) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["label-studio", "Label_Studio", "BIO", "biaozhu.docbin.v1"])
def test_convert_knows_a_format_however_its_name_is_written(cli: Cli, gold: Path, tmp_path: Path, name: str) -> None:
    result = cli("convert", gold, tmp_path / "out", "--from", "JSONL", "--to", name)
    assert (result.exit_code, "1 documents" in result.output) == (0, True)


def test_convert_lists_its_formats(cli: Cli, gold: Path, tmp_path: Path) -> None:
    assert {name.strip().replace("-", "_") for name in FORMATS.split(",")} == set(format_names())
    refused = cli("convert", gold, tmp_path / "out", "--from", "jsonl", "--to", "word")
    assert all(name in refused.output for name in format_names())


def test_convert_repairs_on_request_and_counts(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.bio").write_text("余\tI-GPE\n姚\tI-GPE\n", encoding="utf-8")
    arguments = ("convert", tmp_path / "a.bio", tmp_path / "a.jsonl", "--from", "bio", "--to", "jsonl")
    refused = cli(*arguments)
    assert (refused.exit_code, "a.bio:1" in refused.output) == (2, True)
    mended = cli(*arguments, "--repair")
    assert (mended.exit_code, "mended: 1 × broken bio tags" in mended.output) == (0, True)
    assert [span.key for span in read_records(tmp_path / "a.jsonl")[0].spans] == [(0, 2, "GPE")]
