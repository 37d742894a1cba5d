"""The logger that a training config names in [training.logger], such as MLflow's, for every way of training.

spaCy's console logger, its default, is not used: metrics go to metrics.jsonl and to the log lines.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from confection import Config
from spacy.language import Language
from spacy.util import registry

from pipeline.errors import MissingPartError, Problem

Log = Callable[[dict[str, Any] | None], None]
"""Gets spaCy's info about an evaluated step; None for a step without evaluation."""


@contextmanager
def training_logger(config: Config, nlp: Language, *, disable: Sequence[str] = ()) -> Iterator[Log]:
    """Start the logger of a config, and close it in every case.

    config (Config): the user's training config, as it was read.
    nlp (Language): what is trained; its config is what MLflow shows as parameters.
    disable (Sequence[str]): components that are not trained.
    YIELDS (Log): tells it of a step; does nothing if the config names no logger.
    RAISES (MissingPartError): if the logger needs a package that is not installed.
    """
    block = config["training"].get("logger")
    if not block:
        yield lambda info: None
        return
    try:
        setup = registry.resolve({"logger": block})["logger"]
        with nlp.select_pipes(disable=list(disable)):
            # a logger of spacy-loggers prints through these streams; results and log lines are ours
            log, close = setup(nlp, io.StringIO(), io.StringIO())
    except ImportError as error:
        name = str(block.get("@loggers", "logger"))
        remedy = 'pip install "biaozhu[mlflow]"' if "MLflow" in name else "install it, or remove [training.logger]"
        raise MissingPartError(Problem("E505", f"{name} needs a package: {error}", remedy)) from error
    try:
        yield log
    finally:
        close()
