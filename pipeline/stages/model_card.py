"""Stage model-card: the card beside a trained model, with the scores of documents that took no part in training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.core.jsonl import read_json, write_text
from pipeline.core.progress import logger
from pipeline.errors import InputError, Problem
from pipeline.metrics.model_card import model_card
from pipeline.metrics.scorefile import read_scores

_PARTS = ("data", "model", "seed", "versions", "finished")


def make_model_card(*, manifest: str, output: str, scores: str | None = None) -> Callable[[], None]:
    """Make the stage that writes the model card. Registered as `biaozhu.model_card.v1`.

    manifest (str): manifest.json of the training run.
    output (str): the card, .md.
    scores (str | None): score file of a test split; None for the scores on dev only.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        write_card(Path(manifest), Path(output), scores=None if scores is None else Path(scores))

    return run


def write_card(manifest: Path, output: Path, *, scores: Path | None = None) -> None:
    """Write the model card.

    manifest (Path): manifest.json of the training run.
    output (Path): the card.
    scores (Path | None): score file of a test split.
    RAISES (InputError): if one of them is not what it should be.
    """
    data = read_json(manifest)
    if not isinstance(data, dict) or any(part not in data for part in _PARTS):
        raise InputError(Problem("E518", "not a manifest of a training run", "`biaozhu train` writes one", manifest))
    write_text(output, model_card(data, None if scores is None else read_scores(scores)))
    logger.info("model card: %s", output)
