"""Getting and training a pkuseg model.

The spacy-pkuseg wheel holds no model. The sdist of `pkuseg` on the Python package index (MIT) does; pip fetches it in a
throwaway environment, nothing of it is installed or run, and its feature pickle is converted by an unpickler that knows
no classes at all.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import atomic_open, read_text
from pipeline.errors import InputError, MissingPartError, Problem

SDIST = "pkuseg==0.0.25"
BUILD_TOOLS = ("numpy", "cython", "setuptools", "wheel")
_MEMBERS = ("models/default/features.pkl", "models/default/weights.npz")


class _PlainUnpickler(pickle.Unpickler):
    """Reads dicts, lists, sets, strings and numbers; any class or function is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in {("builtins", "set"), ("__builtin__", "set")}:
            return set
        raise pickle.UnpicklingError(f"{module}.{name} does not belong into a table of features")


def convert_features(pickled: bytes) -> bytes:
    """Convert pkuseg's feature pickle to what spacy-pkuseg reads without pickle.

    pickled (bytes): content of features.pkl.
    RETURNS (bytes): content of features.msgpack.
    RAISES (InputError): if the pickle holds anything but plain tables, or not pkuseg's four.
    """
    import srsly

    try:
        data = _PlainUnpickler(io.BytesIO(pickled)).load()
        tables = {
            "unigram": sorted(data["unigram"]),
            "bigram": sorted(data["bigram"]),
            "feature_to_idx": dict(data["feature_to_idx"]),
            "tag_to_idx": dict(data["tag_to_idx"]),
        }
    except (pickle.UnpicklingError, KeyError, TypeError, EOFError, IndexError) as error:
        raise InputError(Problem("E213", f"not pkuseg's features: {error}", "fetch the model again")) from error
    packed: bytes = srsly.msgpack_dumps(tables)
    return packed


def _write_model(folder: Path, features: bytes, weights: bytes) -> None:
    for name, content in (("features.msgpack", features), ("weights.npz", weights)):
        with atomic_open(folder / name, "wb") as stream:
            stream.write(content)


def fetch_pkuseg(output: Path) -> Path:
    """Fetch the public pkuseg model from the configured Python package index.

    output (Path): folder for the model.
    RETURNS (Path): the folder, with features.msgpack and weights.npz.
    RAISES (MissingPartError): if pip cannot fetch the sdist, with pip's last lines.
    """
    with tempfile.TemporaryDirectory(prefix="biaozhu-pkuseg-") as name:
        scratch = Path(name)
        environment = scratch / "venv"
        venv.create(environment, with_pip=True)
        python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        _pip(python, "install", *BUILD_TOOLS)
        _pip(python, "download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation", "-d", name, SDIST)
        sdist = next(scratch.glob("pkuseg-*.tar.gz"))
        content = {}
        with tarfile.open(sdist) as archive:
            for member in archive:
                for wanted in _MEMBERS:
                    if member.isfile() and member.name.endswith(f"/pkuseg/{wanted}"):
                        content[wanted] = archive.extractfile(member).read()  # type: ignore[union-attr]
    if len(content) != len(_MEMBERS):
        raise MissingPartError(Problem("E214", f"{SDIST} holds no model any more", "train one: biaozhu models train"))
    _write_model(output, convert_features(content[_MEMBERS[0]]), content[_MEMBERS[1]])
    return output


def _pip(python: Path, *arguments: str) -> None:
    done = subprocess.run([str(python), "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        last = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise MissingPartError(
            Problem("E215", f"pip {arguments[0]} failed: {last}", "check the network and pip's index, then try again")
        )


def train_pkuseg(segmented: Path, output: Path, *, iterations: int = 20, held_out: float = 0.1) -> str:
    """Train a pkuseg model on segmented text.

    segmented (Path): one sentence a line, words separated by spaces, UTF-8.
    output (Path): folder for the model.
    iterations (int): passes over the training part.
    held_out (float): share of the lines, the last ones, that the trainer reports its score on.
    RETURNS (str): the trainer's own log.
    RAISES (InputError): if the file has fewer than ten sentences or no spaces in them.
    """
    lines = [line.strip() for line in read_text(segmented).splitlines() if line.strip()]
    if len(lines) < 10 or not any(" " in line for line in lines):
        raise InputError(
            Problem("E216", "too little to learn from", "at least 10 lines, words separated by spaces", segmented)
        )
    import spacy_pkuseg

    cut = max(1, round(len(lines) * held_out))
    log = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="biaozhu-pkuseg-") as name:
        scratch = Path(name)
        (scratch / "train.txt").write_text("\n".join(lines[:-cut]) + "\n", encoding="utf-8")
        (scratch / "test.txt").write_text("\n".join(lines[-cut:]) + "\n", encoding="utf-8")
        with contextlib.redirect_stdout(log):
            spacy_pkuseg.train(
                str(scratch / "train.txt"), str(scratch / "test.txt"), str(scratch / "model"), train_iter=iterations
            )
        model = scratch / "model"
        _write_model(output, (model / "features.msgpack").read_bytes(), (model / "weights.npz").read_bytes())
    return log.getvalue()
