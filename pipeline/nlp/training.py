"""From a training config to a trained nlp object, whatever its components are.

Components that learn in one fit (`biaozhu_crf`, `biaozhu_numbers`) learn inside `initialize`; where a config has
components that spaCy trains step by step, spaCy's own loop takes over. One seam each: `Watcher` sees every epoch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from confection import Config
from spacy.language import Language
from spacy.training import Example
from spacy.util import load_model_from_config, resolve_dot_names
from thinc.api import fix_random_seed, require_gpu, set_gpu_allocator

from pipeline.core.progress import logger
from pipeline.errors import ConfigError, MissingPartError, Problem
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.crf.model import CrfModel
from pipeline.nlp.crf.trainer import Epoch
from pipeline.nlp.docs import make_char_doc
from pipeline.nlp.extras import check_extras
from pipeline.nlp.loggers import Log, training_logger
from pipeline.nlp.spacy_loop import OnMetrics, evaluate, fit_in_steps


@dataclass(frozen=True, slots=True)
class Trained:
    """What training gives.

    nlp (Language): the model with the best weights.
    scores (dict): its scores on dev.
    save_last (Callable[[Path], None]): writes the model with the last weights.
    """

    nlp: Language
    scores: dict[str, Any]
    save_last: Callable[[Path], None]


def read_training_config(path: Path, overrides: Mapping[str, Any]) -> Config:
    """Read a training config and apply overrides.

    path (Path): the .cfg file.
    overrides (Mapping[str, Any]): values by dotted name, such as "components.entities.max_iterations".
    RETURNS (Config): the config, interpolated.
    RAISES (ConfigError): if it cannot be read, or an override names nothing that is there.
    """
    from confection import ConfigValidationError

    config = read_raw_config(path, overrides)
    try:
        interpolated: Config = config.interpolate()
    except (ConfigValidationError, ValueError, KeyError) as error:
        raise ConfigError(Problem("E501", f"not a training config: {error}", "see configs/ner.cfg", path)) from error
    if missing := [block for block in ("nlp", "corpora", "training") if block not in interpolated]:
        raise ConfigError(
            Problem("E501", f"no block [{missing[0]}] in this training config", "see configs/ner.cfg", path)
        )
    return interpolated


def read_raw_config(path: Path, overrides: Mapping[str, Any]) -> Config:
    """RETURNS (Config): as `read_training_config`, with its ${variables} as they stand in the file."""
    from confection import ConfigValidationError

    from pipeline.core.jsonl import read_text

    try:
        config = Config().from_str(read_text(path), interpolate=False)
    except (ConfigValidationError, ValueError) as error:
        raise ConfigError(Problem("E501", f"not a training config: {error}", "see configs/ner.cfg", path)) from error
    for name, value in overrides.items():
        _override(config, name, value, path)
    return config


def _override(config: Config, name: str, value: Any, path: Path) -> None:
    *parents, key = name.split(".")
    block: Any = config
    for parent in parents:
        block = block.get(parent) if isinstance(block, dict) else None
    # Options with defaults need not stand in the file, but their block must.
    if not isinstance(block, dict) or not parents:
        raise ConfigError(Problem("E502", f"--{name}: the config has no such block", "check its spelling", path))
    block[key] = value


def train_nlp(config: Config, path: Path, *, on_metrics: OnMetrics) -> Trained:
    """Train what a config describes.

    config (Config): as `read_training_config` gives it.
    path (Path): its file, for messages.
    on_metrics (OnMetrics): gets a row for every evaluation.
    RETURNS (Trained): the model.
    RAISES (ConfigError): if the config does not resolve.
    """
    fix_random_seed(int(config["training"].get("seed") or 0))
    nlp = build_nlp(config, path)
    train, dev = read_corpora(nlp, config, path)
    logger.info("train: %d documents, dev: %d documents", len(train), len(dev))
    if any(getattr(component, "is_trainable", False) for _, component in nlp.pipeline):
        save_last = fit_in_steps(nlp, config, train=train, dev=lambda nlp: copies(nlp, dev), on_metrics=on_metrics)
        return Trained(nlp, _evaluate(nlp, dev), save_last)
    with training_logger(config, nlp) as log:
        patience = int(config["training"].get("patience") or 0)

        def watch(name: str, component: CrfEntities) -> Watcher:
            if patience and component.options.runs > 1:
                raise ConfigError(
                    Problem(
                        "E532",
                        "patience would end the first of several runs and the rest with it",
                        "set runs = 1",
                        path,
                    )
                )
            return Watcher(name, component, dev, on_metrics, patience, log)

        return _fit_once(nlp, train=train, dev=dev, watch=watch)


def build_nlp(config: Config, path: Path) -> Language:
    """RETURNS (Language): the untrained nlp object. RAISES (ConfigError): if a name or an option does not fit."""
    from catalogue import RegistryError
    from confection import ConfigValidationError

    check_extras(config, path)
    try:
        return load_model_from_config(config, auto_fill=True)
    except (ConfigValidationError, RegistryError, ValueError, KeyError, OSError) as error:
        raise ConfigError(
            Problem("E503", f"the config does not resolve: {error}", "check names and options", path)
        ) from error


def use_gpu(number: int, config: Mapping[str, Any]) -> None:
    """Train on a GPU.

    number (int): which one; -1 for none.
    config (Mapping): its `training.gpu_allocator` is used.
    RAISES (MissingPartError): if there is no such GPU, or the packages for it are not installed.
    """
    if number < 0:
        return
    if allocator := config["training"].get("gpu_allocator"):
        set_gpu_allocator(allocator)
    try:
        require_gpu(number)
    except (ValueError, ImportError) as error:
        raise MissingPartError(
            Problem(
                "E507", f"GPU {number} cannot be used: {error}", "install cupy and torch for your CUDA, or --gpu -1"
            )
        ) from error


def read_corpora(nlp: Language, config: Config, path: Path) -> tuple[list[Example], list[Example]]:
    """RETURNS (tuple): the Examples of train and dev. RAISES (ConfigError): if the corpora do not resolve."""
    from catalogue import RegistryError
    from confection import ConfigValidationError

    training = config["training"]
    names = [training.get("train_corpus", "corpora.train"), training.get("dev_corpus", "corpora.dev")]
    try:
        readers = resolve_dot_names(Config({"corpora": config["corpora"]}), names)
    except (ConfigValidationError, RegistryError, ValueError, KeyError) as error:
        raise ConfigError(Problem("E503", f"the corpora do not resolve: {error}", "check [corpora]", path)) from error
    train, dev = (list(reader(nlp)) for reader in readers)
    return train, dev


@dataclass(slots=True)
class Watcher:
    """Scores dev after every epoch of one CRF, keeps the best weights, and stops when they stay the best too long.

    patience (int): stop after so many epochs without gain; 0 for never.
    log (Log): the logger of the config, in spaCy's terms: an epoch is a step.
    """

    name: str
    component: CrfEntities
    dev: Sequence[Example]
    on_metrics: OnMetrics
    patience: int = 0
    log: Log = field(default=lambda info: None)
    best: CrfModel | None = None
    gained: int = 0
    checkpoints: list[tuple[float, int]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def __call__(self, epoch: Epoch) -> bool:
        """RETURNS (bool): whether training shall stop."""
        scores = self.component.score(annotated(self.component, self.dev)) if self.dev else {}
        f = scores.get("ents_f")
        seconds = round(time.monotonic() - self.started, 2)
        row = {"component": self.name, "epoch": epoch.number, "loss": round(epoch.loss, 6), "seconds": seconds}
        self.on_metrics(row | {key: _rounded(scores.get(key)) for key in ("ents_p", "ents_r", "ents_f")})
        so_far = max((score for score, _ in self.checkpoints), default=-1.0)
        # of equal scores, and without scores, the later weights are taken: they are the mean of more epochs
        if f is None or f >= so_far:
            self.best = self.component.model
        if (f or 0.0) > so_far:
            self.gained = epoch.number
        self.checkpoints.append((f or 0.0, epoch.number))
        self.log(
            {
                "step": epoch.number,
                "epoch": epoch.number,
                "score": f or 0.0,
                "other_scores": {key: value for key, value in scores.items() if isinstance(value, float)},
                "losses": {self.name: epoch.loss},
                "checkpoints": list(self.checkpoints),
                "seconds": int(seconds),
            }
        )
        stop = bool(self.patience and self.dev) and epoch.number - self.gained >= self.patience
        if stop:
            logger.info("stopped early: no gain in %d epochs; the last was epoch %d", self.patience, self.gained)
        return stop


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def annotated(component: CrfEntities, examples: Iterable[Example]) -> list[Example]:
    """RETURNS (list[Example]): examples with fresh predictions of one component."""
    fresh = [Example(component_doc(example), example.reference) for example in examples]
    component.annotate([example.predicted for example in fresh])
    return fresh


def component_doc(example: Example) -> Any:
    """RETURNS (Doc): an unannotated copy of the example's Doc."""
    doc = make_char_doc(example.predicted.vocab, example.predicted.text)
    doc.user_data.update(example.predicted.user_data)
    return doc


def _fit_once(
    nlp: Language,
    *,
    train: Sequence[Example],
    dev: Sequence[Example],
    watch: Callable[[str, CrfEntities], Watcher],
) -> Trained:
    watchers = []
    for name in nlp.pipe_names:
        component = nlp.get_pipe(name)
        if isinstance(component, CrfEntities):
            watchers.append(watch(name, component))
            component.on_epoch = watchers[-1]
    nlp.initialize(lambda: iter(train))
    last = {watcher.name: watcher.component.model for watcher in watchers}
    for watcher in watchers:
        watcher.component.on_epoch = None
        _finish(watcher, watcher.best or watcher.component.model)
    scores = _evaluate(nlp, dev)

    def save_last(path: Path) -> None:
        best = {watcher.name: watcher.component.model for watcher in watchers}
        for watcher in watchers:
            _finish(watcher, last[watcher.name])
        nlp.to_disk(path)
        for watcher in watchers:
            _finish(watcher, best[watcher.name])

    return Trained(nlp, scores, save_last)


def _evaluate(nlp: Language, dev: Sequence[Example]) -> dict[str, Any]:
    """RETURNS (dict): spaCy's scores on dev, also written into the meta of the nlp object."""
    scores = evaluate(nlp, copies(nlp, dev))
    nlp.meta["performance"] = scores
    return scores


def _finish(watcher: Watcher, model: CrfModel | None) -> None:
    """Use these weights, pruned and calibrated."""
    if model is not None:
        watcher.component.use(model)
        if watcher.dev:
            watcher.component.balance(watcher.dev)
            watcher.component.calibrate(watcher.dev)


def copies(nlp: Language, examples: Iterable[Example]) -> list[Example]:
    """RETURNS (list[Example]): the examples with unannotated Docs of the nlp object, for evaluation."""
    found = []
    for example in examples:
        doc = nlp.make_doc(example.reference.text)
        doc.user_data.update(example.predicted.user_data)
        found.append(Example(doc, example.reference))
    return found
