"""`biaozhu score`: precision and recall of predictions, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("score")(score)


def score(
    gold: Annotated[Path, typer.Argument(help="Gold records, .jsonl.")],
    predictions: Annotated[Path, typer.Argument(help="Predicted records of the same documents, .jsonl.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    output: Annotated[Path | None, typer.Option("--output", help="Folder for scores.json and errors.jsonl.")] = None,
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
    train: Annotated[Path | None, typer.Option("--train", help="Training records: seen and unseen surfaces.")] = None,
    layer: Annotated[list[str] | None, typer.Option("--layer", help="Score only this layer; repeatable.")] = None,
    slices: Annotated[list[str] | None, typer.Option("--slice", help="Slice by this; repeatable.")] = None,
    where: Annotated[list[str] | None, typer.Option("--where", help="KEY=VALUE of meta; repeatable.")] = None,
    resamples: Annotated[int, typer.Option("--resamples", min=0, help="Bootstrap draws; 0: no intervals.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
) -> None:
    """Score predictions against gold: precision, recall, F1, values, intervals, error kinds.

    Example: biaozhu score gold.jsonl predictions.jsonl --output scores
    """
    from pipeline.core.jsonl import write_json
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.stages.score import DEFAULT_SLICES, score_files

    scores = score_files(
        gold,
        predictions,
        scheme=default_scheme() if labels is None else read_scheme(labels),
        errors=None if output is None else output / "errors.jsonl",
        train=train,
        layers=layer,
        slices=slices or DEFAULT_SLICES,
        where=dict(_key_value(item) for item in where or ()),
        resamples=resamples,
        seed=seed,
    )
    if output is not None:
        write_json(output / "scores.json", scores)
    if as_json:
        print(json.dumps(scores, ensure_ascii=False))
        return
    print(scores_to_text(scores))
    if output is not None:
        print(f"\nscores: {output / 'scores.json'}\nerrors: {output / 'errors.jsonl'}")


def _key_value(item: str) -> tuple[str, str]:
    key, found, value = item.partition("=")
    if not found or not key:
        raise typer.BadParameter(f"{item!r} is not of the form KEY=VALUE", param_hint="--where")
    return key, value


def print_scores(path: Path) -> None:
    """Print the table of a score file."""
    from pipeline.metrics.scorefile import read_scores

    print(scores_to_text(read_scores(path)))


def scores_to_text(scores: Mapping[str, Any]) -> str:
    """RETURNS (str): tables of all layers for a terminal, readable without colour."""
    from pipeline.metrics.tables import layer_to_text

    head = f"{scores['documents']} document{'s' * (scores['documents'] != 1)}, gold {scores['signature']['gold']}"
    parts = [head]
    parts += [layer_to_text(name, layer) for name, layer in scores["layers"].items()]
    return "\n\n".join(parts)
