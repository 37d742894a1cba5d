"""Records and their files: what is read is what was written, and bad input is named where it stands."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.records import Record, json_to_record, read_records, record_to_json, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@st.composite
def records(draw: st.DrawFn) -> Record:
    text = draw(texts)
    starts = draw(st.lists(st.integers(0, len(text) - 1), max_size=4))
    spans = [
        CharSpan(start, draw(st.integers(start + 1, len(text))), "DATE", draw(st.none() | texts)) for start in starts
    ]
    return Record("r", text, meta={"date": None}).with_spans(spans)


@given(records())
def test_record_survives_json(record: Record) -> None:
    assert json_to_record(json.loads(json.dumps(record_to_json(record)))) == record


def test_offsets_are_code_points_also_beyond_the_basic_plane(tmp_path: Path) -> None:
    record = Record("r", "𠮷野家😀3件", (CharSpan(4, 6, "QUANTITY", "3 件"),))
    write_records(tmp_path / "a.jsonl", [record])
    (read,) = read_records(tmp_path / "a.jsonl")
    assert read.surface(read.spans[0]) == "3件"


GOOD: dict[str, Any] = {"id": "r", "text": "3件"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([1], "E111"),
        ({"text": "x"}, "E112"),
        ({"id": "", "text": "x"}, "E112"),
        ({"id": "r"}, "E113"),
        (GOOD | {"entities": []}, "E114"),
        (GOOD | {"meta": 3}, "E115"),
        (GOOD | {"spans": {}}, "E116"),
        (GOOD | {"spans": [{"start": 1, "end": 1, "label": "DATE"}]}, "E117"),
        (GOOD | {"spans": [{"start": True, "end": 1, "label": "DATE"}]}, "E117"),
        (GOOD | {"spans": [{"start": 0, "end": 1}]}, "E117"),
        (GOOD | {"spans": [{"start": 0, "end": 3, "label": "DATE"}]}, "E118"),
        (GOOD | {"words": [[0, 2], [1, 2]]}, "E119"),
        (GOOD | {"text": "\ud83d3"}, "E122"),
        (GOOD | {"meta": {"date": "2022-99-01"}}, "E123"),
        (GOOD | {"meta": {"date": 2022}}, "E123"),
        (GOOD | {"meta": {"date": "20220426"}}, "E123"),
        (GOOD | {"meta": {"date": "0001-01-01"}}, "E123"),  # what exports write for none: 昨天 has no day there
        (GOOD | {"meta": {"date": "3000-01-01"}}, "E123"),
    ],
    ids=lambda item: item if isinstance(item, str) else None,
)
def test_bad_record_is_named_with_file_and_line(data: Any, code: str) -> None:
    with pytest.raises(InputError) as caught:
        json_to_record(data, path="gold.jsonl", line=7)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert str(caught.value).startswith("gold.jsonl:7")


def test_all_problems_of_a_record_are_reported_together() -> None:
    with pytest.raises(InputError) as caught:
        json_to_record({"text": 3, "spans": [{}], "extra": 1})
    assert {problem.code for problem in caught.value.problems} == {"E112", "E113", "E114", "E117"}


def test_an_id_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "r", "text": "x"}\n\n{"id": "r", "text": "y"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl:3 \(record r\): \[E120\].*line 1"):
        read_records(path)
