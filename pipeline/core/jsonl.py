"""Files: strict UTF-8 reading with places in messages, streaming JSON Lines, and atomic writing.

A file that this module writes appears complete or not at all: it is written beside its place and moved there.
"""

from __future__ import annotations

import errno
import json
import math
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pipeline.errors import InputError, Problem


def read_text(path: Path, *, encoding: str = "utf-8") -> str:
    """Read a text file whole, newlines as they are.

    path (Path): the file.
    encoding (str): its encoding; UTF-8 (with or without a byte order mark) unless told otherwise.
    RETURNS (str): its text.
    RAISES (InputError): if it cannot be opened, is empty or not in this encoding; GB18030 is recognised and named.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(_unreadable(path, error)) from error
    if not data.strip():
        raise InputError(Problem("E102", "the file is empty", "remove it or put a document in it", path))
    try:
        return data.decode("utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding)
    except LookupError as error:
        raise InputError(Problem("E105", f"unknown encoding {encoding!r}", "try --encoding gb18030", path)) from error
    except UnicodeDecodeError as error:
        raise InputError(_wrong_encoding(path, data, encoding, error)) from error


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem("E101", f"cannot be read: {error.strerror or error}", "check the path and its permissions", path)


def _wrong_encoding(path: Path, data: bytes, encoding: str, error: UnicodeDecodeError) -> Problem:
    line = data.count(b"\n", 0, error.start) + 1
    guess = _guess_encoding(data)
    if guess is not None and guess != encoding.lower():
        return Problem("E103", f"not {encoding}; it looks like {guess}", f"read it with --encoding {guess}", path, line)
    return Problem("E104", f"not {encoding} (byte {error.start})", "convert it, or name its --encoding", path, line)


def _guess_encoding(data: bytes) -> str | None:
    """GB18030 if it decodes and most of it is Chinese; else another encoding of Chinese; None if it cannot tell."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    chinese = sum("\u4e00" <= char <= "\u9fff" or char in "，。、；：“”（）" for char in text)
    if chinese * 2 > sum(not char.isascii() for char in text) > 0:
        return "gb18030"
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["gb18030", "big5", "utf_16", "utf_16_le", "utf_16_be"]).best()
    return best.encoding.replace("_", "-") if best is not None else None


def read_jsonl(path: Path) -> Iterator[tuple[int, Any]]:
    """Stream the JSON values of a JSON Lines file.

    path (Path): the file; UTF-8.
    YIELDS (tuple[int, Any]): line number from 1, parsed value; blank lines are passed over.
    RAISES (InputError): if the file cannot be read, holds no value, or a line is no JSON or not UTF-8.
    """
    empty = True
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(_unreadable(path, error)) from error
    with stream:
        try:
            for line, data in enumerate(stream, 1):
                raw = data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data
                if not raw.strip():
                    continue
                empty = False
                yield line, _parse_line(path, line, raw)
        except OSError as error:
            raise InputError(_unreadable(path, error)) from error
    if empty:
        raise InputError(Problem("E102", "the file is empty", "remove it or put a record in it", path))


def _parse_line(path: Path, line: int, raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8").strip(), parse_constant=_refuse_constant, parse_float=_parse_float)
    except UnicodeDecodeError as error:
        problem = _wrong_encoding(path, raw, "utf-8", error)
        raise InputError(
            Problem(problem.code, problem.message, "JSON Lines are UTF-8; convert the file", path, line)
        ) from error
    except (ValueError, RecursionError) as error:  # also NaN, infinities and integers of thousands of digits
        said = f" at column {error.colno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else f": {error}"
        raise InputError(
            Problem("E106", f"broken JSON{said}", "each line is one complete JSON object", path, line)
        ) from error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _parse_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is beyond all numbers a computer holds")
    return number


@contextmanager
def atomic_open(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a file for writing that takes its place only when all went well.

    path (Path): where the file shall be; its folder is made.
    mode (str): "w" for UTF-8 text with \\n newlines, "wb" for bytes.
    YIELDS (IO): the open file.
    """
    target = path.resolve()  # a link stays a link: what it points to is replaced
    options: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    if target.exists() and not target.is_file() and not target.is_dir():
        with target.open(mode, **options) as stream:  # a pipe or a device cannot be replaced
            yield stream
        return
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise InputError(
            Problem("E107", f"cannot be written: {error.strerror or error}", "name another output", path)
        ) from error
    os.close(descriptor)
    try:
        with Path(name).open(mode, **options) as stream:
            yield stream
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_text(path: Path, text: str) -> None:
    """Write a text file, UTF-8, complete or not at all."""
    with atomic_open(path) as stream:
        stream.write(text)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file as it is, complete or not at all."""
    with atomic_open(path, "wb") as stream:
        stream.write(data)


def write_json(path: Path, data: Any) -> None:
    """Write one JSON value, indented, complete or not at all. NaN is refused."""
    write_text(path, json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def write_jsonl(path: Path, items: Iterable[Any]) -> int:
    """Write JSON values one a line, streaming, complete or not at all. RETURNS (int): how many."""
    count = 0
    with atomic_open(path) as stream:
        for item in items:
            stream.write(json.dumps(item, ensure_ascii=False, allow_nan=False) + "\n")
            count += 1
    return count


def read_json(path: Path) -> Any:
    """RETURNS (Any): the JSON value of a file. RAISES (InputError): if it cannot be read or is no JSON."""
    text = read_text(path)
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_parse_float)
    except (ValueError, RecursionError) as error:
        line, said = (error.lineno, error.msg) if isinstance(error, json.JSONDecodeError) else (None, str(error))
        raise InputError(Problem("E106", f"broken JSON: {said}", "the file is one JSON value", path, line)) from error
