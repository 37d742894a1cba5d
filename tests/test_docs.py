"""Every code block of the documentation runs.

```python``` blocks of one file run in one namespace, in a folder that `biaozhu init` filled, with a small gold and the
seed document. ```console``` and ```bash``` blocks are run line by line where a line begins with `biaozhu` (a leading
"$ " is passed over); a line that ends in `  # exit N` must end with that code, any other with 0. A block whose
fence says ```bash norun``` needs what a test has not (a cluster, a person) and is only shown.
"""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import ROOT

_FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "annotations").glob("*.md")])


def blocks(path: Path) -> Iterator[tuple[int, str, str]]:
    text = path.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        if "norun" not in match[2]:
            yield text.count("\n", 0, match.start()) + 2, match[1], match[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Callable[..., Result], seed_file: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    assert cli("init", ".").exit_code == 0
    shutil.copy(seed_file, tmp_path / "seeds")
    for split, count in (("train", 12), ("dev", 4), ("test", 37)):
        lines = (ROOT / "annotations" / "gold" / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
        (tmp_path / "annotations" / "gold" / f"{split}.jsonl").write_text(
            "\n".join(lines[:count]) + "\n", encoding="utf-8"
        )
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_blocks_run(path: Path, project: Path, cli: Callable[..., Result]) -> None:
    namespace: dict[str, object] = {"__name__": "docs"}
    for line, language, code in blocks(path):
        if language == "python":
            exec(compile("\n" * (line - 1) + code, str(path), "exec"), namespace)
        elif language in {"bash", "console"}:
            for command in code.replace("\\\n", " ").splitlines():
                run_command(command.removeprefix("$ "), f"{path.name}:{line}", cli)


def run_command(command: str, place: str, cli: Callable[..., Result]) -> None:
    command, _, note = command.partition("  # ")
    if not command.startswith("biaozhu ") or "|" in command.replace("'", ""):
        return
    expected = int(note.removeprefix("exit ")) if note.startswith("exit ") else 0
    words = shlex.split(command)[1:]
    if ">" in words:
        words = words[: words.index(">")]
    result = cli(*words, input="y\n")
    assert result.exit_code == expected, f"{place}: {command}\n{result.output}\n{result.exception!r}"


def test_every_fence_names_its_language() -> None:
    for path in FILES:
        fences = re.findall(r"^```(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(fences) % 2 == 0, path


def test_links_lead_somewhere_and_nothing_waits_to_be_filled_in() -> None:
    problems = []
    for path in [*FILES, ROOT / "models" / "README.md"]:
        text = path.read_text(encoding="utf-8")
        problems += [f"{path.name}: {match}" for match in re.findall(r"@@\w*|TODO|TBD|FIXME", text)]
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", _FENCE.sub("", text)):
            if "://" not in link and not (path.parent / link).exists():
                problems.append(f"{path.name}: dead link {link}")
    assert problems == []
