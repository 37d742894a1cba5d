"""Own namespaces on spaCy's registry, and the way from a config block to a stage that can run.

Every registered name stands in `pyproject.toml` as an entry point (group = namespace joined by "_"), so that nothing
depends on what was imported first, and a package of the user's own adds a name in the same way. Functions that a
training config names (features, readers, callbacks) are in spaCy's own namespaces, since spaCy resolves those configs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import catalogue
from spacy.util import registry as spacy_registry

from pipeline.errors import ConfigError, Problem

Stage = Callable[[], None]
"""What a stage factory returns: the work, all its options bound."""


class registry(spacy_registry):
    """spaCy's registry with the namespaces of a pipeline config."""

    stages = catalogue.create("biaozhu", "stages", entry_points=True)
    cleaners = catalogue.create("biaozhu", "cleaners", entry_points=True)
    segmenters = catalogue.create("biaozhu", "segmenters", entry_points=True)
    formats = catalogue.create("biaozhu", "formats", entry_points=True)


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
        raise ConfigError(
            Problem("E803", f"[{name}] {error}", "`biaozhu stages` lists names and options", path)
        ) from error
