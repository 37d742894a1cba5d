"""Stage suspects: the places of gold that are most likely wrong, ranked, as JSON Lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_jsonl
from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import logger
from pipeline.core.records import Record, span_to_json
from pipeline.core.spans import CharSpan
from pipeline.errors import raise_if_any
from pipeline.gold.validate import check_record, find_gold_files, read_gold

CONTEXT = 20


def make_suspects(
    *, gold: str, output: str, folds: int = 5, epochs: int = 4, seed: int = 0, labels: str | None = None
) -> Callable[[], None]:
    """Make the stage that ranks suspects.

    gold (str): gold .jsonl, or a folder of them.
    output (str): .jsonl for the list.
    folds (int): parts of the corpus; each is judged by models of the others.
    epochs (int): passes over the gold in training.
    seed (int): of the dealing and of training.
    labels (str | None): label scheme .cfg; None for the default.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        scheme = default_scheme() if labels is None else read_scheme(Path(labels))
        rows = suspect_rows([Path(gold)], scheme=scheme, folds=folds, epochs=epochs, seed=seed)
        logger.info("suspects: %d places → %s", write_jsonl(Path(output), rows), output)

    return run


def suspect_rows(
    paths: Sequence[Path], *, scheme: LabelScheme, folds: int, epochs: int, seed: int
) -> list[dict[str, Any]]:
    """Rank the places of gold that may be wrong.

    paths (Sequence[Path]): gold files or folders.
    scheme (LabelScheme): labels and layers.
    folds, epochs, seed (int): see `SuspectOptions`.
    RETURNS (list[dict]): one row a place, the most suspect first, with file, line, context and both readings.
    RAISES (InputError): if the gold is broken, or there are fewer documents than folds.
    """
    from pipeline.nlp.suspects import SuspectOptions, find_suspects

    items, problems = read_gold(find_gold_files(paths))
    raise_if_any([*problems, *(problem for item in items for problem in check_record(item, scheme))])
    places = {id(item.record): item for item in items}
    options = SuspectOptions(folds=folds, epochs=epochs, seed=seed)
    rows = []
    for rank, suspect in enumerate(find_suspects([item.record for item in items], scheme, options=options), 1):
        item, place = places[id(suspect.record)], suspect.place
        text = suspect.record.text
        rows.append(
            {
                "rank": rank,
                "suspicion": round(suspect.suspicion, 4),
                "kind": suspect.kind,
                "layer": suspect.layer,
                "path": str(item.path),
                "line": item.line,
                "id": suspect.record.id,
                "before": text[max(0, place.start - CONTEXT) : place.start],
                "text": suspect.record.surface(place),
                "after": text[place.end : place.end + CONTEXT],
                "gold": _reading(suspect.record, suspect.gold),
                "proposal": _reading(suspect.record, suspect.proposal),
            }
        )
    return rows


def _reading(record: Record, span: CharSpan | None) -> dict[str, Any] | None:
    if span is None:
        return None
    data = span_to_json(span)
    data.pop("meta", None)
    return data | {"surface": record.surface(span)}
