"""What is registered: a snapshot of all names, and that each of them can be loaded without importing anything first."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib

import pytest

from tests.conftest import ROOT

GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
NAMES = [(group, name) for group, names in GROUPS.items() for name in names]


@pytest.mark.parametrize(("group", "name"), NAMES, ids=[f"{group}:{name}" for group, name in NAMES])
def test_registered_name_points_to_a_documented_function(group: str, name: str) -> None:
    from importlib.metadata import entry_points

    (entry,) = [item for item in entry_points(group=group) if item.name == name and item.value.startswith("pipeline.")]
    assert entry.value == GROUPS[group][name], "pip install -e . after changing entry points"
    assert entry.load().__doc__


def test_names_are_versioned_or_factories() -> None:
    unversioned = [name for group, name in NAMES if group != "spacy_factories" and not name.endswith(".v1")]
    assert unversioned == []


def test_a_fresh_process_resolves_a_stage_by_name_alone() -> None:
    code = "from pipeline.registry import registry; print(registry.stages.get('biaozhu.clean.v1').__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "make_clean\n"


def test_command_line_starts_without_heavy_libraries() -> None:
    code = (
        "import sys, json, pipeline.cli;"
        "print(json.dumps([name for name in ('spacy', 'numpy', 'sklearn', 'numba', 'rich.progress', 'label_studio_sdk')"
        " if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
