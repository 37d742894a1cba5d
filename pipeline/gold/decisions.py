"""Decisions on conflicts: a file that a person edits, and Label Studio tasks with one choice a conflict.

The file is one JSON object with both readings of every conflict as marked text; a person sets "decision" to "first",
"second", "none" or to marked text of their own, and "by" to a name. Written again, it keeps what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_json, write_json
from pipeline.errors import InputError, Problem, raise_if_any
from pipeline.gold.adjudicate import CHOICES, OWN, Decision
from pipeline.gold.conflicts import Conflict

HOW = 'set "decision" to "first", "second", "none", or to the text with marks of your own; set "by" to your name'
CHOICE, READING = "decision", "reading"
FORM = """<View>
  <Header value="$title"/>
  <Text name="text" value="$context"/>
  <Header value="$first"/>
  <Header value="$second"/>
  <Choices name="decision" toName="text" choice="single" required="true">
    <Choice value="第一种 first" alias="first"/><Choice value="第二种 second" alias="second"/>
    <Choice value="都不标 none" alias="none"/><Choice value="另写 own" alias="own"/>
  </Choices>
  <TextArea name="reading" toName="text" placeholder="另写 own: [[余姚市|GPE]]" maxSubmissions="1"/>
</View>
"""
"""The Label Studio form of the tasks that `conflicts_to_tasks` makes."""


def conflict_to_json(conflict: Conflict, decision: Decision | None) -> dict[str, Any]:
    """RETURNS (dict): both readings as marked text in their context, and the decision if there is one."""
    return {
        "id": conflict.id,
        "layer": conflict.layer,
        "before": conflict.before,
        "first": conflict.marked(conflict.first),
        "second": conflict.marked(conflict.second),
        "after": conflict.after,
        "decision": None if decision is None else decision.choice,
        "by": None if decision is None else decision.by,
        "note": "" if decision is None else decision.note,
    }


def write_decisions(
    path: Path, conflicts: Sequence[Conflict], decisions: Mapping[str, Decision], names: tuple[str, str]
) -> None:
    """Write the file to edit.

    path (Path): the file.
    conflicts (Sequence[Conflict]): all conflicts, decided or open.
    decisions (Mapping[str, Decision]): what is decided.
    names (tuple[str, str]): names of the two annotators.
    """
    rows = [conflict_to_json(conflict, decisions.get(conflict.id)) for conflict in conflicts]
    write_json(path, {"how": HOW, "first": names[0], "second": names[1], "conflicts": rows})


def _is_row(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("id"), str) and "decision" in row


def read_decisions(path: Path) -> dict[str, Decision]:
    """Read what was decided.

    path (Path): a file that `write_decisions` wrote and a person edited.
    RETURNS (dict[str, Decision]): decisions by conflict id; open conflicts are not in it.
    RAISES (InputError): if the file is something else, or a decision names nobody.
    """
    data = read_json(path)
    rows = data.get("conflicts") if isinstance(data, dict) else None
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        remedy = "`biaozhu adjudicate` writes it; a person changes only decision, by and note"
        raise InputError(Problem("E650", "not a file of conflicts", remedy, path))
    found: dict[str, Decision] = {}
    problems: list[Problem] = []
    for row in rows:
        choice, by = row.get("decision"), row.get("by")
        if choice is None:
            continue
        if not isinstance(choice, str) or not isinstance(by, str) or not by.strip():
            message = f"{row['id']}: a decision is a text, and names who decided"
            problems.append(Problem("E651", message, 'fill in "by"', path))
            continue
        found[str(row["id"])] = Decision(choice.strip(), by.strip(), str(row.get("note") or ""))
    raise_if_any(problems)
    return found


def conflicts_to_tasks(conflicts: Iterable[Conflict], names: tuple[str, str]) -> Iterator[dict[str, Any]]:
    """Make Label Studio tasks, one choice a conflict, for a project with FORM.

    conflicts (Iterable[Conflict]): the conflicts to decide.
    names (tuple[str, str]): names of the two annotators.
    YIELDS (dict): tasks.
    """
    for conflict in conflicts:
        yield {
            "data": {
                "conflict": conflict.id,
                "title": f"{conflict.record.id} · {conflict.layer}",
                "context": f"{conflict.before}【{conflict.text}】{conflict.after}",
                "first": f"first ({names[0]}): {conflict.marked(conflict.first)}",
                "second": f"second ({names[1]}): {conflict.marked(conflict.second)}",
            }
        }


def tasks_to_decisions(tasks: Iterable[Mapping[str, Any]]) -> dict[str, Decision]:
    """Read decisions from exported tasks.

    tasks (Iterable[Mapping]): tasks of a project with FORM, with their annotations.
    RETURNS (dict[str, Decision]): the last submitted choice of every task that has one.
    RAISES (InputError): if a task is of another project, or chose "own" and wrote nothing.
    """
    from pipeline.formats.label_studio import submitted

    found: dict[str, Decision] = {}
    problems: list[Problem] = []
    for task in tasks:
        name = (task.get("data") or {}).get("conflict")
        if not isinstance(name, str):
            problems.append(Problem("E657", f"task {task.get('id')} is no conflict", "export the adjudication project"))
            continue
        for annotation in submitted(task)[-1:]:
            choice = _choice(annotation.get("result") or [])
            if choice not in CHOICES and not choice.startswith("[[") and "[[" not in choice:
                message = f"{name}: the answer {choice!r} is no decision"
                problems.append(Problem("E658", message, f"choose one, or write marked text for {OWN!r}"))
                continue
            found[name] = Decision(choice, _person(annotation.get("completed_by")))
    raise_if_any(problems)
    return found


def _choice(results: Sequence[Mapping[str, Any]]) -> str:
    answers: dict[str, str] = {}
    for item in results:
        value = item.get("value") or {}
        parts = value.get("choices") if item.get("from_name") == CHOICE else value.get("text")
        answers[str(item.get("from_name"))] = " ".join(parts if isinstance(parts, list) else [str(parts or "")])
    choice = answers.get(CHOICE, "")
    return answers.get(READING, "").strip() if choice == OWN else choice


def _person(completed_by: Any) -> str:
    """Label Studio names people by a number in exports, and by an object elsewhere."""
    if isinstance(completed_by, Mapping):
        return str(completed_by.get("email") or completed_by.get("id"))
    return f"user {completed_by}" if completed_by is not None else "unknown"
