"""`biaozhu score`: precision and recall of predictions, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
    train: Annotated[
        Path | None, typer.Option("--train", help="Training records, to tell seen from unseen names.")
    ] = None,
    layer: Annotated[list[str] | None, typer.Option("--layer", help="Score only this layer; repeatable.")] = None,
    slices: Annotated[
        list[str] | None,
        typer.Option("--slice", help="Show parts by length, density, surface or a key of meta; repeatable."),
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Only documents whose meta has KEY=VALUE; repeatable.")
    ] = None,
    resamples: Annotated[int, typer.Option("--resamples", min=0, help="Bootstrap draws; 0: no intervals.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", help="Of the draws.")] = 0,
) -> None:
    """Score predictions against gold: precision, recall, F1, values, intervals, error kinds.

    Example: biaozhu score gold.jsonl predictions.jsonl --output scores
    """
    from pipeline.core.jsonl import write_json
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.stages.score import ScoreOptions, score_files

    subset = dict(_key_value(item) for item in where or ())
    scores = score_files(
        gold,
        predictions,
        scheme=default_scheme() if labels is None else read_scheme(labels),
        errors=None if output is None else output / "errors.jsonl",
        options=ScoreOptions(layer or None, slices or None, train, subset, resamples, seed),
    )
    if output is not None:
        write_json(output / "scores.json", scores)
    if as_json:
        print(json.dumps(scores, ensure_ascii=False))
        return
    print(scores_to_text(scores, slices=slices or ()))
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


def scores_to_text(scores: Mapping[str, Any], *, slices: Sequence[str] = ()) -> str:
    """RETURNS (str): tables of all layers for a terminal, with these slices, readable without colour."""
    from pipeline.metrics.tables import layer_to_text, slice_to_text

    parts = [f"{scores['documents']} document{'s' * (scores['documents'] != 1)}, gold {scores['signature']['gold']}"]
    for name, layer in scores["layers"].items():
        parts.append(layer_to_text(name, layer))
        parts += [slice_to_text(name, key, layer["slices"][key]) for key in slices if key in layer.get("slices", {})]
    return "\n\n".join(parts)
