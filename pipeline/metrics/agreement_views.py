"""Agreement as a plain text and as one HTML file; everything that comes from a document is escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.metrics.pages import own_file, page_environment
from pipeline.metrics.tables import align, percent

Row = tuple[str, ...]


def layer_rows(name: str, layer: Mapping[str, Any]) -> list[Row]:
    """RETURNS (list[Row]): header, a row a label, and the layer as a whole."""
    rows: list[Row] = [(name, "strict F1", "overlap F1", "same", "first", "second")]
    rows += [_row(label, counts) for label, counts in layer["per_label"].items()]
    return [*rows, _row("all", layer)]


def _row(name: str, counts: Mapping[str, Any]) -> Row:
    return (
        name,
        percent(counts["strict_f1"]),
        percent(counts["overlap_f1"]),
        *(str(counts[key]) for key in ("strict", "first", "second")),
    )


def number(value: float | None) -> str:
    """RETURNS (str): a coefficient with three decimals, "–" for None."""
    return "–" if value is None else f"{value:.3f}"


def layer_facts(name: str, layer: Mapping[str, Any], alpha: Mapping[str, float | None] | None) -> list[str]:
    """RETURNS (list[str]): kappa, alpha and values of one layer, in words."""
    facts = [f"kappa on characters {number(layer['kappa'])}"]
    if alpha is not None:
        facts.append(f"Krippendorff's alpha of all annotators {number(alpha[name])}")
    if "values" in layer:
        values = layer["values"]
        facts.append(f"values {percent(values['rate'])} % the same ({values['same']} of {values['compared']})")
    return facts


def agreement_to_text(result: Mapping[str, Any], *, limit: int | None = None) -> str:
    """Show agreement on a terminal.

    result (Mapping): what `measure_agreement` returns.
    limit (int | None): how many disagreements of each pair to list; None for all.
    RETURNS (str): tables, and every disagreement in its context, both readings one above the other.
    """
    parts: list[str] = []
    for pair in result["pairs"]:
        parts.append(
            f"{pair['first']} and {pair['second']}: {pair['documents']} documents, {pair['characters']} characters"
        )
        for name, layer in pair["layers"].items():
            parts.append("\n".join([*align(layer_rows(name, layer)), *layer_facts(name, layer, result["alpha"])]))
        found = pair["disagreements"]
        shown = found[:limit]
        lines = [line for item in shown for line in disagreement_lines(item, pair["first"], pair["second"])]
        more = [f"and {len(found) - len(shown)} more; --json and --html list all"] if len(shown) < len(found) else []
        parts.append("\n".join([f"{len(found)} disagreements", *lines, *more]))
    return "\n\n".join(parts)


def disagreement_lines(item: Mapping[str, Any], first: str, second: str) -> Iterator[str]:
    """YIELDS (str): the place in its context, and what either annotator says there."""
    context = f"…{item['before']}«{item['text']}»{item['after']}…".replace("\n", "⏎")
    yield f"{item['id']}  {item['layer']}  {item['kind']}: {context}"
    for name, span in ((first, item["first"]), (second, item["second"])):
        yield f"    {name}: {describe(span)}"


def describe(span: Mapping[str, Any] | None) -> str:
    """RETURNS (str): surface, label and value of one reading; "–" where there is none."""
    if span is None:
        return "–"
    value = f" = {span['value']}" if span.get("value") is not None else ""
    return f"{span['surface']} {span['label']}{value}".replace("\n", "⏎")


def agreement_to_html(result: Mapping[str, Any]) -> str:
    """RETURNS (str): one self-contained page without scripts or network."""
    from markupsafe import Markup

    environment = page_environment("pipeline.metrics")
    environment.filters["describe"] = describe
    style = own_file("pipeline.metrics", "agreement.css")
    tables: list[list[tuple[list[Row], Sequence[str]]]] = [
        [(layer_rows(name, layer), layer_facts(name, layer, result["alpha"])) for name, layer in pair["layers"].items()]
        for pair in result["pairs"]
    ]
    return environment.get_template("agreement.html").render(
        result=result,
        pairs=list(zip(result["pairs"], tables, strict=True)),
        style=Markup(style),  # noqa: S704  our own file
    )
