"""What is built from the repository stands alone: a wheel of the source distribution holds what `init` writes."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from pipeline.core.resources import default_files, example_files
from tests.conftest import ROOT

BUILD = "import sys; from setuptools import build_meta; getattr(build_meta, sys.argv[1])(sys.argv[2])"


def build(what: str, source: Path, goal: Path) -> None:
    goal.mkdir()
    subprocess.run([sys.executable, "-c", BUILD, what, str(goal)], cwd=source, check=True, capture_output=True)


@pytest.mark.slow
def test_a_wheel_of_the_source_distribution_holds_configs_and_example(tmp_path: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, tracked.split("\0")):
        if not name.startswith(("tests/", "benchmarks/", "docs/")) and (ROOT / name).is_file():
            (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "tree" / name).write_bytes((ROOT / name).read_bytes())
    build("build_sdist", tmp_path / "tree", tmp_path / "sdist")
    (archive,) = (tmp_path / "sdist").iterdir()
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    build("build_wheel", source, tmp_path / "wheel")
    (wheel,) = (tmp_path / "wheel").iterdir()
    with ZipFile(wheel) as packed:
        names = "pipeline/nlp/features/known_names.txt"
        assert packed.read(names) == (ROOT / names).read_bytes()
        for name, path in (default_files() | example_files()).items():
            assert packed.read(f"pipeline/_defaults/{name}") == path.read_bytes()
        (notes,) = (name for name in packed.namelist() if name.endswith(".dist-info/METADATA"))
        assert "\nLicense-Expression: MIT AND CC-BY-4.0\n" in packed.read(notes).decode("utf-8")
        for name in ("LICENSE", "annotations/LICENSE"):
            assert packed.read(notes.replace("METADATA", f"licenses/{name}")) == (ROOT / name).read_bytes()
