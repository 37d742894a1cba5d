"""`biaozhu check-gold`: is this gold sound?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("check-gold")(check_gold)


def check_gold(
    paths: Annotated[list[Path], typer.Argument(help="Gold .jsonl files, or folders of them: a file a split.")],
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
) -> None:
    """Check gold annotations: offsets, labels, overlaps, values, leakage between splits.

    Example: biaozhu check-gold annotations/gold
    """
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.errors import raise_if_any
    from pipeline.gold.validate import check_gold as check
    from pipeline.gold.validate import find_gold_files

    scheme = default_scheme() if labels is None else read_scheme(labels)
    files = find_gold_files(paths)
    items, problems = check(files, scheme)
    raise_if_any(problems)
    spans = sum(len(item.record.spans) for item in items)
    print(f"{len(files)} files, {len(items)} documents, {spans} spans: no errors")
