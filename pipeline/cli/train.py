"""`biaozhu train`: one config, one model folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.overrides import CONTEXT, parse_overrides


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("train", context_settings=CONTEXT)(train)


def train(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="Training config, such as configs/ner.cfg.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the model, its metrics and manifest.")],
    gpu: Annotated[int, typer.Option("--gpu", help="Number of the GPU to train on; -1 for none.")] = -1,
) -> None:
    """Train a model. Any value of the config can be changed for one run: --training.seed 3

    Example: biaozhu train configs/ner.cfg --output models/mine --components.entities.max_iterations 30
    """
    from pipeline.stages.train import train_model

    manifest = train_model(config, output, overrides=parse_overrides(ctx.args), gpu=gpu)
    for name in ("ents_p", "ents_r", "ents_f"):
        if (value := manifest["scores"].get(name)) is not None:
            print(f"{name}\t{value:.4f}")
