"""Stage agree: how far annotators of the same documents agree, as JSON and as a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_json, write_text
from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import logger
from pipeline.core.records import read_records
from pipeline.errors import ConfigError, Problem
from pipeline.metrics.agreement import Annotator, measure_agreement
from pipeline.metrics.agreement_views import agreement_to_html


def make_agree(
    *, annotators: Sequence[str], output: str, alpha: bool = True, labels: str | None = None
) -> Callable[[], None]:
    """Make the stage that measures agreement.

    annotators (Sequence[str]): a .jsonl of records for each annotator.
    output (str): folder for agreement.json and agreement.html.
    alpha (bool): also Krippendorff's alpha, which needs the extra "agreement".
    labels (str | None): label scheme .cfg; None for the default.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        scheme = default_scheme() if labels is None else read_scheme(Path(labels))
        result = agree_files([Path(path) for path in annotators], scheme=scheme, alpha=alpha)
        write_json(Path(output) / "agreement.json", result)
        write_text(Path(output) / "agreement.html", agreement_to_html(result))
        logger.info("agree: %d pairs → %s", len(result["pairs"]), output)

    return run


def agree_files(paths: Sequence[Path], *, scheme: LabelScheme, alpha: bool) -> dict[str, Any]:
    """RETURNS (dict): agreement of record files, one an annotator, named by their stems; see `measure_agreement`."""
    if len(paths) < 2:
        raise ConfigError(Problem("E822", "agreement needs two annotators or more", "name two or more .jsonl files"))
    stems = [path.stem for path in paths]
    names = stems if len(set(stems)) == len(stems) else [str(path) for path in paths]
    annotators = [
        Annotator(name, {record.id: record for record in read_records(path)})
        for name, path in zip(names, paths, strict=True)
    ]
    return measure_agreement(annotators, scheme, alpha=alpha)
