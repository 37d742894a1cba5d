"""Stage train-curve: how scores on dev grow with the gold, to see whether more annotation would pay.

For every seed the documents of train are shuffled once and the first 25, 50, 75 and 100 % are trained on; the seed is
also that of training, so that at 100 % the spread is that of training alone. `curve.json`:

    form                 "biaozhu learning curve 1"
    config, train, dev   what was trained and scored: path and SHA-256
    seeds, documents     the seeds; documents in train
    layers.LAYER         one object a share: share, documents, spans (gold spans of the layer trained on, mean) and
                         precision, recall, f1 (strict), for numbers also value_accuracy, each as mean, sd, min, max and
                         values
    runs                 every run: share, seed, documents, spans, seconds, layers
"""

from __future__ import annotations

import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_json, write_text
from pipeline.core.labels import LabelScheme
from pipeline.core.progress import logger, quiet
from pipeline.core.records import Record, iter_records, write_records
from pipeline.errors import ConfigError, Problem
from pipeline.metrics.training_plots import FORM_CURVE, curve_plots, standalone

SHARES = (0.25, 0.5, 0.75, 1.0)


def make_train_curve(
    *,
    config: str,
    output: str,
    train: str | None = None,
    dev: str | None = None,
    shares: Sequence[float] = SHARES,
    seeds: Sequence[int] = (0, 1, 2),
) -> Callable[[], None]:
    """Make the stage that trains on growing shares of the gold. Registered as `biaozhu.train_curve.v1`.

    config (str): training config.
    output (str): folder for curve.json and one plot a layer, .svg.
    train (str | None): gold to take shares of; the config's `paths.train` if not given.
    dev (str | None): gold to score on; the config's `paths.dev` if not given.
    shares (Sequence[float]): shares of the documents, above 0 and at most 1.
    seeds (Sequence[int]): one run of each share for each of them.
    RETURNS (Callable): the stage.
    """
    given = {"paths.train": train, "paths.dev": dev}
    overrides = {name: value for name, value in given.items() if value is not None}

    def run() -> None:
        train_curve(Path(config), Path(output), overrides=overrides, shares=shares, seeds=seeds)

    return run


def train_curve(
    config_path: Path,
    output: Path,
    *,
    overrides: Mapping[str, Any],
    shares: Sequence[float] = SHARES,
    seeds: Sequence[int] = (0, 1, 2),
) -> dict[str, Any]:
    """Train on growing shares of the gold and score each model on dev.

    config_path (Path): the training config.
    output (Path): the folder.
    overrides (Mapping): config values by dotted name.
    shares (Sequence[float]): shares of the documents, above 0 and at most 1.
    seeds (Sequence[int]): one run of each share for each of them.
    RETURNS (dict): what curve.json holds.
    RAISES (BiaozhuError): if config or gold cannot be used.
    """
    from pipeline.nlp.training import read_training_config
    from pipeline.nlp.trial import dev_of, train_path

    if not shares or not seeds or not all(0 < share <= 1 for share in shares):
        raise ConfigError(Problem("E533", "shares are above 0 and at most 1, and there is at least one seed"))
    config = read_training_config(config_path, overrides)
    gold = train_path(config, config_path)
    records = [record for _, record in iter_records(gold)]
    _, scheme = dev_of(config, config_path)
    runs = list(_runs(config_path, overrides, records, scheme, [(seed, share) for seed in seeds for share in shares]))
    data = {
        "form": FORM_CURVE,
        "config": _described(config_path),
        "train": _described(gold),
        "dev": _described(Path(str(config["paths"]["dev"]))) if config["paths"].get("dev") else None,
        "seeds": list(seeds),
        "documents": len(records),
        "layers": {layer: [_point(runs, layer, share) for share in shares] for layer in runs[0]["layers"]},
        "runs": runs,
    }
    write_json(output / "curve.json", data)
    for name, plot in curve_plots(data).items():
        write_text(output / f"curve-{name}.svg", standalone(plot))
    logger.info("train-curve: %d runs → %s", len(runs), output / "curve.json")
    return data


def _described(path: Path) -> dict[str, str]:
    return {"path": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def sample(records: Sequence[Record], share: float, seed: int) -> list[Record]:
    """RETURNS (list[Record]): a share of the documents, at least one, in their order; a larger share of the same seed
    holds the smaller one."""
    order = list(range(len(records)))
    random.Random(seed).shuffle(order)  # noqa: S311
    kept = sorted(order[: max(1, round(share * len(records)))])
    return [records[place] for place in kept]


def _runs(
    config_path: Path,
    overrides: Mapping[str, Any],
    records: Sequence[Record],
    scheme: LabelScheme,
    jobs: Sequence[tuple[int, float]],
) -> Iterator[dict[str, Any]]:
    from pipeline.nlp.trial import run_trial

    started = time.monotonic()
    work_done, work = 0.0, sum(share for _, share in jobs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.jsonl"
        for number, (seed, share) in enumerate(jobs, 1):
            part = sample(records, share, seed)
            write_records(path, part)
            with quiet():
                trial = run_trial(config_path, {**overrides, "paths.train": str(path), "training.seed": seed})
            work_done += share
            left = (time.monotonic() - started) / work_done * (work - work_done)
            said = ", ".join(f"{name} F1 {layer['strict']['f1'] or 0:.4f}" for name, layer in trial.layers.items())
            logger.info("run %d of %d: %d documents, %s; %.0f s left", number, len(jobs), len(part), said, left)
            yield {
                "share": share,
                "seed": seed,
                "documents": len(part),
                "spans": {
                    name: len([s for r in part for s in scheme.in_layer(r.spans, name)]) for name in trial.layers
                },
                "seconds": trial.seconds,
                "layers": {name: _rates(layer) for name, layer in trial.layers.items()},
            }


def _rates(layer: Mapping[str, Any]) -> dict[str, float | None]:
    rates = {name: layer["strict"][name] for name in ("precision", "recall", "f1")}
    return rates | ({"value_accuracy": layer["value_accuracy"]} if "value_accuracy" in layer else {})


def _point(runs: Sequence[Mapping[str, Any]], layer: str, share: float) -> dict[str, Any]:
    own = [run for run in runs if run["share"] == share]
    point: dict[str, Any] = {
        "share": share,
        "documents": own[0]["documents"],
        "spans": statistics.fmean(run["spans"][layer] for run in own),
    }
    return point | {rate: spread([run["layers"][layer][rate] for run in own]) for rate in own[0]["layers"][layer]}


def spread(values: Sequence[float | None]) -> dict[str, Any]:
    """RETURNS (dict): mean, standard deviation (n - 1), min and max of what is defined, and the values; null where
    there is nothing to take them of."""
    known = [value for value in values if value is not None]
    return {
        "mean": statistics.fmean(known) if known else None,
        "sd": statistics.stdev(known) if len(known) > 1 else None,
        "min": min(known, default=None),
        "max": max(known, default=None),
        "values": list(values),
    }
