"""`biaozhu train-curve`: what more gold would bring."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.overrides import CONTEXT, parse_overrides


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("train-curve", context_settings=CONTEXT)(train_curve)


def train_curve(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="Training config, such as configs/ner.cfg.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for curve.json and its plots.")],
    shares: Annotated[str, typer.Option("--shares", help="Shares of the gold, in %.")] = "25,50,75,100",
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Runs of each share.")] = 3,
) -> None:
    """Train on growing shares of the gold and score each model on dev: mean and spread over seeds.

    Example: biaozhu train-curve configs/ner.cfg --output curve
    """
    from pipeline.metrics.tables import align, percent
    from pipeline.stages.train_curve import train_curve as work

    try:
        parts = [float(part) / 100 for part in shares.split(",")]
    except ValueError as error:
        raise typer.BadParameter(f"{shares!r} is not of the form 25,50,75,100", param_hint="--shares") from error
    data = work(config, output, overrides=parse_overrides(ctx.args), shares=parts, seeds=range(seeds))
    for layer, points in data["layers"].items():
        rows = [(layer, "documents", "spans", "P", "R", "F1", "± sd")]
        for point in points:
            rates = [percent(point[rate]["mean"]) for rate in ("precision", "recall", "f1")]
            head = (f"{100 * point['share']:.0f} %", str(point["documents"]), f"{point['spans']:.0f}")
            rows.append((*head, rates[0], rates[1], rates[2], percent(point["f1"]["sd"])))
        print("\n".join(align(rows)))
    print(f"curve: {output / 'curve.json'}")
