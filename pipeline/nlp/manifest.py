"""What has to be known about a training run to judge and repeat it: data, code, versions, machine, model files."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipeline.core.records import iter_records
from pipeline.errors import InputError, Problem

_PACKAGES = (
    "biaozhu",
    "spacy",
    "thinc",
    "numpy",
    "scipy",
    "numba",
    "scikit-learn",
    "jieba",
    "rjieba",
    "spacy-pkuseg",
    "optuna",
    "mlflow-skinny",
    "spacy-transformers",
    "transformers",
    "torch",
)
GOLD = ("train", "dev")


def describe_data(paths: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Describe the files of a config's [paths].

    paths (Mapping): the block; names that are empty are passed over.
    RETURNS (dict): by name the path, the hash and, for gold, what is in it.
    RAISES (InputError): if one of them cannot be read.
    """
    return {name: describe_path(Path(str(path)), gold=name in GOLD) for name, path in paths.items() if path}


def describe_path(path: Path, *, gold: bool = False) -> dict[str, Any]:
    """RETURNS (dict): path and hash of a file or folder; of gold also documents, characters, and spans by label."""
    if path.is_dir():
        return {"path": str(path), "sha256": hash_files(path)[0]}
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            Problem("E101", f"cannot be read: {error.strerror or error}", "check the path in [paths]", path)
        ) from error
    found: dict[str, Any] = {"path": str(path), "sha256": digest}
    if gold:
        records = [record for _, record in iter_records(path)]
        found["records"] = len(records)
        found["characters"] = sum(len(record.text) for record in records)
        found["labels"] = dict(Counter(span.label for record in records for span in record.spans).most_common())
    return found


def hash_files(folder: Path) -> tuple[str, int]:
    """RETURNS (tuple[str, int]): one hash over names and contents of all files of a folder, and their size in bytes."""
    digest, size = hashlib.sha256(), 0
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
        size += len(content)
    return digest.hexdigest(), size


def describe_model(folder: Path) -> dict[str, Any]:
    """RETURNS (dict): hash and size of a model folder; equal runs give equal hashes."""
    digest, size = hash_files(folder)
    return {"sha256": digest, "bytes": size}


def describe_components(nlp: Language) -> list[dict[str, Any]]:
    """RETURNS (list): name, factory and labels of every component, in order."""
    return [
        {"name": name, "factory": nlp.get_pipe_meta(name).factory, "labels": list(getattr(pipe, "labels", ()))}
        for name, pipe in nlp.pipeline
    ]


def describe_machine() -> dict[str, Any]:
    """RETURNS (dict): Python, platform, processors, and the versions of what takes part."""
    versions = {}
    for name in _PACKAGES:
        with suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "versions": versions,
    }


def describe_code() -> dict[str, Any]:
    """RETURNS (dict): the commit of the working directory and whether files differ from it; None without git."""
    commit = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no")
    return {"git": commit or None, "git_changed": None if changed is None else bool(changed)}


def _git(*arguments: str) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    done = subprocess.run([git, *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def fill_meta(nlp: Language, card: Mapping[str, Any], data: Mapping[str, Mapping[str, Any]]) -> None:
    """Write name, description, licence and sources into the meta of an nlp object, which travel with its folder.

    nlp (Language): the trained model.
    card (Mapping): the config's [card] block.
    data (Mapping): what `describe_data` returned.
    """
    for key in ("name", "description", "license", "author", "url"):
        if card.get(key):
            nlp.meta[key] = str(card[key])
    nlp.meta["sources"] = [f"{name}: {item['path']} (sha256 {item['sha256']})" for name, item in data.items()]


def describe_evaluations(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """RETURNS (dict): how often dev was scored during training, and the best and the last row of each component."""
    names: Iterable[str | None] = dict.fromkeys(row.get("component") for row in rows)
    found = []
    for name in names:
        own = [row for row in rows if row.get("component") == name]
        found.append({"best": max(own, key=main_score), "last": own[-1]})
    return {"count": len(rows), "runs": found}


def main_score(row: Mapping[str, Any]) -> float:
    """RETURNS (float): what decides which row is best; -1 where dev was not scored."""
    value = row.get("score", row.get("ents_f"))
    return -1.0 if value is None else float(value)
