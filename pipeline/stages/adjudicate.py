"""Stage adjudicate: one gold from two annotators; agreed spans pass, conflicts wait for a person's decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.jsonl import write_text
from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import logger
from pipeline.core.records import Record, read_records, write_records
from pipeline.formats.jsonarray import read_items, write_items
from pipeline.gold.adjudicate import Decision, adjudicate
from pipeline.gold.conflicts import Conflict, compare_corpora
from pipeline.gold.decisions import FORM, conflicts_to_tasks, read_decisions, tasks_to_decisions, write_decisions


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """What became of two versions of a corpus.

    records (tuple[Record, ...]): documents with agreed and decided spans.
    conflicts (tuple[Conflict, ...]): all conflicts.
    decisions (dict[str, Decision]): decisions on conflicts that exist, by id.
    still_open (tuple[Conflict, ...]): conflicts without a decision.
    stale (tuple[str, ...]): decisions on conflicts that do not exist any more.
    alone (tuple[str, ...]): ids of documents that only one side has; they are left out.
    """

    records: tuple[Record, ...]
    conflicts: tuple[Conflict, ...]
    decisions: dict[str, Decision]
    still_open: tuple[Conflict, ...]
    stale: tuple[str, ...]
    alone: tuple[str, ...]


def make_adjudicate(
    *, first: str, second: str, output: str, conflicts: str | None = None, labels: str | None = None
) -> Callable[[], None]:
    """Make the stage that adjudicates.

    first, second (str): .jsonl of records of either annotator.
    output (str): .jsonl for the settled records.
    conflicts (str | None): the file to decide in; beside the output if not given.
    labels (str | None): label scheme .cfg; None for the default.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        scheme = default_scheme() if labels is None else read_scheme(Path(labels))
        path = Path(conflicts) if conflicts is not None else conflicts_file(Path(output))
        result = adjudicate_files(Path(first), Path(second), output=Path(output), conflicts=path, scheme=scheme)
        logger.info("adjudicate: %d of %d conflicts open → %s", len(result.still_open), len(result.conflicts), path)

    return run


def conflicts_file(output: Path) -> Path:
    """RETURNS (Path): where conflicts go if nobody says: beside the output, not ending in .jsonl like gold."""
    return output.with_name(f"{output.stem}.conflicts.json")


def form_file(tasks: Path) -> Path:
    """RETURNS (Path): where the form of Label Studio tasks goes."""
    return tasks.with_suffix(".form.xml")


def adjudicate_files(
    first: Path,
    second: Path,
    *,
    output: Path,
    conflicts: Path,
    scheme: LabelScheme,
    exported: Path | None = None,
    tasks: Path | None = None,
) -> Adjudicated:
    """Settle two versions of a corpus as far as it is decided.

    first, second (Path): records of either annotator, who is named by the file's stem.
    output (Path): where the settled records go; open documents carry meta.open_conflicts.
    conflicts (Path): the file to decide in; decisions that stand in it are used and kept.
    scheme (LabelScheme): labels and layers.
    exported (Path | None): answered tasks from Label Studio; they overrule the file.
    tasks (Path | None): where to write Label Studio tasks for the open conflicts; their form goes beside it.
    RETURNS (Adjudicated): everything that came of it.
    RAISES (InputError): if files cannot be read, or a decision does not fit; then nothing is written.
    """
    versions = [{record.id: record for record in read_records(path)} for path in (first, second)]
    names = (first.stem, second.stem) if first.stem != second.stem else (str(first), str(second))
    documents, alone = compare_corpora(versions[0], versions[1], scheme)
    decisions = read_decisions(conflicts) if conflicts.exists() else {}
    if exported is not None:
        decisions |= tasks_to_decisions(task for _, task in read_items(exported))
    settled = [adjudicate(document, decisions, names, scheme) for document in documents]
    found = [conflict for document in documents for conflict in document.conflicts]
    ids = {conflict.id for conflict in found}
    result = Adjudicated(
        records=tuple(record for record, _ in settled),
        conflicts=tuple(found),
        decisions={name: decision for name, decision in decisions.items() if name in ids},
        still_open=tuple(conflict for _, still_open in settled for conflict in still_open),
        stale=tuple(name for name in decisions if name not in ids),
        alone=tuple(alone),
    )
    if found:
        write_decisions(conflicts, found, result.decisions, names)
    if tasks is not None:
        write_items(tasks, conflicts_to_tasks(result.still_open, names))
        write_text(form_file(tasks), FORM)
    write_records(output, result.records)
    return result
