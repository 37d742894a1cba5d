"""Packages that only some training configs need: said by name and remedy before anything is built."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import MissingPartError, Problem

_NEEDS = {
    "transformer": ("spacy_transformers", "spacy-transformers", 'pip install "biaozhu[transformers]"'),
    "curated_transformer": (
        "spacy_curated_transformers",
        "spacy-curated-transformers",
        "pip install spacy-curated-transformers",
    ),
}


def check_extras(config: Mapping[str, Any], path: Path) -> None:
    """Check that what the components of a config come from is installed.

    config (Mapping): the training config.
    path (Path): its file, for messages.
    RAISES (MissingPartError): naming each component and what to install for it.
    """
    problems = []
    for name, block in config.get("components", {}).items():
        module, package, remedy = _NEEDS.get(str(block.get("factory")), ("", "", ""))
        if module and importlib.util.find_spec(module) is None:
            message = f"component {name!r} needs {package}, which is not installed"
            problems.append(Problem("E506", message, remedy, path))
    if problems:
        raise MissingPartError(*problems)
