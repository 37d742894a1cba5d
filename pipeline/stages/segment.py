"""Stage segment: words on the records, a score where segmented gold exists, and an audit against gold spans."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_json
from pipeline.core.progress import counted, logger, track
from pipeline.core.records import Record, iter_records, write_records
from pipeline.metrics.audit import audit_segmentation
from pipeline.metrics.segmentation import segmentation_prf
from pipeline.text.segmenters import Segmenter


def make_segment(
    *, segmenter: Segmenter, input: str, output: str, report: str, gold: str | None = None
) -> Callable[[], None]:
    """Make the stage that segments.

    segmenter (Segmenter): from the registry `segmenters`: char, jieba, rjieba or pkuseg, or a package's own.
    input (str): .jsonl of records.
    output (str): .jsonl of the same records with `words`.
    report (str): .json with the audit ("audit") and, where gold records have words, the score ("score").
    gold (str | None): .jsonl of gold records, or a folder of them, to audit the segmenter against.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        records = (record for _, record in iter_records(Path(input)))
        count = write_records(Path(output), track(_segmented(records, segmenter), "segmenting"))
        logger.info("segment: %s → %s", counted(count, "document"), output)
        if gold is None:
            return
        result = audit_gold(_gold_records(Path(gold)), segmenter)
        write_json(Path(report), result)
        ceiling = result["audit"]["recall_ceiling"]
        logger.info(
            "segment: words can represent %s of the gold spans → %s",
            "–" if ceiling is None else f"{ceiling:.1%}",
            report,
        )

    return run


def _gold_records(path: Path) -> list[Record]:
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return [record for file in files for _, record in iter_records(file)]


def _segmented(records: Iterable[Record], segmenter: Segmenter) -> Iterator[Record]:
    return (dataclasses.replace(record, words=segmenter(record.text)) for record in records)


def audit_gold(gold: Iterable[Record], segmenter: Segmenter) -> dict[str, Any]:
    """Audit a segmenter against gold.

    gold (Iterable[Record]): gold records; those with `words` are segmented gold.
    segmenter (Segmenter): what to audit.
    RETURNS (dict): {"audit": …, "score": … or null}.
    """
    records = list(gold)
    segmented = list(_segmented(records, segmenter))
    with_words = [(mine, theirs) for mine, theirs in zip(records, segmented, strict=True) if mine.words is not None]
    counts = [segmentation_prf(mine.words or (), theirs.words or ()) for mine, theirs in with_words]
    score = sum(counts[1:], counts[0]) if counts else None
    return {
        "audit": audit_segmentation(segmented).to_json(),
        "score": None if score is None else {"precision": score.precision, "recall": score.recall, "f1": score.f1},
    }
