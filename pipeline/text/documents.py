"""Raw documents: finding them, reading them, and making each a record with a map back to its raw text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.jsonl import read_text
from pipeline.core.records import Record, iter_records
from pipeline.errors import InputError, Problem
from pipeline.text.cleaners import Cleaner, clean_text
from pipeline.text.datelines import find_dateline
from pipeline.text.offsets import OffsetMap

SUFFIXES = (".txt", ".jsonl")


@dataclass(frozen=True, slots=True)
class Ingested:
    """A record that was just cleaned.

    record (Record): with the clean text; `meta.source` names the file, `meta.date` the dateline's date or null.
    offsets (OffsetMap): from the clean text to the raw one.
    sha256 (str): of the raw text, so that the map can be checked against the file later.
    """

    record: Record
    offsets: OffsetMap
    sha256: str


def find_documents(inputs: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Find the documents behind file and folder names.

    inputs (Iterable[Path]): files, or folders that are searched all the way down; hidden files are passed over.
    RETURNS (list[tuple[Path, Path]]): (folder the id is relative to, file), in a stable order.
    RAISES (InputError): for what does not exist, is no .txt or .jsonl, or holds no such file.
    """
    found: list[tuple[Path, Path]] = []
    problems: list[Problem] = []
    for item in inputs:
        if item.is_dir():
            inside = sorted(
                path
                for path in item.rglob("*")
                if path.suffix in SUFFIXES
                and path.is_file()
                and not any(part.startswith(".") for part in path.relative_to(item).parts)
            )
            if not inside:
                message = "the folder holds no .txt or .jsonl document"
                problems.append(Problem("E201", message, "put documents there, or name another", item))
            found.extend((item, path) for path in inside)
        elif not item.exists():
            problems.append(Problem("E202", "there is no such file or folder", "check the path", item))
        elif item.suffix not in SUFFIXES:
            problems.append(Problem("E203", "a document is a .txt or .jsonl file", "rename or convert it", item))
        else:
            found.append((item.parent, item))
    if problems:
        raise InputError(*problems)
    return found


def ingest_text(
    raw: str, *, record_id: str, source: str, cleaners: Sequence[Cleaner] | None = None, date: str | None = None
) -> Ingested:
    """Clean one raw text and make it a record.

    raw (str): the text as it came.
    record_id (str): id of the record.
    source (str): name of its file, kept in `meta.source`.
    cleaners (Sequence[Cleaner] | None): what cleans it; None for the defaults.
    date (str | None): the document's date; None looks for a dateline in the text.
    RETURNS (Ingested): record, offset map, hash.
    """
    text, offsets = clean_text(raw, cleaners)
    meta = {"date": date or find_dateline(text), "source": source}
    return Ingested(Record(record_id, text, meta=meta), offsets, hashlib.sha256(raw.encode()).hexdigest())


def read_documents(
    inputs: Iterable[Path],
    *,
    encoding: str = "utf-8",
    cleaners: Sequence[Cleaner] | None = None,
    date: str | None = None,
) -> Iterator[Ingested]:
    """Read documents one by one: .txt is cleaned, the records of .jsonl keep their text.

    inputs (Iterable[Path]): files and folders.
    encoding (str): of the .txt files.
    cleaners (Sequence[Cleaner] | None): for the .txt files; None for the defaults.
    date (str | None): date of all documents that do not name their own.
    YIELDS (Ingested): in a stable order; ids are file names without suffix, relative to the folder given.
    RAISES (InputError): as `find_documents` and the readers; also if two documents have one id.
    """
    seen: dict[str, Path] = {}
    for root, path in find_documents(inputs):
        for ingested, line in _read_one(root, path, encoding, cleaners, date):
            record_id = ingested.record.id
            if record_id in seen:
                raise InputError(
                    Problem("E204", f"{seen[record_id]} has the same id", "ids are unique", path, line, record_id)
                )
            seen[record_id] = path
            yield ingested


def _read_one(
    root: Path, path: Path, encoding: str, cleaners: Sequence[Cleaner] | None, date: str | None
) -> Iterator[tuple[Ingested, int | None]]:
    if path.suffix == ".txt":
        name = path.relative_to(root)
        raw = read_text(path, encoding=encoding)
        yield (
            ingest_text(
                raw, record_id=name.with_suffix("").as_posix(), source=name.as_posix(), cleaners=cleaners, date=date
            ),
            None,
        )
        return
    for line, record in iter_records(path):
        dated = record
        if date is not None and record.date is None:
            dated = Record(record.id, record.text, record.spans, record.words, {**record.meta, "date": date})
        sha256 = hashlib.sha256(record.text.encode()).hexdigest()
        yield Ingested(dated, OffsetMap.identity(len(record.text)), sha256), line
