"""Progress without printing: library code tells how far it is, the command line decides how that looks.

`track` wraps an iterable; without a reporter it is the iterable itself. Log lines go to the logger "biaozhu".
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

T = TypeVar("T")
logger = logging.getLogger("biaozhu")


class Reporter(Protocol):
    """What the command line gives: an iterator that shows how far it is."""

    def track(self, items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
        """YIELDS the items, showing progress."""
        ...


_reporter: ContextVar[Reporter | None] = ContextVar("biaozhu_reporter", default=None)


def counted(number: int, noun: str) -> str:
    """RETURNS (str): "1 document", "12 documents"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def track(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Go through items and let the reporter, if there is one, show how far that is.

    items (Iterable[T]): what to go through.
    what (str): the work, as a person would say it: "cleaning".
    total (int | None): how many items, if known.
    YIELDS (T): the items.
    """
    reporter = _reporter.get()
    return iter(items) if reporter is None else reporter.track(items, what, total)


@contextmanager
def reporting(reporter: Reporter) -> Iterator[None]:
    """Use a reporter within a block."""
    token = _reporter.set(reporter)
    try:
        yield
    finally:
        _reporter.reset(token)


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out log lines below warnings within a block, and progress too."""
    level, token = logger.level, _reporter.set(None)
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
        _reporter.reset(token)
