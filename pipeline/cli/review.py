"""`biaozhu review …`: annotators correct the model in Label Studio, and what they say becomes gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.core.labels import LabelScheme

PROJECT = typer.Option("--project", help="Title of the project on the server.")
FOLDER = typer.Option("--output", "-o", help="Folder of what was pulled.")
LABELS = typer.Option("--labels", help="Label scheme; the default is built in.")
JSON = typer.Option("--json", help="Print one JSON object.")
TIMEOUT = typer.Option("--timeout", min=0.1, help="Seconds that one answer of the server may take.")
DEFAULT_PROJECT = "biaozhu"
DEFAULT_FOLDER = Path("review")

group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Correct predictions in Label Studio and turn the corrections into gold. "
    "The server is named by LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY in the environment.",
)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.add_typer(group, name="review")


def _scheme(path: Path | None) -> LabelScheme:
    from pipeline.core.labels import default_scheme, read_scheme

    return default_scheme() if path is None else read_scheme(path)


@group.command("form")
def form(
    labels: Annotated[Path | None, LABELS] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File; the default is the terminal.")] = None,
) -> None:
    """Write the form that annotators fill in: the label scheme as Label Studio's labelling config.

    Example: biaozhu review form
    """
    from pipeline.core.jsonl import write_text
    from pipeline.review.form import make_form

    text = make_form(_scheme(labels))
    if output is None:
        print(text, end="")
    else:
        write_text(output, text)


@group.command("push")
def push(
    files: Annotated[list[Path], typer.Argument(help="Records with predictions, .jsonl.")],
    project: Annotated[str, PROJECT] = DEFAULT_PROJECT,
    model_version: Annotated[
        str | None, typer.Option("--model-version", help="Whose predictions; the default is the file's name and hash.")
    ] = None,
    annotators: Annotated[int, typer.Option("--annotators", min=1, help="People a task, for a new project.")] = 1,
    update_form: Annotated[bool, typer.Option("--update-form", help="Replace a form that has other labels.")] = False,
    labels: Annotated[Path | None, LABELS] = None,
    timeout: Annotated[float, TIMEOUT] = 60,
) -> None:
    """Bring records to Label Studio as tasks with predictions; what stands there is not brought again.

    Example: biaozhu review push predictions.jsonl --project news
    """
    from pipeline.review.push import push as work
    from pipeline.review.push import read_for_push, version_of
    from pipeline.review.server import connect

    scheme = _scheme(labels)
    records = read_for_push(files, scheme)
    with connect(timeout=timeout) as server:
        done = work(
            server,
            records,
            scheme,
            project=project,
            model_version=model_version or version_of(files),
            annotators=annotators,
            update_form=update_form,
        )
    print(f"{done.imported} tasks new, {done.predicted} with a new prediction, {done.known} unchanged: {done.url}")
    if done.doubles:
        print(f"{done.doubles} tasks that an interrupted import had left twice were removed")


@group.command("pull")
def pull(
    project: Annotated[str, PROJECT] = DEFAULT_PROJECT,
    output: Annotated[Path, FOLDER] = DEFAULT_FOLDER,
    labels: Annotated[Path | None, LABELS] = None,
    as_json: Annotated[bool, JSON] = False,
    timeout: Annotated[float, TIMEOUT] = 60,
) -> None:
    """Bring annotations back: a file of records for each annotator; only what changed is read again.

    Example: biaozhu review pull --project news --output review
    """
    from pipeline.errors import raise_if_any
    from pipeline.review.pull import pull as work
    from pipeline.review.server import connect

    with connect(timeout=timeout) as server:
        done = work(server, project, output, _scheme(labels))
    if as_json:
        print(json.dumps(done.to_json(), ensure_ascii=False))
    else:
        print(f"{done.annotations} annotations read, {done.annotators} annotators, {done.unchanged} tasks unchanged")
        for count, what in (
            (done.skipped, "cancelled annotations skipped"),
            (done.superseded, "earlier annotations by the same person left out"),
            (done.withdrawn, "annotations gone from the server removed"),
            (done.gone, "tasks gone from the server; what was pulled of them is kept"),
        ):
            if count:
                print(f"{count} {what}")
    raise_if_any(done.problems)
