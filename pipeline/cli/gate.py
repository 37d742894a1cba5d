"""`biaozhu gate`: may this change be merged?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("gate")(gate)


def gate(
    scores: Annotated[Path, typer.Argument(help="Score file of this change.")],
    baseline: Annotated[Path, typer.Argument(help="Score file to compare with.")],
    config: Annotated[Path | None, typer.Option("--config", help="Gate config; the default is built in.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder for gate.json, gate.xml (JUnit) and gate.md.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Judge scores against thresholds and a baseline: exit 0 yes, 1 no, 2 not comparable.

    Example: biaozhu gate scores/scores.json models/baseline.json
    """
    from pipeline.core.jsonl import write_json
    from pipeline.metrics.gateforms import verdict_to_text
    from pipeline.stages.gate import gate_files, write_verdict

    verdict = gate_files(scores, baseline, config)
    if output is not None:
        write_json(output / "gate.json", verdict.to_json())
        write_verdict(verdict, junit=str(output / "gate.xml"), markdown=str(output / "gate.md"))
    if as_json:
        print(json.dumps(verdict.to_json(), ensure_ascii=False))
    else:
        print(verdict_to_text(verdict))
    if not verdict.passed:
        raise typer.Exit(1)
