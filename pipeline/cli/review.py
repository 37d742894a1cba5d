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
    page: Annotated[
        list[Path] | None, typer.Option("--page", help="Read what the review page saved, not a server; repeatable.")
    ] = None,
    labels: Annotated[Path | None, LABELS] = None,
    as_json: Annotated[bool, JSON] = False,
    timeout: Annotated[float, TIMEOUT] = 60,
) -> None:
    """Bring annotations back: a file of records for each annotator; only what changed is read again.

    Example: biaozhu review pull --project news --output review
    """
    from pipeline.errors import raise_if_any
    from pipeline.review.page import pull_page
    from pipeline.review.pull import pull as work
    from pipeline.review.server import connect

    if page:
        done = pull_page(page, output, _scheme(labels))
    else:
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


@group.command("status")
def status(
    folder: Annotated[Path, typer.Argument(help="Folder of what was pulled.")] = DEFAULT_FOLDER,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page here.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write it as .json here, for the report's section on review.")
    ] = None,
    labels: Annotated[Path | None, LABELS] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Show progress, acceptance per label, agreement and time, from what was pulled.

    Example: biaozhu review status review --html review/status.html
    """
    from pipeline.core.jsonl import write_json, write_text
    from pipeline.review.status import measure_status, status_to_html, status_to_text

    found = measure_status(folder, _scheme(labels))
    if html is not None:
        write_text(html, status_to_html(found))
    if output is not None:
        write_json(output, found)
    print(json.dumps(found, ensure_ascii=False) if as_json else status_to_text(found))


@group.command("conflicts")
def conflicts(
    folder: Annotated[Path, typer.Argument(help="Folder of what was pulled.")] = DEFAULT_FOLDER,
    project: Annotated[str, typer.Option("--project", help="Project that conflicts are settled in.")] = (
        f"{DEFAULT_PROJECT} conflicts"
    ),
    labels: Annotated[Path | None, LABELS] = None,
    timeout: Annotated[float, TIMEOUT] = 60,
) -> None:
    """Bring documents that annotators read differently to a project of their own, with all readings shown.

    Example: biaozhu review conflicts review --project "news conflicts"
    """
    from pipeline.review.conflicts import push_conflicts
    from pipeline.review.server import connect
    from pipeline.review.status import read_annotators

    annotators = read_annotators(folder)
    with connect(timeout=timeout) as server:
        done = push_conflicts(server, annotators, _scheme(labels), project=project)
    print("no conflicts" if done is None else f"{done.imported} conflicts new, {done.known} there already: {done.url}")


@group.command("promote")
def promote(
    folder: Annotated[Path, typer.Argument(help="Folder of what was pulled.")] = DEFAULT_FOLDER,
    settled: Annotated[
        list[Path] | None,
        typer.Option("--settled", help="Adjudicated records, .jsonl, or the pulled folder of a conflicts project."),
    ] = None,
    gold: Annotated[Path, typer.Option("--gold", help="Gold folder.")] = Path("annotations/gold"),
    split: Annotated[str, typer.Option("--split", help="Split of documents that are new in gold.")] = "train",
    needed: Annotated[int, typer.Option("--needed", min=1, help="Annotators who must say the same.")] = 2,
    settled_only: Annotated[bool, typer.Option("--settled-only", help="Leave unsettled documents out.")] = False,
    labels: Annotated[Path | None, LABELS] = None,
) -> None:
    """Write settled documents into the gold, as a clean diff; refuses unsettled ones.

    Example: biaozhu review promote review --settled settled
    """
    from pipeline.review.promote import promote as work
    from pipeline.review.promote import refuse_unsettled, settle
    from pipeline.review.status import read_annotators, read_settled

    scheme = _scheme(labels)
    found = settle(read_annotators(folder), read_settled(settled or ()), needed=needed)
    if not settled_only:
        refuse_unsettled(found)
    done = work(found.records, gold, scheme, split=split)
    print(f"{done.added} documents added, {done.changed} changed, {done.same} the same → {gold}")
    if found.unsettled:
        print(f"{len(found.unsettled)} documents left out: not settled")


@group.command("serve")
def serve(
    model: Annotated[Path, typer.Option("--model", "-m", help="Model folder that answers first.")],
    host: Annotated[str, typer.Option("--host", help="Where to listen; other computers only with a password.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=1, max=65535)] = 9090,
    config: Annotated[Path | None, typer.Option("--config", help="Training config; without one no retraining.")] = None,
    train: Annotated[Path, typer.Option("--train", help="Gold to learn from.")] = Path("annotations/gold/train.jsonl"),
    dev: Annotated[Path, typer.Option("--dev", help="Gold to judge with.")] = Path("annotations/gold/dev.jsonl"),
    gate: Annotated[Path | None, typer.Option("--gate", help="Gate config; the default is built in.")] = None,
    folder: Annotated[Path, typer.Option("--folder", help="Annotations that arrive, and new models.")] = (
        Path("models/live")
    ),
    max_chars: Annotated[int, typer.Option("--max-chars", min=1, help="Longest text that is predicted.")] = 200_000,
    max_bytes: Annotated[int, typer.Option("--max-bytes", min=1, help="Largest request.")] = 20_000_000,
    labels: Annotated[Path | None, LABELS] = None,
) -> None:
    """Answer Label Studio live (ML backend), and retrain from what annotators submit.

    BIAOZHU_BACKEND_USER and BIAOZHU_BACKEND_PASSWORD in the environment set a password.

    Example: biaozhu review serve --model models/default/model-best --config configs/ner.cfg
    """
    import os

    from pipeline.errors import MissingPartError, Problem
    from pipeline.review.backend.app import Limits, check_host, credentials, make_app
    from pipeline.review.backend.model import Predictor, load
    from pipeline.review.backend.training import ANNOTATIONS, Inbox, Trainer, TrainingPlan

    try:
        import uvicorn
    except ImportError as error:
        raise MissingPartError(Problem("E735", "uvicorn is not installed", "pip install 'biaozhu[serve]'")) from error
    login = credentials(os.environ)
    check_host(host, login)
    scheme = _scheme(labels)
    predictor = Predictor(load(model), scheme, max_chars=max_chars)
    trainer = None
    if config is not None:
        plan = TrainingPlan(config, train, dev, folder, gate)
        inbox = Inbox(folder / ANNOTATIONS, scheme)
        trainer = Trainer(plan, inbox, lambda: predictor.loaded, predictor.swap)
    app = make_app(predictor, trainer, login=login, limits=Limits(body=max_bytes))
    print(f"{predictor.loaded.version} answers on http://{host}:{port}", flush=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


@group.command("select")
def select(
    files: Annotated[list[Path], typer.Argument(help="Unlabelled documents with predictions, .jsonl.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the chosen records go, .jsonl.")],
    documents: Annotated[int | None, typer.Option("--documents", min=1, help="Budget in documents.")] = None,
    characters: Annotated[int | None, typer.Option("--characters", min=1, help="Budget in characters.")] = None,
    gold: Annotated[Path | None, typer.Option("--gold", help="Gold at hand: a file, or a folder of them.")] = None,
    uncertainty: Annotated[float, typer.Option(min=0, help="Weight of the model's doubt.")] = 1,
    disagreement: Annotated[float, typer.Option(min=0, help="Weight of grammar against model.")] = 1,
    rarity: Annotated[float, typer.Option(min=0, help="Weight of rare labels.")] = 1,
    diversity: Annotated[float, typer.Option(min=0, help="Weight of being unlike the others.")] = 1,
    seed: Annotated[int, typer.Option("--seed", help="Settles ties.")] = 0,
    labels: Annotated[Path | None, LABELS] = None,
) -> None:
    """Choose what to annotate next: where the model doubts, where grammar and model differ, rare labels, diversity.

    Example: biaozhu review select predictions.jsonl --documents 20 --gold annotations/gold --output next.jsonl
    """
    from pipeline.core.records import read_records, write_records
    from pipeline.gold.validate import find_gold_files
    from pipeline.review.select import Weights
    from pipeline.review.select import select as work

    pool = {record.id: record for path in files for record in read_records(path)}
    at_hand = [] if gold is None else [record for path in find_gold_files([gold]) for record in read_records(path)]
    chosen = work(
        list(pool.values()),
        _scheme(labels),
        annotated=at_hand,
        documents=documents,
        characters=characters,
        weights=Weights(uncertainty, disagreement, rarity, diversity),
        seed=seed,
    )
    write_records(output, (choice.record for choice in chosen))
    for choice in chosen:
        reasons = f"{choice.uncertainty:.2f}  {choice.disagreement:.2f}  {choice.rarity:.4f}"
        print(f"{choice.record.id}  {len(choice.record.text)} characters  {reasons}")
    total = sum(len(choice.record.text) for choice in chosen)
    print(f"{len(chosen)} documents, {total} characters → {output}")


@group.command("page")
def page(
    files: Annotated[list[Path], typer.Argument(help="Records with predictions, .jsonl.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page, .html.")] = Path("review.html"),
    title: Annotated[str, typer.Option("--title", help="Title of the page and of what it saves.")] = "biaozhu",
    labels: Annotated[Path | None, LABELS] = None,
) -> None:
    """Write one HTML file in which a person corrects spans and values; `pull --page` reads what it saves.

    Example: biaozhu review page predictions.jsonl --output review.html
    """
    from pipeline.core.jsonl import write_text
    from pipeline.review.page import make_page
    from pipeline.review.push import read_for_push

    scheme = _scheme(labels)
    records = read_for_push(files, scheme)
    write_text(output, make_page(records, scheme, title=title))
    print(f"{len(records)} documents → {output}")
