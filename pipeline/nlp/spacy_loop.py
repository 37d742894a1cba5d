"""spaCy's own training loop, for configs with components that learn step by step (`ner`, a transformer)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from confection import Config
from spacy import load
from spacy.language import Language
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train

OnMetrics = Callable[[dict[str, Any]], None]


def make_row_logger(on_metrics: OnMetrics) -> Callable[..., Any]:
    """RETURNS (Callable): a logger for spaCy's loop that passes every evaluation on as one row."""

    def setup(nlp: Language, *_: Any) -> tuple[Callable[[dict[str, Any] | None], None], Callable[[], None]]:
        def log_step(info: dict[str, Any] | None) -> None:
            if info is not None:
                scores = {name: value for name, value in info["other_scores"].items() if isinstance(value, float)}
                scores.pop("speed", None)
                losses = {f"loss_{name}": float(loss) for name, loss in info["losses"].items()}
                on_metrics(
                    {"step": info["step"], "epoch": info["epoch"], "seconds": info["seconds"], "score": info["score"]}
                    | losses
                    | scores
                )

        return log_step, lambda: None

    return setup


def train_in_steps(config: Config, *, on_metrics: OnMetrics) -> tuple[Language, Callable[[Path], None]]:
    """Train with spaCy's loop, which evaluates, stops early and keeps the best and the last model.

    config (Config): the training config, filled and interpolated.
    on_metrics (OnMetrics): gets a row for every evaluation.
    RETURNS (tuple): the nlp object with the best weights, and what writes the one with the last weights.
    """
    from spacy.util import registry

    name = "biaozhu.rows"
    registry.loggers.register(name, func=lambda: make_row_logger(on_metrics))
    config["training"]["logger"] = {"@loggers": name}
    folder = Path(tempfile.mkdtemp(prefix="biaozhu-"))
    train(init_nlp(config), folder)
    best = load(folder / "model-best")

    def save_last(path: Path) -> None:
        shutil.copytree(folder / "model-last", path)
        shutil.rmtree(folder)

    return best, save_last


def evaluate(nlp: Language, examples: list[Example]) -> dict[str, Any]:
    """RETURNS (dict): spaCy's scores, without the speed, which would make two equal runs differ."""
    scores: dict[str, Any] = nlp.evaluate(examples) if examples else {}
    scores.pop("speed", None)
    return scores


def evaluate(nlp: Language, examples: list[Example]) -> dict[str, Any]:
    """RETURNS (dict): spaCy's scores, without the speed, which would make two equal runs differ."""
    scores: dict[str, Any] = nlp.evaluate(examples) if examples else {}
    scores.pop("speed", None)
    return scores
