"""Stage report: one self-contained HTML file that shows scores, every error and every document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_json, read_jsonl, write_text
from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import counted, logger
from pipeline.core.records import Record
from pipeline.errors import InputError, Problem
from pipeline.metrics.comparison import Comparison, compare_files
from pipeline.metrics.pairs import PairedFiles
from pipeline.metrics.report import Extras, Limits, Run, render_report
from pipeline.metrics.review_tables import FORM_STATUS
from pipeline.metrics.scorefile import read_scores
from pipeline.metrics.training_plots import FORM_CURVE, FORM_TUNING, check_form


@dataclass(frozen=True, slots=True)
class ExtraPaths:
    """Files that a report shows beside scores; None for what is not there.

    segmentation (str | None): .json that the segment stage wrote.
    training (str | None): metrics.jsonl that the train stage wrote.
    manifest (str | None): manifest.json of the model.
    curve (str | None): curve.json that train-curve wrote.
    tuning (str | None): tune.json that tune wrote.
    review (str | None): .json that `biaozhu review status --output` wrote.
    """

    segmentation: str | None = None
    training: str | None = None
    manifest: str | None = None
    curve: str | None = None
    tuning: str | None = None
    review: str | None = None

    def read(self, comparison: Comparison | None) -> Extras:
        """Read the files.

        comparison (Comparison | None): of the second run with the first.
        RETURNS (Extras): what the report shows beside scores.
        RAISES (InputError): if one of the files cannot be read or is of another form.
        """
        return Extras(
            segmentation=_optional(self.segmentation),
            training=_optional_rows(self.training),
            manifest=_optional(self.manifest),
            comparison=comparison,
            curve=_optional(self.curve, FORM_CURVE),
            tuning=_optional(self.tuning, FORM_TUNING),
            review=_optional(self.review, FORM_STATUS),
        )


def make_report(
    *,
    gold: str,
    predictions: str,
    scores: str,
    output: str,
    other_predictions: str | None = None,
    other_scores: str | None = None,
    labels: str | None = None,
    segmentation: str | None = None,
    training: str | None = None,
    manifest: str | None = None,
    curve: str | None = None,
    tuning: str | None = None,
    review: str | None = None,
    title: str = "Scores",
    name: str = "Prediction",
    other_name: str = "Other run",
    max_documents: int = 200,
    max_errors: int = 2000,
) -> Callable[[], None]:
    """Make the stage that writes the report.

    gold, predictions (str): .jsonl records, as they were scored.
    scores (str): the score file.
    output (str): the page, .html.
    other_predictions, other_scores (str | None): a second run of the same gold, to be shown side by side.
    labels (str | None): label scheme .cfg; None for the default.
    segmentation, training, manifest, curve, tuning, review (str | None): as in `ExtraPaths`.
    title, name, other_name (str): what the page calls itself and the runs.
    max_documents, max_errors (int): how much the page holds.
    RETURNS (Callable): the stage.
    """

    paths = ExtraPaths(segmentation, training, manifest, curve, tuning, review)
    limits = Limits(max_documents, max_errors)

    def run() -> None:
        scheme = default_scheme() if labels is None else read_scheme(Path(labels))
        records, first = _read_run((Path(gold), Path(predictions), Path(scores)), scheme, name)
        runs, comparison = [first], None
        if other_predictions is not None and other_scores is not None:
            comparison = compare_files(Path(other_scores), Path(scores))
            files = Path(gold), Path(other_predictions), Path(other_scores)
            runs.append(_read_run(files, scheme, other_name)[1])
        extras = paths.read(comparison)
        html = render_report(title, records, runs, _layers_of(scheme, first), extras=extras, limits=limits)
        write_text(Path(output), html)
        logger.info("report: %s → %s", counted(len(records), "document"), output)

    return run


def _layers_of(scheme: LabelScheme, run: Run) -> LabelScheme:
    """The scheme with the layers that were scored only."""
    scored = set(run.scores["layers"])
    return LabelScheme(scheme.name, tuple(label for label in scheme.labels if label.layer in scored))


def _read_run(files: tuple[Path, Path, Path], scheme: LabelScheme, name: str) -> tuple[list[Record], Run]:
    """The scored documents and one run of them, from gold, predictions and scores."""
    gold, predictions, scores = files
    data = read_scores(scores)
    pairs = list(PairedFiles(gold, predictions, scheme))
    scored = {record_id for layer in data.get("per_document", {}).values() for record_id in layer}
    if scored and not any(record_id.startswith("#") for record_id in scored):
        pairs = [(one, other) for one, other in pairs if one.id in scored]
    if not pairs:
        message = f"the scores are of other documents than {gold}"
        raise InputError(Problem("E631", message, "score these files first", scores))
    return [one for one, _ in pairs], Run(name, data, {other.id: other for _, other in pairs})


def _optional(path: str | None, form: str | None = None) -> Any:
    if path is None:
        return None
    data = read_json(Path(path))
    return data if form is None else check_form(data, form, Path(path))


def _optional_rows(path: str | None) -> list[dict[str, Any]]:
    return [] if path is None else [row for _, row in read_jsonl(Path(path)) if isinstance(row, dict)]
