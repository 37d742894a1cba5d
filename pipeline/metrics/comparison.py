"""Two systems on the same gold: every metric of both, the difference, and whether it is real."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.metrics.metric import MetricPathError
from pipeline.metrics.scorefile import metric_paths, read_scores, read_stats
from pipeline.metrics.signature import check_same_signature
from pipeline.metrics.significance import Difference, compare_stats

HEADLINE = ("strict.precision", "strict.recall", "strict.f1", "partial.f1", "strict.macro.f1", "value_accuracy")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of two score files.

    layers (Mapping[str, list[Difference]]): the differences of each layer.
    trials (int): of the tests.
    seed (int): of the tests.
    """

    layers: Mapping[str, list[Difference]]
    trials: int
    seed: int

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): the comparison as a JSON object."""
        layers = {
            name: [asdict(item) | {"significant": item.is_significant} for item in items]
            for name, items in self.layers.items()
        }
        return {"trials": self.trials, "seed": self.seed, "layers": layers}


def compare_files(
    first: Path, second: Path, *, metrics: Sequence[str] | None = None, trials: int = 10_000, seed: int = 0
) -> Comparison:
    """Compare two score files.

    first, second (Path): score files of the same signature.
    metrics (Sequence[str] | None): paths such as "strict.f1"; headline and every label's F1 by default.
    trials (int): resamples and exchanges.
    seed (int): of the random numbers.
    RETURNS (Comparison): differences are second minus first.
    RAISES (InputError): if the signatures differ, naming what differs.
    RAISES (MetricPathError): for a path that names no metric of any layer.
    """
    one, other = read_scores(first), read_scores(second)
    remedy = "score both systems against the same gold, with the same options and version"
    check_same_signature(one["signature"], other["signature"], names=(str(first), str(second)), remedy=remedy)
    known = {name: {*metric_paths(data), *metric_paths(other["layers"][name])} for name, data in one["layers"].items()}
    for path in metrics or ():
        if not any(path in paths for paths in known.values()):
            raise MetricPathError(f"{path!r} names no metric of these scores; `biaozhu score --json` shows them")
    layers = {}
    for name, data in one["layers"].items():
        paths = (
            [path for path in metrics if path in known[name]]
            if metrics
            else _default_metrics(data, other["layers"][name])
        )
        stats = read_stats(one, name, first), read_stats(other, name, second)
        layers[name] = compare_stats(*stats, paths, trials=trials, seed=seed)
    return Comparison(layers, trials, seed)


def _default_metrics(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    known = set(metric_paths(one))
    rows = other["strict"]["per_label"]
    labels = [
        label
        for label, counts in one["strict"]["per_label"].items()
        if counts["support"] or counts["predicted"] or rows[label]["predicted"]
    ]
    return [path for path in HEADLINE if path in known] + [f"strict.per_label.{label}.f1" for label in labels]
