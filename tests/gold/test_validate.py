"""Validation of gold: every kind of mistake is found, all in one pass, each with its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.labels import default_scheme
from pipeline.errors import InputError
from pipeline.gold.validate import check_gold, find_gold_files

TEXT = "截至去年底,余姚市已有商标4.3万件。"  # by the end of last year Yuyao had 43,000 trademarks
GOOD = {
    "id": "a",
    "text": TEXT,
    "spans": [
        {"start": 2, "end": 5, "label": "DATE", "value": "2021 end"},
        {"start": 6, "end": 9, "label": "GPE"},
        {"start": 13, "end": 18, "label": "QUANTITY", "value": "43000 件"},
    ],
}


def check(folder: Path, **splits: list[Any]) -> list[str]:
    files = []
    for split, rows in splits.items():
        files.append(folder / f"{split}.jsonl")
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        files[-1].write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [str(problem) for problem in check_gold(files, default_scheme())[1]]


def with_span(**span: Any) -> dict[str, Any]:
    return GOOD | {"spans": [*GOOD["spans"], span]}


def test_sound_gold_has_no_problem(tmp_path: Path) -> None:
    assert check(tmp_path, train=[GOOD], test=[{"id": "b", "text": "另一篇"}]) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"id": "a", "text": " \n"}, "E401"),
        (with_span(start=0, end=2, label="VERB"), "E402"),
        (with_span(start=3, end=6, label="DATE"), "E404"),
        (with_span(start=6, end=9, label="ORG", value="1"), "E405"),
        (with_span(start=0, end=2, label="DATE", value="下周"), "E406"),
        (with_span(start=0, end=2, label="MONEY", value="5 元"), "E406"),
        (with_span(start=0, end=99, label="DATE"), "E118"),
        ('{"id": ', "E106"),
    ],
    ids=lambda item: item if isinstance(item, str) and item.startswith("E") else "",
)
def test_a_mistake_is_found_where_it_stands(tmp_path: Path, row: Any, code: str) -> None:
    problems = check(tmp_path, train=[{"id": "b", "text": "前一篇"}, row])
    assert any("train.jsonl:2" in problem and f"[{code}]" in problem for problem in problems)


def test_white_space_at_a_span_s_end_is_found(tmp_path: Path) -> None:
    row = {"id": "a", "text": "3件 商标", "spans": [{"start": 0, "end": 3, "label": "QUANTITY"}]}
    assert "[E403]" in check(tmp_path, train=[row])[0]


def test_layers_may_overlap_each_other(tmp_path: Path) -> None:
    spans = [{"start": 0, "end": 3, "label": "ORDINAL", "value": "3 届"}, {"start": 0, "end": 6, "label": "EVENT"}]
    assert check(tmp_path, train=[{"id": "a", "text": "第3届竹博会", "spans": spans}]) == []


def test_leakage_between_splits_is_found_by_id_and_by_sentence(tmp_path: Path) -> None:
    other = {"id": "b", "text": "开头不同。" + TEXT}
    problems = check(tmp_path, train=[GOOD], dev=[other], test=[GOOD | {"text": "短句"} | {"spans": []}])
    assert ["[E408]" in problems[0], "[E407]" in problems[1]] == [True, True]
    assert "split train" in problems[0]


def test_a_short_sentence_may_stand_in_two_splits(tmp_path: Path) -> None:
    assert check(tmp_path, train=[{"id": "a", "text": "责任编辑。"}], test=[{"id": "b", "text": "责任编辑。"}]) == []


def test_all_problems_come_in_one_pass(tmp_path: Path) -> None:
    rows = [
        with_span(start=0, end=2, label="VERB"),
        [],
        {"id": "c", "text": "甲", "spans": [{"start": 0, "end": 5, "label": "GPE"}]},
    ]
    assert [problem.split("[")[1][:4] for problem in check(tmp_path, train=rows)] == ["E111", "E118", "E402"]


def test_a_folder_without_gold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="E400"):
        find_gold_files([tmp_path])
