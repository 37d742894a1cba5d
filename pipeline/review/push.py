"""Push: records become tasks with predictions, once each, however often and however far it ran before.

What stands on the server is the only memory: a record whose id stands there is not imported again, and one that lacks a
prediction of this model version gets it. So a push that was interrupted, or whose answers got lost, is run again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.progress import logger, track
from pipeline.core.records import Record, iter_records
from pipeline.core.spans import overlapping_pairs
from pipeline.core.values import is_value
from pipeline.errors import InputError, Problem, raise_if_any
from pipeline.formats.label_studio import TEXT, record_to_task
from pipeline.review.form import form_differences, form_labels, make_form
from pipeline.review.server import Project, Server, ServerError, TaskInfo, text_hash

SHA = "sha256"
BATCH = 50
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did.

    project (Project): where.
    url (str): the project's page.
    imported (int): tasks that are new.
    predicted (int): tasks that stood there and got a prediction of this version.
    known (int): tasks that stood there with it.
    doubles (int): tasks that an interrupted import had left twice, removed.
    """

    project: Project
    url: str
    imported: int
    predicted: int
    known: int
    doubles: int


def read_for_push(files: Sequence[Path], scheme: LabelScheme) -> list[Record]:
    """Read records and check everything that the server would not.

    files (Sequence[Path]): .jsonl files of records.
    scheme (LabelScheme): the form's labels.
    RETURNS (list[Record]): the records.
    RAISES (InputError): with every unknown label, overlap within a layer, value that is none, and id used twice.
    """
    records: list[Record] = []
    problems: list[Problem] = []
    seen: dict[str, Path] = {}
    for path in files:
        for line, record in iter_records(path):
            if record.id in seen:
                message = f"the id also stands in {seen[record.id]}"
                problems.append(Problem("E710", message, "push each record once", path, line, record.id))
            seen[record.id] = path
            for message, remedy in _faults(record, scheme):
                problems.append(Problem("E710", message, remedy, path, line, record.id))
            records.append(record)
    raise_if_any(problems)
    return records


def _faults(record: Record, scheme: LabelScheme) -> Iterator[tuple[str, str]]:
    """YIELDS (tuple): what is wrong, and the remedy. Offsets are checked where records are read."""
    if any("\ud800" <= char <= "\udfff" for char in record.text) or "\x00" in record.text:
        yield "the text holds a lone surrogate or NUL", "clean it with `biaozhu stage clean`"
    for layer in scheme.layers:
        for first, second in overlapping_pairs(scheme.in_layer(record.spans, layer)):
            places = f"[{first.start}, {first.end}) overlaps {second.label} [{second.start}, {second.end})"
            yield f"{first.label} {places}", "spans of one layer do not overlap"
    for span in record.spans:
        layer_name = scheme.layer_of(span.label)
        if layer_name is None:
            yield f"label {span.label!r} is not in the scheme {scheme.name}", f"it has {', '.join(scheme.names())}"
        elif span.value is not None and (layer_name != NUMBERS or not is_value(span.value, span.label)):
            yield f"{span.value!r} is no value of {span.label}", "see docs/numbers.md"


def version_of(files: Sequence[Path]) -> str:
    """RETURNS (str): a model version that is the same for the same files: first file's name and a hash of all."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return f"{files[0].stem}-{digest.hexdigest()[:8]}"


def make_task(record: Record, scheme: LabelScheme, model_version: str) -> dict[str, Any]:
    """RETURNS (dict): the task of a record, with its spans as prediction and a hash that `pull` checks its text by."""
    task = record_to_task(record, scheme, as_prediction=True, model_version=model_version)
    task["data"][SHA] = text_hash(record.text)
    return task


def push(
    server: Server,
    records: Sequence[Record],
    scheme: LabelScheme,
    *,
    project: str,
    model_version: str,
    annotators: int = 1,
    update_form: bool = False,
) -> Pushed:
    """Bring records to the server as tasks with predictions.

    server (Server): the server.
    records (Sequence[Record]): checked records (`read_for_push`).
    scheme (LabelScheme): the form's labels.
    project (str): its title; it is made if it is not there.
    model_version (str): whose predictions these are.
    annotators (int): how many people shall annotate each task, where the project is new.
    update_form (bool): replace the form on the server, also where it has labels that the scheme does not know.
    RETURNS (Pushed): what was done.
    RAISES (BiaozhuError): what is done by then stays; run again to go on.
    """
    tasks = {record.id: make_task(record, scheme, model_version) for record in records}
    return push_tasks(
        server,
        tasks,
        scheme,
        project=project,
        form=make_form(scheme),
        versions=(model_version,),
        annotators=annotators,
        update_form=update_form,
    )


def push_tasks(
    server: Server,
    tasks: Mapping[str, dict[str, Any]],
    scheme: LabelScheme,
    *,
    project: str,
    form: str,
    versions: Sequence[str],
    annotators: int = 1,
    update_form: bool = False,
) -> Pushed:
    """Bring tasks to the server, as `push` does; the first of `versions` is the one that annotators start from."""
    for version in versions:
        if not version or "," in version:
            raise InputError(Problem("E717", f"{version!r} is no model version", "it is a name without commas"))
    place = open_project(server, project, scheme, form=form, annotators=annotators, update_form=update_form)
    doubles = 0
    first: tuple[int, int] | None = None
    for left in reversed(range(_ROUNDS)):
        infos = server.tasks(place)
        if removed := _remove_doubles(server, place, infos, tasks.keys()):
            doubles, infos = doubles + removed, server.tasks(place)
        standing = _standing(infos, tasks)
        new = [task for name, task in tasks.items() if name not in standing]
        missing = _missing_predictions(server, place, tasks, standing)
        first = first or (len(new), len({item["task"] for item in missing}))
        try:
            _import(server, place, new)
            _predict(server, place, missing)
            break
        except ServerError as error:
            if not left or not error.again:
                raise
            logger.info("push: %s; looking what arrived and going on", error.problems[0].message)
            _wait_until_still(server, place)
    assert first is not None
    imported, predicted = first
    if imported or predicted:
        if left < _ROUNDS - 1:  # an import whose answer got lost may have arrived meanwhile
            doubles += _remove_doubles(server, place, server.tasks(place), tasks.keys())
        server.show_version(place, versions[0])
    url = f"{server.url}/projects/{place.id}/data"
    return Pushed(place, url, imported, predicted, len(tasks) - imported - predicted, doubles)


def open_project(
    server: Server, title: str, scheme: LabelScheme, *, form: str, annotators: int = 1, update_form: bool = False
) -> Project:
    """Find or make a project, and see that its form fits the scheme.

    RETURNS (Project): the project.
    RAISES (InputError): if the form has labels that the scheme does not know: annotations may carry them.
    """
    place = server.find_project(title)
    if place is None:
        return server.create_project(title, form, annotators=annotators, description="biaozhu review")
    differences = form_differences(place.form, scheme)
    if not differences:
        return place
    known = {name for names in form_labels(place.form).values() for name in names}
    if not known <= set(scheme.names()) and not update_form:
        remedy = "rename the labels back in Settings → Labeling Interface, or push with --update-form"
        raise InputError(Problem("E711", f"the form of {title!r} differs: {'; '.join(differences)}", remedy))
    server.update_form(place, form)
    return server.project(place.id)


def _standing(infos: Sequence[TaskInfo], tasks: Mapping[str, dict[str, Any]]) -> dict[str, TaskInfo]:
    """RETURNS (dict): what stands of these records, by id. RAISES (InputError): if a text differs."""
    standing = {info.record_id: info for info in infos if info.record_id in tasks}
    remedy = "a text never changes under annotations: push it under another id or into another project"
    raise_if_any(
        Problem("E712", f"its text differs from task {info.id}", remedy, record_id=name)
        for name, info in standing.items()
        if info.text != text_hash(tasks[name]["data"][TEXT])
    )
    return standing


def _missing_predictions(
    server: Server, place: Project, tasks: Mapping[str, dict[str, Any]], standing: Mapping[str, TaskInfo]
) -> list[dict[str, Any]]:
    wanted = {prediction["model_version"] for name in standing for prediction in tasks[name]["predictions"]}
    have = {version: server.predicted_tasks(place, version) for version in sorted(wanted)}
    return [
        {"task": info.id, **prediction}
        for name, info in standing.items()
        for prediction in tasks[name]["predictions"]
        if info.id not in have[prediction["model_version"]]
    ]


def _import(server: Server, place: Project, new: Sequence[dict[str, Any]]) -> None:
    batches = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
    for batch in track(batches, f"pushing, {BATCH} a step", len(batches)):
        server.import_tasks(place, batch)


def _predict(server: Server, place: Project, missing: Sequence[dict[str, Any]]) -> None:
    batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
    for batch in track(batches, f"adding predictions, {BATCH} a step", len(batches)):
        server.import_predictions(place, batch)


def _wait_until_still(server: Server, place: Project) -> None:
    """Wait until the number of tasks no longer grows: an import whose answer got lost may be under way."""
    before = -1
    for _ in range(10):
        now = server.project(place.id).tasks
        if now == before:
            return
        before = now
        server.pause()


def _remove_doubles(server: Server, place: Project, standing: Sequence[TaskInfo], names: Set[str]) -> int:
    """Delete further tasks of a record that have the same text and that nobody has worked on."""
    infos: dict[str, list[TaskInfo]] = {}
    for info in standing:
        infos.setdefault(info.record_id, []).append(info)
    doubled = {name: found for name, found in infos.items() if len(found) > 1 and name in names}
    if not doubled:
        return 0
    whole = {
        task["id"]: task for task in server.read_tasks(place, [info.id for found in doubled.values() for info in found])
    }
    removed: Counter[str] = Counter()
    for name, found in doubled.items():
        worked = [info.id for info in found if _is_worked_on(whole.get(info.id, {}))]
        keep = worked[0] if worked else found[0].id
        for info in found:
            if info.id == keep:
                continue
            same = whole[info.id]["data"].get(TEXT) == whole[keep]["data"].get(TEXT)
            if info.id in worked or not same:
                remedy = "delete one of them in Label Studio"
                message = f"it stands twice, as tasks {keep} and {info.id}"
                raise InputError(Problem("E713", message, remedy, record_id=name))
            server.delete_task(info.id)
            removed[name] += 1
    return removed.total()


def _is_worked_on(task: Mapping[str, Any]) -> bool:
    return bool(task.get("annotations") or task.get("drafts"))
