"""`biaozhu compare`: is the difference between two systems real?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.metrics.comparison import Comparison
    from pipeline.metrics.significance import Difference


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("compare")(compare)


def compare(
    first: Annotated[Path, typer.Argument(help="Score file of one system.")],
    second: Annotated[Path, typer.Argument(help="Score file of the other, on the same gold.")],
    metric: Annotated[list[str] | None, typer.Option("--metric", help="Such as strict.f1; repeatable.")] = None,
    trials: Annotated[int, typer.Option("--trials", min=1, help="Resamples and exchanges.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", help="Of the random numbers.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare two score files: differences with intervals, and two paired significance tests.

    Example: biaozhu compare one/scores.json two/scores.json
    """
    from pipeline.metrics.comparison import compare_files
    from pipeline.metrics.metric import MetricPathError

    try:
        found = compare_files(first, second, metrics=metric, trials=trials, seed=seed)
    except MetricPathError as error:
        raise typer.BadParameter(str(error), param_hint="--metric") from error
    print(json.dumps(found.to_json(), ensure_ascii=False) if as_json else comparison_to_text(found))


def comparison_to_text(found: Comparison) -> str:
    """RETURNS (str): a table a layer, readable without colour."""
    from pipeline.metrics.significance import ALPHA
    from pipeline.metrics.tables import align, percent, points

    parts, verdicts = [], []
    for name, items in found.layers.items():
        rows: list[tuple[str, ...]] = [(name, "first", "second", "change", "95 % interval", "p rand.", "p boot.", "")]
        for item in items:
            low_high = item.interval
            rows.append(
                (
                    item.metric,
                    percent(item.first),
                    percent(item.second),
                    points(item.difference),
                    "–" if low_high is None else f"{points(low_high[0])} to {points(low_high[1])}",
                    "–" if item.p_randomisation is None else f"{item.p_randomisation:.4f}",
                    "–" if item.p_bootstrap is None else f"{item.p_bootstrap:.4f}",
                    "*" if item.is_significant else "",
                )
            )
        parts.append("\n".join(align(rows)))
        verdicts += [f"{name}: {_verdict(item)}" for item in items if item.metric == "strict.f1"]
    note = (
        f"{found.trials} trials, seed {found.seed}; p: approximate randomisation, paired bootstrap (both two-sided)\n"
        f"* both p below {ALPHA}; of twenty labels that do not differ, one is marked by chance"
    )
    return "\n\n".join([*parts, *(["\n".join(verdicts)] if verdicts else []), note])


def _verdict(item: Difference) -> str:
    """One sentence for people who read no p."""
    if item.difference is None:
        return f"{item.metric} cannot be compared: it is undefined on one side"
    if not item.difference:
        return f"{item.metric} is the same"
    size = f"{100 * abs(item.difference):.1f}"
    if size == "0.0":
        return f"{item.metric} is the same to a tenth of a point"
    moved = f"{item.metric} {'rose' if item.difference > 0 else 'fell'} by {size} points"
    return f"{moved}, a real difference" if item.is_significant else f"{moved}, which may be chance"
