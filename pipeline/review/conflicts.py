"""Conflicts: documents that annotators read differently become a project of their own, with both readings shown.

Each annotator's reading is a prediction of its own (its model version is the annotator's name), which the person who
settles can open, compare and start from; above the text stands a list of the places where they differ. What that
person submits is pulled like any annotation and promoted as settled.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.formats.label_studio import spans_to_results
from pipeline.metrics.agreement import Annotator
from pipeline.review.form import READINGS, make_form
from pipeline.review.promote import to_gold
from pipeline.review.push import Pushed, make_task, push_tasks
from pipeline.review.server import Server


def find_conflicts(annotators: Sequence[Annotator]) -> dict[str, dict[str, Record]]:
    """RETURNS (dict): documents that at least two annotated and not all alike: each annotator's record, by name."""
    found: dict[str, dict[str, Record]] = {}
    for name in dict.fromkeys(name for annotator in annotators for name in annotator.records):
        versions = {a.name: to_gold(a.records[name]) for a in annotators if name in a.records}
        first = next(iter(versions.values()))
        if any(version.spans != first.spans for version in versions.values()):
            found[name] = versions
    return found


def conflict_task(versions: dict[str, Record], scheme: LabelScheme) -> dict[str, Any]:
    """Make the task in which a conflict is settled.

    versions (dict[str, Record]): each annotator's record.
    scheme (LabelScheme): the form's labels.
    RETURNS (dict): a task whose predictions are the readings.
    """
    names = list(versions)
    task = make_task(versions[names[0]], scheme, names[0])
    task["predictions"] += [
        {"model_version": name, "result": spans_to_results(versions[name], scheme)} for name in names[1:]
    ]
    task["data"][READINGS] = "\n".join(_readings(versions))
    return task


def _readings(versions: dict[str, Record]) -> list[str]:
    """One line a place where they differ: what each annotator says there."""
    spans = {name: set(record.spans) for name, record in versions.items()}
    shared = set.intersection(*spans.values())
    disputed = sort_spans({span for found in spans.values() for span in found} - shared)
    lines = []
    for group in _clusters(disputed):
        said = []
        for name, record in versions.items():
            mine = [span for span in group if span in spans[name]]
            said.append(f"{name}: {'; '.join(_say(record, span) for span in mine) or '–'}")
        lines.append("   |   ".join(said))
    return [f"{len(lines)} places differ", *lines]


def _say(record: Record, span: CharSpan) -> str:
    value = f" = {span.value}" if span.value is not None else ""
    return f"{record.surface(span)} {span.label}{value}".replace("\n", "⏎")


def _clusters(spans: Sequence[CharSpan]) -> list[list[CharSpan]]:
    """Group spans that hang together by overlapping."""
    groups: list[list[CharSpan]] = []
    end = -1
    for span in spans:
        if span.start < end:
            groups[-1].append(span)
        else:
            groups.append([span])
        end = max(end, span.end)
    return groups


def push_conflicts(
    server: Server, annotators: Sequence[Annotator], scheme: LabelScheme, *, project: str
) -> Pushed | None:
    """Bring conflicts to the server.

    server (Server): the server.
    annotators (Sequence[Annotator]): what each annotator said.
    scheme (LabelScheme): the form's labels.
    project (str): title of the project in which conflicts are settled.
    RETURNS (Pushed | None): what was done; None if there is no conflict.
    """
    conflicts = find_conflicts(annotators)
    if not conflicts:
        return None
    tasks = {name: conflict_task(versions, scheme) for name, versions in conflicts.items()}
    form = make_form(scheme, readings=True)
    versions = [annotator.name for annotator in annotators]
    return push_tasks(server, tasks, scheme, project=project, form=form, versions=versions)
