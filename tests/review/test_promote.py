"""Promotion: a clean diff of settled records, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.metrics.agreement import Annotator
from pipeline.review.conflicts import conflict_task, find_conflicts
from pipeline.review.promote import promote, refuse_unsettled, settle

SCHEME = default_scheme()
TEXT = "3个项目在余姚开工"  # 3 projects begin in Yuyao
SPANS = (CharSpan(0, 2, "QUANTITY", "3 个"), CharSpan(5, 7, "GPE"))


def people(*versions: tuple[CharSpan, ...], name: str = "doc") -> list[Annotator]:
    return [
        Annotator(f"annotator-{number}", {name: Record(name, TEXT, spans, None, {"review": {"annotator": number}})})
        for number, spans in enumerate(versions, 1)
    ]


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    folder = tmp_path / "gold"
    folder.mkdir()
    # a line with spaces of its own: it must stay as it is
    (folder / "train.jsonl").write_text(
        '{"id": "old",  "text": "市里开会", "spans": [], "meta": {}}\n', encoding="utf-8"
    )
    write_records(folder / "dev.jsonl", [Record("held", "两国会谈", (CharSpan(0, 2, "QUANTITY", "2 国"),))])
    return folder


@pytest.mark.parametrize(
    ("versions", "needed", "why"),
    [
        ([SPANS], 2, "1 of 2 annotators"),
        ([SPANS, SPANS[:1]], 2, "annotators disagree"),
        ([SPANS, (CharSpan(0, 2, "QUANTITY", "~3 个"), SPANS[1])], 2, "annotators disagree"),
        ([SPANS, SPANS, SPANS[:1]], 2, "annotators disagree"),
        ([SPANS, SPANS], 3, "2 of 3 annotators"),
    ],
    ids=["alone", "span", "value", "third", "too-few"],
)
def test_unsettled_is_refused(versions: list[tuple[CharSpan, ...]], needed: int, why: str) -> None:
    found = settle(people(*versions), needed=needed)
    assert found.records == ()
    with pytest.raises(InputError, match=rf"record doc.*E720.*{why}"):
        refuse_unsettled(found)


def test_adjudicated_record_wins_and_loses_its_marks() -> None:
    marked = CharSpan(0, 2, "QUANTITY", "3 个", 0.7, {"review": "changed", "was": {}, "origin": "manual", "note": "x"})
    decided = Record("doc", TEXT, (marked,), None, {"review": {}, "date": None})
    (record,) = settle(people(SPANS, SPANS[:1]), [decided]).records
    assert record.spans[0].score is None
    assert record.spans[0].meta == {"note": "x"}
    assert record.meta == {"date": None}


def test_record_with_open_conflicts_is_not_settled() -> None:
    half = Record("doc", TEXT, SPANS, None, {"open_conflicts": 2})
    found = settle(people(SPANS, SPANS), [half])
    assert found.records == ()
    assert found.unsettled == (("doc", "2 open conflicts"),)


def test_gold_changes_by_whole_lines_only(gold: Path) -> None:
    before = {path.name: path.read_bytes() for path in gold.iterdir()}
    done = promote([Record("doc", TEXT, SPANS), Record("held", "两国会谈", ())], gold, SCHEME)
    assert (done.added, done.changed, done.same) == (1, 1, 0)
    assert (gold / "train.jsonl").read_bytes().startswith(before["train.jsonl"])
    assert [record.id for record in read_records(gold / "train.jsonl")] == ["old", "doc"]
    (held,) = read_records(gold / "dev.jsonl")
    assert held.spans == ()
    stamp = (gold / "train.jsonl").stat().st_mtime_ns
    assert promote([Record("doc", TEXT, SPANS)], gold, SCHEME).same == 1
    assert (gold / "train.jsonl").stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (Record("held", "两国会谈了", ()), "E722"),
        (Record("doc", TEXT, (CharSpan(0, 2, "QUANTITY", "三个"),)), "E406"),
        (Record("doc", TEXT, (CharSpan(0, 3, "COMPANY"),)), "E402"),
        (Record("doc", "市场监督管理部门负责人介绍。", ()), "E408"),
    ],
    ids=["text", "value", "label", "leakage"],
)
def test_unsound_gold_is_never_written(gold: Path, record: Record, message: str) -> None:
    with (gold / "dev.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(
            json.dumps({"id": "x", "text": "市场监督管理部门负责人介绍。", "spans": []}, ensure_ascii=False) + "\n"
        )
    before = {path.name: path.read_bytes() for path in gold.iterdir()}
    with pytest.raises(InputError, match=message):
        promote([record], gold, SCHEME)
    assert {path.name: path.read_bytes() for path in gold.iterdir()} == before


def test_unknown_split_is_refused(gold: Path) -> None:
    with pytest.raises(InputError, match=r"E721.*dev, train"):
        promote([], gold, SCHEME, split="training")


def test_conflict_shows_both_readings() -> None:
    other = (CharSpan(0, 3, "QUANTITY", "3 个"), SPANS[1])
    conflicts = find_conflicts([*people(SPANS, other), *people(SPANS, SPANS, name="same")])
    task = conflict_task(conflicts["doc"], SCHEME)
    assert set(conflicts) == {"doc"}
    assert [item["model_version"] for item in task["predictions"]] == ["annotator-1", "annotator-2"]
    assert task["data"]["readings"].splitlines() == [
        "1 places differ",
        "annotator-1: 3个 QUANTITY = 3 个   |   annotator-2: 3个项 QUANTITY = 3 个",
    ]
