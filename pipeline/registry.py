"""Own namespaces on spaCy's registry, and the way from a config block to a stage that can run.

Every registered name stands in `pyproject.toml` as an entry point (group = namespace joined by "_"), so that nothing
depends on what was imported first, and a package of the user's own adds a name in the same way. Functions that a
training config names (features, readers, callbacks) are in spaCy's own namespaces, since spaCy resolves those configs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import catalogue
from spacy.util import registry as spacy_registry

from pipeline.core.jsonl import read_text
from pipeline.errors import BiaozhuError, ConfigError, Problem

Stage = Callable[[], None]
"""What a stage factory returns: the work, all its options bound."""


class registry(spacy_registry):
    """spaCy's registry with the namespaces of a pipeline config."""

    stages = catalogue.create("biaozhu", "stages", entry_points=True)
    cleaners = catalogue.create("biaozhu", "cleaners", entry_points=True)
    segmenters = catalogue.create("biaozhu", "segmenters", entry_points=True)
    formats = catalogue.create("biaozhu", "formats", entry_points=True)


# spaCy says it in three lines, with advice for people who write spaCy plugins
_UNKNOWN = re.compile(
    r"Could not find function '([^']+)' in function registry '([^']+)'.*Available names: ([^\n]+)", re.DOTALL
)


def resolve_block(block: dict[str, Any], *, name: str, path: str | None = None) -> Any:
    """Build what a config block describes.

    block (dict): the block, interpolated, with its "@namespace" key.
    name (str): its name in the config, for messages.
    path (str | None): the config file, for messages.
    RETURNS (Any): what the registered function returns.
    RAISES (ConfigError): unknown function or option, or a value that does not fit.
    """
    from confection import ConfigValidationError

    try:
        return registry.resolve({"block": block})["block"]
    except ConfigValidationError as error:
        details = "; ".join(
            f"{'.'.join(str(part) for part in item.get('loc', ()))}: {item.get('msg', '')}" for item in error.errors
        )
        raise ConfigError(
            Problem("E802", f"[{name}] {details or error.desc}", "`biaozhu stages` lists names and options", path)
        ) from error
    except (catalogue.RegistryError, ValueError) as error:
        unknown = _UNKNOWN.search(str(error))
        said = f"there is no {unknown[1]} among {unknown[2]}; there are: {unknown[3]}" if unknown else str(error)
        raise ConfigError(
            Problem("E803", f"[{name}] {said}", "`biaozhu stages` lists names and options", path)
        ) from error


def load_config(path: Path, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read a pipeline config.

    path (Path): a spaCy-style .cfg file.
    overrides (Mapping | None): values by dotted name, such as {"stages.train.seed": 3}.
    RETURNS (dict): the config, overrides and variables filled in.
    RAISES (ConfigError): if it is no config, or an override names a block or stage that the config does not have.
    """
    from confection import Config

    text = read_text(path)
    try:
        config = Config().from_str(text, interpolate=False)
        for name in overrides or {}:
            _check_override(config, name, path)
        filled = Config().from_str(text, overrides=dict(overrides or {}))
    except BiaozhuError:
        raise
    except ValueError as error:
        details = " ".join(str(error).split())
        raise ConfigError(Problem("E801", details, "see configs/pipeline.cfg for one that works", path)) from error
    if not isinstance(filled.get("stages"), dict):
        raise ConfigError(Problem("E804", "there is no [stages] block", "name the stages: [stages.clean] …", path))
    return dict(filled)


def _check_override(config: dict[str, Any], name: str, path: Path) -> None:
    *blocks, key = name.split(".")
    block: Any = config
    for depth, part in enumerate(blocks):
        if not isinstance(block, dict) or part not in block:
            where = ".".join(blocks[: depth + 1])
            known = ", ".join(block) if isinstance(block, dict) else ""
            raise ConfigError(Problem("E805", f"--{name}: there is no [{where}]", f"there are: {known}", path))
        block = block[part]
    if not blocks or not key or not isinstance(block, dict):
        raise ConfigError(Problem("E805", f"--{name}: overrides name a block and a key", "--stages.train.seed 3", path))


def resolve_stage(config: Mapping[str, Any], name: str, path: Path) -> Stage:
    """Build one stage of a config.

    config (Mapping): what `load_config` returns.
    name (str): the stage's block under [stages].
    path (Path): the config file, for messages.
    RETURNS (Stage): the work, ready to run.
    RAISES (ConfigError): unknown stage, function or option, or a value that does not fit.
    """
    blocks = config["stages"]
    if name not in blocks:
        raise ConfigError(Problem("E806", f"there is no stage {name!r}", f"there are: {', '.join(blocks)}", path))
    block = blocks[name]
    if not isinstance(block, dict) or "@stages" not in block:
        raise ConfigError(Problem("E807", f"[stages.{name}] names no function", '@stages = "biaozhu.clean.v1"', path))
    stage: Stage = resolve_block(block, name=f"stages.{name}", path=str(path))
    return stage
