r"""Formats bio, bioes, bmes, biluo: a token and its tags a line, a blank line between documents.

    # id = w1-001
    # columns = token numbers entities
    余<TAB>O<TAB>B-GPE

One tag column a layer, because layers overlap; `--layer entities` gives the two columns that other tools expect. Tokens
are characters; white space and the backslash are escaped (\s, \n, \t, \u3000, \\). Files by others have no `#` lines:
the first column is the token, the last one the tag, and a document gets its number as id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import atomic_open
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.errors import InputError, Problem
from pipeline.formats.base import LOST, MENDED, Conversion, Format, read_lines, refuse
from pipeline.formats.tags import SCHEMES, TagScheme, spans_to_tags, tags_to_spans

_COMMENT = re.compile(r"# (id|meta|columns) = (.*)")
_ESCAPES = {" ": "\\s", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}
_UNESCAPE = re.compile(r"\\(u[0-9a-f]{4}|[snrt\\])")
_PLAIN = {value[1:]: key for key, value in _ESCAPES.items()}


def make_columns(scheme: str) -> Format:
    """RETURNS (Format): columns in one of the tag schemes."""
    tags = SCHEMES[scheme]
    return Format(partial(_read, tags), partial(_write, tags))


make_bio = partial(make_columns, "bio")
make_bioes = partial(make_columns, "bioes")
make_bmes = partial(make_columns, "bmes")
make_biluo = partial(make_columns, "biluo")


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return f"\\u{ord(char):04x}" if char.isspace() else char


def _unescape(token: str) -> str:
    return _UNESCAPE.sub(lambda found: _PLAIN.get(found[1]) or chr(int(found[1][1:], 16)), token)


@dataclass(slots=True)
class _Rows:
    """The lines of one document, as they come."""

    line: int = 0
    header: dict[str, str] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    tags: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def _read(scheme: TagScheme, path: Path, conversion: Conversion) -> Iterator[Record]:
    rows, count, columns = _Rows(), 0, None
    ids: dict[str, int] = {}
    for number, line in _with_end(read_lines(path)):
        if line is not None and (comment := _COMMENT.fullmatch(line)):
            rows.header[comment[1]] = comment[2]
            rows.line = rows.line or number
        elif line is not None and line.strip():
            if not line.startswith("-DOCSTART-"):
                _add_row(rows, line, path, number, conversion)
        elif rows.tokens or "id" in rows.header:
            count += 1
            columns = rows.header.get("columns", columns)
            rows.header.setdefault("id", f"{path.stem}-{count:06d}")
            if columns is not None:
                rows.header["columns"] = columns
            record = _rows_to_record(rows, scheme, path, conversion)
            if record.id in ids:
                message = f"the id is already used on line {ids[record.id]}"
                refuse("E120", message, "ids are unique", path=path, line=rows.line, record_id=record.id)
            ids[record.id] = rows.line
            yield record
            rows = _Rows()
        elif "columns" in rows.header:
            columns = rows.header.pop("columns")


def _with_end(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str | None]]:
    yield from lines
    yield 0, None


def _add_row(rows: _Rows, line: str, path: Path, number: int, conversion: Conversion) -> None:
    line = line.removesuffix("\r")
    cells = line.split("\t") if "\t" in line else line.split(" ")
    if len(cells) < 2 or not cells[0]:
        if not conversion.repair:
            remedy = "a token, a tab and a tag; white space as a token is written \\s, \\n or \\u3000"
            refuse("E441", f"not a token and its tag: {line!r}", remedy, path=path, line=number)
        conversion.note(MENDED, "lines without a tag read as a token outside", f"{path}:{number}")
        cells = [line.strip() or "\\s", "O"]
    if rows.tags and len(cells) - 1 != len(rows.tags[0]):
        remedy = "all lines of a document have the same columns"
        refuse("E442", f"{len(cells)} columns, {len(rows.tags[0]) + 1} above", remedy, path=path, line=number)
    rows.line = rows.line or number
    rows.tokens.append(_unescape(cells[0]))
    rows.tags.append(cells[1:])
    rows.lines.append(number)


def _rows_to_record(rows: _Rows, scheme: TagScheme, path: Path, conversion: Conversion) -> Record:
    ends = [0]
    for token in rows.tokens:
        ends.append(ends[-1] + len(token))
    width = len(rows.tags[0]) if rows.tags else 0
    used = range(width) if "columns" in rows.header else range(max(0, width - 1), width)
    if len(used) < width:
        conversion.note(LOST, f"columns between token and tag ({width - 1} each)", str(path))
    spans: list[CharSpan] = []
    problems: list[Problem] = []
    name = rows.header["id"]
    for column in used:
        found, wrong = tags_to_spans([row[column] for row in rows.tags], scheme)
        spans += [CharSpan(ends[start], ends[end], label) for start, end, label in found]
        remedy = "mend it, or mend all with --repair"
        problems += [Problem("E443", what, remedy, path, rows.lines[place], name) for place, what in wrong]
    if problems and not conversion.repair:
        raise InputError(*problems)
    if problems:
        conversion.note(MENDED, f"broken {scheme.name} tags", problems[0].place, count=len(problems))
    return Record(name, "".join(rows.tokens), sort_spans(spans), None, _read_meta(rows, path))


def _read_meta(rows: _Rows, path: Path) -> dict[str, Any]:
    try:
        meta = json.loads(rows.header.get("meta", "{}"))
    except json.JSONDecodeError as error:
        refuse("E444", f"# meta is broken JSON: {error}", '# meta = {"date": null}', path=path, line=rows.line)
    if not isinstance(meta, dict):
        refuse("E444", "# meta is no JSON object", '# meta = {"date": null}', path=path, line=rows.line)
    return meta


def _write(scheme: TagScheme, path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    layers = conversion.wanted_layers
    count = 0
    with atomic_open(path) as stream:
        for record in records:
            conversion.lose(record, values=True)
            head = [f"# id = {record.id}", f"# meta = {json.dumps(dict(record.meta), ensure_ascii=False)}"]
            head += [f"# columns = token {' '.join(layers)}"] * (not count)
            columns = [spans_to_tags(_flat(record, layer, conversion), len(record.text), scheme) for layer in layers]
            body = ["\t".join([_escape(char), *row]) for char, *row in zip(record.text, *columns, strict=True)]
            stream.write("\n".join([*head, *body, "", ""]))
            count += 1
    return count


def _flat(record: Record, layer: str, conversion: Conversion) -> Sequence[tuple[int, int, str]]:
    """The spans of a layer, the longer ones where two overlap."""
    kept: list[tuple[int, int, str]] = []
    for span in sort_spans(record.spans):
        if conversion.layer_of(span) != layer:
            continue
        if kept and span.start < kept[-1][1]:
            conversion.note(LOST, f"spans that overlap another of layer {layer}", f"record {record.id}")
        else:
            kept.append(span.key)
    return kept
