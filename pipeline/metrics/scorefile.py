"""The score file: one JSON object that people, the gate, `compare` and the report read.

    signature                  what the numbers mean, see `signature`
    documents, unscored        documents scored; predicted documents without gold
    layers.LAYER.SCHEME        strict, exact, partial, ent_type: precision, recall, f1, correct, incorrect, partial,
                               missed, spurious (micro), per_label.LABEL, macro, weighted
    layers.LAYER.value_accuracy, values, slices, errors, intervals
    per_document.LAYER.ID      the counts of each document, from which intervals and tests are computed

Undefined is null, with the reason under "undefined" in the same object.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_json
from pipeline.core.labels import NUMBERS
from pipeline.errors import InputError, Problem
from pipeline.metrics.errors import KINDS
from pipeline.metrics.evaluate import Evaluation
from pipeline.metrics.metric import metric_values
from pipeline.metrics.prf import Counts, counts_to_json, macro, rates, strict_counts, weighted
from pipeline.metrics.results import SCHEMES, LayerResult
from pipeline.metrics.significance import LEVEL, bootstrap_totals, interval
from pipeline.metrics.slices import NO_SLICE
from pipeline.metrics.stats import DocStats, json_to_stats, stats_to_json
from pipeline.metrics.values import PARTS

NO_STRICT = "no gold number was found with right span and label"
NO_PART = "no such value among them"
RATES = ("precision", "recall", "f1")


def scores_to_json(
    evaluation: Evaluation, *, signature: Mapping[str, Any], unscored: int = 0, resamples: int = 1000, seed: int = 0
) -> dict[str, Any]:
    """Write an evaluation as the object of a score file.

    evaluation (Evaluation): what was counted.
    signature (Mapping): what the numbers mean.
    unscored (int): predicted documents without gold.
    resamples (int): draws of the bootstrap intervals; 0 for none.
    seed (int): of the draws.
    RETURNS (dict): the object.
    """
    return {
        "signature": dict(signature),
        "documents": evaluation.documents,
        "unscored": unscored,
        "layers": {
            name: layer_to_json(layer, resamples=resamples, seed=seed) for name, layer in evaluation.layers.items()
        },
        "per_document": {name: stats_to_json(layer.stats) for name, layer in evaluation.layers.items()},
    }


def layer_to_json(layer: LayerResult, *, resamples: int, seed: int) -> dict[str, Any]:
    """RETURNS (dict): all scores of one layer."""
    data: dict[str, Any] = {}
    for scheme in SCHEMES:
        per_label = layer.counts(scheme)
        data[scheme] = counts_to_json(sum(per_label.values(), Counts())) | {
            "per_label": {label: counts_to_json(counts) for label, counts in per_label.items()},
            "macro": macro(per_label),
            "weighted": weighted(per_label),
        }
    if layer.name == NUMBERS:
        data |= _values_json(layer.stats, data["strict"])
    if slices := _slices_json(layer.stats):
        data["slices"] = slices
    data["errors"] = {
        "kinds": {kind: layer.kinds.get(kind, 0) for kind in KINDS if kind != "value" or layer.name == NUMBERS},
        "confusion": confusion_table(layer),
        "examples": dict(layer.examples),
    }
    if resamples:
        data["intervals"] = _intervals_json(layer, resamples=resamples, seed=seed)
    return data


def _values_json(stats: DocStats, strict: Mapping[str, Any]) -> dict[str, Any]:
    correct, support, _ = stats.total("value")
    data: dict[str, Any] = {"value_accuracy": correct / support if support else None}
    if not support:
        data["undefined"] = {"value_accuracy": NO_STRICT}
    values: dict[str, Any] = {"correct": correct, "support": support}
    found = strict_counts(stats.total("number")[0], strict["support"], strict["predicted"])
    values["number"] = rates(found) | {"correct": found.correct, "support": found.support, "predicted": found.predicted}
    for part in PARTS:
        correct, support, _ = stats.total(part)
        values[part] = {"accuracy": correct / support if support else None, "correct": correct, "support": support}
        if not support:
            values[part]["undefined"] = {"accuracy": NO_PART}
    return data | {"values": values}


def _slices_json(stats: DocStats) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in stats.names:
        if name.startswith("slice:"):
            key, _, part = name.removeprefix("slice:").partition("=")
            correct, support, predicted = stats.total(name)
            counts = strict_counts(correct, support, predicted)
            cell = {"correct": correct, "support": support, "predicted": predicted}
            found.setdefault(key, {})[part] = rates(counts) | cell
    # a key of meta that no document has would repeat the total
    return {key: parts for key, parts in found.items() if list(parts) != [NO_SLICE]}


def confusion_table(layer: LayerResult) -> dict[str, dict[str, int]]:
    """RETURNS (dict): for each gold label how often it was paired with each predicted label; "missed" and "spurious"
    stand for no partner, and boundaries do not matter."""
    table: dict[str, dict[str, int]] = {}

    def add(gold: str, pred: str, number: int) -> None:
        if number:
            row = table.setdefault(gold, {})
            row[pred] = row.get(pred, 0) + number

    for label in layer.labels:
        add(label, label, layer.stats.total(f"label:{label}")[0])
    for (gold, pred, _), number in layer.confusion.items():
        add(gold, pred, number)
    for label in layer.labels:
        add(label, "missed", layer.missed.get(label, 0))
    for label in layer.labels:
        add("spurious", label, layer.spurious.get(label, 0))
    return {gold: table[gold] for gold in (*layer.labels, "spurious") if gold in table}


def _intervals_json(layer: LayerResult, *, resamples: int, seed: int) -> dict[str, Any]:
    stats = layer.stats
    data: dict[str, Any] = {"level": LEVEL, "resamples": resamples, "method": "percentile bootstrap of documents"}
    if len(stats.ids) < 2:
        return data | {"undefined": "an interval needs two documents or more"}
    (totals,) = bootstrap_totals([stats.table], resamples=resamples, seed=seed)

    def of(path: str) -> list[float] | None:
        found = interval(metric_values(stats.names, totals, path))
        return None if found is None else list(found)

    for scheme in SCHEMES:
        data[scheme] = {rate: of(f"{scheme}.{rate}") for rate in RATES}
    used = [label for label in layer.labels if any(stats.total(f"label:{label}"))]
    data["strict"]["per_label"] = {label: {r: of(f"strict.per_label.{label}.{r}") for r in RATES} for label in used}
    data["strict"]["macro"] = {rate: of(f"strict.macro.{rate}") for rate in RATES}
    if layer.name == NUMBERS:
        data["value_accuracy"] = of("value_accuracy")
        data["values"] = {"number": {rate: of(f"values.number.{rate}") for rate in RATES}}
    return data


def read_scores(path: Path) -> dict[str, Any]:
    """Read a score file.

    path (Path): what `biaozhu score --output` wrote.
    RETURNS (dict): the object.
    RAISES (InputError): if it is no score file.
    """
    data = read_json(path)
    if not isinstance(data, dict) or not isinstance(data.get("signature"), dict) or "layers" not in data:
        raise InputError(Problem("E604", "not a score file", "make one with `biaozhu score … --output DIR`", path))
    return data


def read_stats(scores: Mapping[str, Any], layer: str, path: Path) -> DocStats:
    """RETURNS (DocStats): the per-document counts of a layer. RAISES (InputError): if the file has none."""
    try:
        return json_to_stats(scores["per_document"][layer])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise InputError(
            Problem("E605", f"no counts per document for layer {layer}: {error}", "make the score file again", path)
        ) from error


def lookup(layer: Mapping[str, Any], path: str) -> float | None:
    """Find a metric of a layer by its path.

    layer (Mapping): "layers.LAYER" of a score file.
    path (str): such as "strict.f1" or "slices.field.政府.recall"; a part may hold dots.
    RETURNS (float | None): its value, None where it is undefined or not there.
    """
    node: Any = layer
    rest = path
    while rest:
        if not isinstance(node, Mapping):
            return None
        key = next((key for key in node if rest == key or rest.startswith(f"{key}.")), None)
        if key is None:
            return None
        node, rest = node[key], rest[len(key) + 1 :]
    return float(node) if isinstance(node, int | float) else None


def metric_paths(layer: Mapping[str, Any]) -> list[str]:
    """RETURNS (list[str]): paths of all metrics of a layer that `metric` can compute."""
    paths = [f"{scheme}.{rate}" for scheme in SCHEMES if scheme in layer for rate in RATES]
    strict = layer.get("strict", {})
    paths += [f"strict.per_label.{label}.{rate}" for label in strict.get("per_label", {}) for rate in RATES]
    paths += [f"strict.macro.{rate}" for rate in RATES if strict]
    if "values" in layer:
        paths += ["value_accuracy", *(f"values.number.{rate}" for rate in RATES)]
        paths += [f"values.{part}.accuracy" for part in PARTS]
    slices = layer.get("slices", {})
    return paths + [f"slices.{key}.{part}.{rate}" for key, parts in slices.items() for part in parts for rate in RATES]


def support_of(layer: Mapping[str, Any], path: str) -> int:
    """RETURNS (int): the gold spans behind a metric."""
    head, _, _ = path.rpartition(".")
    head = {"value_accuracy": "values", "": "values", "strict.macro": "strict"}.get(head, head)
    return int(lookup(layer, f"{head}.support") or 0)
