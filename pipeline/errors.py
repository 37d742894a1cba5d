"""What can go wrong, said in one form: code, place, what is wrong, what to do.

Every error a user can meet is a `BiaozhuError` that carries one or more `Problem`s; the command line prints them and
exits 2. Codes are grouped by room and never reused: E1xx files and records, E2xx text and segmentation, E3xx numbers
and values, E4xx gold and formats, E5xx models and training, E6xx scores and gate, E7xx review, E8xx configs, stages
and commands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input.

    code (str): stable code such as "E101".
    message (str): what is wrong.
    remedy (str): what the user can do about it.
    path (Path | str | None): the file.
    line (int | None): its line, counted from 1.
    record_id (str | None): the record.
    """

    code: str
    message: str
    remedy: str = ""
    path: Path | str | None = None
    line: int | None = None
    record_id: str | None = None

    @property
    def place(self) -> str:
        """RETURNS (str): "file:line (record id)", as far as it is known."""
        place = "" if self.path is None else str(self.path)
        if self.line is not None:
            place += f":{self.line}" if place else f"line {self.line}"
        if self.record_id is not None:
            place += f" (record {self.record_id})" if place else f"record {self.record_id}"
        return place

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        remedy = f" → {self.remedy}" if self.remedy else ""
        return f"{place}[{self.code}] {self.message}{remedy}"


class BiaozhuError(Exception):
    """Base of every error that a user can cause and mend. Holds all problems found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class InputError(BiaozhuError):
    """A file, record or annotation that cannot be used as it is."""


class ConfigError(BiaozhuError):
    """A config that names an unknown block, stage or option, or gives a value that does not fit."""


class MissingPartError(BiaozhuError):
    """A model, extra package or server that the call needs and that is not there."""


class VerdictError(Exception):
    """A check that ran and says no, such as the gate: no fault of the input, exit code 1."""


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise one InputError with all problems, if there are any."""
    found = tuple(problems)
    if found:
        raise InputError(*found)
