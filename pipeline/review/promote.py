"""Promote: settled records become gold, as a clean diff.

A document is settled if an adjudicated record of it is given, or if enough annotators say exactly the same of it:
same places, labels and values. Gold files keep every line that does not change byte for byte; a changed record keeps
its line, a new one is added at the end of its split. Nothing is written unless the gold is sound afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_jsonl, write_text
from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record, json_to_record, record_to_json
from pipeline.errors import InputError, Problem, raise_if_any
from pipeline.gold.validate import OPEN_CONFLICTS, Placed, check_leakage, check_record, find_gold_files
from pipeline.metrics.agreement import Annotator
from pipeline.review.compare import REVIEW

_SPAN_META = (REVIEW, "was", "origin", "adjudicated")
_RECORD_META = (REVIEW, "adjudicated")


@dataclass(frozen=True, slots=True)
class Promoted:
    """What a promotion did.

    added, changed, same (int): documents that are new in gold, that differ from it, and that were there as they are.
    """

    added: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Which documents are settled.

    records (tuple[Record, ...]): settled ones, as gold: without review marks and scores.
    unsettled (tuple[tuple[str, str], ...]): the others, and why they are not.
    """

    records: tuple[Record, ...]
    unsettled: tuple[tuple[str, str], ...]


def settle(annotators: Sequence[Annotator], adjudicated: Sequence[Record] = (), *, needed: int = 2) -> Settled:
    """Tell settled documents from unsettled ones.

    annotators (Sequence[Annotator]): what each annotator said.
    adjudicated (Sequence[Record]): records that somebody settled; they win.
    needed (int): how many annotators must say the same where nobody settled.
    RETURNS (Settled): both kinds.
    """
    half = {record.id: record.meta[OPEN_CONFLICTS] for record in adjudicated if record.meta.get(OPEN_CONFLICTS)}
    unsettled = [(name, f"{count} open conflicts") for name, count in half.items()]
    done = {record.id: to_gold(record) for record in adjudicated if record.id not in half}
    for name in dict.fromkeys(name for annotator in annotators for name in annotator.records):
        if name in done or name in half:
            continue
        versions = [annotator.records[name] for annotator in annotators if name in annotator.records]
        if len(versions) < needed:
            unsettled.append((name, f"{len(versions)} of {needed} annotators"))
        elif any(version.spans != versions[0].spans for version in versions):
            unsettled.append((name, "annotators disagree"))
        else:
            done[name] = to_gold(versions[0])
    return Settled(tuple(done.values()), tuple(unsettled))


def to_gold(record: Record) -> Record:
    """RETURNS (Record): the record without scores and without marks of the review."""
    spans = tuple(replace(span, score=None, meta=_without(span.meta, _SPAN_META)) for span in record.spans)
    return replace(record, spans=spans, meta=_without(record.meta, _RECORD_META))


def _without(meta: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in meta.items() if name not in names}


def refuse_unsettled(settled: Settled) -> None:
    """RAISES (InputError): naming every unsettled document, if there is one."""
    remedy = "settle it: `biaozhu adjudicate`, or `biaozhu review conflicts`; or promote the others: --settled-only"
    raise_if_any(Problem("E720", f"not settled: {why}", remedy, record_id=name) for name, why in settled.unsettled)


def promote(records: Sequence[Record], gold: Path, scheme: LabelScheme, *, split: str = "train") -> Promoted:
    """Write records into gold.

    records (Sequence[Record]): settled records (`settle`).
    gold (Path): the gold folder, one .jsonl a split.
    scheme (LabelScheme): the gold's labels.
    split (str): the split that new documents go to; one that stands in a split stays there.
    RETURNS (Promoted): counts.
    RAISES (InputError): if a text differs from gold's, or the gold would not be sound; nothing is changed then.
    """
    lines: dict[Path, list[str]] = {path: path.read_text(encoding="utf-8").splitlines() for path in _files(gold)}
    target = gold / f"{split}.jsonl"
    if target not in lines:
        known = ", ".join(path.stem for path in lines)
        raise InputError(Problem("E721", f"there is no split {split!r}", f"there are: {known}", gold))
    places = {
        data["id"]: (path, number - 1, data) for path in lines for number, data in read_jsonl(path) if "id" in data
    }
    added = changed = same = 0
    problems: list[Problem] = []
    for record in records:
        line = json.dumps(record_to_json(record), ensure_ascii=False)
        if record.id not in places:
            lines[target].append(line)
            added += 1
            continue
        path, number, data = places[record.id]
        if data.get("text") != record.text:
            remedy = "gold's text never changes; promote it under an id of its own"
            problems.append(Problem("E722", "its text differs from gold's", remedy, path, number + 1, record.id))
        elif data == json.loads(line):
            same += 1
        else:
            lines[path][number] = line
            changed += 1
    raise_if_any([*problems, *_new_problems(records, lines, scheme)])
    for path, content in lines.items():
        text = "".join(f"{line}\n" for line in content)
        if path.read_text(encoding="utf-8") != text:
            write_text(path, text)
    return Promoted(added, changed, same)


def _files(gold: Path) -> list[Path]:
    return find_gold_files([gold])


def _new_problems(records: Sequence[Record], lines: Mapping[Path, list[str]], scheme: LabelScheme) -> list[Problem]:
    """Everything that would be wrong with the promoted records, alone and beside the gold that stands."""
    names = {record.id for record in records}
    items = [
        Placed(json_to_record(json.loads(line), path=path, line=number), path, number)
        for path, content in lines.items()
        for number, line in enumerate(content, 1)
        if line.strip()
    ]
    problems = [problem for item in items if item.record.id in names for problem in check_record(item, scheme)]
    return [*problems, *(problem for problem in check_leakage(items) if problem.record_id in names)]
