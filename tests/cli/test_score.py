"""The commands around scores: what they print, write and end with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.cli.compare import comparison_to_text
from pipeline.core.records import Record, read_records, write_records
from pipeline.core.spans import CharSpan
from pipeline.metrics.comparison import Comparison
from pipeline.metrics.significance import Difference

CASE = Path(__file__).parent.parent / "metrics" / "cases" / "numbers_with_values"
GOLD, PRED = CASE / "gold.jsonl", CASE / "pred.jsonl"
Cli = Callable[..., Result]


@pytest.fixture
def scores(cli: Cli, tmp_path: Path) -> Path:
    assert cli("score", GOLD, PRED, "--output", tmp_path / "one").exit_code == 0
    return tmp_path / "one" / "scores.json"


def test_score_prints_a_table(cli: Cli) -> None:
    result = cli("score", GOLD, PRED)
    assert result.exit_code == 0
    assert "strict (micro)   40.0   40.0   40.0     5      5      2" in result.stdout
    assert "50.0 % of the right spans have the right value" in result.stdout
    assert "\x1b" not in result.stdout


def test_score_prints_one_json_object(cli: Cli) -> None:
    data = json.loads(cli("score", GOLD, PRED, "--json").stdout)
    numbers = data["layers"]["numbers"]
    assert next(iter(data)) == "signature"
    assert numbers["strict"]["f1"] == pytest.approx(0.4)
    assert numbers["strict"]["per_label"]["QUANTITY"]["recall"] == 0.5
    assert numbers["value_accuracy"] == 0.5
    assert set(data["signature"]) == {
        "version", "matching", "scheme", "layers", "gold", "documents", "subset", "resamples", "seed",
    }  # fmt: skip


def test_score_writes_what_it_names(scores: Path) -> None:
    assert sorted(path.name for path in scores.parent.iterdir()) == ["errors.jsonl", "scores.json"]


def test_score_of_a_subset(cli: Cli) -> None:
    data = json.loads(cli("score", GOLD, PRED, "--json", "--where", "field=gov", "--layer", "numbers").stdout)
    assert (data["documents"], list(data["layers"])) == (1, ["numbers"])
    assert cli("score", GOLD, PRED, "--where", "field").exit_code == 2


def test_score_shows_the_slices_that_are_asked_for(cli: Cli) -> None:
    result = cli("score", GOLD, PRED, "--slice", "field", "--slice", "surface", "--train", GOLD)
    assert "numbers by field" in result.stdout
    assert "numbers by surface" in result.stdout
    assert "by length" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--slice", "feild"], "[E612] no document has 'feild' in its meta"),
        (["--slice", "surface"], "[E611]"),
        (["--where", "field=gow"], "there are: field="),
        (["--where", "feild=gov"], "their meta has"),
    ],
    ids=["slice", "surface without training", "value", "key"],
)
def test_what_the_meta_lacks_is_refused(cli: Cli, arguments: list[str], said: str) -> None:
    result = cli("score", GOLD, PRED, *arguments)
    assert result.exit_code == 2
    assert said in result.output


def test_labels_outside_the_scheme_are_refused_with_file_and_line(cli: Cli, tmp_path: Path) -> None:
    records = [record.with_spans([CharSpan(0, 1, "X"), CharSpan(1, 2, "Y")]) for record in read_records(PRED)]
    write_records(tmp_path / "pred.jsonl", records)
    for files in ((GOLD, tmp_path / "pred.jsonl"), (tmp_path / "pred.jsonl", PRED)):
        result = cli("score", *files)
        assert result.exit_code == 2
        for line, record in enumerate(records, 1):
            assert f"pred.jsonl:{line} (record {record.id}): [E606] not in the label scheme" in result.output
        assert "X, Y →" in result.output


@pytest.mark.parametrize("missing", [0, 1])
def test_score_of_a_missing_file_ends_with_2(cli: Cli, tmp_path: Path, missing: int) -> None:
    files = [GOLD, PRED]
    files[missing] = tmp_path / "none.jsonl"
    result = cli("score", *files)
    assert result.exit_code == 2
    assert "none.jsonl" in result.output


def test_gate_ends_with_0_1_and_2(cli: Cli, scores: Path, tmp_path: Path) -> None:
    assert cli("gate", scores, scores).exit_code == 0
    config = tmp_path / "gate.cfg"
    config.write_text('[rules]\n[rules.a]\nmetric = "strict.f1"\nminimum = 0.9\nmin_support = 1\n', encoding="utf-8")
    failed = cli("gate", scores, scores, "--config", config, "--output", tmp_path / "gate")
    assert failed.exit_code == 1
    assert "The gate fails: numbers strict.f1 is 0.400, below its minimum 0.900" in failed.stdout
    assert sorted(path.name for path in (tmp_path / "gate").iterdir()) == ["gate.json", "gate.md", "gate.xml"]
    assert cli("score", GOLD, PRED, "--seed", 1, "--output", tmp_path / "two").exit_code == 0
    refused = cli("gate", tmp_path / "two" / "scores.json", scores)
    assert refused.exit_code == 2
    assert "seed: 1 in" in refused.output


def test_gate_prints_json(cli: Cli, scores: Path) -> None:
    assert json.loads(cli("gate", scores, scores, "--json").stdout)["passed"] is True


@pytest.mark.parametrize(
    ("change", "p", "sentence"),
    [
        (0.031, 0.001, "entities: strict.f1 rose by 3.1 points, a real difference"),
        (-0.012, 0.4, "entities: strict.f1 fell by 1.2 points, which may be chance"),
        (0.0003, 0.4, "entities: strict.f1 is the same to a tenth of a point"),
        (-0.0003, 0.001, "entities: strict.f1 is the same to a tenth of a point"),
        (0.0, 1.0, "entities: strict.f1 is the same"),
        (None, None, "entities: strict.f1 cannot be compared: it is undefined on one side"),
    ],
)
def test_compare_ends_in_a_sentence(change: float | None, p: float | None, sentence: str) -> None:
    item = Difference("strict.f1", 0.5, None if change is None else 0.5 + change, change, None, p, p)
    assert sentence in comparison_to_text(Comparison({"entities": [item]}, 100, 0)).splitlines()


def test_compare_shows_differences_and_refuses_other_gold(cli: Cli, scores: Path, tmp_path: Path) -> None:
    assert cli("score", GOLD, GOLD, "--output", tmp_path / "best").exit_code == 0
    best = tmp_path / "best" / "scores.json"
    result = cli("compare", scores, best, "--trials", 200)
    assert result.exit_code == 0
    assert "+60.0" in result.stdout
    assert "numbers: strict.f1 rose by 60.0 points, which may be chance" in result.stdout
    data = json.loads(cli("compare", scores, best, "--trials", 50, "--metric", "strict.f1", "--json").stdout)
    (difference,) = data["layers"]["numbers"]
    assert difference["difference"] == pytest.approx(0.6)
    for typo in ("strict.f9", "strict.per_label.QUALITY.f1"):
        refused = cli("compare", scores, best, "--metric", typo)
        assert (refused.exit_code, "names no metric of these scores" in refused.output) == (2, True)
    shorter = tmp_path / "gold.jsonl"
    write_records(shorter, read_records(GOLD)[:1])
    assert cli("score", shorter, PRED, "--output", tmp_path / "other").exit_code == 0
    refused = cli("compare", scores, tmp_path / "other" / "scores.json")
    assert refused.exit_code == 2
    assert "gold: " in refused.output
    assert "documents: 2 in" in refused.output


def test_threshold_chooses_or_says_no(cli: Cli, tmp_path: Path) -> None:
    gold = Record("a", "字" * 20, (CharSpan(0, 2, "ORG"), CharSpan(4, 6, "ORG")))
    pred = Record("a", gold.text, (CharSpan(0, 2, "ORG", None, 0.9), CharSpan(8, 9, "ORG", None, 0.4)))
    write_records(tmp_path / "gold.jsonl", [gold])
    write_records(tmp_path / "pred.jsonl", [pred])
    files = (tmp_path / "gold.jsonl", tmp_path / "pred.jsonl")
    assert "0.9000  100.0  50.0" in cli("threshold", *files, "--precision", 0.95).stdout
    data = json.loads(cli("threshold", *files, "--recall", 0.5, "--json").stdout)
    assert data["entities"]["*"]["threshold"] == 0.9
    assert cli("threshold", *files, "--recall", 0.9).exit_code == 1
    unscored = cli("threshold", files[0], files[0])
    assert unscored.exit_code == 2
    assert "E630" in unscored.output


def test_report_needs_both_parts_of_a_second_run(cli: Cli, scores: Path, tmp_path: Path) -> None:
    assert cli("report", GOLD, PRED, scores, "--other-scores", scores).exit_code == 2
    page = tmp_path / "page.html"
    assert cli("report", GOLD, PRED, scores, "--output", page).exit_code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
