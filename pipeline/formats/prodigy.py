"""Format prodigy: Prodigy's JSON Lines, {"text", "spans": [{"start", "end", "label"}], "meta", "answer"}.

Prodigy keeps keys that it does not know, so ids, values and scores travel along. Rejected and ignored examples are left
out, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_jsonl, write_jsonl
from pipeline.core.records import Record, json_to_record, record_to_json
from pipeline.errors import InputError, Problem
from pipeline.formats.base import LOST, MENDED, Conversion, Format, refuse

_SPAN_KEYS = ("start", "end", "label", "value", "score", "meta")


def make_prodigy() -> Format:
    """RETURNS (Format): Prodigy JSON Lines."""
    return Format(_read, _write)


def _read(path: Path, conversion: Conversion) -> Iterator[Record]:
    for line, data in read_jsonl(path):
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            refuse("E471", 'a line is an object with a "text"', '{"text": …, "spans": […]}', path=path, line=line)
        if data.get("answer", "accept") != "accept":
            conversion.note(LOST, f"examples answered {data['answer']!r}", f"{path}:{line}")
            continue
        conversion.note(LOST, "relations", f"{path}:{line}", count=len(data.get("relations") or ()))
        name = data.get("id", data.get("_input_hash", f"{path.stem}-{line:06d}"))
        kept = [item for item in data.get("spans") or [] if not _misplaced(item, data["text"])]
        wrong = [text for item in data.get("spans") or [] if (text := _misplaced(item, data["text"]))]
        if wrong and not conversion.repair:
            remedy = "offsets are code points, end exclusive; --repair leaves such spans out"
            raise InputError(*(Problem("E472", what, remedy, path, line, str(name)) for what in wrong))
        conversion.note(MENDED, "spans left out that do not fit their text", f"{path}:{line}", count=len(wrong))
        spans = [{key: item[key] for key in _SPAN_KEYS if key in item} for item in kept]
        content = {"id": str(name), "text": data["text"], "spans": spans, "meta": data.get("meta") or {}}
        if data.get("words") is not None:
            content["words"] = data["words"]
        yield json_to_record(content, path=path, line=line)


def _misplaced(item: Any, text: str) -> str:
    """What is wrong with a span's place, or ""."""
    if not isinstance(item, dict):
        return f"{item!r} is no span"
    start, end, label = item.get("start"), item.get("end"), item.get("label")
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
        return f"{label} [{start}, {end}) is no place in a text of {len(text)} characters"
    if "text" in item and item["text"] != text[start:end]:
        return f"{label}: the text at [{start}, {end}) is {text[start:end]!r}, but the span says {item['text']!r}"
    return ""


def _write(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    return write_jsonl(path, (record_to_json(record) | {"answer": "accept"} for record in records))
