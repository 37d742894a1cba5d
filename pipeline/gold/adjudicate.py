"""Adjudication: agreed spans pass, and a person's decisions settle the conflicts. Nothing else becomes gold.

Who saw and who decided a span stays in its meta: {"by": […]} for agreed spans, and "decision" and "decided_by" for
settled ones. A document with an open conflict carries meta.open_conflicts, and `check-gold` refuses it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan, overlapping_pairs
from pipeline.core.values import ValueFormatError, parse_value
from pipeline.errors import InputError, Problem, raise_if_any
from pipeline.formats.inline import read_marks
from pipeline.gold.conflicts import Compared, Conflict
from pipeline.gold.validate import OPEN_CONFLICTS

FIRST, SECOND, NONE = "first", "second", "none"
CHOICES = (FIRST, SECOND, NONE)
OWN = "own"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a conflict.

    choice (str): "first", "second", "none" (no span here), or marked text: a reading of their own.
    by (str): who decided.
    note (str): why, if they said so.
    """

    choice: str
    by: str
    note: str = ""


def decided_spans(
    conflict: Conflict, decision: Decision, names: tuple[str, str], scheme: LabelScheme
) -> list[CharSpan]:
    """Turn a decision into spans.

    conflict (Conflict): what was decided.
    decision (Decision): the decision.
    names (tuple[str, str]): names of the two annotators.
    scheme (LabelScheme): labels of the layer, for a reading of one's own.
    RETURNS (list[CharSpan]): the spans, with who saw and who decided them in their meta.
    RAISES (InputError): if a reading of one's own does not fit the text or the scheme.
    """
    meta: dict[str, object] = {"decided_by": decision.by}
    if decision.note:
        meta["note"] = decision.note
    if decision.choice in CHOICES:
        spans = {FIRST: conflict.first, SECOND: conflict.second, NONE: ()}[decision.choice]
        seen_by = {FIRST: names[:1], SECOND: names[1:], NONE: ()}[decision.choice]
        meta |= {"decision": decision.choice, "by": list(seen_by)}
    else:
        spans = tuple(_own_reading(conflict, decision.choice, scheme))
        meta |= {"decision": OWN, "by": []}
    return [dataclasses.replace(span, meta=dict(span.meta) | meta) for span in spans]


def _own_reading(conflict: Conflict, marked: str, scheme: LabelScheme) -> Iterator[CharSpan]:
    """Spans of a marked text, which is the stretch or a longer piece of the document around it."""

    def wrong(message: str) -> InputError:
        remedy = f"first, second, none, or the text with marks: {conflict.marked(conflict.first or conflict.second)}"
        return InputError(Problem("E652", f"{conflict.id}: {message}", remedy, record_id=conflict.record.id))

    try:
        text, spans = read_marks(marked)
    except InputError as error:
        raise wrong(error.problems[0].message) from error
    place = conflict.record.text.find(text, max(0, conflict.end - len(text)))
    if not text or place < 0 or place > conflict.start:
        raise wrong(f"{text!r} is neither a choice nor the text at this place, which is {conflict.text!r}")
    for span in spans:
        if span.label not in scheme.names(conflict.layer):
            raise wrong(f"label {span.label!r} is not in layer {conflict.layer}")
        if span.value is not None:
            try:
                parse_value(span.value, span.label)
            except ValueFormatError as error:
                raise wrong(str(error)) from error
        yield CharSpan(place + span.start, place + span.end, span.label, span.value)


def adjudicate(
    document: Compared, decisions: Mapping[str, Decision], names: tuple[str, str], scheme: LabelScheme
) -> tuple[Record, list[Conflict]]:
    """Settle one document as far as there are decisions.

    document (Compared): the two versions.
    decisions (Mapping[str, Decision]): decisions by conflict id.
    names (tuple[str, str]): names of the two annotators.
    scheme (LabelScheme): labels and layers.
    RETURNS (tuple): the record with agreed and decided spans, and the conflicts that are still open.
    RAISES (InputError): naming every decision that does not fit.
    """
    spans = [dataclasses.replace(span, meta=dict(span.meta) | {"by": list(names)}) for span in document.agreed]
    still_open: list[Conflict] = []
    problems: list[Problem] = []
    for conflict in document.conflicts:
        if conflict.id not in decisions:
            still_open.append(conflict)
            continue
        try:
            spans += decided_spans(conflict, decisions[conflict.id], names, scheme)
        except InputError as error:
            problems += error.problems
    for layer in scheme.layers:
        for one, other in overlapping_pairs(scheme.in_layer(spans, layer)):
            shown = " and ".join(f"{span.label} {document.first.surface(span)!r}" for span in (one, other))
            problems.append(
                Problem("E656", f"{shown} overlap after the decision", "decide again", record_id=document.first.id)
            )
    raise_if_any(problems)
    meta = {key: value for key, value in document.first.meta.items() if key != OPEN_CONFLICTS}
    if still_open:
        meta[OPEN_CONFLICTS] = len(still_open)
    return dataclasses.replace(document.first, meta=meta).with_spans(spans), still_open


def count_choices(decisions: Sequence[Decision]) -> dict[str, int]:
    """RETURNS (dict[str, int]): how often either side was right, neither, or a reading of one's own was written."""
    found = dict.fromkeys((*CHOICES, OWN), 0)
    for decision in decisions:
        found[decision.choice if decision.choice in CHOICES else OWN] += 1
    return found
