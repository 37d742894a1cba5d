"""`biaozhu adjudicate`: one gold from two annotators."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("adjudicate")(adjudicate)


def adjudicate(
    first: Annotated[Path, typer.Argument(help="Records of one annotator, .jsonl.")],
    second: Annotated[Path, typer.Argument(help="Records of the other annotator, .jsonl.")],
    output: Annotated[Path, typer.Option("--output", help="Settled records, .jsonl.")],
    conflicts: Annotated[
        Path | None,
        typer.Option("--conflicts", help="File to decide in; beside the output if not given."),
    ] = None,
    tasks: Annotated[
        Path | None,
        typer.Option("--label-studio", help="Write open conflicts as Label Studio tasks here, their form beside it."),
    ] = None,
    exported: Annotated[
        Path | None, typer.Option("--from-label-studio", help="Answered tasks, exported from Label Studio.")
    ] = None,
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
) -> None:
    """Adjudicate two annotators: agreed spans pass, conflicts wait for a decision. Decide, then run it again.

    Example: biaozhu adjudicate first.jsonl second.jsonl --output gold.jsonl
    """
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.gold.adjudicate import count_choices
    from pipeline.stages.adjudicate import adjudicate_files, conflicts_file, form_file

    path = conflicts_file(output) if conflicts is None else conflicts
    scheme = default_scheme() if labels is None else read_scheme(labels)
    result = adjudicate_files(
        first, second, output=output, conflicts=path, scheme=scheme, exported=exported, tasks=tasks
    )
    agreed = sum(len(record.spans) for record in result.records)
    print(f"{len(result.records)} documents, {agreed} spans settled → {output}")
    for what, names in (("only one side has", result.alone), ("decided, but no conflict any more", result.stale)):
        if names:
            print(f"left out, {what}: {', '.join(names[:5])}{' …' * (len(names) > 5)} ({len(names)})")
    counted = ", ".join(f"{name} {count}" for name, count in count_choices(list(result.decisions.values())).items())
    print(f"{len(result.conflicts)} conflicts, {len(result.still_open)} open; decided: {counted}")
    if result.still_open:
        print(f"decide in {path}, then run this again; until then check-gold refuses the documents with open conflicts")
    if tasks is not None:
        print(f"{len(result.still_open)} tasks → {tasks}, for a project with the form {form_file(tasks)}")
