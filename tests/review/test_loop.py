"""The whole loop with the real server: push, two annotators, pull, agreement, conflicts, gold, retrain, push again."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records, write_records
from pipeline.core.spans import CharSpan
from pipeline.formats.label_studio import results_to_spans
from pipeline.review.conflicts import find_conflicts
from pipeline.review.pull import pull
from pipeline.review.push import push
from pipeline.review.status import measure_status, read_annotators
from tests.conftest import ROOT
from tests.review.studio import ADMIN, LI, WANG, Studio

SCHEME = default_scheme()
pytestmark = pytest.mark.label_studio


def spans_of(text: str, *items: tuple[str, str] | tuple[str, str, str]) -> tuple[CharSpan, ...]:
    """RETURNS (tuple): a span a surface; each surface stands once in the text."""
    found = []
    for surface, label, *value in items:
        assert text.count(surface) == 1
        start = text.index(surface)
        found.append(CharSpan(start, start + len(surface), label, value[0] if value else None))
    return tuple(sorted(found, key=lambda span: (span.start, -span.end)))


# 𠮷野家 in 余姚 has 3 shops: an astral character in front of everything
ASTRAL = "𠮷野家😀在余姚开了3家店"
# U+3000, NBSP, blank lines, CRLF and a trailing space before a date and a percentage
BLANKS = "　　讯\r\n\r\n\n\xa0截至2022年,\t占98.46% \r\n完"
# an ordinal inside an event's name: layers nest
NESTED = "第二十四届中国国际投资贸易洽谈会在厦门举行"
DOCUMENTS = {
    "astral": (ASTRAL, spans_of(ASTRAL, ("𠮷野家", "ORG"), ("余姚", "GPE"), ("3家", "QUANTITY", "3 家"))),
    "blanks": (BLANKS, spans_of(BLANKS, ("2022年", "DATE", "2022"), ("98.46%", "PERCENT", "98.46 %"))),
    "nested": (
        NESTED,
        spans_of(
            NESTED,
            ("第二十四届中国国际投资贸易洽谈会", "EVENT"),
            ("第二十四届", "ORDINAL", "24 届"),
            ("厦门", "GPE"),
        ),
    ),
}


def documents() -> dict[str, Record]:
    return {name: Record(name, text, spans) for name, (text, spans) in DOCUMENTS.items()}


def test_offsets_and_values_come_back_exactly(studio: Studio, project: str, tmp_path: Path) -> None:
    records = documents()
    push(studio.server(), list(records.values()), SCHEME, project=project, model_version="v1")
    for record in records.values():
        studio.annotate(project, record, by=LI)
    pull(studio.server(), project, tmp_path, SCHEME)
    (annotator,) = read_annotators(tmp_path)
    for name, record in records.items():
        back = annotator.records[name]
        assert (back.text, back.spans) == (record.text, record.spans)
        assert {span.meta["review"] for span in back.spans} == {"accepted"}


def test_what_became_of_each_span(studio: Studio, project: str, tmp_path: Path) -> None:
    records = documents()
    push(studio.server(), list(records.values()), SCHEME, project=project, model_version="v1")
    astral = records["astral"]
    # deletes the GPE, edits the value, adds nothing; later adds a PERSON
    edited = astral.with_spans([astral.spans[0], dataclasses.replace(astral.spans[2], value="~3 家")])
    studio.annotate(project, edited, by=LI)
    # lengthens the date and relabels nothing; ends on a blank, which is trimmed
    blanks = records["blanks"]
    longer = [CharSpan(blanks.spans[0].start - 2, blanks.spans[0].end, "DATE", "2022")]
    sloppy = CharSpan(blanks.spans[1].start, blanks.spans[1].end + 1, "PERCENT", "98.46 %")
    studio.annotate(project, blanks.with_spans([*longer, sloppy]), by=LI)
    studio.annotate(project, records["nested"], by=WANG, was_cancelled=True)
    done = pull(studio.server(), project, tmp_path, SCHEME)
    assert (done.annotations, done.skipped, done.annotators) == (2, 1, 1)
    (annotator,) = read_annotators(tmp_path)
    back = annotator.records["astral"]
    assert [span.meta["review"] for span in back.spans] == ["accepted", "changed"]
    assert back.spans[1].meta["was"]["value"] == "3 家"
    assert [item["label"] for item in back.meta["review"]["deleted"]] == ["GPE"]
    assert [span.meta["review"] for span in annotator.records["blanks"].spans] == ["changed", "accepted"]

    added = edited.with_spans([*edited.spans, CharSpan(3, 4, "PERSON")])
    studio.annotate(project, added, by=LI)
    done = pull(studio.server(), project, tmp_path, SCHEME)
    assert (done.annotations, done.superseded, done.unchanged) == (1, 1, 2)
    (annotator,) = read_annotators(tmp_path)
    assert [span.meta["review"] for span in annotator.records["astral"].spans] == ["accepted", "added", "changed"]

    status = measure_status(tmp_path, SCHEME)
    assert (status["tasks"], status["annotated"], status["skipped"]) == (3, 2, 1)
    assert status["labels"]["GPE"] == {"acceptance": 0.0, "accepted": 0, "changed": 0, "deleted": 1, "added": 0}
    assert status["annotators"][0]["median_seconds"] == 10.0


def test_withdrawn_annotation_leaves_the_folder(studio: Studio, project: str, tmp_path: Path) -> None:
    records = documents()
    push(studio.server(), list(records.values()), SCHEME, project=project, model_version="v1")
    number = studio.annotate(project, records["astral"], by=LI)
    pull(studio.server(), project, tmp_path, SCHEME)
    studio.sdk(LI).annotations.delete(number)
    assert pull(studio.server(), project, tmp_path, SCHEME).withdrawn == 1
    assert read_annotators(tmp_path) == []


def test_annotation_that_cannot_be_used_is_named_and_read_again(studio: Studio, project: str, tmp_path: Path) -> None:
    records = documents()
    push(studio.server(), list(records.values()), SCHEME, project=project, model_version="v1")
    astral = records["astral"]
    wrong = astral.with_spans([dataclasses.replace(astral.spans[2], value="三家")])
    number = studio.annotate(project, wrong, by=LI)
    studio.annotate(project, records["nested"], by=LI)
    done = pull(studio.server(), project, tmp_path, SCHEME)
    assert done.annotations == 1
    (problem,) = done.problems
    assert problem.record_id == "astral"
    assert f"annotation {number}" in problem.message
    right = [item for item in studio.sdk().annotations.get(number).result if item["type"] == "labels"]
    studio.sdk(LI).annotations.update(number, result=right)
    assert not pull(studio.server(), project, tmp_path, SCHEME).problems


def test_whole_loop(
    studio: Studio, project: str, tmp_path: Path, cli: Callable[..., Result], as_admin: Callable[[str], None]
) -> None:
    def run(*arguments: object) -> str:
        result = cli(*arguments)
        assert result.exit_code == 0, result.output
        assert studio.token() not in result.output
        return result.output

    records = documents()
    predictions = tmp_path / "predictions.jsonl"
    write_records(predictions, records.values())
    for expected in ("3 tasks new", "3 unchanged"):
        assert expected in run("review", "push", predictions, "--project", project, "--annotators", 2)

    astral, blanks, nested = records.values()
    for person in (LI, WANG):
        studio.annotate(project, nested, by=person)
        studio.annotate(project, blanks, by=person)
    studio.annotate(project, astral, by=LI)
    other = astral.with_spans([*astral.spans[:2], dataclasses.replace(astral.spans[2], end=astral.spans[2].end + 1)])
    studio.annotate(project, other, by=WANG)

    folder = tmp_path / "review"
    assert "6 annotations read, 2 annotators" in run("review", "pull", "--project", project, "--output", folder)
    assert "3 of 3 documents annotated" in run("review", "status", folder, "--html", folder / "status.html")
    files = sorted(folder.glob("annotator-*.jsonl"))
    agreement = json.loads(run("agree", *files, "--json", "--no-alpha"))
    assert agreement["pairs"][0]["layers"]["numbers"]["strict_f1"] == pytest.approx(6 / 8)

    gold = tmp_path / "gold"
    shutil.copytree(ROOT / "annotations" / "gold", gold)
    before = (gold / "train.jsonl").read_bytes()
    refused = cli("review", "promote", folder, "--gold", gold)
    assert refused.exit_code == 2
    assert "record astral: [E720]" in refused.output
    assert (gold / "train.jsonl").read_bytes() == before

    half = tmp_path / "half.jsonl"
    assert "1 conflicts, 1 open" in run("adjudicate", *files, "--output", half)
    refused = cli("review", "promote", folder, "--settled", half, "--gold", gold)
    assert "not settled: 1 open conflicts" in refused.output

    assert list(find_conflicts(read_annotators(folder))) == ["astral"]
    settling = f"{project} conflicts"
    for expected in ("1 conflicts new", "1 there already"):
        assert expected in run("review", "conflicts", folder, "--project", settling)
    task = studio.sdk().tasks.get(str(studio.task_of(settling, "astral")))
    assert "3家 QUANTITY = 3 家" in task.data["readings"]
    assert "3家店 QUANTITY = 3 家" in task.data["readings"]
    readings = [results_to_spans(item.result, ASTRAL) for item in task.predictions]
    assert set(readings) == {astral.spans, other.spans}
    studio.annotate(settling, astral, by=ADMIN)
    settled = tmp_path / "settled"
    run("review", "pull", "--project", settling, "--output", settled)

    assert "3 documents added" in run("review", "promote", folder, "--settled", settled, "--gold", gold)
    after = (gold / "train.jsonl").read_bytes()
    assert after.startswith(before)
    assert {record.id for record in read_records(gold / "train.jsonl")} >= set(records)
    assert "3 the same" in run("review", "promote", folder, "--settled", settled, "--gold", gold)
    assert (gold / "train.jsonl").read_bytes() == after

    model = tmp_path / "model"
    write_records(
        tmp_path / "few.jsonl", [*read_records(gold / "train.jsonl")[-3:], *read_records(gold / "dev.jsonl")[:5]]
    )
    run(
        "train",
        ROOT / "configs" / "ner.cfg",
        "--output",
        model,
        "--paths.train",
        tmp_path / "few.jsonl",
        "--paths.dev",
        tmp_path / "few.jsonl",
        "--components.entities.max_iterations",
        2,
        "--components.entities.augment.copies",
        0,
    )
    again = tmp_path / "again.jsonl"
    run("extract", predictions, "--model", model / "model-best", "--output", again)
    assert "3 with a new prediction" in run("review", "push", again, "--project", project)
    assert studio.ids(project) == sorted(records)


def test_conflicts_are_decided_by_choice(
    studio: Studio, project: str, tmp_path: Path, cli: Callable[..., Result]
) -> None:
    record = documents()["astral"]
    longer = dataclasses.replace(record.spans[2], end=record.spans[2].end + 1)
    for name, spans in (("li", record.spans), ("wang", (*record.spans[1:2], longer))):
        write_records(tmp_path / f"{name}.jsonl", [record.with_spans(spans)])
    sides, gold, tasks = (tmp_path / "li.jsonl", tmp_path / "wang.jsonl"), tmp_path / "gold.jsonl", tmp_path / "t.json"
    made = cli("adjudicate", *sides, "--output", gold, "--label-studio", tasks)
    assert (made.exit_code, "2 conflicts, 2 open" in made.output) == (0, True)
    sdk = studio.sdk()
    form = (tmp_path / "t.form.xml").read_text(encoding="utf-8")
    place = sdk.projects.create(title=project, label_config=form)
    sdk.projects.import_tasks(place.id, request=json.loads(tasks.read_text(encoding="utf-8")))
    answers = {"entities": ("first", None), "numbers": ("own", "[[3家店|QUANTITY|3 家]]")}
    for task in sdk.tasks.list(project=place.id, fields="all"):
        choice, reading = answers[task.data["conflict"].split("/")[1]]
        result = [{"from_name": "decision", "to_name": "text", "type": "choices", "value": {"choices": [choice]}}]
        if reading is not None:
            value = {"text": [reading]}
            result.append({"from_name": "reading", "to_name": "text", "type": "textarea", "value": value})
        studio.sdk(WANG).annotations.create(task.id, result=result)
    export = tmp_path / "export.json"
    export.write_bytes(b"".join(sdk.projects.exports.download_sync(place.id, export_type="JSON")))
    done = cli("adjudicate", *sides, "--output", gold, "--from-label-studio", export)
    assert "2 conflicts, 0 open; decided: first 1, second 0, none 0, own 1" in done.output
    (settled,) = read_records(gold)
    assert settled.spans == (*record.spans[:2], longer)
    assert settled.spans[0].meta["decided_by"] == f"user {studio.user_id(WANG)}"
