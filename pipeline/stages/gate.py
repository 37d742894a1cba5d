"""Stage gate: judge the scores against thresholds and the committed baseline; a verdict of no ends with exit code 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.core.jsonl import write_json, write_text
from pipeline.core.progress import logger
from pipeline.core.resources import default_file
from pipeline.errors import VerdictError
from pipeline.metrics.gate import Verdict, judge, read_gate
from pipeline.metrics.gateforms import verdict_to_junit, verdict_to_markdown
from pipeline.metrics.scorefile import read_scores, read_stats
from pipeline.metrics.signature import check_same_signature


def make_gate(
    *,
    scores: str,
    baseline: str,
    output: str,
    config: str | None = None,
    junit: str | None = None,
    markdown: str | None = None,
    may_lack_baseline: bool = False,
) -> Callable[[], None]:
    """Make the stage that judges.

    scores (str): the score file.
    baseline (str): the score file to compare with, models/baseline.json.
    output (str): the verdict, .json.
    config (str | None): gate config .cfg; None for the default.
    junit, markdown (str | None): the verdict as JUnit XML and Markdown; None for none.
    may_lack_baseline (bool): in a project's first runs there is nothing to compare with: say so and pass.
    RETURNS (Callable): the stage; it raises VerdictError if the answer is no.
    """

    def run() -> None:
        if may_lack_baseline and not Path(baseline).exists():
            sentence = f"nothing to compare with yet; to make these scores the baseline: cp {scores} {baseline}"
            write_json(Path(output), {"passed": True, "sentence": sentence, "checks": []})
            logger.warning("gate: %s", sentence)
            return
        verdict = gate_files(Path(scores), Path(baseline), None if config is None else Path(config))
        write_json(Path(output), verdict.to_json())
        write_verdict(verdict, junit=junit, markdown=markdown)
        if not verdict.passed:
            raise VerdictError(verdict.sentence)
        logger.info("gate: %s", verdict.sentence)

    return run


def gate_files(scores: Path, baseline: Path, config: Path | None = None) -> Verdict:
    """Judge one score file against another.

    scores (Path): the score file.
    baseline (Path): the score file to compare with.
    config (Path | None): gate config; None for the default.
    RETURNS (Verdict): the answer with every check.
    RAISES (InputError): if a file is no score file, or their signatures differ.
    """
    settings = read_gate(default_file("configs/gate.cfg") if config is None else config)
    current, before = read_scores(scores), read_scores(baseline)
    remedy = "scores of different meaning are never compared; rebuild the baseline in the commit that changed it"
    check_same_signature(current["signature"], before["signature"], names=(str(scores), str(baseline)), remedy=remedy)
    stats = {
        layer: (read_stats(before, layer, baseline), read_stats(current, layer, scores)) for layer in current["layers"]
    }
    return judge(current, before, settings, stats)


def write_verdict(verdict: Verdict, *, junit: str | None = None, markdown: str | None = None) -> None:
    """Write a verdict as JUnit XML and as Markdown, where a path is given."""
    if junit is not None:
        write_text(Path(junit), verdict_to_junit(verdict))
    if markdown is not None:
        write_text(Path(markdown), verdict_to_markdown(verdict))
