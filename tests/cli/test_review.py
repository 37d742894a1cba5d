"""The review commands on the command line, as far as they need no server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.records import Record, read_records, write_records
from pipeline.core.spans import CharSpan
from tests.conftest import ROOT

TEXT = "3个项目在余姚开工"  # 3 projects begin in Yuyao
SPANS = (CharSpan(0, 2, "QUANTITY", "3 个"), CharSpan(5, 7, "GPE"))


@pytest.fixture
def pulled(tmp_path: Path) -> Path:
    """RETURNS (Path): a folder as `pull` writes it, of two annotators who agree on one document of two."""
    folder = tmp_path / "review"
    versions: dict[int, dict[str, tuple[CharSpan, ...]]] = {
        1: {"a": SPANS, "b": SPANS},
        2: {"a": SPANS, "b": SPANS[:1]},
    }
    for annotator, documents in versions.items():
        records = []
        for task, (name, spans) in enumerate(documents.items(), 1):
            review = {
                "annotator": annotator,
                "task": task,
                "lead_time": 30.0,
                "created_at": "2026-11-23T09:00:00Z",
                "updated_at": "2026-11-23T09:01:00Z",
                "deleted": [],
            }
            marked = [CharSpan(*span.key, span.value, None, {"review": "accepted"}) for span in spans]
            records.append(Record(name, f"{TEXT}{name}", tuple(marked), None, {"review": review}))
        write_records(folder / f"annotator-{annotator}.jsonl", records)
    tasks = {
        str(number): {"record_id": name, "updated_at": "x", "skipped": 0}
        for number, name in ((1, "a"), (2, "b"), (3, "c"))
    }
    (folder / "state.json").write_text(json.dumps({"project": 1, "tasks": tasks}), encoding="utf-8")
    return folder


def test_form(cli: Callable[..., Result]) -> None:
    result = cli("review", "form")
    assert result.exit_code == 0
    assert result.output == (ROOT / "annotations" / "label_studio.xml").read_text(encoding="utf-8")


def test_status(cli: Callable[..., Result], pulled: Path, tmp_path: Path) -> None:
    result = cli("review", "status", pulled, "--html", tmp_path / "status.html")
    assert result.exit_code == 0
    assert "2 of 3 documents annotated" in result.output
    assert "annotator-1 and annotator-2" in result.output
    assert "120.0" in result.output  # documents an hour at 30 s each
    page = (tmp_path / "status.html").read_text(encoding="utf-8")
    assert cli("review", "status", pulled, "--output", tmp_path / "status.json").exit_code == 0
    assert json.loads((tmp_path / "status.json").read_text(encoding="utf-8"))["tasks"] == 3
    assert "What became of predicted spans" in page
    data = json.loads(cli("review", "status", pulled, "--json").output)
    assert data["annotators"][0]["acceptance"] == 1.0
    assert data["labels"]["GPE"]["accepted"] == 3
    assert data["agreement"][0]["layers"]["entities"]["strict_f1"] == pytest.approx(2 / 3)


def test_promote(cli: Callable[..., Result], pulled: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold"
    write_records(gold / "train.jsonl", [Record("old", "市里开会")])
    refused = cli("review", "promote", pulled, "--gold", gold)
    assert refused.exit_code == 2
    assert "record b: [E720] not settled: annotators disagree" in refused.output
    done = cli("review", "promote", pulled, "--gold", gold, "--settled-only")
    assert (done.exit_code, "1 documents added" in done.output) == (0, True)
    assert [record.spans for record in read_records(gold / "train.jsonl")] == [(), SPANS]


def test_select_and_page(cli: Callable[..., Result], tmp_path: Path) -> None:
    dev = ROOT / "annotations" / "gold" / "dev.jsonl"
    chosen = cli("review", "select", dev, "--documents", 3, "--output", tmp_path / "next.jsonl")
    assert chosen.exit_code == 0, chosen.output
    assert len(read_records(tmp_path / "next.jsonl")) == 3
    page = cli("review", "page", tmp_path / "next.jsonl", "--output", tmp_path / "review.html")
    assert page.exit_code == 0, page.output
    assert "3 documents" in page.output


@pytest.mark.parametrize(
    ("span", "message"),
    [
        (CharSpan(0, 2, "COMPANY"), "label 'COMPANY' is not in the scheme"),
        (CharSpan(0, 2, "QUANTITY", "三个"), "'三个' is no value of QUANTITY"),
        (CharSpan(1, 6, "ORG"), "overlaps GPE [5, 7)"),
    ],
    ids=["label", "value", "overlap"],
)
def test_push_checks_before_it_connects(
    cli: Callable[..., Result], tmp_path: Path, span: CharSpan, message: str
) -> None:
    write_records(
        tmp_path / "p.jsonl", [Record("r", TEXT, (CharSpan(5, 7, "GPE"),)).with_spans([span, CharSpan(5, 7, "GPE")])]
    )
    result = cli("review", "push", tmp_path / "p.jsonl")
    assert result.exit_code == 2
    assert message in result.output


def test_serve_refuses_to_listen_outside_without_a_password(cli: Callable[..., Result], tmp_path: Path) -> None:
    result = cli("review", "serve", "--model", tmp_path, "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "E734" in result.output
    missing = cli("review", "serve", "--model", tmp_path)
    assert "E730" in missing.output
