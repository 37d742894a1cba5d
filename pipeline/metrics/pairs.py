"""Gold and predicted documents of two files, paired by id and streamed.

Files in the same order are read side by side with one record of each in memory; otherwise predictions wait until their
gold record comes. A gold document without prediction, or with another text, is an error; predictions for documents
without gold cannot be scored, and `PairedFiles.unscored` counts them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.core.jsonl import read_jsonl
from pipeline.core.records import Record, iter_records, json_to_record
from pipeline.errors import InputError, Problem, raise_if_any

_SHOWN = 10


def stream_records(path: Path) -> Iterator[tuple[int, Record]]:
    """Stream records as `iter_records` does, remembering 8 bytes a document instead of its id.

    path (Path): a .jsonl file.
    YIELDS (tuple[int, Record]): line number from 1, record.
    RAISES (InputError): as `iter_records`; an id that stands twice is found at the end of the file.
    """
    hashes = array("q")
    for line, data in read_jsonl(path):
        record = json_to_record(data, path=path, line=line)
        hashes.append(hash(record.id))
        yield line, record
    if len(np.unique(np.frombuffer(hashes, dtype=np.int64))) < len(hashes):
        for _ in iter_records(path):  # names the id and both lines
            pass


class PairedFiles:
    """The documents of two files, paired when iterated over.

    gold_path (Path): gold records.
    pred_path (Path): predicted records of the same documents, best in the same order.
    """

    def __init__(self, gold_path: Path, pred_path: Path) -> None:
        self.gold_path, self.pred_path = gold_path, pred_path
        self.unscored = 0

    def __iter__(self) -> Iterator[tuple[Record, Record]]:
        """YIELDS (tuple[Record, Record]): gold and predicted record, in the order of gold.

        RAISES (InputError): naming gold documents without prediction, or the first text that differs.
        """
        waiting: dict[str, tuple[int, Record]] = {}
        preds = stream_records(self.pred_path)
        lacking: list[Problem] = []
        for line, gold in stream_records(self.gold_path):
            found = waiting.pop(gold.id, None)
            while found is None and (item := next(preds, None)) is not None:
                if item[1].id == gold.id:
                    found = item
                else:
                    waiting[item[1].id] = item
            if found is None:
                message = f"no prediction for this document in {self.pred_path}"
                lacking.append(Problem("E601", message, "extract it too", self.gold_path, line, gold.id))
                continue
            if found[1].text != gold.text:
                raise InputError(_other_text(gold, found[1], self.pred_path, found[0]))
            yield gold, found[1]
        self.unscored = len(waiting) + sum(1 for _ in preds)
        if len(lacking) > _SHOWN:
            more = f"and {len(lacking) - _SHOWN} documents more without prediction"
            lacking = [*lacking[:_SHOWN], Problem("E601", more, path=self.gold_path)]
        raise_if_any(lacking)


def _other_text(gold: Record, pred: Record, path: Path, line: int) -> Problem:
    pairs = enumerate(zip(gold.text, pred.text, strict=False))
    place = next((i for i, (a, b) in pairs if a != b), min(len(gold.text), len(pred.text)))
    return Problem(
        "E603",
        f"the text differs from gold's at character {place}: {pred.text[place : place + 10]!r}, "
        f"gold has {gold.text[place : place + 10]!r}",
        "predict on the text of the gold file",
        path,
        line,
        pred.id,
    )
