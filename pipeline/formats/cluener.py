"""Format cluener: CLUENER's JSON Lines, {"text", "label": {LABEL: {surface: [[first, last], …]}}}.

Its ends are inclusive: they name the last character. It has no ids and no metadata; a document gets its number as id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_jsonl, write_jsonl
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, sort_spans
from pipeline.errors import InputError, Problem
from pipeline.formats.base import LOST, MENDED, Conversion, Format, refuse


def make_cluener() -> Format:
    """RETURNS (Format): CLUENER JSON Lines."""
    return Format(_read, _write)


def _read(path: Path, conversion: Conversion) -> Iterator[Record]:
    for count, (line, data) in enumerate(read_jsonl(path), 1):
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            refuse("E451", 'a line is an object with a "text"', '{"text": …, "label": {…}}', path=path, line=line)
        name = str(data.get("id", f"{path.stem}-{count:06d}"))
        spans: list[CharSpan] = []
        problems: list[str] = []
        for item in _items(data.get("label") or {}):
            found = item if isinstance(item, str) else _to_span(data["text"], *item)
            (spans if isinstance(found, CharSpan) else problems).append(found)  # type: ignore[arg-type]
        if problems and not conversion.repair:
            remedy = "offsets are code points, both ends inclusive; --repair leaves such spans out"
            raise InputError(*(Problem("E452", what, remedy, path, line, name) for what in problems))
        conversion.note(MENDED, "spans left out that do not fit their text", f"{path}:{line}", count=len(problems))
        yield Record(name, data["text"], sort_spans(spans))


def _items(labels: Any) -> Iterator[tuple[str, str, int, int] | str]:
    """Each label, surface, first and last character; or what is wrong with the shape."""
    try:
        for label, surfaces in labels.items():
            for surface, places in surfaces.items():
                for first, last in places:
                    yield label, surface, first, last
    except (AttributeError, TypeError, ValueError):
        yield '"label" is not of the form {LABEL: {surface: [[first, last], …]}}'


def _to_span(text: str, label: str, surface: str, first: Any, last: Any) -> CharSpan | str:
    if type(first) is not int or type(last) is not int or not 0 <= first <= last < len(text):
        return f"{label} {surface!r}: [{first}, {last}] is no place in a text of {len(text)} characters"
    if text[first : last + 1] != surface:
        return f"{label} {surface!r}: the text at [{first}, {last}] is {text[first : last + 1]!r}"
    return CharSpan(first, last + 1, label)


def _write(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    def rows() -> Iterator[dict[str, Any]]:
        for record in records:
            conversion.lose(record, values=True, meta=True)
            conversion.note(LOST, "ids of records", f"record {record.id}")
            labels: dict[str, dict[str, list[list[int]]]] = {}
            for span in record.spans:
                places = labels.setdefault(span.label, {}).setdefault(record.surface(span), [])
                places.append([span.start, span.end - 1])
            yield {"text": record.text, "label": labels}

    return write_jsonl(path, rows())
