"""Fixtures for all tests: the command line as a function, a project folder, and small records built by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from typer.testing import CliRunner, Result

from pipeline.core.records import Record
from pipeline.core.spans import CharSpan

# a first call imports and compiles; time is no law of any test here
settings.register_profile("biaozhu", deadline=None)
settings.load_profile("biaozhu")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def cli() -> Callable[..., Result]:
    """RETURNS (Callable): runs a command line in this process; its result has exit_code and output."""
    from pipeline.cli import app

    def run(*arguments: object, input: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], input=input)

    return run


@pytest.fixture
def seed_file() -> Path:
    """RETURNS (Path): the seed document, raw."""
    return next((ROOT / "seeds").glob("*.txt"))


def make_record(text: str, *spans: tuple[int, int, str] | tuple[int, int, str, str], record_id: str = "r1") -> Record:
    """RETURNS (Record): a record with spans given as tuples."""
    return Record(record_id, text, tuple(CharSpan(*span) for span in spans))
