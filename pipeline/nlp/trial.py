"""One training run whose model is only scored, not kept: what learning curves and searches are made of."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confection import Config

from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record
from pipeline.errors import ConfigError, Problem
from pipeline.nlp.devscores import read_dev, score_records
from pipeline.nlp.training import read_training_config, train_nlp


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run gave.

    layers (Mapping): by layer the scores on dev, as in a score file.
    seconds (float): how long training took.
    """

    layers: Mapping[str, Any]
    seconds: float


def run_trial(path: Path, overrides: Mapping[str, Any]) -> Trial:
    """Train what a config describes and score it on dev.

    path (Path): the training config.
    overrides (Mapping): config values by dotted name.
    RETURNS (Trial): scores and time.
    RAISES (BiaozhuError): if config or gold cannot be used.
    """
    config = read_training_config(path, overrides)
    config.pop("tune", None)
    records, scheme = dev_of(config, path)
    started = time.monotonic()
    trained = train_nlp(config, path, on_metrics=lambda row: None)
    seconds = round(time.monotonic() - started, 2)
    return Trial(score_records(trained.nlp, records, scheme, resamples=0)["layers"], seconds)


def dev_of(config: Config, path: Path) -> tuple[list[Record], LabelScheme]:
    """RETURNS (tuple): dev and its scheme. RAISES (ConfigError): if the config has no dev that we can read."""
    dev = read_dev(config)
    if dev is None:
        raise ConfigError(
            Problem("E531", "there is no dev to score on", 'read it with @readers = "biaozhu.GoldCorpus.v1"', path)
        )
    return dev


def train_path(config: Config, path: Path) -> Path:
    """RETURNS (Path): the gold that a config learns from. RAISES (ConfigError): if `paths.train` does not say."""
    found = config.get("paths", {}).get("train")
    if not found or str(found) not in str(config["corpora"]):
        raise ConfigError(
            Problem("E532", "paths.train does not name the gold to learn from", "see configs/ner.cfg", path)
        )
    return Path(str(found))
