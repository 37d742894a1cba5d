"""`biaozhu threshold`: which confidence gives the precision or recall that is wanted?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("threshold")(threshold)


def threshold(
    gold: Annotated[Path, typer.Argument(help="Gold records, .jsonl.")],
    predictions: Annotated[Path, typer.Argument(help="Predicted records whose spans have a score, .jsonl.")],
    precision: Annotated[float | None, typer.Option("--precision", min=0, max=1, help="Wanted precision.")] = None,
    recall: Annotated[float | None, typer.Option("--recall", min=0, max=1, help="Wanted recall.")] = None,
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Choose a confidence threshold per layer and label; without a wish, the one with the best F1.

    Exit 1 if a layer has scored predictions and no threshold gives what is wanted.
    Example: biaozhu threshold gold.jsonl predictions.jsonl --precision 0.95
    """
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.errors import InputError, Problem
    from pipeline.metrics.pairs import PairedFiles
    from pipeline.metrics.tables import align, percent
    from pipeline.metrics.thresholds import choose_threshold, collect_confidences, confidences_to_json

    scheme = default_scheme() if labels is None else read_scheme(labels)
    found = collect_confidences(PairedFiles(gold, predictions, scheme), scheme)
    if not any(len(item.scores) for item in found.values()):
        message, remedy = "no predicted span has a score", "extract with a model that gives probabilities"
        raise InputError(Problem("E630", message, remedy, predictions))
    chosen = {key: choose_threshold(item, precision=precision, recall=recall) for key, item in found.items()}
    if as_json:
        data: dict[str, dict[str, object]] = {}
        for (layer, label), item in found.items():
            data.setdefault(layer, {})[label or "*"] = confidences_to_json(item, chosen[layer, label])
        print(json.dumps(data, ensure_ascii=False))
    else:
        rows: list[tuple[str, ...]] = [("", "threshold", "P", "R", "F1", "gold", "scored")]
        for (layer, label), item in found.items():
            point = chosen[layer, label]
            numbers = (
                ("–",) * 4
                if point is None
                else (f"{point.threshold:.4f}", percent(point.precision), percent(point.recall), percent(point.f1))
            )
            rows.append((f"  {label}" if label else layer, *numbers, str(item.support), str(len(item.scores))))
        print("\n".join(align(rows)))
    if any(
        label is None and len(item.scores) and chosen[layer, label] is None for (layer, label), item in found.items()
    ):
        raise typer.Exit(1)
