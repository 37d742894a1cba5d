"""Label Studio: results are read by offsets, checked against the text, and values follow their region."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.errors import InputError
from pipeline.formats.base import Conversion
from pipeline.formats.label_studio import (
    annotation_to_record,
    record_to_task,
    results_to_spans,
    spans_to_results,
    submitted,
)
from tests.conftest import make_record

TEXT = "余姚有\n4.3万件商标"  # Yuyao has 43,000 trademarks
RECORD = make_record(TEXT, (0, 2, "GPE"), (4, 9, "QUANTITY", "43000 件"))


def region(start: int, end: int, label: str, said: str | None = None, name: str = "r") -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": [label]}
    return {"id": name, "from_name": "x", "to_name": "text", "type": "labels", "value": value | {"text": said}}


def typed(text: Any, name: str = "r") -> dict[str, Any]:
    return {"id": name, "from_name": "value", "to_name": "text", "type": "textarea", "value": {"text": text}}


def test_a_value_is_a_second_item_with_the_same_region_id() -> None:
    place, number, value = spans_to_results(RECORD, default_scheme())
    assert (place["from_name"], number["from_name"], value["from_name"]) == ("entities", "numbers", "value")
    assert number["id"] == value["id"] != place["id"]
    assert value["value"]["text"] == ["43000 件"]
    assert results_to_spans([value, number, place], TEXT) == RECORD.spans


def test_a_span_across_a_newline_is_trusted_by_its_offsets() -> None:
    assert results_to_spans([region(2, 5, "ORG", "有\\n4")], TEXT)[0].key == (2, 5, "ORG")


@pytest.mark.parametrize(
    "results",
    [
        [region(0, 99, "GPE")],
        [region(3, 3, "GPE")],
        [region(0, 2, "GPE", "宁波")],
        [{"type": "labels", "value": {"start": 0, "end": 2, "labels": ["GPE", "ORG"]}}],
        [{"type": "labels"}],
        [typed(["3 件"])],
    ],
    ids=["outside", "empty", "other text", "two labels", "no value", "value of no region"],
)
def test_a_result_that_does_not_fit_is_refused_and_left_out_on_request(results: list[dict[str, Any]]) -> None:
    with pytest.raises(InputError):
        results_to_spans(results, TEXT)
    conversion = Conversion()
    assert results_to_spans(results, TEXT, repair=True, conversion=conversion) == ()
    assert [kind for kind, _ in conversion.notes] == ["mended"]


@pytest.mark.parametrize(
    ("text", "value"), [("43000 件", "43000 件"), ([" 43000  件\n"], "43000 件"), ([], None), ("", None)]
)
def test_what_people_type_is_one_line(text: Any, value: str | None) -> None:
    assert results_to_spans([region(4, 9, "QUANTITY"), typed(text)], TEXT)[0].value == value


def test_the_origin_of_a_region_is_kept_and_other_results_are_said() -> None:
    conversion = Conversion()
    results = [region(0, 2, "GPE") | {"origin": "prediction-changed"}, {"type": "choices", "from_name": "kind"}]
    (span,) = results_to_spans(results, TEXT, conversion=conversion)
    assert span.meta == {"origin": "prediction-changed"}
    assert ("lost", "Label Studio results of type 'choices'") in conversion.notes


def test_a_label_that_the_form_does_not_have_is_not_sent() -> None:
    with pytest.raises(InputError, match="E431"):
        spans_to_results(make_record("余姚", (0, 2, "VERB")), default_scheme())


def test_a_prediction_carries_its_model_and_its_least_score() -> None:
    task = record_to_task(RECORD, default_scheme(), as_prediction=True, model_version="m1")
    assert task["predictions"][0]["model_version"] == "m1"
    assert annotation_to_record(task, task["predictions"][0]) == RECORD


def task(**more: Any) -> dict[str, Any]:
    return {"id": 5, "data": {"text": TEXT}} | more


def answer(label: str, **more: Any) -> dict[str, Any]:
    return {"result": [region(0, 2, label)]} | more


@pytest.mark.parametrize(
    ("item", "labels", "said"),
    [
        (task(), [], None),
        (task(annotations=[answer("ORG", was_cancelled=True)]), [], None),
        (task(annotations=[answer("ORG")], predictions=[answer("GPE")]), ["ORG"], None),
        (task(annotations=[], predictions=[answer("GPE")]), ["GPE"], "assumed"),
        (task(annotations=[answer("ORG", created_at="2"), answer("GPE", created_at="1")]), ["ORG"], "lost"),
        (task(annotations=[answer("ORG", ground_truth=True), answer("GPE")]), ["ORG"], None),
    ],
    ids=["nothing", "cancelled", "annotation first", "prediction only", "newest", "ground truth"],
)
def test_one_annotation_of_a_task_is_read_and_the_choice_is_said(
    read_as: Callable[..., list[Record]], item: dict[str, Any], labels: list[str], said: str | None
) -> None:
    conversion = Conversion()
    (record,) = read_as("label_studio", json.dumps([item]), conversion)
    assert (record.id, [span.label for span in record.spans]) == ("5", labels)
    assert [kind for kind, _ in conversion.notes] == ([said] if said else [])


def test_cancelled_annotations_do_not_count() -> None:
    assert submitted(task(annotations=[answer("ORG", was_cancelled=True)])) == []


def test_a_broken_annotation_is_refused_with_its_task(read_as: Callable[..., list[Record]]) -> None:
    bad = task(annotations=[{"result": [region(0, 99, "GPE")]}])
    with pytest.raises(InputError) as caught:
        read_as("label_studio", json.dumps([task(), bad], indent=1))
    assert (caught.value.problems[0].code, caught.value.problems[0].record_id) == ("E432", "5")
    assert caught.value.problems[0].line == 8
