"""Stage train: gold records and a training config become a model folder with its metrics and its manifest."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.core.jsonl import write_json, write_jsonl
from pipeline.core.progress import logger
from pipeline.errors import InputError, Problem

_PACKAGES = ("biaozhu", "spacy", "thinc", "numpy", "numba", "scikit-learn", "jieba", "rjieba")


def make_train(
    *,
    config: str,
    output: str,
    train: str | None = None,
    dev: str | None = None,
    max_iterations: int | None = None,
    seed: int | None = None,
) -> Callable[[], None]:
    """Make the stage that trains. Registered as `biaozhu.train.v1`.

    config (str): training config, such as configs/ner.cfg.
    output (str): folder for model-best, model-last, metrics.jsonl and manifest.json.
    train (str | None): gold to learn from; the config's `paths.train` if not given.
    dev (str | None): gold to choose and calibrate with; the config's `paths.dev` if not given.
    max_iterations (int | None): passes over the gold, for every component that has this setting.
    seed (int | None): the seed; the config's `training.seed` if not given.
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
        train_model(Path(config), Path(output), overrides=overrides, max_iterations=max_iterations)

    return run


def train_model(
    config_path: Path, output: Path, *, overrides: Mapping[str, Any], max_iterations: int | None = None
) -> dict[str, Any]:
    """Train a model and write everything that belongs to it.

    config_path (Path): the training config.
    output (Path): the folder; a model that stands there is replaced when the new one is complete.
    overrides (Mapping[str, Any]): config values by dotted name.
    max_iterations (int | None): passes over the gold, for every component that has this setting.
    RETURNS (dict): the manifest.
    RAISES (BiaozhuError): if config or gold cannot be used; nothing is changed then.
    """
    from pipeline.nlp.training import read_training_config, train_nlp

    config = read_training_config(config_path, overrides)
    if max_iterations is not None:
        for block in config.get("components", {}).values():
            if "max_iterations" in block:
                block["max_iterations"] = max_iterations
    data = {name: _describe_file(Path(str(path))) for name, path in config.get("paths", {}).items() if path}
    rows: list[dict[str, Any]] = []
    started = time.monotonic()
    trained = train_nlp(config, config_path, on_metrics=_collect(rows))
    seconds = time.monotonic() - started
    manifest = {
        "biaozhu": __version__,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 2),
        "seed": config["training"].get("seed"),
        "git": _git_commit(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": _versions(),
        "data": data,
        "config": config.to_str(),
        "scores": trained.scores,
    }
    _write_model(output / "model-best", trained.nlp.to_disk)
    _write_model(output / "model-last", trained.save_last)
    write_jsonl(output / "metrics.jsonl", rows)
    write_json(output / "manifest.json", manifest)
    f = trained.scores.get("ents_f")
    logger.info("train: %s in %.0f s → %s", "" if f is None else f"dev entities F1 {f:.4f}", seconds, output)
    return manifest


def _collect(rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], None]:
    def collect(row: dict[str, Any]) -> None:
        rows.append(row)
        logger.info("%s", "  ".join(f"{key} {value}" for key, value in row.items()))

    return collect


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


def _describe_file(path: Path) -> dict[str, Any]:
    """RETURNS (dict): path, hash and number of records. RAISES (InputError): if it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            Problem("E101", f"cannot be read: {error.strerror or error}", "check the path in [paths]", path)
        ) from error
    return {
        "path": str(path),
        "sha256": hashlib.sha256(content).hexdigest(),
        "records": sum(1 for line in content.splitlines() if line.strip()),
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def _git_commit() -> str | None:
    """RETURNS (str | None): the commit of the working directory; None outside a repository or without git."""
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run([git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or None if done.returncode == 0 else None
