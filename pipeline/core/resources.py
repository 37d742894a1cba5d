"""Where the default configs and the example are: in the wheel as package data, in a checkout at the top level.

`setup.py` copies the files below into `pipeline/_defaults` when a wheel is built; `biaozhu init` writes them out.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_BUNDLED = _PACKAGE / "_defaults"


def default_file(name: str) -> Path:
    """RETURNS (Path): a default file such as "configs/labels.cfg". RAISES (FileNotFoundError): if there is none."""
    for folder in (_BUNDLED, _PACKAGE.parent):
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"no default file {name}: the installation is damaged; install biaozhu again")


def _root() -> Path:
    return _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent


def example_files() -> dict[str, Path]:
    """RETURNS (dict[str, Path]): the seed document, the corpus and its data card, by their relative names."""
    root = _root()
    found = [*sorted((root / "seeds").glob("*.txt")), *sorted((root / "annotations" / "gold").glob("*.jsonl"))]
    return {str(path.relative_to(root)): path for path in (*found, root / "annotations" / "README.md")}


def default_files() -> dict[str, Path]:
    """RETURNS (dict[str, Path]): every file that `biaozhu init` writes out, by its relative name."""
    root = _root()
    found = sorted((root / "configs").rglob("*.cfg"))
    return {"project.yml": root / "project.yml"} | {str(path.relative_to(root)): path for path in found}
