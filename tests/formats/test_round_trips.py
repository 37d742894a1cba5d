"""Every format gives back what it can hold, over texts with white space, escapes, and characters beyond the BMP."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.labels import ENTITIES, NUMBERS, default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.formats.base import Conversion
from pipeline.formats.tags import SCHEMES, spans_to_tags, tags_to_spans
from pipeline.stages.convert import find_format, format_names
from tests.conftest import make_record
from tests.formats.conftest import through
from tests.formats.strategies import corpora

laws = settings(max_examples=30, deadline=None)
COLUMNS = ("bio", "bioes", "bmes", "biluo")


def without_values(record: Record) -> Record:
    return record.with_spans(dataclasses.replace(span, value=None) for span in record.spans)


@pytest.mark.parametrize("name", ["jsonl", "inline", "label_studio", "prodigy", "docbin"])
def test_a_format_that_holds_everything_gives_it_back(name: str) -> None:
    @laws
    @given(corpora())
    def check(records: list[Record]) -> None:
        assert through(name, records)[0] == records

    check()


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_give_back_all_but_values(name: str) -> None:
    @laws
    @given(corpora())
    def check(records: list[Record]) -> None:
        found, conversion = through(name, records)
        assert found == [without_values(record) for record in records]
        lost = sum(span.value is not None for record in records for span in record.spans)
        assert conversion.notes.get(("lost", "values of numbers")) is None or lost
        assert sum(note.count for note in conversion.notes.values()) == lost

    check()


@laws
@given(corpora())
def test_doccano_gives_back_all_but_values(records: list[Record]) -> None:
    assert through("doccano", records)[0] == [without_values(record) for record in records]


@laws
@given(corpora())
def test_cluener_gives_back_texts_and_spans(records: list[Record]) -> None:
    found = through("cluener", records)[0]
    assert [(item.text, item.spans) for item in found] == [(item.text, without_values(item).spans) for item in records]


@laws
@given(corpora())
def test_brat_gives_back_ids_texts_and_spans_without_the_line_breaks_at_their_ends(records: list[Record]) -> None:
    found = {item.id: item for item in through("brat", records)[0]}
    for record in records:
        wanted = set()
        for span in record.spans:
            surface = record.surface(span)
            if surface.strip("\n"):
                front = len(surface) - len(surface.lstrip("\n"))
                wanted.add((span.start + front, span.start + front + len(surface.strip("\n")), span.label))
        assert found[record.id].text == record.text
        assert {span.key for span in found[record.id].spans} == wanted


@pytest.mark.parametrize("name", COLUMNS)
def test_tags_and_flat_spans_are_one_to_one(name: str) -> None:
    scheme = SCHEMES[name]
    letters = [f"{letter}-{label}" for letter in scheme.letters for label in "XY"]

    @settings(max_examples=150, deadline=None)
    @given(st.lists(st.sampled_from(["O", *letters]), max_size=8))
    def check(tags: list[str]) -> None:
        spans, problems = tags_to_spans(tags, scheme)
        if not problems:
            assert spans_to_tags(spans, len(tags), scheme) == tags
        again, rest = tags_to_spans(spans_to_tags(spans, len(tags), scheme), scheme)
        assert (again, rest) == (spans, [])

    check()


@pytest.mark.parametrize("name", format_names())
def test_what_a_format_cannot_hold_is_said(name: str) -> None:
    whole = dataclasses.replace(
        make_record("第一中学", record_id="x").with_spans(
            [CharSpan(0, 3, "ORDINAL", "1 中", 0.5, {"by": "a"}), CharSpan(1, 4, "ORG", None, 0.25)]
        ),
        words=((0, 2), (2, 4)),
        meta={"date": "2024-01-01", "layers": [NUMBERS, ENTITIES]},
    )
    (found,), conversion = through(name, [whole])
    assert {span.key for span in found.spans} == {span.key for span in whole.spans}
    said = " ".join(what for kind, what in conversion.notes if kind == "lost")
    losses = {
        "values": [span.value for span in found.spans] != [span.value for span in whole.spans],
        "scores": [span.score for span in found.spans] != [span.score for span in whole.spans],
        "meta of spans": [dict(span.meta) for span in found.spans] != [dict(span.meta) for span in whole.spans],
        "meta of records": found.meta != whole.meta,
        "word offsets": found.words != whole.words,
        "ids": found.id != whole.id,
    }
    assert {what: what in said for what in losses} == losses


def test_only_the_wanted_layers_are_converted() -> None:
    record = make_record("第一中学", (0, 2, "ORDINAL", "1"), (0, 4, "ORG"))
    conversion = Conversion(layers=(ENTITIES,))
    assert [span.label for span in conversion.wanted(record).spans] == ["ORG"]
    (note,) = conversion.notes.values()
    assert str(note) == "lost: 1 × spans outside --layer entities (first: record r1)"


def test_layers_that_overlap_within_a_column_are_said(tmp_path: Path) -> None:
    record = make_record("宁波市政府", (0, 5, "ORG"), (0, 3, "GPE"))
    conversion = Conversion(default_scheme())
    bio = find_format("bio")
    bio.write(tmp_path / "a", [record], conversion)
    assert ("lost", "spans that overlap another of layer entities") in conversion.notes
    assert [span.key for span in next(bio.read(tmp_path / "a", conversion)).spans] == [(0, 5, "ORG")]
