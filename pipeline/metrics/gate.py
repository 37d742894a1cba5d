"""The gate: does a score file keep what the thresholds and the baseline ask for?

A metric fails if it is below its minimum, if it dropped by more than the hard limit, or if it dropped by more than the
soft limit and paired approximate randomisation over the documents of both runs calls the drop significant. Metrics with
too little support are shown and not judged. The two files must have the same signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from confection import Config

from pipeline.core.jsonl import read_text
from pipeline.errors import ConfigError, Problem
from pipeline.metrics.scorefile import lookup, metric_paths, support_of
from pipeline.metrics.significance import compare_stats
from pipeline.metrics.stats import DocStats

PASS, FAIL, SHOWN = "pass", "fail", "shown"


@dataclass(frozen=True, slots=True)
class Rule:
    """One block [rules.NAME] of a gate config.

    name (str): the block's name.
    metric (str): path of a metric below a layer; "*" stands for any one part of it.
    layer (str): the layer, or "*".
    minimum (float | None): the metric may not be lower.
    max_drop (float | None): a significant drop beyond this fails.
    hard_drop (float | None): any drop beyond this fails.
    min_support (int | None): gold spans below which the metric is not judged; None for the config's.
    """

    name: str
    metric: str
    layer: str = "*"
    minimum: float | None = None
    max_drop: float | None = None
    hard_drop: float | None = None
    min_support: int | None = None


@dataclass(frozen=True, slots=True)
class GateConfig:
    """A gate config.

    rules (tuple[Rule, ...]): the rules in their order.
    alpha (float): a drop with a smaller p is significant.
    trials (int): exchanges of the paired test.
    seed (int): of the test.
    min_support (int): gold spans below which a metric is shown, not judged.
    """

    rules: tuple[Rule, ...]
    alpha: float = 0.05
    trials: int = 2000
    seed: int = 0
    min_support: int = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One metric under one rule.

    layer, metric, rule (str): what was checked.
    current, baseline (float | None): the metric in both files; None where it is undefined.
    support (int): gold spans behind it.
    p (float | None): of the drop, where it was tested.
    status (str): "pass", "fail" or "shown" (not judged).
    reason (str): one sentence why.
    """

    layer: str
    metric: str
    rule: str
    current: float | None
    baseline: float | None
    support: int
    p: float | None
    status: str
    reason: str

    @property
    def drop(self) -> float | None:
        """RETURNS (float | None): baseline minus current."""
        return None if self.current is None or self.baseline is None else self.baseline - self.current


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer.

    checks (tuple[Check, ...]): every metric that a rule names.
    """

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """RETURNS (bool): whether nothing failed."""
        return not self.failed

    @property
    def failed(self) -> tuple[Check, ...]:
        """RETURNS (tuple[Check, ...]): the checks that failed."""
        return tuple(check for check in self.checks if check.status == FAIL)

    @property
    def sentence(self) -> str:
        """RETURNS (str): one sentence that says what the answer is and why."""
        judged = sum(check.status != SHOWN for check in self.checks)
        shown = len(self.checks) - judged
        if not judged:
            return f"The gate passes, and judged nothing: too few gold spans behind all {shown} metrics."
        if self.passed:
            keep = "1 metric keeps its limits" if judged == 1 else f"{judged} metrics keep their limits"
            return f"The gate passes: {keep}{f', {shown} only shown for too few gold spans' if shown else ''}."
        first, *others = self.failed
        more = f", and {len(others)} metric{'s' * (len(others) > 1)} more" if others else ""
        return f"The gate fails: {first.layer} {first.metric} {first.reason}{more}."

    def to_json(self) -> dict[str, Any]:
        """RETURNS (dict): the verdict as a JSON object."""
        checks = [asdict(check) | {"drop": check.drop} for check in self.checks]
        return {"passed": self.passed, "sentence": self.sentence, "checks": checks}


def read_gate(path: Path) -> GateConfig:
    """Read a gate config.

    path (Path): a .cfg file with [gate] and blocks [rules.NAME].
    RETURNS (GateConfig): the config.
    RAISES (ConfigError): for an unknown option or a value of the wrong type.
    """
    try:
        config = Config().from_str(read_text(path))
        rules = tuple(_rule(name, block) for name, block in config["rules"].items())
        settings = GateConfig(rules, **config.get("gate", {}))
        _check_settings(settings)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        remedy = "blocks [gate] and [rules.NAME] as in configs/gate.cfg"
        raise ConfigError(Problem("E620", f"not a gate config: {error}", remedy, path)) from error
    return settings


def _rule(name: str, block: Mapping[str, Any]) -> Rule:
    rule = Rule(name=name, **block)
    where = f"[rules.{name}]"
    if not isinstance(rule.metric, str) or not isinstance(rule.layer, str):
        raise ValueError(f'{where} metric and layer are names, such as "strict.f1" and "numbers"')
    for key in ("minimum", "max_drop", "hard_drop"):
        if (value := getattr(rule, key)) is not None:
            _check_share(f"{where} {key}", value)
    if rule.min_support is not None:
        _check_count(f"{where} min_support", rule.min_support, least=0)
    if rule.minimum is None and rule.max_drop is None and rule.hard_drop is None:
        raise ValueError(f"{where} sets neither minimum nor max_drop nor hard_drop")
    return rule


def _check_settings(settings: GateConfig) -> None:
    if not settings.rules:
        raise ValueError("it has no rule")
    _check_share("[gate] alpha", settings.alpha)
    for key, least in (("trials", 1), ("seed", 0), ("min_support", 0)):
        _check_count(f"[gate] {key}", getattr(settings, key), least=least)


def _check_share(what: str, value: object) -> None:
    """Every metric lies between 0 and 1, so 95 for 95 % would never hold and NaN always."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{what} = {value!r} is no number from 0 to 1")


def _check_count(what: str, value: object, *, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{what} = {value!r} is no whole number of {least} or more")


def judge(
    scores: Mapping[str, Any],
    baseline: Mapping[str, Any],
    config: GateConfig,
    stats: Mapping[str, tuple[DocStats, DocStats]],
) -> Verdict:
    """Judge a score file against thresholds and baseline.

    scores, baseline (Mapping): score files of the same signature.
    config (GateConfig): the rules.
    stats (Mapping): for each layer the per-document counts of baseline and scores.
    RETURNS (Verdict): every check.
    RAISES (ConfigError): if a rule names no metric that the scores have.
    """
    bench = _Bench(scores, baseline, config, stats)
    checks: dict[tuple[str, str], Check] = {}
    for rule in config.rules:
        found = bench.targets(rule)
        if not found:
            message = f"[rules.{rule.name}] no layer {rule.layer!r} with a metric {rule.metric!r} in the scores"
            raise ConfigError(Problem("E621", message, "`biaozhu score --json` shows the metrics"))
        for target in found:
            if target not in checks and not bench.is_idle(rule, *target):
                checks[target] = bench.check(rule, *target)
    return Verdict(tuple(checks.values()))


@dataclass(frozen=True, slots=True)
class _Bench:
    """Both score files at hand, to judge one metric after the other."""

    scores: Mapping[str, Any]
    baseline: Mapping[str, Any]
    config: GateConfig
    stats: Mapping[str, tuple[DocStats, DocStats]]

    def targets(self, rule: Rule) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for layer, data in self.scores["layers"].items():
            if rule.layer in ("*", layer):
                before = self.baseline["layers"].get(layer, {})
                paths = dict.fromkeys((*metric_paths(data), *metric_paths(before)))
                found += [(layer, path) for path in paths if fnmatchcase(path, rule.metric)]
        return found

    def is_idle(self, rule: Rule, layer: str, metric: str) -> bool:
        """RETURNS (bool): whether a pattern's metric has nothing to show: undefined in both files."""
        sides = (self.scores["layers"][layer], self.baseline["layers"].get(layer, {}))
        return "*" in rule.metric and all(lookup(side, metric) is None for side in sides)

    def check(self, rule: Rule, layer: str, metric: str) -> Check:
        current = lookup(self.scores["layers"][layer], metric)
        before = lookup(self.baseline["layers"].get(layer, {}), metric)
        support = support_of(self.scores["layers"][layer], metric)
        least = self.config.min_support if rule.min_support is None else rule.min_support
        p: float | None = None
        if support < least:
            status, reason = SHOWN, f"has {support} gold spans, fewer than {least}"
        elif current is None:
            status, reason = _decide_undefined(rule, before)
        else:
            p = self._test(rule, layer, metric, 0.0 if before is None else before - current)
            status, reason = _decide(rule, current, before, p, self.config.alpha)
        return Check(layer, metric, rule.name, current, before, support, p, status, reason)

    def _test(self, rule: Rule, layer: str, metric: str, drop: float) -> float | None:
        """p of a drop that is larger than the soft limit; None for a smaller one."""
        if rule.max_drop is None or drop <= rule.max_drop:
            return None
        trials, seed = self.config.trials, self.config.seed
        return compare_stats(*self.stats[layer], [metric], trials=trials, seed=seed)[0].p_randomisation


def _decide_undefined(rule: Rule, before: float | None) -> tuple[str, str]:
    if before is not None:
        return FAIL, f"is undefined, was {before:.3f}"
    if rule.minimum is not None:
        return FAIL, f"is undefined and cannot reach its minimum {rule.minimum:.3f}"
    return PASS, "is undefined, as it was"


def _decide(rule: Rule, current: float, before: float | None, p: float | None, alpha: float) -> tuple[str, str]:
    if rule.minimum is not None and current < rule.minimum:
        return FAIL, f"is {current:.3f}, below its minimum {rule.minimum:.3f}"
    if before is None or before <= current:
        return PASS, "has no baseline yet" if before is None else "did not fall"
    change = f"fell by {before - current:.3f} from {before:.3f} to {current:.3f}"
    if rule.hard_drop is not None and before - current > rule.hard_drop:
        return FAIL, f"{change}, more than the hard limit {rule.hard_drop:.3f}"
    if p is not None and p < alpha:
        return FAIL, f"{change}, and the drop is significant (p = {p:.3f})"
    why = "within its limits" if p is None else f"which is not significant (p = {p:.3f})"
    return PASS, f"{change}, {why}"
