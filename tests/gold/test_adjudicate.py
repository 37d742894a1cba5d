"""Adjudication: agreed spans pass, decisions settle the rest, and nothing becomes gold that nobody decided."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.gold.adjudicate import Decision, adjudicate
from pipeline.gold.conflicts import compare_corpora, compare_versions
from pipeline.gold.decisions import (
    conflicts_to_tasks,
    read_decisions,
    tasks_to_decisions,
    write_decisions,
)
from pipeline.gold.validate import Placed, check_record
from tests.conftest import make_record
from tests.formats.strategies import records

SCHEME = default_scheme()
NAMES = ("a", "b")
TEXT = "截至去年底,余姚市已有商标4.3万件。"  # by the end of last year Yuyao had 43,000 trademarks
FIRST = make_record(TEXT, (2, 5, "DATE", "2021 end"), (6, 9, "GPE"), (13, 18, "QUANTITY", "43000 件"))
SECOND = make_record(TEXT, (2, 5, "DATE", "2021"), (6, 8, "GPE"), (13, 18, "QUANTITY", "43000 件"))
DATE, PLACE = "r1/numbers/2-5", "r1/entities/6-9"


def settle(**decisions: Decision) -> tuple[Record, list[str]]:
    compared = compare_versions(FIRST, SECOND, SCHEME)
    known = {"date": DATE, "place": PLACE}
    record, still_open = adjudicate(compared, {known[key]: value for key, value in decisions.items()}, NAMES, SCHEME)
    return record, [conflict.id for conflict in still_open]


def test_agreed_spans_pass_and_conflicts_have_two_readings() -> None:
    compared = compare_versions(FIRST, SECOND, SCHEME)
    assert [span.key for span in compared.agreed] == [(13, 18, "QUANTITY")]
    assert [(item.id, item.marked(item.first), item.marked(item.second)) for item in compared.conflicts] == [
        (DATE, "[[去年底|DATE|2021 end]]", "[[去年底|DATE|2021]]"),
        (PLACE, "[[余姚市|GPE]]", "[[余姚|GPE]]市"),
    ]


def test_an_undecided_document_is_no_gold() -> None:
    record, still_open = settle(date=Decision("first", "zhang"))
    assert still_open == [PLACE]
    assert record.meta == {"open_conflicts": 1}
    codes = [problem.code for problem in check_record(Placed(record, Path("x.jsonl"), 1), SCHEME)]
    assert codes == ["E414"]
    assert {span.label for span in record.spans} == {"DATE", "QUANTITY"}


@pytest.mark.parametrize(
    ("choice", "span", "meta"),
    [
        ("first", (6, 9, "GPE"), {"decision": "first", "by": ["a"]}),
        ("second", (6, 8, "GPE"), {"decision": "second", "by": ["b"]}),
        ("none", None, None),
        ("[[余姚市|LOC]]", (6, 9, "LOC"), {"decision": "own", "by": []}),
        ("[[余姚市已|ORG]]", (6, 10, "ORG"), {"decision": "own", "by": []}),
    ],
    ids=["first", "second", "none", "own", "own and wider"],
)
def test_a_decision_settles_and_is_kept(choice: str, span: Any, meta: dict[str, Any] | None) -> None:
    record, still_open = settle(date=Decision("first", "zhang"), place=Decision(choice, "li", "see rule 4"))
    assert (still_open, dict(record.meta)) == ([], {})
    found = [item for item in record.spans if item.label not in ("DATE", "QUANTITY")]
    assert [item.key for item in found] == ([span] if span else [])
    if meta is not None:
        assert found[0].meta == meta | {"decided_by": "li", "note": "see rule 4"}
    assert record.spans[-1].meta == {"by": ["a", "b"]}


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("third", "neither a choice nor the text"),
        ("[[宁波|GPE]]", "neither a choice nor the text"),
        ("[[余姚市|DATE]]", "not in layer entities"),
        ("[[余姚市", "never closed"),
    ],
)
def test_a_decision_that_does_not_fit_is_refused(choice: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        settle(place=Decision(choice, "li"))
    assert caught.value.problems[0].code == "E652"


def test_an_own_value_is_checked_and_an_own_span_must_not_overlap() -> None:
    with pytest.raises(InputError, match="is no DATE value"):
        settle(date=Decision("[[去年底|DATE|去年底]]", "li"))
    with pytest.raises(InputError, match="E656"):
        settle(date=Decision("[[去年底,余姚市已有商标4|DATE]]", "li"))


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (make_record(TEXT + "!"), "E653"),
        (dataclasses.replace(SECOND, meta={"layers": ["numbers"]}), "E654"),
        (dataclasses.replace(SECOND, id="x"), "E655"),
    ],
    ids=["other text", "other layers", "no document in common"],
)
def test_versions_that_cannot_be_compared_are_refused(other: Record, code: str) -> None:
    with pytest.raises(InputError, match=code):
        compare_corpora({"r1": FIRST}, {other.id: other}, SCHEME)


@st.composite
def versions(draw: st.DrawFn) -> tuple[Record, Record]:
    first = draw(records("余姚市有3件,"))
    spans: list[CharSpan] = []
    for span in first.spans:
        change = draw(st.sampled_from(["same", "gone", "label", "shorter"]))
        if change == "shorter" and span.end - span.start > 1:
            spans.append(dataclasses.replace(span, end=span.end - 1))
        elif change == "label":
            layer = SCHEME.names(SCHEME.layer_of(span.label))
            spans.append(CharSpan(span.start, span.end, draw(st.sampled_from(layer))))
        elif change == "same":
            spans.append(span)
    return first, first.with_spans(spans)


@settings(max_examples=100, deadline=None)
@given(versions())
def test_choosing_one_side_everywhere_gives_that_side(pair: tuple[Record, Record]) -> None:
    compared = compare_versions(*pair, SCHEME)
    for choice, wanted in zip(("first", "second"), pair, strict=True):
        decisions = {conflict.id: Decision(choice, "me") for conflict in compared.conflicts}
        record, still_open = adjudicate(compared, decisions, NAMES, SCHEME)
        assert (record.spans, still_open) == (wanted.spans, [])
        own = {
            conflict.id: Decision(conflict.marked(conflict.first if choice == "first" else conflict.second), "me")
            for conflict in compared.conflicts
        }
        assert adjudicate(compared, own, NAMES, SCHEME)[0].spans == wanted.spans


def test_the_file_to_edit_keeps_what_was_decided(tmp_path: Path) -> None:
    path = tmp_path / "gold.conflicts.json"
    conflicts = compare_versions(FIRST, SECOND, SCHEME).conflicts
    write_decisions(path, conflicts, {DATE: Decision("first", "zhang", "why")}, NAMES)
    assert read_decisions(path) == {DATE: Decision("first", "zhang", "why")}
    data = json.loads(path.read_text(encoding="utf-8"))
    assert [row["decision"] for row in data["conflicts"]] == ["first", None]
    assert data["conflicts"][1]["before"] == "截至去年底,"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ([], "E650"),
        ({"conflicts": [{}]}, "E650"),
        ({"conflicts": [{"id": 3, "decision": "first"}]}, "E650"),
        ({"conflicts": [{"id": "a"}]}, "E650"),
        ({"conflicts": [{"id": DATE, "decision": "first", "by": " "}]}, "E651"),
        ({"conflicts": [{"id": DATE, "decision": 1, "by": "me"}]}, "E651"),
    ],
)
def test_a_file_of_decisions_that_is_none_is_refused(tmp_path: Path, data: Any, code: str) -> None:
    path = tmp_path / "gold.conflicts.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match=code):
        read_decisions(path)


def answered(choice: str | None, reading: str | None = None, **more: Any) -> dict[str, Any]:
    (_, place) = conflicts_to_tasks(compare_versions(FIRST, SECOND, SCHEME).conflicts, NAMES)
    result: list[dict[str, Any]] = []
    if choice is not None:
        result.append({"from_name": "decision", "type": "choices", "value": {"choices": [choice]}})
    if reading is not None:
        result.append({"from_name": "reading", "type": "textarea", "value": {"text": [reading]}})
    return place | {"annotations": [{"result": result, "completed_by": 4} | more]}


def test_label_studio_gets_one_choice_a_conflict_and_gives_decisions() -> None:
    tasks = list(conflicts_to_tasks(compare_versions(FIRST, SECOND, SCHEME).conflicts, NAMES))
    assert tasks[1]["data"]["context"] == "截至去年底,【余姚市】已有商标4.3万件。"
    assert tasks[1]["data"]["second"] == "second (b): [[余姚|GPE]]市"
    assert tasks_to_decisions(tasks) == {}
    assert tasks_to_decisions([answered("second")]) == {PLACE: Decision("second", "user 4")}
    own = answered("own", "[[余姚市|LOC]]", completed_by={"email": "li@example.com"})
    assert tasks_to_decisions([own]) == {PLACE: Decision("[[余姚市|LOC]]", "li@example.com")}
    assert tasks_to_decisions([answered("first", was_cancelled=True)]) == {}


@pytest.mark.parametrize(
    ("task", "code"),
    [({"data": {"text": "x"}}, "E657"), (answered("own"), "E658"), (answered(None), "E658")],
    ids=["another project", "own without text", "nothing chosen"],
)
def test_answers_that_decide_nothing_are_refused(task: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError, match=code):
        tasks_to_decisions([task])
