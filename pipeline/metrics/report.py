"""The report: one self-contained HTML file without network, from scores, gold and predictions.

Templates escape everything; only our own style sheet, script and the SVG that matplotlib wrote go in as they are. A
content security policy in the page allows that script alone, so that text of a document can never run.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record
from pipeline.metrics.comparison import Comparison
from pipeline.metrics.marks import colors_of
from pipeline.metrics.pages import own_file, page_environment
from pipeline.metrics.plots import calibration_plot, learning_plots, precision_recall_plot, threshold_plot
from pipeline.metrics.review_tables import status_head, status_tables
from pipeline.metrics.tables import percent, points
from pipeline.metrics.thresholds import average_precision, calibration_error, collect_confidences
from pipeline.metrics.training_plots import curve_plots, tuning_plot
from pipeline.metrics.views import (
    DocumentView,
    ErrorView,
    Judged,
    PassageView,
    confusion_rows,
    document_view,
    error_key,
    error_view,
    judge_document,
    kind_rows,
    passage_view,
    shared_keys,
    used_labels,
)


@dataclass(frozen=True, slots=True)
class Run:
    """One system's output.

    name (str): what the page calls it.
    scores (Mapping): its score file.
    records (Mapping[str, Record]): its predicted records by id.
    """

    name: str
    scores: Mapping[str, Any]
    records: Mapping[str, Record]


@dataclass(frozen=True, slots=True)
class Extras:
    """What a report may show beside scores.

    segmentation (Mapping | None): what the segment stage wrote.
    training (Sequence[Mapping]): the metrics that training wrote, one object a step.
    manifest (Mapping | None): the model's manifest.
    comparison (Comparison | None): of the second run with the first.
    curve (Mapping | None): the learning curve that train-curve wrote.
    tuning (Mapping | None): the search that tune wrote.
    review (Mapping | None): what annotators made of predictions, as `biaozhu review status` measured it.
    """

    segmentation: Mapping[str, Any] | None = None
    training: Sequence[Mapping[str, Any]] = ()
    manifest: Mapping[str, Any] | None = None
    comparison: Comparison | None = None
    curve: Mapping[str, Any] | None = None
    tuning: Mapping[str, Any] | None = None
    review: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a page holds, so that it opens on any machine; what is left out is said in the page.

    documents (int): documents shown in full, those with the most errors first.
    errors (int): errors in the error browser, of each run.
    """

    documents: int = 200
    errors: int = 2000


@dataclass(slots=True)
class _Gathered:
    errors: list[ErrorView] = field(default_factory=list)
    documents: list[DocumentView] = field(default_factory=list)
    total_errors: int = 0
    passage: PassageView | None = None


def render_report(
    title: str,
    gold: Sequence[Record],
    runs: Sequence[Run],
    scheme: LabelScheme,
    *,
    extras: Extras | None = None,
    limits: Limits | None = None,
) -> str:
    """Write the report.

    title (str): its heading.
    gold (Sequence[Record]): the gold documents.
    runs (Sequence[Run]): one run, or two to be shown side by side.
    scheme (LabelScheme): labels, layers and colours.
    extras (Extras | None): audit, training, manifest, comparison.
    limits (Limits | None): how much the page holds.
    RETURNS (str): the HTML.
    """
    from markupsafe import Markup

    more, bounds = extras or Extras(), limits or Limits()
    environment = page_environment("pipeline.metrics")
    environment.filters |= {"percent": percent, "points": points}
    script = own_file("pipeline.metrics", "report.js")
    colors = colors_of({label.name: label.color for label in scheme.labels})
    gathered = _gather(gold, runs, scheme, bounds)
    # only our own files, checked colours and matplotlib's SVG are marked as safe
    return environment.get_template("report.html").render(
        title=title,
        style=Markup(own_file("pipeline.metrics", "report.css") + colors),  # noqa: S704
        script=Markup(script),  # noqa: S704
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        runs=runs,
        signature=runs[0].scores["signature"],
        layers=[_layer(name, runs, more.comparison) for name in runs[0].scores["layers"]],
        errors=gathered.errors,
        total_errors=gathered.total_errors,
        most_errors=bounds.errors,
        documents=gathered.documents,
        total_documents=len(gold),
        passage=gathered.passage,
        plots=[Markup(svg) for svg in _plots(gold, runs[0], scheme, more)],  # noqa: S704
        confidence=_confidence(gold, runs[0], scheme),
        extras=more,
        review=None if more.review is None else _review(more.review),
    )


def _gather(gold: Sequence[Record], runs: Sequence[Run], scheme: LabelScheme, limits: Limits) -> _Gathered:
    """Errors of all runs and the documents to show."""
    judged = {record.id: [judge_document(record, run.records[record.id], scheme) for run in runs] for record in gold}
    worst = sorted(gold, key=lambda record: -len(judged[record.id][0][0]))[: limits.documents]
    shown = {record.id for record in worst}
    anchors = {record.id: f"d{place}" for place, record in enumerate(gold) if record.id in shown}
    found, room = _Gathered(), [limits.errors] * len(runs)
    for record in gold:
        sets = [shared_keys(errors) for errors, _, _ in judged[record.id]]
        for number, (errors, _, _) in enumerate(judged[record.id]):
            others = [keys for place, keys in enumerate(sets) if place != number]
            found.total_errors += len(errors)
            found.errors += _errors(errors[: room[number]], number, others, anchors.get(record.id, ""))
            room[number] -= min(len(errors), room[number])
        if record.id in shown:
            names = [run.name for run in runs]
            found.documents.append(document_view(record, judged[record.id], names, anchors[record.id]))
    found.passage = passage_view(gold, judged, [run.name for run in runs], anchors)
    return found


def _errors(
    errors: Sequence[Judged], run: int, others: Sequence[set[tuple[object, ...]]], anchor: str
) -> list[ErrorView]:
    return [
        error_view(layer, error, run=run, shared=any(error_key(layer, error) in keys for keys in others), anchor=anchor)
        for layer, error in errors
    ]


def _review(status: Mapping[str, Any]) -> dict[str, Any]:
    """What the section on review shows."""
    share = status["annotated"] / status["tasks"] if status["tasks"] else 0
    tables = [(title, rows) for title, rows in status_tables(status) if len(rows) > 1]
    return {"head": status_head(status), "share": share, "tables": tables}


def _layer(name: str, runs: Sequence[Run], comparison: Comparison | None) -> dict[str, Any]:
    """What the tables of one layer show, for each run."""
    changes = () if comparison is None else comparison.layers[name]
    data = [run.scores["layers"][name] for run in runs]
    labels = dict.fromkeys(label for layer in data for label, _ in used_labels(layer))
    heads, rows = confusion_rows(data[0])
    return {
        "name": name,
        "data": data,
        "labels": [(label, [layer["strict"]["per_label"][label] for layer in data]) for label in labels],
        "kinds": [kind_rows(layer) for layer in data],
        "confusion_heads": heads,
        "confusion": rows,
        "change": next((item for item in changes if item.metric == "strict.f1"), None),
    }


def _pairs(gold: Sequence[Record], run: Run) -> list[tuple[Record, Record]]:
    return [(record, run.records[record.id]) for record in gold]


def _plots(gold: Sequence[Record], run: Run, scheme: LabelScheme, extras: Extras) -> list[str]:
    found = collect_confidences(_pairs(gold, run), scheme)
    layers = {layer: item for (layer, label), item in found.items() if label is None}
    plots = [precision_recall_plot(layers), calibration_plot(layers)]
    plots += [threshold_plot(name, item) for name, item in layers.items()]
    plots += [] if extras.curve is None else curve_plots(extras.curve).values()
    plots += [] if extras.tuning is None else [tuning_plot(extras.tuning)]
    return [plot for plot in plots if plot is not None] + learning_plots(extras.training)


def _confidence(gold: Sequence[Record], run: Run, scheme: LabelScheme) -> list[tuple[str, float | None, float | None]]:
    found = collect_confidences(_pairs(gold, run), scheme)
    return [
        (layer, average_precision(item), calibration_error(item))
        for (layer, label), item in found.items()
        if label is None and len(item.scores)
    ]
