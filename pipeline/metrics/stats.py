"""Counts of every document, the sufficient statistics of all intervals and significance tests.

A table has one row a document and one column a thing that is counted ("label:ORG", "slice:field=政府", "value"), each
with three numbers: correct, support, predicted. Beyond MAX_ROWS documents rows are folded into MAX_ROWS groups by a
hash of the record's id, which bounds the memory of a stream and leaves resampling as good as it was.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

CHUNK = 1024
MAX_ROWS = 4_000
CORRECT, SUPPORT, PREDICTED = range(3)


@dataclass(frozen=True, slots=True)
class DocStats:
    """Counts of documents.

    ids (tuple[str, ...]): record ids, sorted; "#7" is a group of documents.
    names (tuple[str, ...]): the columns, sorted.
    table (ndarray): shape (documents, columns, 3): correct, support, predicted.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    table: IntArray

    @property
    def totals(self) -> IntArray:
        """RETURNS (ndarray): shape (columns, 3), summed over documents."""
        total: IntArray = self.table.sum(axis=0)
        return total

    def total(self, name: str) -> tuple[int, int, int]:
        """RETURNS (tuple[int, int, int]): correct, support, predicted of a column; zeros if there is none."""
        if name not in self.names:
            return (0, 0, 0)
        correct, support, predicted = self.table[:, self.names.index(name)].sum(axis=0)
        return int(correct), int(support), int(predicted)

    def columns(self, prefix: str) -> list[int]:
        """RETURNS (list[int]): positions of the columns whose name starts so."""
        return [position for position, name in enumerate(self.names) if name.startswith(prefix)]


class StatsBuilder:
    """Collects the counts of a stream of documents, a chunk of at most CHUNK documents at a time."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._columns: dict[str, int] = {}
        self._ids: list[str] = []
        self._done: list[tuple[list[str], npt.NDArray[np.int32]]] = []
        self._folded: npt.NDArray[np.int32] | None = None
        self._rows = 0
        self._hits: list[IntArray] = []
        for name in names:
            self.column(name)

    def column(self, name: str) -> int:
        """RETURNS (int): the number of a column, which is made if it is new."""
        return self._columns.setdefault(name, len(self._columns))

    def start(self, ids: list[str]) -> None:
        """Begin a chunk of documents."""
        self.flush()
        self._ids = ids

    def count(self, columns: IntArray | int, side: int, rows: IntArray) -> None:
        """Count one for each row: the place of a document within its chunk."""
        self._hits.append((columns * 3 + side) * CHUNK + rows)

    def flush(self) -> None:
        """Turn what was collected into rows."""
        if not self._ids:
            return
        width = len(self._columns)
        hits = np.concatenate(self._hits) if self._hits else np.zeros(0, dtype=np.int64)
        counted = np.bincount(hits, minlength=width * 3 * CHUNK)
        rows = counted.reshape(width, 3, CHUNK)[:, :, : len(self._ids)].transpose(2, 0, 1)
        self._done.append((self._ids, rows.astype(np.int32)))
        self._rows += len(self._ids)
        self._ids, self._hits = [], []
        if self._folded is not None or self._rows > MAX_ROWS:
            self._fold()

    def _fold(self) -> None:
        width = len(self._columns)
        if self._folded is None:
            self._folded = np.zeros((MAX_ROWS, width, 3), dtype=np.int32)
        elif self._folded.shape[1] < width:
            self._folded = _widen(self._folded, width)
        for ids, rows in self._done:
            groups = [zlib.crc32(name.encode()) % MAX_ROWS for name in ids]
            np.add.at(self._folded[:, : rows.shape[1]], groups, rows)
        self._done = []

    def build(self) -> DocStats:
        """RETURNS (DocStats): all counts, documents by id and columns by name."""
        self.flush()
        names = sorted(self._columns)
        order = [self._columns[name] for name in names]
        width = len(order)
        if self._folded is not None:
            table, ids = _widen(self._folded, width), [f"#{group}" for group in range(MAX_ROWS)]
        else:
            parts = [_widen(rows, width) for _, rows in self._done]
            table = np.concatenate(parts) if parts else np.zeros((0, width, 3), dtype=np.int32)
            ids = [name for part, _ in self._done for name in part]
        places = sorted(range(len(ids)), key=ids.__getitem__)
        table = table[np.ix_(places, order)]
        return DocStats(tuple(ids[place] for place in places), tuple(names), table.astype(np.int64))


def _widen(rows: npt.NDArray[np.int32], width: int) -> npt.NDArray[np.int32]:
    return np.pad(rows, ((0, 0), (0, width - rows.shape[1]), (0, 0)))


def stats_to_json(stats: DocStats) -> dict[str, str]:
    """RETURNS (dict[str, str]): for each document its columns that are not zero, as "name=correct/support/predicted"
    joined by tabs; a form that stays readable in a diff."""
    lines: dict[str, str] = {}
    for row, record_id in enumerate(stats.ids):
        cells = stats.table[row]
        used = np.flatnonzero(cells.any(axis=1))
        lines[record_id] = "\t".join(f"{stats.names[i]}={'/'.join(map(str, cells[i].tolist()))}" for i in used)
    return lines


def json_to_stats(data: Mapping[str, Any]) -> DocStats:
    """RETURNS (DocStats): what `stats_to_json` wrote. RAISES (ValueError): if it is something else."""
    parsed: dict[str, dict[str, list[int]]] = {}
    for record_id, line in data.items():
        cells = {}
        for cell in str(line).split("\t") if line else []:
            name, found, numbers = cell.rpartition("=")
            counts = [int(number) for number in numbers.split("/")]
            if not found or len(counts) != 3 or min(counts) < 0:
                raise ValueError(f"{cell!r} is not of the form name=correct/support/predicted")
            cells[name] = counts
        parsed[record_id] = cells
    ids = sorted(parsed)
    names = sorted({name for cells in parsed.values() for name in cells})
    table = np.zeros((len(ids), len(names), 3), dtype=np.int64)
    place = {name: column for column, name in enumerate(names)}
    for row, record_id in enumerate(ids):
        for name, counts in parsed[record_id].items():
            table[row, place[name]] = counts
    return DocStats(tuple(ids), tuple(names), table)
