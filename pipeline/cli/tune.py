"""`biaozhu tune`: better settings, within a budget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.overrides import CONTEXT, parse_overrides


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("tune", context_settings=CONTEXT)(tune)


def tune(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="Training config with a [tune] block, such as configs/ner.cfg.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the search; one that is there goes on.")],
    trials: Annotated[int, typer.Option("--trials", min=1, help="Stop when so many trials are done in all.")] = 20,
    minutes: Annotated[float, typer.Option("--minutes", min=0, help="Start no trial after so many minutes.")] = 60.0,
) -> None:
    """Search for better settings on dev, and write the config that has them.

    Example: biaozhu tune configs/ner.cfg --output tune --trials 20 --minutes 30
    """
    from pipeline.stages.tune import tune as work

    data = work(config, output, overrides=parse_overrides(ctx.args), trials=trials, minutes=minutes)
    best = data["best"]
    print(f"{data['metric']}\t{best['value']:.4f}\ttrial {best['number']} of {len(data['trials'])}")
    for name, value in best["settings"].items():
        print(f"{name}\t{value}")
    print(f"config: {output / 'best.cfg'}")
