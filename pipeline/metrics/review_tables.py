"""Review status as tables: what `biaozhu review status` found, for the terminal, its own page and the report.

The status itself is measured in `review`; here it is plain JSON of the form named below, so that the report can show a
file of it. Undefined is "–".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.metrics.tables import percent

FORM_STATUS = "biaozhu-review-status-1"
ACCEPTED, CHANGED, DELETED, ADDED = OUTCOMES = ("accepted", "changed", "deleted", "added")
"""What can become of a predicted span, and a span that was not predicted."""


def status_tables(status: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, ...]]]]:
    """RETURNS (list): title and rows of each table; the first row is the head."""
    people: list[tuple[str, ...]] = [
        ("annotator", "documents", "s/document", "docs/hour", "hours", "accepted %", "last")
    ]
    people += [
        (
            person["name"],
            str(person["documents"]),
            _number(person["median_seconds"], 0),
            _number(person["documents_an_hour"], 1),
            _number(person["hours"], 2),
            percent(person["acceptance"]),
            str(person["last"])[:16].replace("T", " "),
        )
        for person in status["annotators"]
    ]
    labels: list[tuple[str, ...]] = [("label", "accepted %", *OUTCOMES)]
    labels += [
        (name, percent(counts["acceptance"]), *(str(counts[what]) for what in OUTCOMES))
        for name, counts in status["labels"].items()
    ]
    agreement: list[tuple[str, ...]] = [("pair", "layer", "documents", "strict F1", "overlap F1", "values %")]
    agreement += [
        (
            f"{pair['first']} and {pair['second']}",
            name,
            str(pair["documents"]),
            percent(layer["strict_f1"]),
            percent(layer["overlap_f1"]),
            percent(layer["values"]["rate"]) if "values" in layer else "–",
        )
        for pair in status["agreement"]
        for name, layer in pair["layers"].items()
    ]
    days: list[tuple[str, ...]] = [
        ("day", "annotations"),
        *((day, str(count)) for day, count in status["days"].items()),
    ]
    tables = [("Annotators", people), ("What became of predicted spans", labels)]
    return [*tables, ("Agreement", agreement), ("Throughput", days)]


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def status_head(status: Mapping[str, Any]) -> str:
    """RETURNS (str): how many documents are annotated and skipped, in one line."""
    skips = status["skipped"]
    skipped = f", {skips} skip{'s' if skips != 1 else ''}" if skips else ""
    return f"{status['annotated']} of {status['tasks']} documents annotated{skipped}"
