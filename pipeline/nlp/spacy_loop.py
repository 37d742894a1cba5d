"""Components that spaCy trains step by step: spaCy's own loop, our metrics, progress, best and last weights.

The loop is `spacy.training.loop`; early stopping (`patience`, in steps), evaluation (`eval_frequency`) and everything
else in [training] mean what they mean in spaCy. Weights of the best step are kept in memory, so that nothing is written
before training is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confection import Config
from spacy.language import Language
from spacy.schemas import ConfigSchemaTraining
from spacy.tokens import Span
from spacy.training import Example
from spacy.training.loop import create_evaluation_callback, create_train_batches, train_while_improving
from spacy.util import get_sourced_components, registry
from thinc.api import fix_random_seed

from pipeline.core.labels import ENTITIES
from pipeline.core.progress import logger, track
from pipeline.errors import MissingPartError, Problem
from pipeline.nlp.loggers import training_logger

OnMetrics = Callable[[dict[str, Any]], None]
"""Gets one JSON-able row for every evaluation during training."""

_KEPT = ("vocab",)  # does not change in training; large where there are vectors


@dataclass(slots=True)
class Weights:
    """The best and the last weights of an nlp object, with the optimizer's averages if it keeps any."""

    nlp: Language
    averages: Any
    best: bytes = b""
    last: bytes = b""

    def keep(self, *, is_best: bool) -> None:
        """Remember the present weights as last, and as best where they are."""
        with self.nlp.use_params(self.averages):
            self.last = self.nlp.to_bytes(exclude=_KEPT)
        if is_best:
            self.best = self.last

    def save_last(self, path: Path) -> None:
        """Write the model with its last weights; the nlp object has the best ones before and after."""
        meta = dict(self.nlp.meta)
        self.nlp.from_bytes(self.last, exclude=_KEPT)
        self.nlp.meta.update(meta)
        self.nlp.to_disk(path)
        self.nlp.from_bytes(self.best, exclude=_KEPT)
        self.nlp.meta.update(meta)


@dataclass(slots=True)
class Step:
    """Turns spaCy's info about an evaluated step into a row of metrics."""

    on_metrics: OnMetrics
    best: tuple[float, int] = field(default=(-1.0, 0))

    def __call__(self, info: dict[str, Any]) -> None:
        """Report the step."""
        scores = info["other_scores"]
        self.best = max(self.best, (info["score"], -info["step"]))
        row = {"step": info["step"], "epoch": info["epoch"], "score": round(info["score"], 6)}
        row |= {f"loss_{name}": round(float(loss), 6) for name, loss in info["losses"].items()}
        row |= {key: round(value, 6) for key, value in scores.items() if isinstance(value, float) and key != "speed"}
        self.on_metrics(row | {"seconds": info["seconds"]})


def fit_in_steps(
    nlp: Language,
    config: Config,
    *,
    train: Sequence[Example],
    dev: Callable[[Language], list[Example]],
    on_metrics: OnMetrics,
) -> Callable[[Path], None]:
    """Train an nlp object as `spacy train` does.

    nlp (Language): as built from the config; has the best weights afterwards.
    config (Config): the user's config; its [training.logger], if it names one, is told of every step.
    train (Sequence[Example]): gold to learn from.
    dev (Callable): gives fresh Examples to evaluate on.
    on_metrics (Callable): gets a row for every evaluation.
    RETURNS (Callable[[Path], None]): writes the model with its last weights.
    """
    settings = registry.resolve(nlp.config.interpolate()["training"], schema=ConfigSchemaTraining)
    examples = [hide_unannotated(example) for example in train]
    initialize(nlp, config, settings, examples)
    fix_random_seed(settings["seed"])
    weights = Weights(nlp, settings["optimizer"].averages)
    report = Step(on_metrics)
    last_step = 0
    with training_logger(config, nlp, disable=settings["frozen_components"]) as log:
        for info, is_best in track(_steps(nlp, settings, examples, dev), "training", total_steps(settings, examples)):
            last_step = info["step"]
            if is_best is not None:
                with nlp.select_pipes(disable=settings["frozen_components"]):
                    weights.keep(is_best=is_best)
                report(info)
            log(info if is_best is not None else None)
    weights.keep(is_best=not weights.best)
    _say_why(settings, last_step, -report.best[1])
    nlp.from_bytes(weights.best, exclude=_KEPT)
    return weights.save_last


def initialize(nlp: Language, config: Config, settings: dict[str, Any], examples: Sequence[Example]) -> None:
    """Initialize an nlp object from gold; components taken from another model go on from their weights.

    RAISES (MissingPartError): if pretrained weights that the config names cannot be loaded.
    """
    frozen = settings["frozen_components"]
    resumed = [name for name in get_sourced_components(config) if name not in frozen]
    if resumed:
        with nlp.select_pipes(enable=resumed):
            nlp.resume_training(sgd=settings["optimizer"])
    try:
        with nlp.select_pipes(disable=[*frozen, *resumed]):
            nlp.initialize(lambda: iter(examples), sgd=settings["optimizer"])
    except OSError as error:
        message = f"weights cannot be loaded: {str(error).splitlines()[0]}"
        raise MissingPartError(Problem("E508", message, "name a folder or a public model")) from error


def _steps(
    nlp: Language, settings: dict[str, Any], examples: Sequence[Example], dev: Callable[[Language], list[Example]]
) -> Iterable[tuple[dict[str, Any], bool | None]]:
    steps = train_while_improving(
        nlp,
        settings["optimizer"],
        create_train_batches(nlp, lambda _: examples, settings["batcher"], settings["max_epochs"]),
        create_evaluation_callback(nlp, dev, settings["score_weights"]),
        dropout=settings["dropout"],
        accumulate_gradient=settings["accumulate_gradient"],
        patience=settings["patience"],
        max_steps=settings["max_steps"],
        eval_frequency=settings["eval_frequency"],
        exclude=settings["frozen_components"],
        annotating_components=settings["annotating_components"],
        before_update=settings["before_update"],
    )
    for _, info, is_best in steps:
        yield info, is_best


def total_steps(settings: dict[str, Any], examples: Sequence[Example]) -> int | None:
    """RETURNS (int | None): how many steps training takes at most; None without a limit."""
    limits = [settings["max_steps"] + 1] if settings["max_steps"] else []
    if settings["max_epochs"] > 0:
        limits.append(settings["max_epochs"] * sum(1 for _ in settings["batcher"](examples)))
    return min(limits, default=None)


def _say_why(settings: dict[str, Any], last: int, best: int) -> None:
    if settings["patience"] and last - best >= settings["patience"]:
        logger.info("stopped early: no gain in %d steps; best was step %d", last - best, best)


def hide_unannotated(example: Example) -> Example:
    """Mark entities that nobody looked for as missing, so that a component does not learn them as absent.

    example (Example): its reference says in `user_data` what it is annotated for.
    RETURNS (Example): the example, or one whose reference knows its annotated entities only.
    """
    reference = example.reference
    layers, labels = reference.user_data.get("layers"), reference.user_data.get("labels")
    if labels is None and (layers is None or ENTITIES in layers):
        return example
    known = [] if layers is not None and ENTITIES not in layers else reference.ents
    copy = reference.copy()
    copy.set_ents([Span(copy, ent.start, ent.end, label=ent.label) for ent in known], default="missing")
    return Example(example.predicted, copy)


def evaluate(nlp: Language, examples: list[Example]) -> dict[str, Any]:
    """RETURNS (dict): spaCy's scores, without the speed, which would make two equal runs differ."""
    scores: dict[str, Any] = nlp.evaluate(examples) if examples else {}
    scores.pop("speed", None)
    return scores
