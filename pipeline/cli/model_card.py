"""`biaozhu model-card`: the card of a model, with scores on test."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("model-card")(model_card)


def model_card(
    folder: Annotated[Path, typer.Argument(help="Folder that `biaozhu train` wrote, with manifest.json.")],
    scores: Annotated[Path | None, typer.Option("--scores", help="Score file of a test split.")] = None,
) -> None:
    """Write the card of a trained model again, with the scores of documents that took no part in training.

    Example: biaozhu model-card models/default --scores models/default/scores.json
    """
    from pipeline.stages.model_card import write_card

    write_card(folder / "manifest.json", folder / "README.md", scores=scores)
    print(f"card: {folder / 'README.md'}")
