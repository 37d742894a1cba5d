"""Import is strict: what is broken is refused with its line, and --repair mends what has a plain mending."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.records import Record
from pipeline.errors import InputError
from pipeline.formats.base import Conversion
from pipeline.formats.jsonarray import read_items, write_items
from pipeline.stages.convert import find_format


def one(text: str, spans: Any, **more: Any) -> str:
    return json.dumps({"text": text, "spans": spans} | more, ensure_ascii=False)


GPE = {"start": 0, "end": 2, "label": "GPE"}
SPANS = [(0, 2, "GPE")]
BROKEN = [
    ("bio", "余\tB-GPE\n姚\tI-ORG\n", 2, "E443", [(0, 1, "GPE"), (1, 2, "ORG")]),
    ("bio", "余 O\n姚 I-GPE\n", 2, "E443", [(1, 2, "GPE")]),
    ("bio", "余\tB-GPE\n姚\tE-GPE\n", 2, "E443", [(0, 1, "GPE")]),
    ("bio", "余\tB\n", 1, "E443", []),
    ("bioes", "余\tB-GPE\n姚\tO\n", 1, "E443", [(0, 1, "GPE")]),
    ("bmes", "余\tB-GPE\n姚\tM-GPE\n", 2, "E443", SPANS),
    ("bmes", "余\tB-GPE\n姚\tB-GPE\n市\tE-GPE\n", 1, "E443", [(0, 1, "GPE"), (1, 3, "GPE")]),
    ("biluo", "余\tL-GPE\n", 1, "E443", [(0, 1, "GPE")]),
    ("bio", "余\tO\n姚\n", 2, "E441", []),
    ("cluener", '{"text": "余姚", "label": {"GPE": {"余姚": [[0, 2]]}}}', 1, "E452", []),
    ("cluener", '{"text": "余姚", "label": {"GPE": {"宁波": [[0, 1]]}}}', 1, "E452", []),
    ("cluener", '{"text": "余姚", "label": ["GPE"]}', 1, "E452", []),
    ("doccano", '{"text": "余姚", "label": [[0, 3, "GPE"], [0, 2, "GPE"]]}', 1, "E462", SPANS),
    ("doccano", '{"text": "余姚", "label": [["GPE", 0, 2]]}', 1, "E462", []),
    ("prodigy", one("余姚", [GPE, {"start": 1, "end": 3, "label": "ORG"}]), 1, "E472", SPANS),
    ("prodigy", one("余姚", [GPE | {"text": "宁波"}]), 1, "E472", []),
]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case[0]}: {case[1]}")
def test_broken_annotations_are_refused_with_their_line_and_mended_on_request(
    read_as: Callable[..., list[Record]], case: tuple[str, str, int, str, list[Any]]
) -> None:
    name, text, line, code, mended = case
    with pytest.raises(InputError) as caught:
        read_as(name, text)
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == (code, line)
    conversion = Conversion(repair=True)
    (record,) = read_as(name, text, conversion)
    assert [span.key for span in record.spans] == mended
    assert [kind for kind, _ in conversion.notes] == ["mended"]


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("bio", "余\tO\tO\n姚\tO\n", "E442"),
        ("bio", "# meta = {\n余\tO\n", "E444"),
        ("bio", "# meta = []\n余\tO\n", "E444"),
        ("bio", "# id = a\n余\tO\n\n# id = a\n姚\tO\n", "E120"),
        ("bio", "", "E102"),
        ("cluener", "[]", "E451"),
        ("doccano", '{"data": "x"}', "E461"),
        ("prodigy", '{"spans": []}', "E471"),
        ("label_studio", '[{"data": {"title": "x"}}]', "E430"),
        ("label_studio", "[3]", "E430"),
        ("label_studio", "[{]", "E106"),
        ("label_studio", "", "E102"),
        ("docbin", "no docbin", "E491"),
    ],
)
def test_a_broken_file_is_refused_also_with_repair(
    read_as: Callable[..., list[Record]], name: str, text: str, code: str
) -> None:
    with pytest.raises(InputError, match=code):
        read_as(name, text, Conversion(repair=True))


def test_columns_of_others_are_read_by_their_first_and_last_column(read_as: Callable[..., list[Record]]) -> None:
    conversion = Conversion()
    text = "-DOCSTART- -X- O O\n\n余姚 NR B-NP B-LOC\n新闻 NN I-NP O\n\n# SYM O O\n"
    records = read_as("bio", text, conversion)
    assert [(record.text, [span.key for span in record.spans]) for record in records] == [
        ("余姚新闻", [(0, 2, "LOC")]),
        ("#", []),
    ]
    assert [record.id for record in records] == ["corpus-000001", "corpus-000002"]
    assert ("lost", "columns between token and tag (2 each)") in conversion.notes


def test_doccano_s_other_shape_and_its_metadata_are_read(read_as: Callable[..., list[Record]]) -> None:
    entities = [{"id": 7, "label": "GPE", "start_offset": 0, "end_offset": 2}]
    data = {"id": 3, "text": "余姚", "entities": entities, "relations": [{}], "Comments": ["?"], "date": "2024-01-01"}
    conversion = Conversion()
    (record,) = read_as("doccano", json.dumps(data), conversion)
    assert (record.id, record.date, [span.key for span in record.spans]) == ("3", "2024-01-01", SPANS)
    assert set(conversion.notes) == {("lost", "relations"), ("lost", "comments")}


def test_prodigy_s_rejected_examples_are_left_out_and_counted(read_as: Callable[..., list[Record]]) -> None:
    conversion = Conversion()
    text = one("余姚", [], answer="reject") + "\n" + one("余姚", [GPE], _input_hash=-12, tokens=[], answer="accept")
    (record,) = read_as("prodigy", text, conversion)
    assert (record.id, [span.key for span in record.spans]) == ("-12", SPANS)
    assert ("lost", "examples answered 'reject'") in conversion.notes


def brat_folder(folder: Path, text: str, annotations: str) -> Path:
    (folder / "a.txt").write_text(text, encoding="utf-8", newline="")
    (folder / "a.ann").write_text(annotations, encoding="utf-8", newline="")
    return folder


@pytest.mark.parametrize(
    ("annotations", "line", "mended"),
    [
        ("T1\tGPE 0 2\t余姚\nT2\tGPE 0 9\t余姚\n", 2, SPANS),
        ("T1\tGPE 0 2\t宁波\n", 1, []),
        ("T1 GPE 0 2\n", 1, []),
        ("T1\tGPE 0 1;2 3\t余新\n", 1, [(0, 3, "GPE")]),
    ],
    ids=["outside", "other text", "no tabs", "discontinuous"],
)
def test_broken_brat_lines_are_refused_with_their_line(
    tmp_path: Path, annotations: str, line: int, mended: list[Any]
) -> None:
    folder = brat_folder(tmp_path, "余姚新闻", annotations)
    brat = find_format("brat")
    with pytest.raises(InputError) as caught:
        list(brat.read(folder, Conversion()))
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == ("E483", line)
    conversion = Conversion(repair=True)
    (record,) = brat.read(folder, conversion)
    assert [span.key for span in record.spans] == mended
    assert [kind for kind, _ in conversion.notes] == ["mended"]


def test_brat_reads_fragments_across_lines_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    folder = brat_folder(tmp_path, "余姚\n新闻", "T1\tORG 0 2;3 5\t余姚 新闻\nR1\tOf Arg1:T1 Arg2:T1\n")
    conversion = Conversion()
    (record,) = find_format("brat").read(folder, conversion)
    assert [span.key for span in record.spans] == [(0, 5, "ORG")]
    assert ("lost", "brat lines that are no spans (relations, notes, …)") in conversion.notes


def test_brat_writes_nothing_over_what_is_there(tmp_path: Path) -> None:
    brat_folder(tmp_path, "余姚", "")
    with pytest.raises(InputError, match="E484"):
        find_format("brat").write(tmp_path, [], Conversion())
    (tmp_path / "a.ann").unlink()
    with pytest.raises(InputError, match="E482"):
        list(find_format("brat").read(tmp_path, Conversion()))
    with pytest.raises(InputError, match="E481"):
        list(find_format("brat").read(tmp_path / "none", Conversion()))


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[]", []),
        ('[1,\n {"a": [2]}\n]\n', [(1, 1), (2, {"a": [2]})]),
        ('{"a": 1}\n\n{"a": 2}', [(1, {"a": 1}), (3, {"a": 2})]),
        (' {"a":\n1}', [(1, {"a": 1})]),
    ],
    ids=["empty array", "array", "lines", "one object"],
)
def test_json_items_are_streamed_with_their_lines(tmp_path: Path, text: str, items: list[Any]) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    assert list(read_items(path)) == items


@pytest.mark.parametrize("text", ["[1 2]", "[1] 2", "[1,", "[1,]", '{"a"', "["])
def test_broken_json_items_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="E106"):
        list(read_items(path))


def test_json_items_may_be_larger_than_the_buffer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.formats.jsonarray._CHUNK", 3)
    items = [{"text": "余姚" * 10, "n": 12345}, 678, []]
    assert write_items(tmp_path / "a.json", items) == 3
    assert [item for _, item in read_items(tmp_path / "a.json")] == items
