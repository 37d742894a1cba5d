"""`biaozhu report`: scores, errors and documents as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("report")(report)


def report(
    gold: Annotated[Path, typer.Argument(help="Gold records, .jsonl.")],
    predictions: Annotated[Path, typer.Argument(help="Predicted records, .jsonl.")],
    scores: Annotated[Path, typer.Argument(help="Their score file.")],
    output: Annotated[Path, typer.Option("--output", help="The page, .html.")] = Path("report.html"),
    other_predictions: Annotated[Path | None, typer.Option(help="Predictions of a second run.")] = None,
    other_scores: Annotated[Path | None, typer.Option(help="Score file of the second run.")] = None,
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
    training: Annotated[Path | None, typer.Option("--training", help="metrics.jsonl of the training.")] = None,
    review: Annotated[Path | None, typer.Option("--review", help="What `review status --output` wrote.")] = None,
    title: Annotated[str, typer.Option("--title", help="Heading of the page.")] = "Scores",
    name: Annotated[str, typer.Option("--name", help="What to call the run.")] = "Prediction",
    other_name: Annotated[str, typer.Option("--other-name", help="What to call the second run.")] = "Other run",
) -> None:
    """Write a report: one HTML file that needs no network; a second run is shown beside the first.

    Example: biaozhu report gold.jsonl predictions.jsonl scores/scores.json --output report.html
    """
    from pipeline.stages.report import make_report

    if (other_predictions is None) != (other_scores is None):
        raise typer.BadParameter("a second run needs both", param_hint="--other-predictions, --other-scores")
    make_report(
        gold=str(gold),
        predictions=str(predictions),
        scores=str(scores),
        output=str(output),
        other_predictions=None if other_predictions is None else str(other_predictions),
        other_scores=None if other_scores is None else str(other_scores),
        labels=None if labels is None else str(labels),
        training=None if training is None else str(training),
        review=None if review is None else str(review),
        title=title,
        name=name,
        other_name=other_name,
    )()
