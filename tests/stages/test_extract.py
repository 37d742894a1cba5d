"""Stage extract: documents in, records out, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import spacy
from typer.testing import Result

from pipeline.core.records import Record, read_records, write_records
from pipeline.errors import MissingPartError
from pipeline.registry import registry
from pipeline.stages.extract import load_model
from tests.nlp.helpers import make_nlp, make_records, train


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small trained model's folder."""
    folder = tmp_path_factory.mktemp("models") / "small"
    train(make_nlp()).to_disk(folder)
    return folder


def extract(**options: object) -> None:
    registry.stages.get("biaozhu.extract.v1")(**options)()


def test_records_keep_all_but_their_spans(tmp_path: Path, model: Path) -> None:
    records = [
        Record(record.id, record.text, (), ((0, 2),), {"date": "2024-03-15", "x": 1}) for record in make_records()
    ]
    write_records(tmp_path / "in.jsonl", records)
    extract(input=str(tmp_path / "in.jsonl"), output=str(tmp_path / "out.jsonl"), model=str(model))
    found = read_records(tmp_path / "out.jsonl")
    assert [(item.id, item.text, item.words, item.meta) for item in found] == [
        (item.id, item.text, item.words, item.meta) for item in records
    ]
    assert [span.key for span in found[0].spans] == [span.key for span in make_records()[0].spans]
    assert all(span.score is not None for span in found[0].spans)


def test_several_inputs_and_folders_are_read(tmp_path: Path, model: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.txt").write_text("王小明　在宁波市。\r\n回上页\r\n", encoding="utf-8")
    write_records(tmp_path / "b.jsonl", [Record("b", "李芳　来自湖北省。")])
    extract(
        input=[str(tmp_path / "docs"), str(tmp_path / "b.jsonl")], output=str(tmp_path / "out.jsonl"), model=str(model)
    )
    found = read_records(tmp_path / "out.jsonl")
    assert [item.id for item in found] == ["a", "b"]
    assert "\r" not in found[0].text
    assert found[1].text == "李芳　来自湖北省。"


def test_numbers_only_needs_no_model(tmp_path: Path, cli: Callable[..., Result]) -> None:
    (tmp_path / "a.txt").write_text("全市共有商标4.3万件。", encoding="utf-8")
    done = cli("extract", tmp_path / "a.txt", "--output", tmp_path / "out.jsonl", "--numbers-only")
    assert done.exit_code == 0
    spans = read_records(tmp_path / "out.jsonl")[0].spans
    assert [(span.label, span.value) for span in spans] == [("QUANTITY", "43000 件")]


@pytest.mark.parametrize(
    ("files", "arguments", "says"),
    [
        ({}, ["{model}"], "E202"),
        ({"in/x.md": b"x"}, ["{model}"], "E201"),
        ({"in/a.txt": "市".encode("gb18030") * 9}, ["{model}"], "--encoding"),
        ({"in/a.jsonl": b'{"id": "a", "text": '}, ["{model}"], "E106"),
        ({"in/a.jsonl": b'{"id": "a", "text": "x"}\n{"id": "b"}'}, ["{model}"], "E113"),
        ({"in/a.txt": b""}, ["{model}"], "E102"),
        ({"in/a.txt": b"x"}, ["--model", "nothing"], "E515"),
        ({"in/a.txt": b"x"}, [], "--numbers-only"),
        ({"in/a.txt": b"x"}, ["--numbers-only", "--date", "15.3.2024"], "YYYY-MM-DD"),
    ],
    ids=["no input", "no documents", "gb18030", "broken", "no text", "empty", "no model", "neither", "bad date"],
)
def test_what_cannot_be_used_is_one_message_and_leaves_the_output(  # noqa: PLR0917
    tmp_path: Path, model: Path, cli: Callable[..., Result], files: dict[str, bytes], arguments: list[str], says: str
) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    output = tmp_path / "out.jsonl"
    output.write_text("old")
    options = [part for item in arguments for part in (["--model", model] if item == "{model}" else [item])]
    done = cli("extract", tmp_path / "in", "--output", output, *options)
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output
    assert output.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_folder_that_is_no_model_is_an_error(tmp_path: Path, cli: Callable[..., Result]) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "model").mkdir()
    (tmp_path / "model/meta.json").write_text("{}")
    done = cli("extract", tmp_path / "a.txt", "--output", tmp_path / "o.jsonl", "--model", tmp_path / "model")
    assert done.exit_code == 2
    assert "E516" in done.output


def test_output_folder_of_a_training_stands_for_its_best_model(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    spacy.blank("zh").to_disk(tmp_path / "run" / "model-best")
    assert load_model(tmp_path / "run").lang == load_model(tmp_path / "run" / "model-best").lang == "zh"
    with pytest.raises(MissingPartError, match="E515"):
        load_model(tmp_path)
