"""`biaozhu suspects`: where is the gold most likely wrong?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("suspects")(suspects)


def suspects(
    paths: Annotated[list[Path], typer.Argument(help="Gold .jsonl files, or folders of them.")],
    top: Annotated[int, typer.Option("--top", min=0, help="Print so many, the most suspect first.")] = 50,
    output: Annotated[Path | None, typer.Option("--output", help="Write the whole list here, .jsonl.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
    folds: Annotated[int, typer.Option("--folds", help="Parts; each is judged by models of the others.")] = 5,
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="Passes over the gold in training.")] = 4,
    seed: Annotated[int, typer.Option("--seed", help="Of the dealing into folds and of training.")] = 0,
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
) -> None:
    """Rank gold spans and gaps by how sure models that never saw them are that they are wrong.

    Example: biaozhu suspects annotations/gold --top 100
    """
    from pipeline.core.jsonl import write_jsonl
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.stages.suspects import suspect_rows

    scheme = default_scheme() if labels is None else read_scheme(labels)
    rows = suspect_rows(paths, scheme=scheme, folds=folds, epochs=epochs, seed=seed)
    if output is not None:
        write_jsonl(output, rows)
    for row in rows[:top]:
        print(json.dumps(row, ensure_ascii=False) if as_json else _to_text(row))
    if not as_json:
        print(f"{len(rows)} places" + (f" → {output}" if output is not None else ""))


def _to_text(row: Mapping[str, Any]) -> str:
    context = f"…{row['before']}«{row['text']}»{row['after']}…".replace("\n", "⏎")
    head = (
        f"{row['rank']:>4}  {row['suspicion']:+.2f}  {row['kind']:<5}  {row['path']}:{row['line']} (record {row['id']})"
    )
    return f"{head}\n      {context}\n      gold: {_show(row['gold'])}   instead: {_show(row['proposal'])}"


def _show(span: Mapping[str, Any] | None) -> str:
    if span is None:
        return "no span"
    value = f" = {span['value']}" if span.get("value") is not None else ""
    return f"{span['surface']} {span['label']}{value}".replace("\n", "⏎")
