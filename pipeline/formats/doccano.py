"""Format doccano: JSON Lines of its sequence labelling projects, {"id", "text", "label": [[start, end, LABEL], …]}.

Both shapes of its exports are read, "label" and "entities". Every other key of a document is metadata there and meta
here. doccano gives documents numbers of its own, so the record's id travels as "record_id".
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

_OWN = frozenset({"id", "record_id", "text", "label", "labels", "entities", "relations", "Comments", "meta"})


def make_doccano() -> Format:
    """RETURNS (Format): doccano JSON Lines."""
    return Format(_read, _write)


def _read(path: Path, conversion: Conversion) -> Iterator[Record]:
    for line, data in read_jsonl(path):
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            remedy = '{"id": 1, "text": …, "label": [[0, 2, "GPE"]]}'
            refuse("E461", 'a line is an object with a "text"', remedy, path=path, line=line)
        name = str(data.get("record_id", data.get("id", f"{path.stem}-{line:06d}")))
        conversion.note(LOST, "relations", f"{path}:{line}", count=len(data.get("relations") or ()))
        conversion.note(LOST, "comments", f"{path}:{line}", count=len(data.get("Comments") or ()))
        items: Any = next((data[key] for key in ("label", "labels", "entities") if data.get(key)), [])
        found = [_to_span(item, data["text"]) for item in (items if isinstance(items, list) else [items])]
        problems = [item for item in found if isinstance(item, str)]
        if problems and not conversion.repair:
            remedy = "offsets are code points, end exclusive; --repair leaves such spans out"
            raise InputError(*(Problem("E462", what, remedy, path, line, name) for what in problems))
        conversion.note(MENDED, "spans left out that do not fit their text", f"{path}:{line}", count=len(problems))
        meta = data.get("meta")
        rest = {key: value for key, value in data.items() if key not in _OWN}
        spans = sort_spans(item for item in found if isinstance(item, CharSpan))
        yield Record(name, data["text"], spans, None, (meta if isinstance(meta, dict) else {}) | rest)


def _to_span(item: Any, text: str) -> CharSpan | str:
    match item:
        case [start, end, str(label)] | {"start_offset": start, "end_offset": end, "label": str(label)}:
            if type(start) is int and type(end) is int and label and 0 <= start < end <= len(text):
                return CharSpan(start, end, label)
            return f"{label} [{start}, {end}) is no place in a text of {len(text)} characters"
    return f"{item!r} is not of the form [start, end, label]"


def _write(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    def rows() -> Iterator[dict[str, Any]]:
        for number, record in enumerate(records, 1):
            conversion.lose(record, values=True)
            label = [list(span.key) for span in record.spans]
            data: dict[str, Any] = {"id": number, "record_id": record.id, "text": record.text, "label": label}
            yield data | {"meta": dict(record.meta)}

    return write_jsonl(path, rows())
