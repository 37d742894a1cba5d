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
) -> None:
    """Write the default configs, project.yml and the folders of a project; nothing that is there is overwritten.

    Example: biaozhu init my-project
    """
    from pipeline.core.jsonl import write_text
    from pipeline.core.resources import default_files
    from pipeline.errors import InputError, Problem

    files = default_files()
    if there := [name for name in files if (folder / name).exists()]:
        raise InputError(Problem("E813", f"already there: {', '.join(there)}", "choose another folder", folder))
    for name, source in files.items():
        write_text(folder / name, source.read_text(encoding="utf-8"))
    for name in ("seeds", "annotations/gold", "models"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    print(f"{folder}: {len(files)} files. Put documents into seeds/, gold into annotations/gold/, then: biaozhu run")
