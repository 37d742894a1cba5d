"""Stage train: gold records and a training config become a model folder with its metrics and its manifest."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.core.jsonl import write_json, write_text
from pipeline.core.progress import logger
from pipeline.errors import ConfigError, Problem
from pipeline.metrics.model_card import model_card

_RESAMPLES = 1000


def make_train(
    *,
    config: str,
    output: str,
    train: str | None = None,
    dev: str | None = None,
    max_iterations: int | None = None,
    seed: int | None = None,
    gpu: int = -1,
) -> Callable[[], None]:
    """Make the stage that trains. Registered as `biaozhu.train.v1`.

    config (str): training config, such as configs/ner.cfg.
    output (str): folder for model-best, model-last, metrics.jsonl, manifest.json and README.md, the model card.
    train (str | None): gold to learn from; the config's `paths.train` if not given.
    dev (str | None): gold to choose and calibrate with; the config's `paths.dev` if not given.
    max_iterations (int | None): passes over the gold, for every component that has this setting.
    seed (int | None): the seed; the config's `training.seed` if not given.
    gpu (int): number of the GPU to train on; -1 for none.
    RETURNS (Callable): the stage.
    """
    overrides: dict[str, Any] = {}
    if train is not None:
        overrides["paths.train"] = train
    if dev is not None:
        overrides["paths.dev"] = dev
    if seed is not None:
        overrides["training.seed"] = seed

    def run() -> None:
        train_model(Path(config), Path(output), overrides=overrides, max_iterations=max_iterations, gpu=gpu)

    return run


def train_model(
    config_path: Path,
    output: Path,
    *,
    overrides: Mapping[str, Any],
    max_iterations: int | None = None,
    gpu: int = -1,
) -> dict[str, Any]:
    """Train a model and write everything that belongs to it.

    config_path (Path): the training config.
    output (Path): the folder; a model that stands there is replaced when the new one is complete.
    overrides (Mapping[str, Any]): config values by dotted name.
    max_iterations (int | None): passes over the gold, for every component that has this setting.
    gpu (int): number of the GPU to train on; -1 for none.
    RETURNS (dict): the manifest.
    RAISES (BiaozhuError): if config or gold cannot be used; nothing is changed then.
    """
    from pipeline.nlp.manifest import describe_data, describe_evaluations, describe_model, fill_meta
    from pipeline.nlp.training import read_training_config, train_nlp, use_gpu

    config = read_training_config(config_path, overrides)
    config.pop("tune", None)  # says how to search for settings, not what they are
    if max_iterations is not None:
        _set_iterations(config, max_iterations, config_path)
    data = describe_data(config.get("paths", {}))
    use_gpu(gpu, config)
    metrics = MetricsFile(output / "metrics.jsonl")
    started, clock = _now(), time.monotonic()
    trained = train_nlp(config, config_path, on_metrics=metrics)
    seconds = round(time.monotonic() - clock, 2)
    fill_meta(trained.nlp, config.get("card", {}), data)
    _write_model(output / "model-best", trained.nlp.to_disk)
    trained.nlp.meta["performance"] = {}  # the scores are those of the best weights
    _write_model(output / "model-last", trained.save_last)
    trained.nlp.meta["performance"] = trained.scores
    metrics.finish()
    manifest = _describe_run(trained.nlp, config) | {
        "started": started,
        "finished": _now(),
        "seconds": seconds,
        "data": data,
        "config": config.to_str(),
        "scores": trained.scores,
        "evaluations": describe_evaluations(metrics.rows),
        "model": {name: describe_model(output / f"model-{name}") for name in ("best", "last")},
    }
    write_json(output / "manifest.json", manifest)
    write_text(output / "README.md", model_card(manifest))
    f = trained.scores.get("ents_f")
    logger.info("train: %s in %.0f s → %s", "" if f is None else f"dev entities F1 {f:.4f}", seconds, output)
    return manifest


def _describe_run(nlp: Any, config: Any) -> dict[str, Any]:
    """What does not depend on how the run went, and the model's scores on dev by our own scorer."""
    from pipeline.nlp.devscores import read_dev, score_records
    from pipeline.nlp.manifest import describe_code, describe_components, describe_machine

    dev = read_dev(config)
    return {
        "biaozhu": __version__,
        **describe_code(),
        **describe_machine(),
        "seed": config["training"].get("seed"),
        "card": dict(config.get("card", {})),
        "components": describe_components(nlp),
        "dev": None if dev is None else score_records(nlp, *dev, resamples=_RESAMPLES),
    }


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _set_iterations(config: Mapping[str, Any], number: int, path: Path) -> None:
    blocks = [block for block in config.get("components", {}).values() if "max_iterations" in block]
    if not blocks:
        raise ConfigError(
            Problem("E504", "no component of this config has max_iterations", "set training.max_steps in it", path)
        )
    for block in blocks:
        block["max_iterations"] = number


class MetricsFile:
    """Takes the rows of metrics: each is in the file as soon as it is there, under the name `metrics.jsonl.partial`
    until training is done, so that one can follow a run without mistaking it for a complete one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.partial = path.with_name(f"{path.name}.partial")
        self.rows: list[dict[str, Any]] = []

    def __call__(self, row: dict[str, Any]) -> None:
        """Write a row and say it in the log."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.partial.open("a" if self.rows else "w", encoding="utf-8", newline="\n") as stream:
            stream.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
        self.rows.append(row)
        logger.info("%s", "  ".join(f"{key} {value}" for key, value in row.items()))

    def finish(self) -> None:
        """Give the file its name."""
        if self.rows:
            self.partial.replace(self.path)


def _write_model(folder: Path, save: Callable[[Path], None]) -> None:
    """Write a model beside its place and move it there, so that a half-written model never stands in its place."""
    partial = folder.with_name(f".{folder.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)
    partial.parent.mkdir(parents=True, exist_ok=True)
    save(partial)
    if folder.exists():
        shutil.rmtree(folder)
    partial.rename(folder)
