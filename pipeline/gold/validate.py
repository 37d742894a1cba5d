"""Validation of gold: everything that makes an annotation wrong or unusable, found in one pass.

Errors refuse the gold: broken records, unknown labels, overlaps within a layer, values that do not parse, labels that a
partly annotated record does not claim, and leakage between splits (an id, a text or a sentence that stands in two of
them). Likely mistakes, which refuse nothing, are in `doubts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.jsonl import read_jsonl
from pipeline.core.labels import NUMBERS, LabelScheme
from pipeline.core.records import Record, json_to_record
from pipeline.core.spans import CharSpan, overlapping_pairs
from pipeline.core.values import parse_value
from pipeline.errors import InputError, Problem

_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")
MIN_SENTENCE = 12
"""Shorter sentences (字幕, bylines) may stand in two splits without giving anything away."""


OPEN_CONFLICTS = "open_conflicts"
"""Key of a record's meta: how many conflicts of its two annotators nobody has decided."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and where it stands.

    record (Record): the record.
    path (Path): its file; the file's stem is its split.
    line (int): its line, from 1.
    """

    record: Record
    path: Path
    line: int

    def problem(self, code: str, message: str, remedy: str = "") -> Problem:
        """RETURNS (Problem): a problem of this record."""
        return Problem(code, message, remedy, self.path, self.line, self.record.id)


def find_gold_files(paths: Sequence[Path]) -> list[Path]:
    """RETURNS (list[Path]): the .jsonl files behind file and folder names. RAISES (InputError): if there are none."""
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if not files:
        raise InputError(Problem("E400", "no .jsonl file here", "gold is JSON Lines, one file a split", paths[0]))
    return files


def read_gold(files: Sequence[Path]) -> tuple[list[Placed], list[Problem]]:
    """Read gold files and go on past broken records.

    files (Sequence[Path]): .jsonl files.
    RETURNS (tuple): the records that could be read, and the problems of those that could not.
    """
    placed: list[Placed] = []
    problems: list[Problem] = []
    for file in files:
        lines = read_jsonl(file)
        while True:
            try:
                line, data = next(lines)
            except StopIteration:
                break
            except InputError as error:
                problems.extend(error.problems)
                break
            try:
                placed.append(Placed(json_to_record(data, path=file, line=line), file, line))
            except InputError as error:
                problems.extend(error.problems)
    return placed, problems


def check_record(item: Placed, scheme: LabelScheme) -> Iterator[Problem]:
    """YIELDS (Problem): what is wrong within one record."""
    record = item.record
    if not record.text.strip():
        yield item.problem("E401", "the text is empty")
    if record.meta.get(OPEN_CONFLICTS):
        message = f"{record.meta[OPEN_CONFLICTS]} conflicts of its annotators are not decided"
        yield item.problem("E414", message, "decide them, and run `biaozhu adjudicate` again")
    try:
        known = scheme.annotated(record.meta)
    except ValueError as error:
        yield item.problem("E410", str(error), "name layers and labels of the scheme, or leave the key out")
        known = frozenset(scheme.names())
    for span in record.spans:
        yield from _check_span(item, span, scheme)
        if span.label not in known and scheme.layer_of(span.label) is not None:
            remedy = "add its label or layer to meta, or remove the span"
            yield item.problem("E413", f"{show_span(record, span)}: the record is not annotated for it", remedy)
    for layer in scheme.layers:
        for first, second in overlapping_pairs(scheme.in_layer(record.spans, layer)):
            yield item.problem(
                "E404",
                f"{show_span(record, first)} and {show_span(record, second)} overlap in layer {layer}",
                "a layer is flat: keep one of them",
            )


def _check_span(item: Placed, span: CharSpan, scheme: LabelScheme) -> Iterator[Problem]:
    record = item.record
    shown = show_span(record, span)
    layer = scheme.layer_of(span.label)
    if layer is None:
        yield item.problem("E402", f"{shown}: unknown label", f"labels are {', '.join(scheme.names())}")
        return
    surface = record.surface(span)
    if surface != surface.strip():
        yield item.problem("E403", f"{shown} begins or ends with white space", "move its ends inward")
    if span.value is None:
        return
    if layer != NUMBERS:
        yield item.problem("E405", f"{shown}: an entity has no value", "remove the value")
        return
    try:
        parse_value(span.value, span.label)
    except ValueError as error:
        yield item.problem("E406", f"{shown}: value {span.value!r} does not parse: {error}", "see docs/formats.md")


def show_span(record: Record, span: CharSpan) -> str:
    """RETURNS (str): label, place and surface of a span between the characters around it."""
    before = record.text[max(0, span.start - 8) : span.start].replace("\n", "⏎")
    after = record.text[span.end : span.end + 8].replace("\n", "⏎")
    return f"{span.label} [{span.start}, {span.end}) …{before}«{record.surface(span)}»{after}…"


def check_leakage(items: Sequence[Placed]) -> Iterator[Problem]:
    """YIELDS (Problem): ids, texts and sentences that stand in more than one split."""
    ids: dict[str, Placed] = {}
    sentences: dict[str, Placed] = {}
    for item in items:
        first = ids.setdefault(item.record.id, item)
        if first is not item:
            yield item.problem("E407", f"the id is already used at {first.path}:{first.line}", "ids are unique")
        for sentence in {part.strip() for part in _SENTENCE_END.split(item.record.text)}:
            if len(sentence) < MIN_SENTENCE:
                continue
            other = sentences.setdefault(sentence, item)
            if other.path != item.path:
                yield item.problem(
                    "E408",
                    f"the sentence «{sentence[:40]}» also stands in split {other.path.stem} "
                    f"({other.path}:{other.line}, record {other.record.id})",
                    "keep both documents in one split",
                )


def check_gold(files: Sequence[Path], scheme: LabelScheme) -> tuple[list[Placed], list[Problem]]:
    """Check gold files together.

    files (Sequence[Path]): one .jsonl a split.
    scheme (LabelScheme): the label scheme they are annotated in.
    RETURNS (tuple): all readable records, and every problem; no problem means that the gold can be used.
    """
    items, problems = read_gold(files)
    for item in items:
        problems.extend(check_record(item, scheme))
    problems.extend(check_leakage(items))
    return items, problems
