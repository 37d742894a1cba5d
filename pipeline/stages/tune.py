"""Stage tune: a search over settings of a training config, within a budget, that can be taken up again.

What to search is the block [tune] of the training config:

    [tune]
    metric = "entities.strict.f1"      layer and metric on dev, as in a score file
    seed = 0                           of the search

    [tune.space.rate]                  one block a setting, with a name of its own
    setting = "components.entities.rate"
    low = 0.03                         numbers from low to high (whole numbers if both are), or: choices = [1, 2, 3]
    high = 0.3
    log = true                         on a logarithmic scale

The first trial is the config as it stands. `tune.journal` (Optuna's) keeps every trial as soon as it is done;
`tune.json` holds form "biaozhu tuning 1", metric, settings, best and trials (number, value, settings, seconds, layers),
and `best.cfg` is the config with the best settings.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_json, write_text
from pipeline.core.progress import logger, quiet
from pipeline.errors import BiaozhuError, ConfigError, MissingPartError, Problem
from pipeline.metrics.scorefile import lookup
from pipeline.metrics.training_plots import FORM_TUNING, standalone, tuning_plot

_EXAMPLE = "see the [tune] block of configs/ner.cfg"
_KEYS = frozenset({"setting", "low", "high", "log", "choices"})


@dataclass(frozen=True, slots=True)
class Setting:
    """A value of the config that is searched.

    name (str): what the search calls it.
    setting (str): its dotted name in the config.
    choices (tuple | None): the values to choose from; None for a range.
    low, high (int | float): the range, both ends included.
    log (bool): whether the range is searched on a logarithmic scale.
    """

    name: str
    setting: str
    choices: tuple[Any, ...] | None
    low: int | float = 0
    high: int | float = 0
    log: bool = False

    def suggest(self, trial: Any) -> Any:
        """RETURNS (Any): the value that Optuna suggests."""
        if self.choices is not None:
            return json.loads(trial.suggest_categorical(self.name, [json.dumps(value) for value in self.choices]))
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(self.name, self.low, self.high, log=self.log)
        return trial.suggest_float(self.name, float(self.low), float(self.high), log=self.log)

    def own(self, value: Any) -> Any:
        """RETURNS (Any): the config's own value as Optuna wants it; None if it is outside the space."""
        if self.choices is not None:
            return json.dumps(value) if value in self.choices else None
        known = isinstance(value, int | float) and not isinstance(value, bool)
        return value if known and self.low <= value <= self.high else None


def make_tune(
    *,
    config: str,
    output: str,
    trials: int = 20,
    minutes: float = 60.0,
    train: str | None = None,
    dev: str | None = None,
) -> Callable[[], None]:
    """Make the stage that searches for settings. Registered as `biaozhu.tune.v1`.

    config (str): training config with a [tune] block.
    output (str): folder for tune.journal, tune.json, best.cfg and a plot.
    trials (int): stop when so many trials are done, those of earlier runs in this folder included.
    minutes (float): start no trial after so many minutes.
    train, dev (str | None): gold; the config's `paths` if not given.
    RETURNS (Callable): the stage.
    """
    given = {"paths.train": train, "paths.dev": dev}
    overrides = {name: value for name, value in given.items() if value is not None}

    def run() -> None:
        tune(Path(config), Path(output), overrides=overrides, trials=trials, minutes=minutes)

    return run


def tune(
    config_path: Path, output: Path, *, overrides: Mapping[str, Any], trials: int = 20, minutes: float = 60.0
) -> dict[str, Any]:
    """Search for settings; options as in `make_tune`.

    config_path (Path): the training config.
    output (Path): the folder; a search that stands there is gone on with.
    overrides (Mapping): config values by dotted name, for all trials.
    RETURNS (dict): what tune.json holds.
    RAISES (BiaozhuError): if the space or the config cannot be used, no trial works, or Optuna is not installed.
    """
    from pipeline.nlp.training import read_training_config
    from pipeline.nlp.trial import dev_of, train_path

    config = read_training_config(config_path, overrides)
    dev_of(config, config_path)
    block: Any = config.get("tune")
    space = read_space(block, config, config_path)
    metric, seed = str(block.get("metric", "entities.strict.f1")), int(block.get("seed", 0))
    files = [train_path(config, config_path), Path(str(config["paths"].get("dev") or config_path))]
    study = _open_study(output, _fingerprint(config, files))
    _enqueue_own(study, space, config)
    _search(study, space, (config_path, overrides, metric), seed=seed, trials=trials, minutes=minutes)
    data = _describe(study, space, metric, seed)
    if data["best"] is None:
        raise ConfigError(Problem("E536", "no trial is done", "allow more --trials or --minutes", config_path))
    _write(data, config_path, overrides, output)
    return data


def read_space(block: Any, config: Mapping[str, Any], path: Path) -> list[Setting]:
    """Read what to search.

    block (Any): the config's [tune].
    config (Mapping): the config, to check that the settings are there.
    path (Path): its file, for messages.
    RETURNS (list[Setting]): the settings.
    RAISES (ConfigError): naming everything that is wrong.
    """
    found = block.get("space") if isinstance(block, dict) else None
    if not found:
        raise ConfigError(Problem("E534", "the config has no [tune.space] to search", _EXAMPLE, path))
    settings, problems = [], []
    for name, item in found.items():
        wrong = _wrong(item, config)
        if wrong:
            problems.append(Problem("E535", f"[tune.space.{name}] {wrong}", _EXAMPLE, path))
            continue
        choices = tuple(item["choices"]) if "choices" in item else None
        bounds = (item.get("low", 0), item.get("high", 0), bool(item.get("log", False)))
        settings.append(Setting(name, item["setting"], choices, *bounds))
    if problems:
        raise ConfigError(*problems)
    return settings


def _wrong(item: Any, config: Mapping[str, Any]) -> str | None:
    if not isinstance(item, dict) or "setting" not in item:
        return "names no setting"
    if unknown := sorted(set(item) - _KEYS):
        return f"has unknown keys: {', '.join(unknown)}"
    node: Any = config
    for part in str(item["setting"]).split(".")[:-1]:
        node = node.get(part) if isinstance(node, dict) else None
    if not isinstance(node, dict):
        return f"setting {item['setting']!r} is in no block of this config"
    if "choices" in item:
        return None if isinstance(item["choices"], list) and item["choices"] else "choices is a list of values"
    low, high = item.get("low"), item.get("high")
    if not isinstance(low, int | float) or not isinstance(high, int | float) or low >= high:
        return "needs low < high, or choices"
    return "log needs low above 0" if item.get("log") and low <= 0 else None


def _fingerprint(config: Mapping[str, Any], files: list[Path]) -> str:
    """Hash of what makes trials comparable: config, space and gold."""
    digest = hashlib.sha256(json.dumps(config, sort_keys=True, default=str).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _open_study(output: Path, fingerprint: str) -> Any:
    try:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend
    except ImportError as error:
        raise MissingPartError(
            Problem("E537", "`biaozhu tune` needs Optuna, which is not installed", 'pip install "biaozhu[tune]"')
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    output.mkdir(parents=True, exist_ok=True)
    storage = JournalStorage(JournalFileBackend(str(output / "tune.journal")))
    study = optuna.create_study(storage=storage, study_name="biaozhu", direction="maximize", load_if_exists=True)
    known = study.user_attrs.get("fingerprint")
    if known is not None and known != fingerprint:
        message = "the search in this folder is of another config or gold"
        raise ConfigError(Problem("E538", message, "name another --output, or remove tune.journal", output))
    study.set_user_attr("fingerprint", fingerprint)
    if done := len(_finished(study)):
        logger.info("going on after %d trials", done)
    return study


def _finished(study: Any) -> list[Any]:
    from optuna.trial import TrialState

    return [trial for trial in study.get_trials(deepcopy=False) if trial.state == TrialState.COMPLETE]


def _enqueue_own(study: Any, space: list[Setting], config: Mapping[str, Any]) -> None:
    """The first trial is the config as it stands, as far as it lies in the space."""
    if study.get_trials(deepcopy=False):
        return
    own = {}
    for item in space:
        node: Any = config
        for part in item.setting.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if (value := item.own(node)) is not None:
            own[item.name] = value
    study.enqueue_trial(own)


def _search(
    study: Any,
    space: list[Setting],
    job: tuple[Path, Mapping[str, Any], str],
    *,
    seed: int,
    trials: int,
    minutes: float,
) -> None:
    from optuna.samplers import TPESampler
    from optuna.trial import TrialState

    started, before, failed = time.monotonic(), len(_finished(study)), 0
    while len(_finished(study)) < trials and failed < trials:
        if (time.monotonic() - started) / 60 >= minutes:
            logger.info("the budget of %g minutes is spent", minutes)
            return
        # seeded for each trial, so that a search that was interrupted goes on as it would have gone
        study.sampler = TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
        trial = study.ask()
        settings = {item.setting: item.suggest(trial) for item in space}
        try:
            value = _run(trial, settings, job)
        except BiaozhuError as error:
            failed += 1
            logger.warning("trial %d failed: %s", trial.number, error)
            study.tell(trial, state=TrialState.FAIL)
            if failed == 1 and not _finished(study):
                raise
            continue
        study.tell(trial, value)
        done = len(_finished(study))
        left = min((time.monotonic() - started) / (done - before) * (trials - done), 60 * minutes)
        logger.info("trial %d: %.4f, best %.4f; at most %.0f s left", trial.number, value, study.best_value, left)


def _run(trial: Any, settings: Mapping[str, Any], job: tuple[Path, Mapping[str, Any], str]) -> float:
    from pipeline.nlp.trial import run_trial

    path, overrides, metric = job
    trial.set_user_attr("settings", dict(settings))
    with quiet():
        result = run_trial(path, {**overrides, **settings})
    layer, _, name = metric.partition(".")
    value = lookup(result.layers.get(layer, {}), name)
    if layer not in result.layers or (value is None and name.rpartition(".")[2] not in {"precision", "recall", "f1"}):
        known = ", ".join(f"{layer}.strict.f1" for layer in result.layers)
        raise ConfigError(Problem("E539", f"there is no metric {metric!r}", f"try {known}", path))
    trial.set_user_attr("seconds", result.seconds)
    rates = {
        key: {rate: layer["strict"][rate] for rate in ("precision", "recall", "f1")}
        for key, layer in result.layers.items()
    }
    trial.set_user_attr("layers", rates)
    return 0.0 if value is None else value


def _describe(study: Any, space: list[Setting], metric: str, seed: int) -> dict[str, Any]:
    trials = [
        {
            "number": trial.number,
            "value": trial.value,
            "settings": trial.user_attrs["settings"],
            "seconds": trial.user_attrs["seconds"],
            "layers": trial.user_attrs["layers"],
        }
        for trial in _finished(study)
    ]
    # of equal ones the first, which is the config as it stands if nothing was better
    best = max(trials, key=lambda trial: (trial["value"], -trial["number"]), default=None)
    settings = [item.setting for item in space]
    return {"form": FORM_TUNING, "metric": metric, "seed": seed, "settings": settings, "best": best, "trials": trials}


def _write(data: Mapping[str, Any], config_path: Path, overrides: Mapping[str, Any], output: Path) -> None:
    from pipeline.nlp.training import read_raw_config

    best = data["best"]
    config = read_raw_config(config_path, {**overrides, **best["settings"]})
    score = f"{data['metric']} {best['value']:.4f} on dev"
    head = f"# {config_path.name} with the best settings of {len(data['trials'])} trials: {score}."
    write_text(output / "best.cfg", f"{head}\n\n{config.to_str(interpolate=False)}\n")
    write_json(output / "tune.json", data)
    if plot := tuning_plot(data):
        write_text(output / "tune.svg", standalone(plot))
    logger.info("tune: %d trials → %s", len(data["trials"]), output / "best.cfg")
