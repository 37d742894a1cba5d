"""Stage gold: load the gold annotations, refuse them if anything is wrong, and write the corpus that training reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_json
from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import logger
from pipeline.core.records import Record, iter_records, write_records
from pipeline.errors import Problem, raise_if_any
from pipeline.gold.validate import Placed, check_gold

SPLITS = ("train", "dev", "test")


def make_gold(
    *, train: str, dev: str, test: str, output: str, documents: str | None = None, labels: str | None = None
) -> Callable[[], None]:
    """Make the stage that loads gold.

    train, dev, test (str): gold .jsonl of each split.
    output (str): folder for train.jsonl, dev.jsonl, test.jsonl and gold.json (counts).
    documents (str | None): cleaned records; gold of one of these documents must have exactly its text.
    labels (str | None): label scheme .cfg; None for the default.
    RETURNS (Callable): the stage.
    """
    files = {split: Path(path) for split, path in zip(SPLITS, (train, dev, test), strict=True)}

    def run() -> None:
        scheme = default_scheme() if labels is None else read_scheme(Path(labels))
        items, problems = check_gold(list(files.values()), scheme)
        if documents is not None:
            problems.extend(_check_texts(items, Path(documents)))
        raise_if_any(problems)
        folder = Path(output)
        counts = {}
        for split, path in files.items():
            records = [item.record for item in items if item.path == path]
            counts[split] = count_gold(records, scheme)
            write_records(folder / f"{split}.jsonl", records)
        write_json(folder / "gold.json", counts)
        logger.info(
            "gold: %s → %s",
            ", ".join(
                f"{split} {count['documents']} documents, {count['spans']} spans" for split, count in counts.items()
            ),
            output,
        )

    return run


def _check_texts(items: Sequence[Placed], documents: Path) -> list[Problem]:
    texts = {record.id: record.text for _, record in iter_records(documents)}
    return [
        item.problem(
            "E409", f"its text differs from the cleaned document in {documents}", "gold is made on cleaned text"
        )
        for item in items
        if texts.get(item.record.id, item.record.text) != item.record.text
    ]


def count_gold(records: Sequence[Record], scheme: LabelScheme) -> dict[str, Any]:
    """RETURNS (dict): documents, characters, spans, and spans per label of the scheme."""
    labels = Counter(span.label for record in records for span in record.spans)
    return {
        "documents": len(records),
        "characters": sum(len(record.text) for record in records),
        "spans": labels.total(),
        "labels": {name: labels[name] for name in scheme.names()},
    }
