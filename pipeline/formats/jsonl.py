"""Format jsonl: records as they are, one JSON object a line (see docs/formats.md). It holds everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.core.records import Record, iter_records, write_records
from pipeline.formats.base import Conversion, Format


def make_jsonl() -> Format:
    """RETURNS (Format): JSON Lines of records."""
    return Format(_read, _write)


def _read(path: Path, conversion: Conversion) -> Iterator[Record]:
    return (record for _, record in iter_records(path))


def _write(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    return write_records(path, records)
