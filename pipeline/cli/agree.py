"""`biaozhu agree`: do annotators see the same?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("agree")(agree)


def agree(
    annotators: Annotated[list[Path], typer.Argument(help="Records of each annotator, .jsonl; two files or more.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page with every disagreement here.")] = None,
    show: Annotated[int | None, typer.Option("--show", min=0, help="List so many disagreements of each pair.")] = None,
    alpha: Annotated[bool, typer.Option("--alpha/--no-alpha", help="Krippendorff's alpha (extra: agreement).")] = True,
    labels: Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")] = None,
) -> None:
    """Measure agreement: F1, kappa, alpha, values, and every disagreement in context.

    Example: biaozhu agree first.jsonl second.jsonl --html agreement.html
    """
    from pipeline.core.jsonl import write_text
    from pipeline.core.labels import default_scheme, read_scheme
    from pipeline.metrics.agreement_views import agreement_to_html, agreement_to_text
    from pipeline.stages.agree import agree_files

    scheme = default_scheme() if labels is None else read_scheme(labels)
    result = agree_files(annotators, scheme=scheme, alpha=alpha)
    if html is not None:
        write_text(html, agreement_to_html(result))
    print(json.dumps(result, ensure_ascii=False) if as_json else agreement_to_text(result, limit=show))
