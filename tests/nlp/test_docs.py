"""Records and Docs say the same."""

from __future__ import annotations

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.nlp.docs import doc_to_record, is_char_doc, make_char_doc, record_to_doc

VOCAB = spacy.blank("zh").vocab


def test_record_survives_the_way_through_a_doc() -> None:
    spans = (
        CharSpan(0, 7, "EVENT", score=0.75),
        CharSpan(0, 3, "ORDINAL", "10 届", score=0.5),
        CharSpan(9, 12, "DATE"),
    )
    record = Record(
        "r", "第十届广交会的今年底", (), meta={"date": "2024-03-15", "layers": ["numbers"], "labels": ["DATE"]}
    )
    record = record.with_spans([spans[0], spans[1], CharSpan(7, 10, "DATE")])
    doc = record_to_doc(record, VOCAB, default_scheme())
    back = doc_to_record(doc, record)
    assert back == record
    assert [span.score for span in back.spans] == [0.75, 0.5, None]
    assert [span.value for span in back.spans] == [None, "10 届", None]
    assert doc.user_data["date"] == "2024-03-15"
    assert doc.user_data["layers"] == ["numbers"]
    assert doc_to_record(doc).meta == record.meta


def test_entities_are_set_even_when_there_are_none() -> None:
    assert record_to_doc(Record("r", "没有。"), VOCAB, default_scheme()).has_annotation("ENT_IOB")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_char_doc_has_one_token_a_code_point(text: str) -> None:
    doc = make_char_doc(VOCAB, text)
    assert doc.text == text
    assert is_char_doc(doc)


@pytest.mark.parametrize(
    ("spans", "code"),
    [
        ([CharSpan(0, 3, "GPE"), CharSpan(2, 4, "ORG")], "E412"),
        ([CharSpan(0, 3, "PLACE")], "E411"),
    ],
    ids=["overlap", "unknown label"],
)
def test_record_that_cannot_be_said_is_an_error(spans: list[CharSpan], code: str) -> None:
    with pytest.raises(InputError, match=code):
        record_to_doc(Record("r", "宁波市政府", tuple(spans)), VOCAB, default_scheme())
