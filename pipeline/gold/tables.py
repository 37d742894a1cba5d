"""Counts of gold as tables for a terminal or for the data card (Markdown)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.core.labels import LabelScheme
from pipeline.gold.corpus import Condition, GoldStatistics

Row = Sequence[str]


def statistics_tables(facts: GoldStatistics, scheme: LabelScheme, other: GoldStatistics | None) -> dict[str, list[Row]]:
    """Make tables of a corpus.

    facts (GoldStatistics): its counts.
    scheme (LabelScheme): the order of labels.
    other (GoldStatistics | None): counts of another corpus to compare label by label.
    RETURNS (dict[str, list[Row]]): title → rows, the first one the header.
    """
    return {
        "Splits": _groups("split", facts.splits),
        "Labels": _labels(facts, scheme, other),
        "Fields": _groups("field", dict(sorted(facts.fields.items()))),
        "Registers": _groups("register", dict(sorted(facts.registers.items()))),
    }


def _groups(name: str, groups: Mapping[str, Counter[str]]) -> list[Row]:
    rows: list[Row] = [(name, "documents", "characters", "numbers", "per 100", "entities", "per 100")]
    total: Counter[str] = Counter()
    for group, counts in groups.items():
        rows.append(_group_row(group, counts))
        total.update(counts)
    return [*rows, _group_row("all", total)]


def _group_row(name: str, counts: Counter[str]) -> Row:
    size = counts["characters"]
    cells = [name, str(counts["documents"]), f"{size:,}"]
    for layer in ("numbers", "entities"):
        cells += [f"{counts[layer]:,}", _per_100(counts[layer], size)]
    return cells


def _per_100(count: int, characters: int) -> str:
    return f"{100 * count / characters:.2f}" if characters else "–"


def _labels(facts: GoldStatistics, scheme: LabelScheme, other: GoldStatistics | None) -> list[Row]:
    head = ["label", "layer", "spans", "different", "per 1,000", "most frequent"]
    rows: list[Row] = [head + ["there", "there per 1,000"] * (other is not None)]
    for label in scheme.labels:
        count, surfaces = facts.labels[label.name], facts.surfaces[label.name]
        most = " ".join(f"{text} {times}".replace("\n", "⏎") for text, times in surfaces.most_common(1))
        row = [label.name, label.layer, f"{count:,}", f"{len(surfaces):,}", _per_1000(count, facts), most]
        if other is not None:
            row += [f"{other.labels[label.name]:,}", _per_1000(other.labels[label.name], other)]
        rows.append(row)
    return rows


def _per_1000(count: int, facts: GoldStatistics) -> str:
    return f"{1000 * count / facts.characters:.2f}" if facts.characters else "–"


def conditions_table(conditions: Sequence[Condition]) -> list[Row]:
    """RETURNS (list[Row]): a row a condition."""
    rows = [(item.name, item.wanted, f"{item.found:,}", "holds" if item.holds else "BROKEN") for item in conditions]
    return [("condition", "wanted", "found", ""), *rows]


def to_markdown(rows: Sequence[Row]) -> str:
    """RETURNS (str): rows as a Markdown table, numbers to the right."""
    head, *body = rows
    numeric = [all(_is_numeric(row[column]) for row in body) for column in range(len(head))]
    lines = [head, ["---:" if right else "---" for right in numeric], *body]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _is_numeric(cell: str) -> bool:
    return cell.replace(",", "").replace(".", "").isdigit() or cell == "–"


def to_text(rows: Sequence[Row]) -> str:
    """RETURNS (str): rows as aligned columns, Chinese characters two wide."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    numeric = [all(_is_numeric(row[column]) for row in rows[1:]) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)
