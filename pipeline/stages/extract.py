"""Stage extract: documents become records with predicted numbers and entities."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.core.progress import counted, logger, track
from pipeline.core.records import Record, document_date, write_records
from pipeline.errors import InputError, MissingPartError, Problem

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc


def make_extract(
    *,
    input: str | list[str],
    output: str,
    model: str | None = None,
    date: str | None = None,
    encoding: str = "utf-8",
    batch_size: int = 64,
) -> Callable[[], None]:
    """Make the stage that extracts. Registered as `biaozhu.extract.v1`.

    input (str | list[str]): .txt and .jsonl files, or folders of them. Records keep their text, .txt is cleaned.
    output (str): .jsonl of records with predicted spans.
    model (str | None): model folder; without one only the numbers of the grammar are found.
    date (str | None): date of documents that do not name their own, ISO; relative dates are resolved against it.
    encoding (str): of the .txt files.
    batch_size (int): documents that are read at a time.
    RETURNS (Callable): the stage.
    """
    inputs = [Path(item) for item in ([input] if isinstance(input, str) else input)]

    def run() -> None:
        extract_files(
            inputs,
            Path(output),
            model=None if model is None else Path(model),
            date=date,
            encoding=encoding,
            batch_size=batch_size,
        )

    return run


def extract_files(
    inputs: Sequence[Path],
    output: Path,
    *,
    model: Path | None = None,
    date: str | None = None,
    encoding: str = "utf-8",
    batch_size: int = 64,
) -> int:
    """Extract numbers and entities, streaming; the output appears complete or not at all.

    inputs (Sequence[Path]): files and folders.
    output (Path): .jsonl of records.
    model (Path | None): model folder; None for the grammar's numbers only.
    date (str | None): date of documents that do not name their own.
    encoding (str): of the .txt files.
    batch_size (int): documents that are read at a time.
    RETURNS (int): how many documents.
    RAISES (BiaozhuError): naming what cannot be used; an existing output is left as it was.
    """
    from pipeline.text.documents import find_documents, read_documents

    _check_date(date)
    files = find_documents(inputs)
    records = (item.record for item in read_documents(inputs, encoding=encoding, date=date))
    shown = track(records, "extracting", len(files) if all(path.suffix == ".txt" for _, path in files) else None)
    found: Iterator[Record]
    if model is None:
        found = map(numbers_only, shown)
    else:
        found = extract_records(shown, load_model(model), batch_size=batch_size)
    count = write_records(output, found)
    logger.info("extract: %s → %s", counted(count, "document"), output)
    return count


def extract_records(records: Iterable[Record], nlp: Language, *, batch_size: int = 64) -> Iterator[Record]:
    """Run a model over records.

    records (Iterable[Record]): documents; spans they have are replaced.
    nlp (Language): the model.
    batch_size (int): documents that are read at a time.
    YIELDS (Record): the same documents with predicted spans, in order.
    """
    from pipeline.nlp.docs import carry_meta, doc_to_record

    def prepared() -> Iterator[tuple[str | Doc, Record]]:
        for record in records:
            doc = nlp.make_doc(record.text)
            carry_meta(doc, record)
            yield doc, record

    for doc, record in nlp.pipe(prepared(), as_tuples=True, batch_size=batch_size):
        yield doc_to_record(doc, record)


def numbers_only(record: Record) -> Record:
    """RETURNS (Record): the document with the numbers that the grammar finds, and nothing else."""
    from pipeline.numbers.find import find_numbers

    return record.with_spans(find_numbers(record.text, date=record.date))


def load_model(path: Path) -> Language:
    """Load a model folder.

    path (Path): a model folder that `train` or spaCy wrote, or the output folder of `train`, whose best model is used.
    RETURNS (Language): the model; it may read documents of any length.
    RAISES (MissingPartError): if there is no model, or it needs something that is not installed.
    """
    import spacy
    from catalogue import RegistryError
    from confection import ConfigValidationError

    if not (path / "meta.json").is_file() and (path / "model-best" / "meta.json").is_file():
        path /= "model-best"
    if not (path / "meta.json").is_file():
        raise MissingPartError(
            Problem("E515", "there is no model here", "train one with `biaozhu train`, or name its folder", path)
        )
    try:
        nlp = spacy.load(path)
    except (OSError, ValueError, KeyError, ImportError, RegistryError, ConfigValidationError) as error:
        raise MissingPartError(
            Problem("E516", f"the model cannot be loaded: {error}", "train it again with this version", path)
        ) from error
    # spaCy's limit protects its parser's memory; nothing here needs more than a few hundred bytes a character.
    nlp.max_length = 1_000_000_000
    return nlp


def _check_date(date: str | None) -> None:
    if date is not None:
        try:
            document_date(date)
        except ValueError as error:
            raise InputError(
                Problem("E517", f"{date!r} is no date of a document: {error}", "write YYYY-MM-DD")
            ) from error
