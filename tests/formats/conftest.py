"""Fixtures for the formats: write and read back through the registered pair."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.core.records import Record
from pipeline.formats.base import Conversion
from pipeline.stages.convert import find_format


def through(name: str, records: Sequence[Record], suffix: str = "") -> tuple[list[Record], Conversion]:
    """RETURNS (tuple): the records after writing and reading, and what was said about it."""
    conversion = Conversion()
    chosen = find_format(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"corpus{suffix}"
        assert chosen.write(path, iter(records), conversion) == len(records)
        return list(chosen.read(path, conversion)), conversion


@pytest.fixture
def read_as(tmp_path: Path) -> Callable[..., list[Record]]:
    """RETURNS (Callable): reads a text as a format."""

    def read(name: str, text: str, conversion: Conversion | None = None) -> list[Record]:
        path = tmp_path / "corpus"
        path.write_text(text, encoding="utf-8", newline="\n")
        return list(find_format(name).read(path, conversion or Conversion()))

    return read
