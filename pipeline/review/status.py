"""Status: how far the annotators are, what they accept of the model, and whether they agree.

Everything is computed from a pulled folder, so it needs no server.

    acceptance of a label = accepted / (accepted + changed + deleted), over predicted spans of this label
    throughput = annotations submitted on a day (UTC)

Undefined is None.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_json
from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record, read_records
from pipeline.errors import InputError, Problem
from pipeline.metrics.agreement import Annotator, measure_agreement
from pipeline.metrics.pages import own_file, page_environment
from pipeline.metrics.review_tables import (
    ACCEPTED,
    CHANGED,
    DELETED,
    FORM_STATUS,
    OUTCOMES,
    status_head,
    status_tables,
)
from pipeline.metrics.tables import align
from pipeline.review.compare import REVIEW
from pipeline.review.pull import STATE


def read_annotators(folder: Path) -> list[Annotator]:
    """Read a pulled folder.

    folder (Path): what `pull` wrote.
    RETURNS (list[Annotator]): annotators with at least one record, by number.
    RAISES (InputError): if it is no such folder.
    """
    if not (folder / STATE).is_file():
        raise InputError(Problem("E718", "nothing was pulled into this folder", "biaozhu review pull", folder))
    paths = sorted(folder.glob("annotator-*.jsonl"), key=lambda path: int(path.stem.partition("-")[2]))
    found = []
    for path in paths:
        records = read_records(path) if path.stat().st_size else []
        if records:
            found.append(Annotator(path.stem, {record.id: record for record in records}))
    return found


def read_settled(paths: Sequence[Path]) -> list[Record]:
    """Read adjudicated records.

    paths (Sequence[Path]): .jsonl files, or pulled folders of projects in which one person settled each document.
    RETURNS (list[Record]): the records.
    RAISES (InputError): if two say different things of one document.
    """
    found: dict[str, Record] = {}
    for path in paths:
        sides = [list(person.records.values()) for person in read_annotators(path)] if path.is_dir() else None
        for record in [record for side in (sides if sides is not None else [read_records(path)]) for record in side]:
            if record.id in found and found[record.id].spans != record.spans:
                remedy = "one person settles; remove one of them"
                raise InputError(Problem("E719", "it was settled twice, differently", remedy, path, None, record.id))
            found[record.id] = record
    return list(found.values())


def measure_status(folder: Path, scheme: LabelScheme) -> dict[str, Any]:
    """Measure progress, acceptance, time and agreement.

    folder (Path): what `pull` wrote.
    scheme (LabelScheme): labels in their order.
    RETURNS (dict): "form", "tasks", "annotated", "skipped", "annotators", "labels", "days" and "agreement", plain JSON.
    """
    annotators = read_annotators(folder)
    state = read_json(folder / STATE)
    records = [record for annotator in annotators for record in annotator.records.values()]
    return {
        "form": FORM_STATUS,
        "tasks": len(state["tasks"]),
        "annotated": len({record.id for record in records}),
        "skipped": sum(int(task.get("skipped", 0)) for task in state["tasks"].values()),
        "annotators": [_person(annotator) for annotator in annotators],
        "labels": _acceptance(records, scheme),
        "days": dict(sorted(Counter(str(_review(record)["created_at"])[:10] for record in records).items())),
        "agreement": list(_agreement(annotators, scheme)),
    }


def _review(record: Record) -> Mapping[str, Any]:
    review: Mapping[str, Any] = record.meta[REVIEW]
    return review


def _person(annotator: Annotator) -> dict[str, Any]:
    records = list(annotator.records.values())
    times = [float(_review(record)["lead_time"]) for record in records if _review(record)["lead_time"] is not None]
    counts = Counter(str(span.meta[REVIEW]) for record in records for span in record.spans)
    counts[DELETED] = sum(len(_review(record)["deleted"]) for record in records)
    return {
        "name": annotator.name,
        "documents": len(records),
        "median_seconds": statistics.median(times) if times else None,
        "hours": sum(times) / 3600,
        "documents_an_hour": 3600 * len(times) / sum(times) if sum(times) else None,
        "acceptance": _rate(counts),
        **{what: counts[what] for what in OUTCOMES},
        "last": max(str(_review(record)["updated_at"]) for record in records),
    }


def _rate(counts: Mapping[str, int]) -> float | None:
    predicted = counts.get(ACCEPTED, 0) + counts.get(CHANGED, 0) + counts.get(DELETED, 0)
    return counts.get(ACCEPTED, 0) / predicted if predicted else None


def _acceptance(records: Sequence[Record], scheme: LabelScheme) -> dict[str, dict[str, Any]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in scheme.names()}
    for record in records:
        for span in record.spans:
            what = str(span.meta[REVIEW])
            label = span.meta["was"]["label"] if what == CHANGED else span.label
            counts.setdefault(label, Counter())[what] += 1
        for item in _review(record)["deleted"]:
            counts.setdefault(item["label"], Counter())[DELETED] += 1
    return {
        label: {"acceptance": _rate(found), **{what: found[what] for what in OUTCOMES}}
        for label, found in counts.items()
        if found
    }


def _agreement(annotators: Sequence[Annotator], scheme: LabelScheme) -> Iterator[dict[str, Any]]:
    """YIELDS (dict): agreement of each pair that shares documents, as `biaozhu agree` measures it."""
    for place, one in enumerate(annotators):
        for other in annotators[place + 1 :]:
            if set(one.records) & set(other.records):
                (pair,) = measure_agreement([one, other], scheme, alpha=False)["pairs"]
                pair["disagreements"] = len(pair["disagreements"])
                yield pair


def status_to_text(status: Mapping[str, Any]) -> str:
    """RETURNS (str): tables for a terminal, readable without colour."""
    parts = [status_head(status)]
    parts += ["\n".join(align(rows)) for _, rows in status_tables(status) if len(rows) > 1]
    return "\n\n".join(parts)


def status_to_html(status: Mapping[str, Any]) -> str:
    """RETURNS (str): one self-contained page without scripts or network, in the style of the agreement page."""
    from markupsafe import Markup

    environment = page_environment("pipeline.review")
    style = own_file("pipeline.metrics", "agreement.css")
    share = status["annotated"] / status["tasks"] if status["tasks"] else 0
    return environment.get_template("status.html").render(
        head=status_head(status),
        share=share,
        tables=[(title, rows) for title, rows in status_tables(status) if len(rows) > 1],
        style=Markup(style),  # noqa: S704  our own file
    )
