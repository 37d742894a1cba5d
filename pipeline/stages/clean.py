"""Stage clean: raw documents become records, each with a map back to its raw text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_jsonl
from pipeline.core.progress import counted, logger, track
from pipeline.core.records import Record, write_records
from pipeline.errors import InputError, Problem
from pipeline.text.cleaners import Cleaner
from pipeline.text.documents import find_documents, read_documents


def make_clean(
    *cleaners: Cleaner, input: str, output: str, offsets: str, encoding: str = "utf-8"
) -> Callable[[], None]:
    """Make the stage that cleans.

    cleaners (Cleaner): what cleans, in order; none given: the defaults of `text.cleaners`.
    input (str): file or folder of .txt and .jsonl documents.
    output (str): .jsonl of records.
    offsets (str): .jsonl of offset maps, one a record: {"id", "source", "sha256", "raw_length", "runs"}.
    encoding (str): of the .txt files.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        total = len(find_documents([Path(input)]))
        records: list[Record] = []
        maps: list[dict[str, Any]] = []
        documents = read_documents([Path(input)], encoding=encoding, cleaners=cleaners or None)
        try:
            for document in track(documents, "cleaning", total):
                record = document.record
                records.append(record)
                maps.append(
                    {"id": record.id, "source": record.meta.get("source"), "sha256": document.sha256}
                    | document.offsets.to_json()
                )
        except InputError as error:
            raise InputError(*map(_for_a_config, error.problems)) from error
        write_jsonl(Path(offsets), maps)
        write_records(Path(output), records)
        characters = sum(len(record.text) for record in records)
        logger.info("clean: %s, %d characters → %s", counted(len(records), "document"), characters, output)

    return run


def _for_a_config(problem: Problem) -> Problem:
    """The same problem, with the option that `biaozhu run` and `biaozhu stage` take."""
    return replace(problem, remedy=problem.remedy.replace("--encoding", "--stages.clean.encoding"))
