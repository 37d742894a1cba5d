"""Copies the default configs and project.yml into the wheel; everything else is in pyproject.toml."""

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
        for source in [ROOT / "project.yml", *sorted((ROOT / "configs").rglob("*.cfg"))]:
            goal = target / source.relative_to(ROOT)
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, goal)


setup(cmdclass={"build_py": BuildWithDefaults})
