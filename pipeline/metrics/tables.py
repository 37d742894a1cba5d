"""Scores as plain text tables, readable without colour; undefined is "–"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.metrics.prf import NO_SPAN

_RATES = ("precision", "recall", "f1")
_COUNTS = ("support", "predicted", "correct")


def percent(value: float | None) -> str:
    """RETURNS (str): a rate times 100 with one decimal, "–" for None."""
    return "–" if value is None else f"{100 * value:.1f}"


def points(value: float | None) -> str:
    """RETURNS (str): a difference of rates times 100 with sign and one decimal, "–" for None; never "-0.0"."""
    return "–" if value is None else f"{round(100 * value, 1) + 0.0:+.1f}"


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """RETURNS (list[str]): rows as lines, the first column to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def layer_to_text(name: str, layer: Mapping[str, Any]) -> str:
    """Show the scores of one layer.

    name (str): the layer.
    layer (Mapping): "layers.NAME" of a score file.
    RETURNS (str): per label, total, the other schemes, values and error kinds.
    """
    strict = layer["strict"]
    rows: list[tuple[str, ...]] = [(name, "P", "R", "F1", "gold", "found", "right")]
    rows += [
        _row(label, counts)
        for label, counts in strict["per_label"].items()
        if counts.get("undefined", {}).get("f1") != NO_SPAN
    ]
    rows.append(_row("strict (micro)", strict))
    rows.append(("macro", *(percent(strict["macro"][rate]) for rate in _RATES), "", "", ""))
    rows += [_row(scheme, layer[scheme]) for scheme in ("exact", "partial", "ent_type")]
    lines = align(rows)
    lines.insert(1, "-" * max(map(len, lines)))
    lines.insert(len(lines) - 5, "-" * max(map(len, lines)))
    low_high = layer.get("intervals", {}).get("strict", {}).get("f1")
    if low_high is not None:
        lines.append(f"strict F1 95 % interval: {percent(low_high[0])} to {percent(low_high[1])}")
    if "value_accuracy" in layer:
        accuracy, number = layer["value_accuracy"], layer["values"]["number"]
        found = (
            layer["undefined"]["value_accuracy"]
            if accuracy is None
            else f"{percent(accuracy)} % of the right spans have the right value"
        )
        lines.append(f"values: {found}; value F1 {percent(number['f1'])}")
    kinds = [f"{kind} {count}" for kind, count in layer["errors"]["kinds"].items() if count]
    lines.append(f"errors: {', '.join(kinds) or 'none'}")
    return "\n".join(lines)


def slice_to_text(layer: str, key: str, parts: Mapping[str, Any]) -> str:
    """Show the strict scores of one slice.

    layer, key (str): the layer, and what it is sliced by.
    parts (Mapping): "slices.KEY" of the layer in a score file.
    RETURNS (str): one line a part.
    """
    head = (f"{layer} by {key}", "P", "R", "F1", "gold", "found", "right")
    lines = align([head, *(_row(part, counts) for part, counts in parts.items())])
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def _row(name: str, counts: Mapping[str, Any]) -> tuple[str, ...]:
    return (name, *(percent(counts[rate]) for rate in _RATES), *(str(counts[count]) for count in _COUNTS))
