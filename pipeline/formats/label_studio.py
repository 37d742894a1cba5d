"""Format label_studio: tasks with annotations and predictions, and the one conversion between records and results.

A span is a result item of type "labels"; its value is a second item of type "textarea" with the same region id. Each
layer has a Labels control of the layer's name, values have the TextArea control "value", both on the text "text":
`review` writes the form that fits. The server checks neither offsets nor labels, so both directions check them here:
offsets are trusted, the surface is compared (except across a newline, where Label Studio writes a backslash and an n).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.errors import InputError, Problem
from pipeline.formats.base import ASSUMED, LOST, MENDED, Conversion, Format, refuse
from pipeline.formats.jsonarray import read_items, write_items

TEXT = "text"
VALUE = "value"
RECORD_ID = "record_id"
ORIGIN = "origin"
Result = dict[str, Any]
Task = dict[str, Any]


def make_label_studio() -> Format:
    """RETURNS (Format): Label Studio's raw JSON, as imported and exported."""
    return Format(_read, _write)


def spans_to_results(record: Record, scheme: LabelScheme) -> list[Result]:
    """Say the spans of a record as result items.

    record (Record): the record.
    scheme (LabelScheme): tells the control of a label: its layer.
    RETURNS (list[Result]): a "labels" item a span, and a "textarea" item with the same id a value.
    RAISES (InputError): if a label is not in the scheme, which the server would take and the form could not show.
    """
    results: list[Result] = []
    for span in record.spans:
        layer = scheme.layer_of(span.label)
        if layer is None:
            remedy = f"labels are {', '.join(scheme.names())}"
            refuse("E431", f"label {span.label!r} is not in the form", remedy, record_id=record.id)
        place = {"start": span.start, "end": span.end, "text": record.surface(span)}
        region = f"{span.label}-{span.start}-{span.end}"
        item: Result = {
            "id": region,
            "from_name": layer,
            "to_name": TEXT,
            "type": "labels",
            "value": place | {"labels": [span.label]},
        }
        if span.score is not None:
            item["score"] = span.score
        results.append(item)
        if span.value is not None:
            value = place | {"text": [span.value]}
            results.append({"id": region, "from_name": VALUE, "to_name": TEXT, "type": "textarea", "value": value})
    return results


def results_to_spans(
    results: Sequence[Mapping[str, Any]], text: str, *, repair: bool = False, conversion: Conversion | None = None
) -> tuple[CharSpan, ...]:
    """Read result items as spans.

    results (Sequence[Mapping]): the result of an annotation or a prediction.
    text (str): the task's text.
    repair (bool): leave out items that do not fit, instead of refusing the annotation.
    conversion (Conversion | None): where to count what was mended or lost.
    RETURNS (tuple[CharSpan, ...]): the spans, sorted; `meta["origin"]` is what Label Studio says about each.
    RAISES (InputError): with everything that is wrong.
    """
    notes = conversion or Conversion()
    values: dict[str, str] = {}
    spans: list[CharSpan] = []
    problems: list[Problem] = []
    for item in results:
        if item.get("type") in ("textarea", "number", "choices") and item.get("from_name") == VALUE:
            values[str(item.get("id"))] = _typed(item)
    for number, item in enumerate(results):
        kind = item.get("type")
        if kind == "labels":
            found = _item_to_span(item, text, values.pop(str(item.get("id")), None))
            if isinstance(found, CharSpan):
                spans.append(found)
            else:
                problems.append(Problem("E432", f"result {number}: {found}", "mend the annotation in Label Studio"))
        elif item.get("from_name") != VALUE:
            notes.note(LOST, f"Label Studio results of type {kind!r}")
    problems += [
        Problem("E433", f"value {value!r} of region {region!r}, which has no label", "label it, or remove the value")
        for region, value in values.items()
        if value
    ]
    if problems and not repair:
        raise InputError(*problems)
    notes.note(MENDED, "results left out that fit no text or region", count=len(problems))
    return sort_spans(dict.fromkeys(spans))


def _typed(item: Mapping[str, Any]) -> str:
    """What a person typed or chose for a region; several entries are one, joined, since nobody may lose one."""
    value = item.get("value") or {}
    found = value.get("text", value.get("choices", value.get("number", "")))
    parts = found if isinstance(found, list) else [found]
    return " ".join(" ".join(str(part).split()) for part in parts)


def _item_to_span(item: Mapping[str, Any], text: str, value: str | None) -> CharSpan | str:
    """The span of a "labels" item, or what is wrong with it."""
    place = item.get("value")
    if not isinstance(place, Mapping):
        return "no value"
    start, end, labels = place.get("start"), place.get("end"), place.get("labels")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return f"start {start!r} and end {end!r} are no place in a text of {len(text)} characters"
    if not isinstance(labels, list) or len(labels) != 1 or not isinstance(labels[0], str):
        return f"a region has one label, not {labels!r}"
    surface, said = text[start:end], place.get("text")
    if said is not None and said not in (surface, surface.replace("\n", "\\n")):
        return f"the text at [{start}, {end}) is {surface!r}, but the region says {said!r}"
    meta = {ORIGIN: item[ORIGIN]} if item.get(ORIGIN) else {}
    score = item.get("score")
    return CharSpan(start, end, labels[0], value or None, score if isinstance(score, int | float) else None, meta)


def record_to_task(
    record: Record, scheme: LabelScheme, *, as_prediction: bool = False, model_version: str = "biaozhu"
) -> Task:
    """Make a record a task.

    record (Record): the record; its id and meta travel in the task's data.
    scheme (LabelScheme): the label scheme of the form.
    as_prediction (bool): its spans are a model's proposal; otherwise they are an annotation.
    model_version (str): whose proposal it is.
    RETURNS (Task): the task, ready for import.
    """
    data: dict[str, Any] = {TEXT: record.text, RECORD_ID: record.id, "meta": dict(record.meta)}
    if record.words is not None:
        data["words"] = [list(word) for word in record.words]
    results = spans_to_results(record, scheme)
    if not as_prediction:
        return {"data": data, "annotations": [{"result": results}]}
    prediction: Result = {"model_version": model_version, "result": results}
    scores = [span.score for span in record.spans if span.score is not None]
    if scores:
        prediction["score"] = min(scores)
    return {"data": data, "predictions": [prediction]}


def task_to_record(task: Mapping[str, Any], *, path: Path | None = None, line: int | None = None) -> Record:
    """RETURNS (Record): the task's document, without spans. RAISES (InputError): if it has no text."""
    data = task.get("data")
    if not isinstance(data, Mapping) or not isinstance(data.get(TEXT), str):
        refuse("E430", 'a task needs "data" with a "text"', "export as JSON, not as JSON-MIN", path=path, line=line)
    name = data.get(RECORD_ID, task.get("id", line))
    meta = data.get("meta")
    words = data.get("words")
    offsets = tuple((int(start), int(end)) for start, end in words) if isinstance(words, list) else None
    return Record(str(name), data[TEXT], (), offsets, dict(meta) if isinstance(meta, Mapping) else {})


def annotation_to_record(
    task: Mapping[str, Any], annotation: Mapping[str, Any], *, conversion: Conversion | None = None
) -> Record:
    """Make one annotation (or prediction) of a task a record.

    task (Mapping): the task.
    annotation (Mapping): one of its annotations or predictions.
    conversion (Conversion | None): options and notes.
    RETURNS (Record): the document with the annotation's spans.
    RAISES (InputError): as `results_to_spans`, with the record's id.
    """
    record = task_to_record(task)
    repair = conversion is not None and conversion.repair
    try:
        spans = results_to_spans(annotation.get("result") or [], record.text, repair=repair, conversion=conversion)
    except InputError as error:
        raise InputError(
            *(Problem(item.code, item.message, item.remedy, record_id=record.id) for item in error.problems)
        ) from error
    return record.with_spans(spans)


def submitted(task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """RETURNS (list[Mapping]): the task's annotations that were not cancelled, oldest first."""
    found = [item for item in task.get("annotations") or [] if not item.get("was_cancelled")]
    return sorted(found, key=lambda item: str(item.get("created_at", "")))


def _read(path: Path, conversion: Conversion) -> Iterator[Record]:
    for line, task in read_items(path):
        if not isinstance(task, dict):
            refuse("E430", 'a task is an object with "data"', "export as JSON, not as JSON-MIN", path=path, line=line)
        record = task_to_record(task, path=path, line=line)
        place = f"{path}:{line}"
        answers = [item for item in submitted(task) if item.get("ground_truth")] or submitted(task)
        if answers:
            what = "annotations of a task that has several (the last one is read; `biaozhu review pull` keeps all)"
            conversion.note(LOST, what, place, count=len(answers) - 1)
        else:
            answers = list(task.get("predictions") or [])
            conversion.note(ASSUMED, "predictions read, for tasks that nobody annotated", place, count=bool(answers))
        if not answers:
            yield record
            continue
        try:
            yield annotation_to_record(task, answers[-1], conversion=conversion)
        except InputError as error:
            raise InputError(
                *(Problem(item.code, item.message, item.remedy, path, line, record.id) for item in error.problems)
            ) from error


def _write(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    def tasks() -> Iterator[Task]:
        for record in records:
            lost = sum(bool(set(span.meta) - {ORIGIN}) for span in record.spans)
            conversion.note(LOST, "meta of spans", f"record {record.id}", count=lost)
            yield record_to_task(record, conversion.scheme)

    return write_items(path, tasks())


def layer_controls(scheme: LabelScheme) -> dict[str, tuple[str, ...]]:
    """RETURNS (dict): the Labels controls a form needs, with their labels; layer "numbers" also needs VALUE."""
    return {layer: scheme.names(layer) for layer in scheme.layers}


def has_values(layer: str) -> bool:
    """RETURNS (bool): whether spans of this control have a VALUE item."""
    return layer == NUMBERS
