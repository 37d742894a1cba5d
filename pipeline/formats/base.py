"""What a format is: a reader and a writer of records, and notes of everything a conversion could not keep as it was.

Readers and writers stream. A reader refuses what is broken, with file and line; with `Conversion.repair` it mends what
has one plain mending and counts it. A writer whose format cannot hold something (a value, a score, crossing spans)
leaves it out and says so in the notes; nothing is lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from pipeline.core.jsonl import read_text
from pipeline.core.labels import ENTITIES, NUMBERS, LabelScheme, default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError, Problem

LOST = "lost"
MENDED = "mended"
ASSUMED = "assumed"


@dataclass(slots=True)
class Note:
    """One kind of thing that a conversion changed.

    kind (str): "lost", "mended" or "assumed".
    what (str): in words, such as "values".
    count (int): how often.
    first (str): place of the first one.
    """

    kind: str
    what: str
    count: int = 0
    first: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.count} × {self.what}" + (f" (first: {self.first})" if self.first else "")


@dataclass(slots=True)
class Conversion:
    """The options of one conversion, and what it has to say when it is done.

    scheme (LabelScheme): tells the layer of a label; labels that it does not have count as entities.
    repair (bool): mend what can be mended instead of refusing it.
    layers (tuple[str, ...] | None): convert these layers only; None for all.
    notes (dict): what was lost, mended or assumed, by kind and words.
    """

    scheme: LabelScheme = field(default_factory=default_scheme)
    repair: bool = False
    layers: tuple[str, ...] | None = None
    notes: dict[tuple[str, str], Note] = field(default_factory=dict)

    def note(self, kind: str, what: str, place: str = "", *, count: int = 1) -> None:
        """Count something that was lost, mended or assumed."""
        if count:
            entry = self.notes.setdefault((kind, what), Note(kind, what, first=place))
            entry.count += count

    def layer_of(self, span: CharSpan) -> str:
        """RETURNS (str): the span's layer; "entities" for a label that the scheme does not have."""
        return self.scheme.layer_of(span.label) or ENTITIES

    @property
    def wanted_layers(self) -> tuple[str, ...]:
        """RETURNS (tuple[str, ...]): the layers to convert, in the scheme's order."""
        return tuple(self.scheme.layers) if self.layers is None else self.layers

    def wanted(self, record: Record) -> Record:
        """RETURNS (Record): the record with the spans of the wanted layers only; the others are noted as lost."""
        if self.layers is None:
            return record
        kept = tuple(span for span in record.spans if self.layer_of(span) in self.layers)
        left_out = len(record.spans) - len(kept)
        self.note(LOST, f"spans outside --layer {' '.join(self.layers)}", f"record {record.id}", count=left_out)
        return record.with_spans(kept)

    def lose(
        self, record: Record, *, values: bool = False, meta: bool = False, scores: bool = True, words: bool = True
    ) -> None:
        """Note the parts of a record that the format at hand has no place for.

        record (Record): what is being written.
        values (bool): values of numbers are lost.
        meta (bool): the record's meta is lost.
        scores (bool): scores and meta of spans are lost.
        words (bool): word offsets are lost.
        """
        place = f"record {record.id}"
        if values:
            self.note(LOST, "values of numbers", place, count=sum(span.value is not None for span in record.spans))
        if scores:
            self.note(LOST, "scores of spans", place, count=sum(span.score is not None for span in record.spans))
            self.note(LOST, "meta of spans", place, count=sum(bool(span.meta) for span in record.spans))
        if meta:
            self.note(LOST, "meta of records", place, count=int(bool(record.meta)))
        if words:
            self.note(LOST, "word offsets of records", place, count=int(record.words is not None))


Reader = Callable[[Path, Conversion], Iterator[Record]]
Writer = Callable[[Path, Iterable[Record], Conversion], int]


@dataclass(frozen=True, slots=True)
class Format:
    """A registered pair of a reader and a writer.

    read (Reader): streams the records of a file (brat: of a folder).
    write (Writer): writes records, complete or not at all, and returns how many.
    """

    read: Reader
    write: Writer


def refuse(
    code: str,
    message: str,
    remedy: str = "",
    *,
    path: Path | None = None,
    line: int | None = None,
    record_id: str | None = None,
) -> NoReturn:
    """RAISES (InputError): with this one problem."""
    raise InputError(Problem(code, message, remedy, path, line, record_id))


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Stream the lines of a UTF-8 text file; only a newline ends a line, and it is taken off.

    path (Path): the file.
    YIELDS (tuple[int, str]): line number from 1, line.
    RAISES (InputError): if it cannot be read, is empty or not UTF-8.
    """
    empty = True
    try:
        with path.open("rb") as stream:
            for number, data in enumerate(stream, 1):
                empty = empty and not data.strip()
                yield number, data.decode("utf-8-sig" if number == 1 else "utf-8").removesuffix("\n")
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise InputError(Problem("E101", message, "check the path and its permissions", path)) from error
    except UnicodeDecodeError:
        empty = True
    if empty:
        read_text(path)  # names the encoding, or says that there is nothing


def is_number(span: CharSpan, scheme: LabelScheme) -> bool:
    """RETURNS (bool): whether the span is in the layer that has values."""
    return scheme.layer_of(span.label) == NUMBERS
