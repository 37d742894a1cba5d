"""Format docbin: spaCy's DocBin (.spacy), as `spacy train` reads it; one token a character.

Entities are `doc.ents`, numbers are `doc.spans["numbers"]` with their values (see `nlp.docs`). Files by others may have
any tokens: their entities come by character offsets. A DocBin is one compressed block, so it is held in memory whole.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from spacy.tokens import Doc, DocBin
from spacy.vocab import Vocab

from pipeline.core.jsonl import atomic_open
from pipeline.core.labels import ENTITIES, NUMBERS
from pipeline.core.records import Record
from pipeline.formats.base import LOST, Conversion, Format, refuse
from pipeline.nlp.docs import doc_to_record, record_to_doc

_META = "meta"


def make_docbin() -> Format:
    """RETURNS (Format): spaCy's DocBin."""
    return Format(_read, _write)


def _read(path: Path, conversion: Conversion) -> Iterator[Record]:
    try:
        docs = DocBin().from_bytes(path.read_bytes()).get_docs(Vocab())
        yield from (_to_record(doc, number, path, conversion) for number, doc in enumerate(docs, 1))
    except OSError as error:
        refuse("E101", f"cannot be read: {error.strerror or error}", "check the path", path=path)
    except (ValueError, KeyError, TypeError, IndexError, zlib.error) as error:
        refuse("E491", f"no DocBin: {error}", "`spacy convert` and this product write .spacy files", path=path)


def _to_record(doc: Doc, number: int, path: Path, conversion: Conversion) -> Record:
    name = str(doc.user_data.get("id", f"{path.stem}-{number:06d}"))
    for group in doc.spans:
        if group not in (NUMBERS, ENTITIES):
            conversion.note(LOST, f"spans in doc.spans[{group!r}]", f"document {number}", count=len(doc.spans[group]))
    found = doc_to_record(doc, record_id=name)
    stored = doc.user_data.get(_META)
    meta: dict[str, Any] = json.loads(stored) if isinstance(stored, str) else dict(found.meta)
    return Record(name, doc.text, found.spans, None, meta)


def _write(path: Path, records: Iterable[Record], conversion: Conversion) -> int:
    vocab = Vocab()
    docbin = DocBin(store_user_data=True)
    for record in records:
        conversion.note(LOST, "meta of spans", f"record {record.id}", count=sum(bool(s.meta) for s in record.spans))
        conversion.note(LOST, "word offsets of records", f"record {record.id}", count=int(record.words is not None))
        doc = record_to_doc(record, vocab, conversion.scheme)
        doc.user_data["id"] = record.id
        doc.user_data[_META] = json.dumps(dict(record.meta), ensure_ascii=False)
        docbin.add(doc)
    with atomic_open(path, "wb") as stream:
        stream.write(docbin.to_bytes())
    return len(docbin)
