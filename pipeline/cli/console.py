"""What a person sees while it works: errors, log lines, and progress with time left.

Progress is a bar on a terminal and a plain line now and then elsewhere; results go to standard output, everything else
to standard error, so that output can be piped.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from pipeline.core.progress import _reporter

T = TypeVar("T")
_PLAIN_EVERY = 10.0


def print_error(message: str) -> None:
    """Print one error on standard error."""
    print(f"error: {message}", file=sys.stderr)


class TerminalReporter:
    """Progress bars with time left, for a terminal."""

    def track(self, items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
        """YIELDS (T): the items, with a bar on standard error."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield from progress.track(items, total=total, description=what)


class PlainReporter:
    """A line every ten seconds, for log files."""

    def track(self, items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
        """YIELDS (T): the items, with log lines on standard error."""
        started = said = time.monotonic()
        for done, item in enumerate(items, 1):
            yield item
            now = time.monotonic()
            if now - said >= _PLAIN_EVERY:
                said = now
                left = f", {(now - started) / done * (total - done):.0f} s left" if total else ""
                print(f"{what}: {done}{f' of {total}' if total else ''}{left}", file=sys.stderr)


def start_logging(*, quiet: bool = False) -> None:
    """Send the product's log lines to standard error and choose how progress looks.

    quiet (bool): only warnings, and no progress.
    """
    logger = logging.getLogger("biaozhu")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.WARNING if quiet else logging.INFO)
    if not quiet:
        _reporter.set(TerminalReporter() if sys.stderr.isatty() else PlainReporter())
