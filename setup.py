"""Copies the default configs, project.yml and the example into the wheel; everything else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithDefaults(build_py):
    """The repository keeps its configs at the top level; a wheel needs them inside the package."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "pipeline" / "_defaults"
        gold = ROOT / "annotations" / "gold"
        example = [*(ROOT / "seeds").glob("*.txt"), *gold.glob("*.jsonl"), *gold.parent.glob("README.md")]
        for source in [ROOT / "project.yml", *(ROOT / "configs").rglob("*.cfg"), *example]:
            goal = target / source.relative_to(ROOT)
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, goal)


setup(cmdclass={"build_py": BuildWithDefaults})
