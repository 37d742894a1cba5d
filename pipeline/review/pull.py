"""Pull: annotations become records again, one file an annotator, each span with what became of the prediction.

The folder holds `annotator-N.jsonl` (one record a document, the annotator's last submitted annotation) and `state.json`
(what was read when). A pull reads only tasks that changed since. Files appear complete or not at all, the state last,
so a pull that was interrupted is simply run again. What was pulled of a task that is gone from the server is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_json, write_json
from pipeline.core.labels import LabelScheme
from pipeline.core.progress import track
from pipeline.core.records import Record, read_records, span_to_json, write_records
from pipeline.errors import InputError, Problem
from pipeline.formats.label_studio import TEXT, annotation_to_record, task_to_record
from pipeline.gold.validate import Placed, check_record
from pipeline.review.compare import REVIEW, compare
from pipeline.review.push import SHA
from pipeline.review.server import Project, Server, TaskInfo, text_hash

STATE = "state.json"


@dataclass(slots=True)
class Pulled:
    """What a pull found.

    annotations (int): annotations that were read, new or changed.
    annotators (int): people with at least one annotation in the folder.
    skipped (int): cancelled annotations (a person pressed Skip) of the tasks that were read.
    superseded (int): earlier annotations by the same person of the same task.
    withdrawn (int): annotations of the folder that are no longer on the server, though their task is; removed.
    gone (int): tasks of the folder that are no longer on the server; kept.
    unchanged (int): tasks that were not read again.
    problems (list[Problem]): annotations that cannot be used; they are not in the folder and are read again next time.
    """

    annotations: int = 0
    annotators: int = 0
    skipped: int = 0
    superseded: int = 0
    withdrawn: int = 0
    gone: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): the counts, and the problems in words."""
        counts = {item.name: getattr(self, item.name) for item in fields(self)}
        return {**counts, "problems": [str(problem) for problem in self.problems]}


@dataclass(slots=True)
class _Folder:
    """The pulled folder in memory: records by annotator and task, and the state of each task."""

    path: Path
    project: int
    records: dict[int, dict[int, Record]] = field(default_factory=dict)
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)

    def forget(self, task: int) -> int:
        """Take a task's records out. RETURNS (int): how many there were."""
        return sum(found.pop(task, None) is not None for found in self.records.values())


def annotator_file(folder: Path, annotator: int) -> Path:
    """RETURNS (Path): where an annotator's records are."""
    return folder / f"annotator-{annotator}.jsonl"


def pull(server: Server, project: str, folder: Path, scheme: LabelScheme) -> Pulled:
    """Bring annotations back.

    server (Server): the server.
    project (str): the project's title.
    folder (Path): where the files are; made if it is not there, brought up to date if it is.
    scheme (LabelScheme): the labels that may occur.
    RETURNS (Pulled): counts, and the problems of annotations that were left out.
    RAISES (BiaozhuError): if the server cannot be read; the folder is as it was.
    """
    place = server.find_project(project)
    if place is None:
        raise InputError(Problem("E714", f"there is no project {project!r}", "push it first, or check --project"))
    kept = _read_folder(folder, place)
    result = Pulled()
    infos = server.tasks(place)
    changed = [info for info in infos if kept.tasks.get(info.id, {}).get("updated_at") != info.updated_at]
    result.unchanged = len(infos) - len(changed)
    result.gone = len(set(kept.tasks) - {info.id for info in infos})
    by_number = {info.id: info for info in changed if info.annotations}
    for info in changed:
        if not info.annotations:
            result.withdrawn += kept.forget(info.id)
            kept.tasks[info.id] = {"record_id": info.record_id, "updated_at": info.updated_at, "skipped": 0}
    tasks = server.read_tasks(place, list(by_number))
    for task in track(tasks, "pulling", len(by_number)):
        _take(task, by_number[int(task["id"])], kept, result, scheme)
    result.annotators = sum(bool(found) for found in kept.records.values())
    _write_folder(kept)
    return result


def _read_folder(folder: Path, place: Project) -> _Folder:
    kept = _Folder(folder, place.id)
    state = folder / STATE
    if not state.is_file():
        return kept
    data = read_json(state)
    if data.get("project") != place.id:
        message = f"the folder holds project {data.get('project')}, not {place.id}"
        raise InputError(Problem("E715", message, "pull each project into a folder of its own", folder))
    kept.tasks = {int(number): task for number, task in data["tasks"].items()}
    for path in sorted(folder.glob("annotator-*.jsonl")):
        for record in read_records(path) if path.stat().st_size else []:
            review = record.meta[REVIEW]
            kept.records.setdefault(int(review["annotator"]), {})[int(review["task"])] = record
    return kept


def _write_folder(kept: _Folder) -> None:
    for annotator, found in kept.records.items():
        write_records(annotator_file(kept.path, annotator), (found[task] for task in sorted(found)))
    tasks = {str(number): kept.tasks[number] for number in sorted(kept.tasks)}
    write_json(kept.path / STATE, {"project": kept.project, "tasks": tasks})


def _take(task: Mapping[str, Any], info: TaskInfo, kept: _Folder, result: Pulled, scheme: LabelScheme) -> None:
    """Put a task's annotations into the folder; one that cannot be used leaves what was pulled of it before."""
    before = {annotator: found.pop(info.id) for annotator, found in kept.records.items() if info.id in found}
    last: dict[int, Mapping[str, Any]] = {}
    skipped = 0
    for annotation in sorted(task.get("annotations") or [], key=_age):
        if annotation.get("was_cancelled"):
            skipped += 1
            continue
        result.superseded += _annotator(annotation) in last
        last[_annotator(annotation)] = annotation
    problems: list[Problem] = []
    for annotator, annotation in last.items():
        record = before.get(annotator)
        try:
            record = read_annotation(task, annotation, scheme)
            result.annotations += 1
        except InputError as error:
            problems += error.problems
        if record is not None:
            kept.records.setdefault(annotator, {})[info.id] = record
    result.skipped += skipped
    result.withdrawn += len(set(before) - set(last))
    result.problems += problems
    # A task with an annotation that cannot be used stays unread, so that the next pull looks at it again.
    updated_at = "" if problems else info.updated_at
    kept.tasks[info.id] = {"record_id": info.record_id, "updated_at": updated_at, "skipped": skipped}


def _age(annotation: Mapping[str, Any]) -> tuple[str, int]:
    return str(annotation.get("updated_at") or annotation.get("created_at") or ""), int(annotation.get("id") or 0)


def _annotator(annotation: Mapping[str, Any]) -> int:
    """Its account's number: an int in exports, an object elsewhere."""
    person = annotation.get("completed_by")
    return int(person["id"] if isinstance(person, Mapping) else person or 0)


def read_annotation(task: Mapping[str, Any], annotation: Mapping[str, Any], scheme: LabelScheme) -> Record:
    """Make an annotation a record, checked, with what became of the prediction.

    task (Mapping): the task with its predictions.
    annotation (Mapping): one of its annotations.
    scheme (LabelScheme): the labels that may occur.
    RETURNS (Record): meta.review holds annotator, task, status, times and deleted spans; each span's meta.review
        is "accepted", "changed" or "added".
    RAISES (InputError): if text, offsets, labels or values are not what they must be.
    """
    record = _trimmed(annotation_to_record(task, annotation))
    _check(record, task, annotation, scheme)
    prediction = _start_of(task, annotation)
    predicted = annotation_to_record(task, prediction).spans if prediction else ()
    compared = compare(record.spans, predicted, scheme)
    review = {
        "annotator": _annotator(annotation),
        "task": int(task["id"]),
        "annotation": int(annotation["id"]),
        "status": "submitted",
        "lead_time": annotation.get("lead_time"),
        "created_at": annotation.get("created_at"),
        "updated_at": annotation.get("updated_at"),
        "model_version": prediction.get("model_version") if prediction else None,
        "deleted": [{**span_to_json(span), "meta": {}} for span in compared.deleted],
    }
    plain = task_to_record(task)
    return Record(plain.id, plain.text, compared.spans, plain.words, {**plain.meta, REVIEW: review})


def _check(record: Record, task: Mapping[str, Any], annotation: Mapping[str, Any], scheme: LabelScheme) -> None:
    where = f"task {task['id']}, annotation {annotation.get('id')}"
    remedy = "open the task in Label Studio, mend it and submit it again"
    problems: list[Problem] = []

    def problem(message: str, what: str = remedy) -> None:
        problems.append(Problem("E716", f"{where}: {message}", what, record_id=record.id))

    sha = task["data"].get(SHA)
    if sha is not None and sha != text_hash(task["data"][TEXT]):
        problem("its text is not the one that was pushed", "delete the task on the server and push it again")
    for found in check_record(Placed(record, Path(), 0), scheme):
        renamed = "was the label renamed? rename it back in Settings → Labeling Interface, then mend the region"
        problem(found.message, renamed if found.code == "E402" else remedy)
    if problems:
        raise InputError(*problems)


def _trimmed(record: Record) -> Record:
    """Move the ends of spans inward over white space: a mouse takes a space or a line end along easily."""
    spans = []
    for span in record.spans:
        surface = record.surface(span)
        start, end = span.start + len(surface) - len(surface.lstrip()), span.end - len(surface) + len(surface.rstrip())
        spans.append(replace(span, start=start, end=end) if start < end else span)
    return record.with_spans(spans)


def _start_of(task: Mapping[str, Any], annotation: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The prediction an annotation started from: the one it names, else the newest before it."""
    predictions: Sequence[Mapping[str, Any]] = [p for p in task.get("predictions") or [] if isinstance(p, Mapping)]
    named = [item for item in predictions if item.get("id") == annotation.get("parent_prediction")]
    if named:
        return named[0]
    before = [item for item in predictions if str(item.get("created_at", "")) <= str(annotation.get("created_at", ""))]
    return max(before or predictions, key=lambda item: str(item.get("created_at", "")), default=None)
