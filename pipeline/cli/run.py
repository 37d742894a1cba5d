"""`biaozhu run`: the whole workflow, from seeds and gold to the table and the report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.overrides import CONTEXT, parse_overrides


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("run", context_settings=CONTEXT)(run)


def run(
    ctx: typer.Context,
    config: Annotated[Path, typer.Option("--config", help="Pipeline config.")] = Path("configs/pipeline.cfg"),
    force: Annotated[bool, typer.Option("--force", help="Run every stage, changed or not.")] = False,
) -> None:
    """Clean, segment, load gold, train, extract, score, report and gate; what has not changed is skipped.

    Example: biaozhu run --stages.train.max_iterations 40
    """
    from pipeline.cli.score import print_scores
    from pipeline.errors import VerdictError
    from pipeline.registry import load_config
    from pipeline.stages.workflow import run_workflow

    loaded = load_config(config, parse_overrides(ctx.args))
    result = run_workflow(loaded, config, project=Path(), force=force)
    print_scores(result.folder / "scores.json")
    print(f"\nreport: {(result.folder / 'report.html').resolve()}")
    if result.refused is not None:
        raise VerdictError(result.refused)
