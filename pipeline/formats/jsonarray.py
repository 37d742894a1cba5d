"""Streaming of JSON arrays: one item in memory at a time, reading and writing."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from pipeline.core.jsonl import atomic_open, read_text
from pipeline.formats.base import refuse

_CHUNK = 1 << 20
_SPACE = " \t\r\n"


def read_items(path: Path) -> Iterator[tuple[int, Any]]:
    """Stream the items of a JSON file.

    path (Path): one JSON array, or JSON values one after another (one of them, or JSON Lines).
    YIELDS (tuple[int, Any]): line on which the item begins, item.
    RAISES (InputError): if the file cannot be read, is not UTF-8 or no such JSON.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        refuse("E101", f"cannot be read: {error.strerror or error}", "check the path and its permissions", path=path)
    with stream:
        try:
            yield from _Items(stream, path)
        except UnicodeDecodeError:
            read_text(path)  # names the encoding


class _Items:
    """A buffer over a file that gives away one JSON value after the other."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self.stream, self.path = stream, path
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.buffer, self.place, self.line, self.ended = "", 0, 1, False

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        in_array = self._next_char() == "["
        if self._next_char() == "":
            refuse("E102", "the file is empty", "remove it or put a document in it", path=self.path)
        self.place += in_array
        first = True
        while (char := self._next_char()) not in (("]",) if in_array else ("",)):
            if in_array and not first:
                if char != ",":
                    self._broken("a comma or ] is missing between items")
                self.place += 1
                self._next_char()
            line = self.line
            yield line, self._value()
            first = False
        self.place += in_array
        if self._next_char() != "":
            self._broken("there is text behind the array")

    def _fill(self) -> None:
        data = self.stream.read(max(_CHUNK, len(self.buffer) - self.place))
        self.ended = not data
        self.buffer = self.buffer[self.place :] + self.decoder.decode(data, final=self.ended)
        self.place = 0

    def _next_char(self) -> str:
        """The next character that is no white space, "" at the end of the file."""
        while True:
            while self.place < len(self.buffer) and self.buffer[self.place] in _SPACE:
                self.line += self.buffer[self.place] == "\n"
                self.place += 1
            if self.place < len(self.buffer):
                return self.buffer[self.place]
            if self.ended:
                return ""
            self._fill()

    def _value(self) -> Any:
        while True:
            try:
                value, end = json.JSONDecoder().raw_decode(self.buffer, self.place)
            except (json.JSONDecodeError, RecursionError) as error:
                if self.ended or isinstance(error, RecursionError):
                    self._broken(str(error))
            else:
                if end < len(self.buffer) or self.ended:
                    self.line += self.buffer.count("\n", self.place, end)
                    self.place = end
                    return value
            self._fill()

    def _broken(self, why: str) -> None:
        remedy = "the file is one JSON array, or one JSON object a line"
        refuse("E106", f"broken JSON: {why}", remedy, path=self.path, line=self.line)


def write_items(path: Path, items: Iterable[Any]) -> int:
    """Write items as one JSON array, an item a line, complete or not at all. RETURNS (int): how many."""
    count = 0
    with atomic_open(path) as stream:
        stream.write("[")
        for item in items:
            stream.write(",\n" if count else "\n")
            stream.write(json.dumps(item, ensure_ascii=False, allow_nan=False))
            count += 1
        stream.write("\n]\n")
    return count
