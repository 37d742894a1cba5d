"""Review without a server: the page in a real browser, and what `pull` makes of its answers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.review.page import FORMAT, make_page, pull_page
from pipeline.review.server import text_hash
from pipeline.review.status import measure_status, read_annotators
from tests.review.chromium import drag_over, open_chromium

SCHEME = default_scheme()
# 𠮷野家😀 in 余姚 opened 3 shops, then a line end (CRLF) and a share
TEXT = "𠮷野家😀在余姚开了3家店\r\n　占98.46% 的份额"
SPANS = (CharSpan(0, 3, "ORG"), CharSpan(5, 7, "GPE"), CharSpan(9, 11, "QUANTITY", "3 家"))
RECORDS = [Record("first", TEXT, SPANS, None, {"date": "2022-04-26"}), Record("second", "第二篇</script><b>", ())]


def answer(**changes: Any) -> dict[str, Any]:
    """RETURNS (dict): what the page saves when the first document is submitted as it was."""
    spans = [
        {"start": s.start, "end": s.end, "label": s.label, **({"value": s.value} if s.value else {})} for s in SPANS
    ]
    item = {
        "id": "first",
        "text": TEXT,
        "sha256": text_hash(TEXT),
        "meta": {"date": "2022-04-26"},
        "status": "submitted",
        "lead_time": 12.5,
        "updated_at": "2026-11-23T10:00:00.000Z",
        "before": copy.deepcopy(spans),
        "spans": spans,
        **changes,
    }
    return {"format": FORMAT, "annotator": 2, "documents": [item]}


def save(folder: Path, data: object) -> Path:
    path = folder / "answer.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_text_cannot_end_the_script() -> None:
    page = make_page(RECORDS, SCHEME, title="<i>")
    assert page.count("</script>") == 2
    assert "<i>" not in page
    assert "https://" not in page


def test_answers_become_records(tmp_path: Path) -> None:
    done = pull_page([save(tmp_path, answer())], tmp_path / "review", SCHEME)
    assert (done.annotations, done.annotators) == (1, 1)
    (annotator,) = read_annotators(tmp_path / "review")
    record = annotator.records["first"]
    assert (record.text, record.spans) == (TEXT, SPANS)
    assert [span.meta["review"] for span in record.spans] == ["accepted"] * 3
    assert measure_status(tmp_path / "review", SCHEME)["annotators"][0]["median_seconds"] == 12.5
    again = pull_page([save(tmp_path, answer())], tmp_path / "review", SCHEME)
    assert (again.annotations, again.unchanged) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": TEXT + "x"}, "E752"),
        ({"spans": [{"start": 0, "end": 99, "label": "ORG"}]}, "E118"),
        ({"spans": [{"start": 0, "end": 3, "label": "COMPANY"}]}, "E753.*unknown label"),
        ({"spans": [{"start": 9, "end": 11, "label": "QUANTITY", "value": "三家"}]}, "E753.*does not parse"),
        ({"spans": [{"start": 0, "end": 3, "label": "ORG"}, {"start": 1, "end": 4, "label": "GPE"}]}, "E753.*overlap"),
        ({"spans": "all"}, "E116"),
    ],
    ids=["text", "offsets", "label", "value", "overlap", "spans"],
)
def test_answer_that_cannot_be_used_is_named(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    done = pull_page([save(tmp_path, answer(**changes))], tmp_path / "review", SCHEME)
    assert done.annotations == 0
    with pytest.raises(InputError, match=message):
        raise InputError(*done.problems)


@pytest.mark.parametrize("data", [[], {"format": "other"}, {**answer(), "annotator": "li"}], ids=str)
def test_file_of_another_kind_is_refused(tmp_path: Path, data: object) -> None:
    with pytest.raises(InputError, match=r"E75[01]"):
        pull_page([save(tmp_path, data)], tmp_path / "review", SCHEME)


@pytest.mark.browser
def test_page_with_mouse_and_keyboard(tmp_path: Path, cli: Callable[..., Result]) -> None:
    write_records(tmp_path / "p.jsonl", RECORDS)
    made = cli("review", "page", tmp_path / "p.jsonl", "--output", tmp_path / "review.html", "--title", "试标 trial")
    assert made.exit_code == 0, made.output
    with open_chromium() as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: errors.append(request.url) if request.url.startswith("http") else None)
        page.goto((tmp_path / "review.html").as_uri())
        page.locator("#work:not([inert])").wait_for()
        page.locator("#annotator").fill("7")
        assert page.locator("#spans li").count() == 3
        # mouse: 98.46% with the blank behind it, which is trimmed; then its value
        drag_over(page, "#text", TEXT.index("98"), TEXT.index("98") + 7)
        page.locator("#labels button[data-label=PERCENT]").click()
        page.locator("#value").fill("98.46 %")
        page.keyboard.press("Enter")
        # mouse: a click on the GPE, delete by key
        page.locator("#spans li", has_text="余姚").click()
        page.keyboard.press("Delete")
        # keyboard: edit the value of 3家, lengthen it by one character and take that back
        page.keyboard.press("n")
        page.keyboard.press("n")
        page.keyboard.press("v")
        page.locator("#value").fill("~3 家")
        page.keyboard.press("Enter")
        page.keyboard.press("}")
        page.keyboard.press("z")
        # keyboard: a caret at the front, an emoji selected with Shift, a label by its hotkey
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("u")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+Enter")
        page.locator("#where", has_text="2/2").wait_for()
        page.locator("#skip").click()
        with page.expect_download() as download:
            page.keyboard.press("Control+s")
        download.value.save_as(tmp_path / "answer.json")
        page.locator("#draft", has_text="草稿已存").wait_for()
        page.reload()  # what was done is kept by the browser
        page.locator("#where", has_text="1 篇已提交").wait_for()
        assert errors == []
    done = cli("review", "pull", "--page", tmp_path / "answer.json", "--output", tmp_path / "review")
    assert done.exit_code == 0, done.output
    (record,) = read_records(tmp_path / "review" / "annotator-7.jsonl")
    assert record.text == TEXT
    start = TEXT.index("98")
    assert record.spans == (
        CharSpan(0, 3, "ORG"),
        CharSpan(3, 4, "PRODUCT"),
        CharSpan(9, 11, "QUANTITY", "~3 家"),
        CharSpan(start, start + 6, "PERCENT", "98.46 %"),
    )
    assert [span.meta["review"] for span in record.spans] == ["accepted", "added", "changed", "added"]
    assert [item["label"] for item in record.meta["review"]["deleted"]] == ["GPE"]
    assert record.meta["date"] == "2022-04-26"
