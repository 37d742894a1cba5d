"""`biaozhu check-gold` and `gold-stats`: is this gold sound, and what is in it?"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.core.labels import LabelScheme
    from pipeline.errors import Problem
    from pipeline.gold.validate import Placed

Paths = Annotated[list[Path], typer.Argument(help="Gold .jsonl files, or folders of them: a file a split.")]
Labels = Annotated[Path | None, typer.Option("--labels", help="Label scheme; the default is built in.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("check-gold")(check_gold)
    app.command("gold-stats")(gold_stats)


def _scheme(labels: Path | None) -> LabelScheme:
    from pipeline.core.labels import default_scheme, read_scheme

    return default_scheme() if labels is None else read_scheme(labels)


def check_gold(
    paths: Paths,
    labels: Labels = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too, with exit code 1.")] = False,
    warnings: Annotated[bool, typer.Option("--warnings/--no-warnings", help="Look for likely mistakes.")] = True,
    corpus: Annotated[
        bool, typer.Option("--corpus", help="Also the size and variety this project asks of its own corpus.")
    ] = False,
) -> None:
    """Check gold annotations: errors refuse it (exit 2), warnings name likely mistakes.

    Example: biaozhu check-gold annotations/gold
    """
    from pipeline.errors import VerdictError, raise_if_any
    from pipeline.gold.doubts import find_doubts
    from pipeline.gold.validate import check_gold as check
    from pipeline.gold.validate import find_gold_files

    scheme = _scheme(labels)
    files = find_gold_files(paths)
    items, errors = check(files, scheme)
    doubts = find_doubts(items, scheme) if warnings and not errors else []
    if as_json:
        print(json.dumps(_report(files, items, errors, doubts), ensure_ascii=False))
        if errors:
            raise typer.Exit(2)
    else:
        raise_if_any(errors)
        for doubt in doubts:
            print(f"warning: {doubt}", file=sys.stderr)
        spans = sum(len(item.record.spans) for item in items)
        print(f"{len(files)} files, {len(items)} documents, {spans} spans: no errors{_summary(doubts)}")
    if corpus:
        _check_corpus(items, scheme, quiet=as_json)
    if strict and doubts:
        raise VerdictError(f"{len(doubts)} warnings, and --strict")


def _summary(doubts: Sequence[Problem]) -> str:
    kinds = Counter(doubt.code for doubt in doubts)
    counted = ", ".join(f"{code} {count}" for code, count in sorted(kinds.items()))
    return f", {len(doubts)} warnings ({counted})" if doubts else ""


def _report(
    files: Sequence[Path], items: Sequence[Placed], errors: Sequence[Problem], doubts: Sequence[Problem]
) -> dict[str, Any]:
    def rows(problems: Sequence[Problem]) -> list[dict[str, Any]]:
        return [
            {
                "code": problem.code,
                "message": problem.message,
                "remedy": problem.remedy,
                "path": None if problem.path is None else str(problem.path),
                "line": problem.line,
                "id": problem.record_id,
            }
            for problem in problems
        ]

    return {
        "files": [str(file) for file in files],
        "documents": len(items),
        "spans": sum(len(item.record.spans) for item in items),
        "errors": rows(errors),
        "warnings": rows(doubts),
    }


def _check_corpus(items: Sequence[Placed], scheme: LabelScheme, *, quiet: bool) -> None:
    from pipeline.errors import VerdictError
    from pipeline.gold.corpus import corpus_conditions
    from pipeline.gold.tables import conditions_table, to_text

    conditions = corpus_conditions(items, scheme)
    if not quiet:
        print(to_text(conditions_table(conditions)))
        for condition in conditions:
            for example in condition.examples:
                print(f"  {condition.name}: {example}")
    if broken := [condition.name for condition in conditions if not condition.holds]:
        raise VerdictError(f"the corpus breaks: {'; '.join(broken)}")


def gold_stats(
    paths: Paths,
    labels: Labels = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown tables, as in the data card.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    compare: Annotated[
        Path | None, typer.Option("--compare", help="Another gold file or folder: its counts per label beside.")
    ] = None,
) -> None:
    """Count gold: documents, spans and surfaces per label, field, register and split.

    Example: biaozhu gold-stats annotations/gold --markdown
    """
    from pipeline.errors import raise_if_any
    from pipeline.gold.corpus import gold_statistics
    from pipeline.gold.tables import statistics_tables, to_markdown, to_text
    from pipeline.gold.validate import find_gold_files, read_gold

    scheme = _scheme(labels)
    found = []
    for group in (paths, [compare] if compare is not None else []):
        items, errors = read_gold(find_gold_files(group)) if group else ([], [])
        raise_if_any(errors)
        found.append(gold_statistics(items, scheme))
    if as_json:
        print(json.dumps(found[0].to_json(), ensure_ascii=False))
        return
    tables = statistics_tables(found[0], scheme, found[1] if compare is not None else None)
    for title, rows in tables.items():
        print(f"### {title}\n\n{to_markdown(rows)}\n" if markdown else f"{title}\n{to_text(rows)}\n")
