"""Format brat: a folder with ID.txt and ID.ann for every document ("T1<TAB>GPE 0 2<TAB>余姚").

A span across a line is written in brat's fragments, one a line. brat has labels and offsets only: values, scores and
metadata are lost, and said. File names are ids with what a file name cannot have as %XX.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from pipeline.core.jsonl import write_text
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.errors import InputError, Problem
from pipeline.formats.base import LOST, MENDED, Conversion, Format, read_lines, refuse

_ENTITY = re.compile(r"T\S*\t(\S+) ([0-9]+ [0-9]+(?:;[0-9]+ [0-9]+)*)(?:\t(.*))?")
_UNSAFE = re.compile(r'[\x00-\x1f%/\\:*?"<>|]|^\.|\.$')
_LINES = re.compile(r"[^\n]+")


def make_brat() -> Format:
    """RETURNS (Format): brat standoff."""
    return Format(_read, _write)


def _read(path: Path, conversion: Conversion) -> Iterator[Record]:
    texts = sorted(path.glob("*.txt")) if path.is_dir() else []
    if not texts:
        refuse("E481", "no .txt file here", "brat data is a folder of .txt and .ann files", path=path)
    for file in texts:
        annotations = file.with_suffix(".ann")
        if not annotations.is_file():
            refuse("E482", "there is no .ann file beside it", "make an empty one if nothing is annotated", path=file)
        with file.open(encoding="utf-8", newline="") as stream:
            try:
                text = stream.read()
            except UnicodeDecodeError as error:
                message = f"not UTF-8 ({error.reason})"
                raise InputError(Problem("E104", message, "convert it", file)) from error
        name = unquote(file.stem)
        yield Record(name, text, sort_spans(_read_spans(annotations, text, name, conversion)))


def _read_spans(path: Path, text: str, name: str, conversion: Conversion) -> list[CharSpan]:
    spans: list[CharSpan] = []
    problems: list[Problem] = []
    for number, line in read_lines(path) if path.stat().st_size else ():
        if not line.startswith("T"):
            if line.strip():
                conversion.note(LOST, "brat lines that are no spans (relations, notes, …)", f"{path}:{number}")
            continue
        found = _line_to_span(line, text, conversion)
        if isinstance(found, CharSpan):
            spans.append(found)
        else:
            remedy = "offsets are code points, end exclusive; --repair leaves such spans out"
            problems.append(Problem("E483", found, remedy, path, number, name))
    if problems and not conversion.repair:
        raise InputError(*problems)
    if problems:
        what = "spans left out that do not fit their text"
        conversion.note(MENDED, what, problems[0].place, count=len(problems))
    return spans


def _line_to_span(line: str, text: str, conversion: Conversion) -> CharSpan | str:
    match = _ENTITY.fullmatch(line)
    if match is None:
        return f"not of the form T1<TAB>LABEL start end<TAB>text: {line!r}"
    label, places, surface = match.groups()
    parts = [(int(start), int(end)) for start, end in (place.split(" ") for place in places.split(";"))]
    start, end = parts[0][0], parts[-1][1]
    if not 0 <= start < end <= len(text) or any(a >= b for a, b in parts):
        return f"{label} {places} is no place in a text of {len(text)} characters"
    gaps = [text[a_end:b_start] for (_, a_end), (b_start, _) in pairwise(parts)]
    if any(gap.strip("\n") or not gap for gap in gaps):
        if not conversion.repair:
            return f"{label} {places} is discontinuous; spans here are one piece"
        conversion.note(MENDED, "discontinuous spans read from their first to their last character")
    elif surface is not None and surface.rstrip("\r") != " ".join(text[a:b] for a, b in parts).rstrip("\r"):
        return f"{label}: the text at {places} is {text[start:end]!r}, but the line says {surface!r}"
    return CharSpan(start, end, label)


def _write(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        refuse("E484", "there is something here already", "name a new or an empty folder", path=path)
    path.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    folder.chmod(0o755)
    count = 0
    try:
        for record in records:
            conversion.lose(record, values=True, meta=True)
            name = file_name(record.id)
            write_text(folder / f"{name}.txt", record.text)
            write_text(folder / f"{name}.ann", "".join(_ann_lines(record, conversion)))
            count += 1
        if path.is_dir():
            path.rmdir()
        folder.replace(path)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return count


def _ann_lines(record: Record, conversion: Conversion) -> Iterator[str]:
    number = 0
    for span in record.spans:
        surface = record.surface(span)
        if surface != surface.strip("\n"):
            what = "line breaks at the ends of spans: the span is cut"
            conversion.note(LOST, what, f"record {record.id}")
        parts = [(span.start + match.start(), span.start + match.end(), match[0]) for match in _LINES.finditer(surface)]
        if not parts:
            conversion.note(LOST, "spans of line breaks only", f"record {record.id}")
            continue
        number += 1
        places = ";".join(f"{start} {end}" for start, end, _ in parts)
        yield f"T{number}\t{span.label} {places}\t{' '.join(part for _, _, part in parts)}\n"


def file_name(record_id: str) -> str:
    """RETURNS (str): the id as a file name; `urllib.parse.unquote` gives the id again."""
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", record_id)
