"""`biaozhu extract`: numbers and entities of documents, one record a line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("extract")(extract)


def extract(
    inputs: Annotated[list[Path], typer.Argument(help="Files or folders of .txt or .jsonl documents.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the records go, .jsonl.")],
    model: Annotated[
        Path | None, typer.Option("--model", "-m", help="Model folder, or the output folder of train.")
    ] = None,
    numbers_only: Annotated[bool, typer.Option("--numbers-only", help="Numbers of the grammar, no model.")] = False,
    date: Annotated[str | None, typer.Option(help="Date of documents that do not name theirs, YYYY-MM-DD.")] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of the .txt files.")] = "utf-8",
) -> None:
    """Extract numbers with values, and entities.

    Example: biaozhu extract seeds --output predictions.jsonl --numbers-only
    """
    from pipeline.errors import ConfigError, Problem
    from pipeline.stages.extract import extract_files

    if (model is None) != numbers_only:
        raise ConfigError(Problem("E810", "name a --model, or ask for --numbers-only", "biaozhu extract --help"))
    extract_files(inputs, output, model=model, date=date, encoding=encoding)
