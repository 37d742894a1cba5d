"""Format inline: what people write is read with its places, and what is written is read back the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.formats.base import Conversion
from pipeline.formats.inline import record_to_inline
from tests.conftest import make_record
from tests.formats.conftest import through
from tests.formats.strategies import corpora

HEAD = '%%% {"id": "a", "meta": {"date": null}}\n'


@settings(max_examples=80, deadline=None)
@given(corpora())
def test_inline_gives_back_what_was_written(records: list[Record]) -> None:
    assert through("inline", records)[0] == records


@pytest.mark.parametrize(
    ("body", "text", "spans"),
    [
        ("共[[4.3万件|QUANTITY|43000 件]]。", "共4.3万件。", [(1, 6, "QUANTITY", "43000 件")]),
        ("[[数十家|QUANTITY]]", "数十家", [(0, 3, "QUANTITY", None)]),
        (
            "[[[[第3届|ORDINAL|3 届]]竹博会|EVENT]]",
            "第3届竹博会",
            [(0, 6, "EVENT", None), (0, 3, "ORDINAL", "3 届")],
        ),
        ("[[烟台|GPE]][[两个|QUANTITY|2 个]]", "烟台两个", [(0, 2, "GPE", None), (2, 4, "QUANTITY", "2 个")]),
        ("甲|乙[1]\\[\\[丙\\]\\]\\\\", "甲|乙[1][[丙]]\\", []),
        ("[[a\\|b|ORG]]", "a|b", [(0, 3, "ORG", None)]),
        ("\n第一行\n\n[[二|CARDINAL|2]]\n\n\n", "第一行\n\n二", [(5, 6, "CARDINAL", "2")]),
        ("\\\n文\\\n\n", "\n文\n", []),
    ],
    ids=["value", "no value", "nested", "neighbours", "escapes", "pipe", "bare newlines", "kept newlines"],
)
def test_markup_is_read(
    read_as: Callable[..., list[Record]], body: str, text: str, spans: list[tuple[int, int, str, str | None]]
) -> None:
    (record,) = read_as("inline", HEAD + body)
    assert (record.text, record.spans) == (text, tuple(CharSpan(*span) for span in spans))


@pytest.mark.parametrize(
    ("body", "line", "words"),
    [
        ("甲\n乙[[丙", 3, "never closed"),
        ("甲]]", 2, "closes nothing"),
        ("甲\n\n[[乙]]", 4, "closes nothing"),
        ("[[甲|QUANTITY|3 个", 2, "not followed by LABEL"),
        ("[[|ORG]]", 2, "no text"),
        ("[[甲|DATE|]]", 2, "value is empty"),
    ],
    ids=["open", "stray", "no label", "no end", "no text", "empty value"],
)
def test_broken_markup_is_refused_with_its_line_and_mended_on_request(
    read_as: Callable[..., list[Record]], body: str, line: int, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_as("inline", HEAD + body)
    assert any(problem.line == line and words in problem.message for problem in caught.value.problems)
    conversion = Conversion(repair=True)
    assert read_as("inline", HEAD + body, conversion)[0].id == "a"
    assert any(note.kind == "mended" for note in conversion.notes.values())


def test_repair_keeps_the_places_of_other_spans(read_as: Callable[..., list[Record]]) -> None:
    (record,) = read_as("inline", HEAD + "[[甲|ORG]][[乙[[丙|GPE]]丁", Conversion(repair=True))
    assert [(record.surface(span), span.label) for span in record.spans] == [("甲", "ORG"), ("丙", "GPE")]
    assert record.text == "甲[[乙丙丁"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("甲\n" + HEAD, "E420", 1),
        ('%%% {"id": \n甲', "E421", 1),
        ("%%% []\n甲", "E422", 1),
        ('%%% {"id": "a", "date": null}\n甲', "E422", 1),
        ('%%% {"id": 3}\n甲', "E112", 1),
        (HEAD + "甲\n" + HEAD + "乙", "E120", 3),
        ("", "E102", None),
    ],
    ids=["no header", "broken JSON", "no object", "unknown key", "id no string", "id twice", "empty"],
)
def test_a_broken_file_is_refused_with_its_line(
    read_as: Callable[..., list[Record]], text: str, code: str, line: int | None
) -> None:
    with pytest.raises(InputError) as caught:
        read_as("inline", text)
    assert (caught.value.problems[0].code, caught.value.problems[0].line) == (code, line)


def test_a_file_in_another_encoding_is_named(tmp_path: Path, read_as: Callable[..., list[Record]]) -> None:
    from pipeline.stages.convert import find_format

    path = tmp_path / "gb.txt"
    path.write_bytes((HEAD + "注册商标。").encode("gb18030"))
    with pytest.raises(InputError, match=r"gb\.txt:2.*gb18030"):
        list(find_format("inline").read(path, Conversion()))


def test_crossing_spans_stand_in_the_header_and_are_said() -> None:
    conversion = Conversion()
    record = make_record("第一中学", (0, 3, "ORDINAL", "1 中"), (1, 4, "ORG"))
    assert '"spans": [{"start": 1' in record_to_inline(record, conversion)
    assert [note.count for note in conversion.notes.values()] == [1]
