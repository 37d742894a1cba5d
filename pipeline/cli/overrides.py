"""`--stages.train.seed 3`: extra options of a command, read as overrides of its config."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipeline.errors import ConfigError, Problem

CONTEXT = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Typer context settings of a command that takes overrides; it reads them from `ctx.args`."""


def parse_overrides(arguments: Sequence[str]) -> dict[str, Any]:
    """Read overrides.

    arguments (Sequence[str]): `--block.key value` or `--block.key=value`, alternating.
    RETURNS (dict): values by dotted name; a value that is JSON is read as JSON (3, true, ["a"]), else it is a string.
    RAISES (ConfigError): for anything that is not an override.
    """
    overrides: dict[str, Any] = {}
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        name, equals, value = option.removeprefix("--").partition("=")
        if not option.startswith("--") or "." not in name:
            raise ConfigError(
                Problem("E808", f"unknown option or argument {option!r}", "overrides look like --stages.train.seed 3")
            )
        if not equals:
            if not rest:
                raise ConfigError(Problem("E809", f"{option} has no value", f"write {option} VALUE"))
            value = rest.pop(0)
        overrides[name] = _parse_value(value)
    return overrides


def _parse_value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
