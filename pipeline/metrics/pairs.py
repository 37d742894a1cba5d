"""Gold and predicted documents of two files, paired by id and streamed.

Files in the same order are read side by side with one record of each in memory; otherwise predictions wait until their
gold record comes. A gold document without prediction, with another text, or with a label that its scheme does not know
is an error; predictions for documents without gold cannot be scored, and `PairedFiles.unscored` counts them.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.core.jsonl import read_jsonl
from pipeline.core.labels import LabelScheme
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
    scheme (LabelScheme | None): the labels that the records may have; None for any.
    """

    def __init__(self, gold_path: Path, pred_path: Path, scheme: LabelScheme | None = None) -> None:
        self.gold_path, self.pred_path, self.scheme = gold_path, pred_path, scheme
        self.labels = frozenset(() if scheme is None else scheme.names())
        self.unscored = 0

    def __iter__(self) -> Iterator[tuple[Record, Record]]:
        """YIELDS (tuple[Record, Record]): gold and predicted record, in the order of gold.

        RAISES (InputError): naming gold documents without prediction and what the scheme does not know, or the first
            text that differs.
        """
        waiting: dict[str, tuple[int, Record]] = {}
        preds = stream_records(self.pred_path)
        problems: list[Problem] = []
        for line, gold in stream_records(self.gold_path):
            found = waiting.pop(gold.id, None)
            while found is None and (item := next(preds, None)) is not None:
                if item[1].id == gold.id:
                    found = item
                else:
                    waiting[item[1].id] = item
            if found is None:
                message = f"no prediction for this document in {self.pred_path}"
                problems.append(Problem("E601", message, "extract it too", self.gold_path, line, gold.id))
                continue
            if found[1].text != gold.text:
                raise InputError(_other_text(gold, found[1], self.pred_path, found[0]))
            if self.scheme is not None:
                problems += _wrong_scope(self.scheme, gold, self.gold_path, line)
                problems += self._outside(self.scheme, gold, self.gold_path, line)
                problems += self._outside(self.scheme, found[1], self.pred_path, found[0])
            if not problems:
                yield gold, found[1]
        self.unscored = len(waiting) + sum(1 for _ in preds)
        if len(problems) > _SHOWN:
            more = Problem(problems[_SHOWN].code, f"and {len(problems) - _SHOWN} problems more of these files")
            problems = [*problems[:_SHOWN], more]
        raise_if_any(problems)

    def _outside(self, scheme: LabelScheme, record: Record, path: Path, line: int) -> Iterator[Problem]:
        """YIELDS (Problem): labels of a record that the scheme does not know."""
        labels = [span.label for span in record.spans]
        if not self.labels.issuperset(labels):
            unknown = ", ".join(label for label in dict.fromkeys(labels) if label not in self.labels)
            remedy = "score with the label scheme of the files: --labels SCHEME.cfg"
            yield Problem("E606", f"not in the label scheme {scheme.name}: {unknown}", remedy, path, line, record.id)


def _wrong_scope(scheme: LabelScheme, gold: Record, path: Path, line: int) -> Iterator[Problem]:
    """YIELDS (Problem): where a gold record says in a wrong way what it is annotated for."""
    if "layers" in gold.meta or "labels" in gold.meta:
        try:
            scheme.annotated(gold.meta)
        except ValueError as error:
            remedy = f'such as "layers": ["{scheme.layers[0]}"], or leave it out'
            yield Problem("E609", str(error), remedy, path, line, gold.id)


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
