"""Format inline: text that people write and read, with the spans marked where they stand.

    %%% {"id": "w1-001", "meta": {"date": "2024-03-15"}}
    [[余姚|GPE]]去年有商标[[4.3万件|QUANTITY|43000 件]]。

A document is a header line and its text up to the next header. Marks nest; `[`, `]`, `|` and the backslash are written
with a backslash before them, and so is a newline at the very start or end of a text, where bare ones do not count.
Spans that cross each other cannot be nested: the header's "spans" holds them as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import atomic_open
from pipeline.core.records import Record, json_to_record, record_to_json, span_to_json
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.errors import InputError, Problem
from pipeline.formats.base import ASSUMED, MENDED, Conversion, Format, read_lines

HEADER = "%%%"
_CLOSING = re.compile(r"\|((?:\\.|[^|\[\]\\\n])+)(?:\|((?:\\.|[^|\[\]\\\n])*))?\]\]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r"[\[\]|\\]")
_FIRST_OF_HEADER = re.compile(r"(?m)^%%%")


def make_inline() -> Format:
    """RETURNS (Format): inline markup."""
    return Format(read_inline, write_inline)


@dataclass(frozen=True, slots=True)
class _Document:
    """Raw lines of one document: its header, the line that stands on, and the body below it."""

    header: str
    line: int
    body: str


def read_inline(path: Path, conversion: Conversion) -> Iterator[Record]:
    """Stream the documents of an inline file.

    path (Path): the file.
    conversion (Conversion): options; with `repair`, marks that are no marks become text.
    YIELDS (Record): the documents.
    RAISES (InputError): all problems of the first document that has any.
    """
    seen: dict[str, int] = {}
    for document in _documents(path):
        record = _parse_document(document, path, conversion)
        if record.id in seen:
            message = f"the id is already used on line {seen[record.id]}"
            raise InputError(
                Problem("E120", message, "give each record an id of its own", path, document.line, record.id)
            )
        seen[record.id] = document.line
        yield record


def _documents(path: Path) -> Iterator[_Document]:
    header, start, lines = "", 0, list[str]()
    for number, line in read_lines(path):
        if line.startswith(HEADER):
            if start:
                yield _Document(header, start, "\n".join(lines))
            header, start, lines = line[len(HEADER) :], number, []
        elif start:
            lines.append(line)
        elif line.strip():
            problem = Problem("E420", "text before the first header", '%%% {"id": "…", "meta": {…}}', path, number)
            raise InputError(problem)
    yield _Document(header, start, "\n".join(lines))


def _parse_document(document: _Document, path: Path, conversion: Conversion) -> Record:
    try:
        header = json.loads(document.header)
    except json.JSONDecodeError as error:
        remedy = 'write %%% {"id": "…", "meta": {…}} on one line'
        raise InputError(Problem("E421", f"the header is broken JSON: {error}", remedy, path, document.line)) from error
    spans_there = header.get("spans", []) if isinstance(header, dict) else None
    if not isinstance(spans_there, list) or not {"id"} <= set(header) <= {"id", "meta", "spans"}:
        remedy = '%%% {"id": "…", "meta": {…}}'
        raise InputError(Problem("E422", 'a header holds "id" and perhaps "meta"', remedy, path, document.line))
    body, skipped = _strip(document.body)
    parser = _Parser(body, path, document.line + 1 + skipped, str(header["id"]), conversion)
    text, spans = parser.parse()
    data = header | {"text": text, "spans": [*spans_there, *map(span_to_json, spans)]}
    return json_to_record(data, path=path, line=document.line)


def _strip(body: str) -> tuple[str, int]:
    """The body without bare newlines around it, and how many lines were taken away in front."""
    front = len(body) - len(body.lstrip("\n"))
    body = body[front:]
    bare = body.rstrip("\n")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    if backslashes % 2 and len(bare) < len(body):
        bare += "\n"
    return bare, front


class _Parser:
    """Reads one body; collects every problem before it raises."""

    def __init__(self, body: str, path: Path | None, line: int, record_id: str | None, conversion: Conversion) -> None:
        self.body, self.path, self.line, self.record_id = body, path, line, record_id
        self.conversion = conversion
        self.problems: list[Problem] = []
        self.text: list[str] = []
        self.spans: list[CharSpan] = []
        self.open: list[tuple[int, int]] = []  # place in the text, place in the body

    def parse(self) -> tuple[str, list[CharSpan]]:
        """RETURNS (tuple): the text and its spans. RAISES (InputError): with everything that is wrong."""
        place = 0
        while place < len(self.body):
            place = self._step(place)
        for _, opened in self.open:
            self._wrong(opened, "[[ is never closed", "close it with |LABEL]], or write \\[\\[")
        if self.problems and not self.conversion.repair:
            raise InputError(*self.problems)
        return self._text_and_spans()

    def _text_and_spans(self) -> tuple[str, list[CharSpan]]:
        """The text; with repair, marks that were never closed are put back as text, which moves what follows."""
        text = "".join(self.text)
        for start, _ in reversed(self.open):
            text = text[:start] + "[[" + text[start:]
            self.spans = [
                CharSpan(
                    span.start + 2 * (span.start >= start), span.end + 2 * (span.end > start), span.label, span.value
                )
                for span in self.spans
            ]
        return text, self.spans

    def _step(self, place: int) -> int:
        body = self.body
        char = body[place]
        if char == "\\" and place + 1 < len(body):
            self.text.append(body[place + 1])
            return place + 2
        if body.startswith("[[", place):
            self.open.append((len(self.text), place))
            return place + 2
        if char == "|" and self.open and (match := _CLOSING.match(body, place)):
            self._close(match, place)
            return match.end()
        if char == "|" and self.open:
            self._wrong(place, "| inside a mark is not followed by LABEL]] or LABEL|value]]", "a plain | is \\|")
        elif body.startswith("]]", place):
            self._wrong(place, "]] closes nothing, or the label before it is missing", "a plain ]] is \\]\\]")
            self.text.append("]]")
            return place + 2
        self.text.append(char)
        return place + 1

    def _close(self, match: re.Match[str], place: int) -> None:
        start, opened = self.open.pop()
        label, value = (None if part is None else _ESCAPE.sub(r"\1", part) for part in match.groups())
        if value == "":
            self._wrong(place, "the value is empty", "leave the second | out where there is no value")
            value = None
        if start == len(self.text):
            self._wrong(opened, "a mark with no text", "remove it")
            return
        self.spans.append(CharSpan(start, len(self.text), str(label), value))

    def _wrong(self, place: int, message: str, remedy: str) -> None:
        line = self.line + self.body.count("\n", 0, place)
        near = self.body[max(0, place - 10) : place + 15].replace("\n", "⏎")
        self.problems.append(Problem("E423", f"{message}: …{near}…", remedy, self.path, line, self.record_id))
        if self.conversion.repair:
            self.conversion.note(MENDED, message, f"{self.path}:{line}")


def write_inline(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    """Write documents as inline markup. RETURNS (int): how many."""
    count = 0
    with atomic_open(path) as stream:
        for record in records:
            conversion.lose(record)
            stream.write(("\n" if count else "") + record_to_inline(record, conversion))
            count += 1
    return count


def record_to_inline(record: Record, conversion: Conversion) -> str:
    """RETURNS (str): one document, header and marked text, with a newline at its end."""
    nested, crossing = split_nesting(record.spans)
    data = record_to_json(record)
    header: dict[str, Any] = {"id": data["id"], "meta": data["meta"]}
    if crossing:
        header["spans"] = [span_to_json(span) for span in crossing]
        what = "spans that cross another: they stand in the header, not in the text"
        conversion.note(ASSUMED, what, f"record {record.id}", count=len(crossing))
    return f"{HEADER} {json.dumps(header, ensure_ascii=False)}\n{_protect(mark_spans(record.text, nested))}\n"


def split_nesting(spans: Iterable[CharSpan]) -> tuple[list[CharSpan], list[CharSpan]]:
    """RETURNS (tuple): the spans that nest, outer first, and those that cross one of them."""
    nested: list[CharSpan] = []
    crossing: list[CharSpan] = []
    around: list[CharSpan] = []
    for span in sort_spans(spans):
        while around and around[-1].end <= span.start:
            around.pop()
        if around and span.end > around[-1].end:
            crossing.append(span)
        else:
            nested.append(span)
            around.append(span)
    return nested, crossing


def mark_spans(text: str, nested: Sequence[CharSpan]) -> str:
    """RETURNS (str): a text with marks around its spans, which nest, outer first (see `split_nesting`)."""
    opening: dict[int, int] = {}
    closing: dict[int, list[str]] = {}
    for span in reversed(nested):  # inner marks close first
        opening[span.start] = opening.get(span.start, 0) + 1
        tail = f"|{_escape(span.label)}" + ("" if span.value is None else f"|{_escape(span.value)}") + "]]"
        closing.setdefault(span.end, []).append(tail)
    parts: list[str] = []
    done = 0
    for place in sorted({*opening, *closing}):
        parts += (_escape(text[done:place]), *closing.get(place, ()), "[[" * opening.get(place, 0))
        done = place
    return "".join([*parts, _escape(text[done:])])


def read_marks(marked: str) -> tuple[str, list[CharSpan]]:
    """RETURNS (tuple): a stretch of marked text as text and spans. RAISES (InputError): if its marks are broken."""
    text, spans = _Parser(marked, None, 1, None, Conversion()).parse()
    return text, spans


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _protect(body: str) -> str:
    """Newlines at both ends and headers inside, escaped."""
    bare = body.strip("\n")
    if not bare:
        return "\\\n" * len(body)
    front = len(body) - len(body.lstrip("\n"))
    back = len(body) - len(body.rstrip("\n"))
    return "\\\n" * front + _FIRST_OF_HEADER.sub(r"\\%%%", bare) + "\\\n" * back
