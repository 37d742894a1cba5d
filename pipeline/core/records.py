"""The record: one document on disk, in review and in scoring.

A record is a text with spans, one JSON object a line: {"id", "text", "spans": [{"start", "end", "label", "value"?,
"score"?, "meta"?}], "words"?, "meta"?}. Its text never changes after ingest, so an offset means the same thing
everywhere. `meta.date` is the document's date (ISO) or null; `meta.layers` and `meta.labels` say what a partly
annotated record is annotated for.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_jsonl, write_jsonl
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.errors import InputError, Problem

FIRST_YEAR, LAST_YEAR = 1000, 2999
"""The years that documents are from and speak of in four digits."""
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")
_FIELDS = frozenset({"id", "text", "spans", "words", "meta"})


@dataclass(frozen=True, slots=True)
class Record:
    """A document with its spans.

    id (str): unique within a corpus.
    text (str): the text all offsets point into.
    spans (tuple[CharSpan, ...]): gold or predicted spans of all layers.
    words (tuple[tuple[int, int], ...] | None): word offsets from a segmenter, half-open; None if not segmented.
    meta (Mapping[str, Any]): date, field, register, source, …
    """

    id: str
    text: str
    spans: tuple[CharSpan, ...] = ()
    words: tuple[tuple[int, int], ...] | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def date(self) -> str | None:
        """RETURNS (str | None): the document's date, ISO, if it is known."""
        value = self.meta.get("date")
        return value if isinstance(value, str) else None

    def surface(self, span: CharSpan) -> str:
        """RETURNS (str): the text of a span."""
        return self.text[span.start : span.end]

    def with_spans(self, spans: Iterable[CharSpan]) -> Record:
        """RETURNS (Record): the same document with other spans, sorted."""
        return dataclasses.replace(self, spans=sort_spans(spans))


def span_to_json(span: CharSpan) -> dict[str, Any]:
    """RETURNS (dict): the span's JSON object; absent keys stand for None and empty."""
    data: dict[str, Any] = {"start": span.start, "end": span.end, "label": span.label}
    if span.value is not None:
        data["value"] = span.value
    if span.score is not None:
        data["score"] = round(span.score, 6)
    if span.meta:
        data["meta"] = dict(span.meta)
    return data


def record_to_json(record: Record) -> dict[str, Any]:
    """RETURNS (dict): the record's JSON object, keys in their usual order."""
    data: dict[str, Any] = {
        "id": record.id,
        "text": record.text,
        "spans": [span_to_json(span) for span in record.spans],
    }
    if record.words is not None:
        data["words"] = [list(word) for word in record.words]
    data["meta"] = dict(record.meta)
    return data


def json_to_record(data: Any, *, path: Path | str | None = None, line: int | None = None) -> Record:
    """Check one JSON object and make it a record.

    data (Any): the parsed JSON value.
    path (Path | str | None): its file, for messages.
    line (int | None): its line, for messages.
    RETURNS (Record): the record, spans sorted.
    RAISES (InputError): naming every field that is missing, unknown or of the wrong shape, and spans outside the text.
    """
    record_id = data.get("id") if isinstance(data, dict) else None
    name = record_id if isinstance(record_id, str) else None
    problems: list[Problem] = []

    def problem(code: str, message: str, remedy: str = "") -> None:
        problems.append(Problem(code, message, remedy, path, line, name))

    if not isinstance(data, dict):
        problem("E111", "a record is a JSON object", 'write {"id": …, "text": …, "spans": […]}')
        raise InputError(*problems)
    if name is None or not name:
        problem("E112", 'a record needs an "id", a non-empty string')
    text = data.get("text")
    if not isinstance(text, str):
        problem("E113", 'a record needs a "text", a string')
        text = ""
    if not _is_text(text):
        problem("E122", "the text holds half of a surrogate pair", "write such characters whole, in UTF-8")
    if unknown := sorted(set(data) - _FIELDS):
        problem("E114", f"unknown field(s) {', '.join(unknown)}", 'put your own fields into "meta"')
    meta = data.get("meta", {})
    if not isinstance(meta, dict):
        problem("E115", '"meta" is a JSON object')
        meta = {}
    if not _is_date(meta.get("date")):
        problem("E123", f"meta.date is {meta['date']!r}", "write the day it is from, such as 2022-04-26, or null")
    spans = _json_to_spans(data.get("spans", []), len(text), problem)
    words = _json_to_words(data.get("words"), len(text), problem)
    if problems:
        raise InputError(*problems)
    return Record(str(name), text, sort_spans(spans), words, meta)


def _is_text(text: str) -> bool:
    return _HALF_PAIR.search(text) is None


def document_date(text: str) -> date:
    """Read the date of a document.

    text (str): YYYY-MM-DD, a day of the years 1000 to 2999.
    RETURNS (date): the day.
    RAISES ValueError: if it is none; placeholders such as 0001-01-01 are none, 昨天 (yesterday) has no day there.
    """
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(f"not written as {day.isoformat()}")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"its year is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _is_date(value: Any) -> bool:
    if value is None:
        return True
    try:
        document_date(value)
    except (TypeError, ValueError):
        return False
    return True


def _json_to_spans(items: Any, length: int, problem: Any) -> list[CharSpan]:
    spans: list[CharSpan] = []
    if not isinstance(items, list):
        problem("E116", '"spans" is a list')
        return spans
    for number, item in enumerate(items):
        try:
            span = _json_to_span(item)
        except (ValueError, TypeError) as error:
            problem("E117", f"span {number}: {error}")
            continue
        if span.end > length:
            problem(
                "E118",
                f"span {number} ({span.label} [{span.start}, {span.end})) ends outside its text of {length} characters",
                "offsets are Unicode code points, end exclusive",
            )
            continue
        spans.append(span)
    return spans


def _json_to_span(item: Any) -> CharSpan:
    if not isinstance(item, dict):
        raise ValueError("a span is a JSON object")
    start, end, label = item.get("start"), item.get("end"), item.get("label")
    value, score, meta = item.get("value"), item.get("score"), item.get("meta", {})
    if type(start) is not int or type(end) is not int:
        raise ValueError('"start" and "end" are integers')
    if not isinstance(label, str):
        raise ValueError('"label" is a string')
    if value is not None and not isinstance(value, str):
        raise ValueError('"value" is a canonical string or null')
    if score is not None and not isinstance(score, int | float):
        raise ValueError('"score" is a number')
    if not isinstance(meta, dict):
        raise ValueError('"meta" is a JSON object')
    return CharSpan(start, end, label, value, score, meta)


def _json_to_words(items: Any, length: int, problem: Any) -> tuple[tuple[int, int], ...] | None:
    if items is None:
        return None
    words: list[tuple[int, int]] = []
    last = 0
    for item in items if isinstance(items, list) else [None]:
        match item:
            case [int(start), int(end)] if last <= start < end <= length:
                words.append((start, end))
                last = end
            case _:
                problem("E119", f'"words" is a list of [start, end] in text order without overlaps; {item!r} is not')
                return None
    return tuple(words)


def iter_records(path: Path) -> Iterator[tuple[int, Record]]:
    """Stream the records of a JSON Lines file with their line numbers.

    path (Path): a .jsonl file.
    YIELDS (tuple[int, Record]): line number from 1, record.
    RAISES (InputError): at the first line that is no record, or at an id that stands twice.
    """
    seen: dict[str, int] = {}
    for line, data in read_jsonl(path):
        record = json_to_record(data, path=path, line=line)
        if record.id in seen:
            raise InputError(
                Problem(
                    "E120",
                    f"the id is already used on line {seen[record.id]}",
                    "give each record an id of its own",
                    path,
                    line,
                    record.id,
                )
            )
        seen[record.id] = line
        yield line, record


def read_records(path: Path) -> list[Record]:
    """RETURNS (list[Record]): all records of a JSON Lines file. RAISES (InputError): as `iter_records`."""
    return [record for _, record in iter_records(path)]


def write_records(path: Path, records: Iterable[Record]) -> int:
    """Write records as JSON Lines; the file appears complete or not at all. RETURNS (int): how many."""
    return write_jsonl(path, (record_to_json(record) for record in records))
