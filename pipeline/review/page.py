"""Review without a server: one HTML file in which a person corrects spans and values and saves JSON for `pull`.

The file holds the documents and a script and asks nothing of any network; a content security policy allows that script
alone, and all text goes in as data, so nothing in a document can run. Offsets in the file are code points; the script
turns them into the browser's UTF-16 and back. What it saves is read by `pull_page`, checked like any annotation.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_json, write_json
from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record, json_to_record, read_records, span_to_json, write_records
from pipeline.core.values import VALUE_EXAMPLES
from pipeline.errors import InputError, Problem, raise_if_any
from pipeline.formats.label_studio import has_values
from pipeline.gold.validate import Placed, check_record
from pipeline.metrics.pages import own_file, page_environment
from pipeline.review.compare import REVIEW, compare
from pipeline.review.pull import STATE, Pulled, annotator_file
from pipeline.review.server import text_hash

FORMAT = "biaozhu-review-page-1"


def make_page(records: Sequence[Record], scheme: LabelScheme, *, title: str) -> str:
    """Write the page.

    records (Sequence[Record]): documents with predictions.
    scheme (LabelScheme): labels with layers, names, colours and hotkeys.
    title (str): the page's title.
    RETURNS (str): the HTML.
    """
    from markupsafe import Markup

    environment = page_environment("pipeline.review")
    script = "".join(own_file("pipeline.review", name) for name in ("drafts.js", "page.js", "input.js"))
    style = own_file("pipeline.review", "page.css")
    return environment.get_template("page.html").render(
        title=title,
        data=Markup(_safe_json(_page_data(records, scheme, title))),  # noqa: S704  escaped for a script element
        script=Markup(script),  # noqa: S704  our own file
        style=Markup(style),  # noqa: S704  our own file
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _safe_json(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _page_data(records: Sequence[Record], scheme: LabelScheme, title: str) -> dict[str, Any]:
    data = {
        "format": FORMAT,
        "title": title,
        "labels": [
            {
                "name": label.name,
                "layer": label.layer,
                "zh": label.zh,
                "hint": label.hint,
                "color": label.color,
                "hotkey": label.hotkey,
                "value": has_values(label.layer),
                "example": VALUE_EXAMPLES.get(label.name, ""),
            }
            for label in scheme.labels
        ],
        "documents": [
            {
                "id": record.id,
                "text": record.text,
                "sha256": text_hash(record.text),
                "meta": {key: value for key, value in record.meta.items() if key != REVIEW},
                "spans": [span_to_json(span) for span in record.spans],
            }
            for record in records
        ],
    }
    # Drafts are kept under this name: those of other documents, or of other predictions for the same, must not come up.
    return {**data, "page": text_hash(json.dumps(data, ensure_ascii=False, sort_keys=True))}


def is_page_answer(path: Path) -> bool:
    """RETURNS (bool): whether a file is what the page saves."""
    data = read_json(path)
    return isinstance(data, dict) and data.get("format") == FORMAT


def pull_page(paths: Sequence[Path], folder: Path, scheme: LabelScheme, *, sources: Sequence[Record] = ()) -> Pulled:
    """Read what the page saved into a folder like the one `pull` writes.

    paths (Sequence[Path]): saved files.
    folder (Path): where the annotators' files are; brought up to date.
    scheme (LabelScheme): the labels that may occur.
    sources (Sequence[Record]): the records the page was made from; texts are compared with them where given.
    RETURNS (Pulled): counts, and the problems of documents that were left out.
    RAISES (InputError): if a file is none of the page's.
    """
    result = Pulled()
    texts = {record.id: record.text for record in sources}
    for path in paths:
        data = read_json(path)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise InputError(Problem("E750", "not saved by the review page", "save it with the page's button", path))
        annotator = data.get("annotator")
        if type(annotator) is not int or annotator < 1:
            remedy = "fill in the number in the page and save again"
            raise InputError(Problem("E751", f"annotator {annotator!r} is no number from 1", remedy, path))
        target = annotator_file(folder, annotator)
        found = {r.id: r for r in read_records(target)} if target.is_file() and target.stat().st_size else {}
        for item in data["documents"]:
            if item.get("status") == "skipped":
                result.skipped += 1
            if item.get("status") != "submitted":
                continue
            try:
                record = _read_answer(item, annotator, scheme, path, texts)
            except InputError as error:
                result.problems += error.problems
                continue
            before = found.get(record.id)
            if before is not None and before.meta[REVIEW]["updated_at"] >= record.meta[REVIEW]["updated_at"]:
                result.unchanged += 1
                continue
            found[record.id] = record
            result.annotations += 1
        write_records(target, found.values())
        _note_tasks(folder, [str(item["id"]) for item in data["documents"]])
    result.annotators = len(list(folder.glob("annotator-*.jsonl")))
    return result


def _read_answer(
    item: dict[str, Any], annotator: int, scheme: LabelScheme, path: Path, texts: dict[str, str]
) -> Record:
    """One document of a saved file. RAISES (InputError): if anything about it is wrong."""
    plain = {"id": item.get("id"), "text": item.get("text"), "meta": item.get("meta") or {}}
    record = json_to_record({**plain, "spans": item.get("spans")}, path=path)
    before = json_to_record({**plain, "spans": item.get("before") or []}, path=path)
    if item.get("sha256") != text_hash(record.text) or texts.get(record.id, record.text) != record.text:
        message = "its text is not the one the page was made with"
        raise InputError(Problem("E752", message, "make the page again from the same records", path, None, record.id))
    raise_if_any(
        Problem("E753", problem.message, problem.remedy or "mend it in the page and save again", path, None, record.id)
        for problem in check_record(Placed(record, path, 0), scheme)
    )
    compared = compare(record.spans, before.spans, scheme)
    review = {
        "annotator": annotator,
        "task": record.id,
        "annotation": None,
        "status": "submitted",
        "lead_time": item.get("lead_time"),
        "created_at": item.get("updated_at"),
        "updated_at": str(item.get("updated_at") or ""),
        "model_version": None,
        "deleted": [{**span_to_json(span), "meta": {}} for span in compared.deleted],
    }
    return Record(record.id, record.text, compared.spans, None, {**record.meta, REVIEW: review})


def _note_tasks(folder: Path, ids: Sequence[str]) -> None:
    """Keep in the state how many documents there are, so that `status` can say how far the annotators are."""
    path = folder / STATE
    state = read_json(path) if path.is_file() else {"project": None, "tasks": {}}
    if state["project"] is not None:
        remedy = "read pages into a folder of their own"
        raise InputError(Problem("E754", "the folder holds a project pulled from a server", remedy, folder))
    for name in ids:
        state["tasks"].setdefault(name, {"record_id": name, "updated_at": "", "skipped": 0})
    write_json(path, state)
