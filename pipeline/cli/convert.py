"""`biaozhu convert`: from one annotation format to another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

FORMATS = "jsonl, inline, bio, bioes, bmes, biluo, cluener, doccano, brat, prodigy, label-studio, docbin"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("convert")(convert)


def convert(
    source: Annotated[Path, typer.Argument(help="File to read; for brat a folder.")],
    target: Annotated[Path, typer.Argument(help="File to write; for brat a folder.")],
    read: Annotated[str, typer.Option("--from", help=f"Its format: {FORMATS}.")],
    write: Annotated[str, typer.Option("--to", help="Format to write, one of the same.")],
    layer: Annotated[list[str] | None, typer.Option("--layer", help="Convert only this layer; repeatable.")] = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend broken tags and offsets, and count them.")] = False,
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
) -> None:
    """Convert annotations; what a format cannot hold is named and counted.

    Example: biaozhu convert corpus.txt gold.jsonl --from inline --to jsonl
    """
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.stages.convert import convert_file

    scheme = default_scheme() if labels is None else read_scheme(labels)
    count, notes = convert_file(
        source, target, read=read, write=write, scheme=scheme, layers=layer or None, repair=repair
    )
    for note in notes:
        print(note, file=sys.stderr)
    print(f"{count} documents → {target}")
