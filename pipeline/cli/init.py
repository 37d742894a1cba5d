"""`biaozhu init`: a project of one's own, with the default configs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new project.")],
    example: Annotated[bool, typer.Option("--example", help="With the example document and corpus, to run.")] = False,
) -> None:
    """Write the default configs, project.yml and the folders of a project; nothing that is there is overwritten.

    Example: biaozhu init my-project
    """
    from pipeline.core.jsonl import write_bytes
    from pipeline.core.resources import default_files, example_files
    from pipeline.errors import InputError, Problem

    files = default_files() | (example_files() if example else {})
    if there := [name for name in files if (folder / name).exists()]:
        raise InputError(Problem("E813", f"already there: {', '.join(there)}", "choose another folder", folder))
    for name, source in files.items():
        write_bytes(folder / name, source.read_bytes())
    for name in ("seeds", "annotations/gold", "models"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    todo = "" if example else "put documents into seeds/ and gold into annotations/gold/{train,dev,test}.jsonl, "
    print(f"{folder}: {len(files)} files. Then: {todo}cd {folder}, biaozhu run")
