"""The Makefile: that `make check` is what CI runs, and what it says where Python is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT


def test_check_is_what_ci_runs() -> None:
    ci = re.findall(r"^make (.+)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), flags=re.MULTILINE)
    (check,) = re.findall(r"^check: (.+?) ##", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert check.split() == " ".join(ci).split()


@pytest.mark.parametrize("environment", [".venv", ".venv-torch"])
def test_python_that_is_not_there_is_said(tmp_path: Path, environment: str) -> None:
    for name in ("Makefile", "pyproject.toml", "setup.py", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    command = ["make", f"{environment}/installed", "PYTHON=python-that-is-not-there"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: python-that-is-not-there not found; install Python 3.11")
