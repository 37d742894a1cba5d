"""What the review page keeps in a real browser: over reloads, between windows, and where the browser keeps nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.review.page import make_page
from tests.review.chromium import open_chromium

pytestmark = pytest.mark.browser

SCHEME = default_scheme()
# three shops opened in 余姚; two in 宁波
RECORDS = [
    Record("first", "余姚开了3家店", (CharSpan(0, 2, "GPE"), CharSpan(4, 6, "QUANTITY", "3 家"))),
    Record("second", "宁波开了2家店", (CharSpan(0, 2, "GPE"), CharSpan(4, 6, "QUANTITY", "2 家"))),
]
KEPT = "草稿已存"
DEAF = "BroadcastChannel.prototype.postMessage = () => {};"
# Holds every other write back until release() is called.
BLOCK = """() => new Promise((started) => {
  indexedDB.open("biaozhu-review").onsuccess = (event) => {
    const store = event.target.result.transaction("drafts", "readwrite").objectStore("drafts");
    let held = true;
    window.release = () => { held = false; };
    const turn = () => { if (held) store.get(["", ""]).onsuccess = turn; };
    turn();
    started();
  };
})"""


@pytest.fixture
def context() -> Iterator[Any]:
    with open_chromium() as context:
        yield context


@pytest.fixture
def address(tmp_path: Path) -> str:
    return write(tmp_path / "review.html", RECORDS)


def write(path: Path, records: list[Record]) -> str:
    path.write_text(make_page(records, SCHEME, title="trial"), encoding="utf-8")
    return path.as_uri()


def open_page(context: Any, address: str) -> Any:
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    page.locator("#work:not([inert])").wait_for()
    return page


def see(page: Any, selector: str, text: str) -> None:
    page.locator(selector, has_text=text).wait_for()


def spans(page: Any) -> list[str]:
    return [str(text) for text in page.locator("#spans li").all_inner_texts()]


def delete(page: Any, surface: str) -> None:
    page.locator("#spans li", has_text=surface).click()
    page.keyboard.press("Delete")


def test_reload_brings_back_all_that_was_done(context: Any, address: str) -> None:
    page = open_page(context, address)
    page.locator("#annotator").fill("7")
    page.locator("#spans li", has_text="3家").click()
    page.locator("#value").fill("~3 家")
    page.keyboard.press("Enter")
    page.locator("#submit").click()
    delete(page, "宁波")
    see(page, "#draft", KEPT)
    page.reload()
    see(page, "#where", "2/2")  # the first document that is not submitted
    assert page.locator("#annotator").input_value() == "7"
    assert spans(page) == ["2家 数量 QUANTITY = 2 家"]
    see(page, "#where", "1 篇已提交")
    page.locator("#previous").click()
    assert spans(page) == ["余姚 政区 GPE", "3家 数量 QUANTITY = ~3 家"]


def test_value_being_typed_is_kept_when_the_window_is_left(context: Any, address: str) -> None:
    page = open_page(context, address)
    page.on("dialog", lambda dialog: dialog.dismiss())
    page.locator("#spans li", has_text="3家").click()
    page.locator("#value").fill("~3 家")
    page.close(run_before_unload=True)
    see(page, "#draft", KEPT)
    see(page, "#spans li", "~3 家")


def test_windows_show_what_the_other_did(context: Any, address: str) -> None:
    one, two = open_page(context, address), open_page(context, address)
    delete(one, "余姚")
    two.locator("#spans li", has_text="余姚").wait_for(state="detached")
    two.locator("#submit").click()
    see(one, "#where", "1 篇已提交")
    see(two, "#draft", KEPT)
    for page in (one, two):
        page.reload()
        see(page, "#where", "1 篇已提交")
        page.locator("#previous").click()
        assert spans(page) == ["3家 数量 QUANTITY = 3 家"]


def test_value_being_typed_stays_when_another_window_keeps_something(context: Any, address: str) -> None:
    one, two = open_page(context, address), open_page(context, address)
    two.locator("#spans li", has_text="3家").click()
    two.locator("#value").fill("~3 ")
    one.locator("#next").click()
    one.locator("#submit").click()
    see(two, "#where", "1 篇已提交")
    two.keyboard.type("家")
    assert two.locator("#value").input_value() == "~3 家"
    two.keyboard.press("Enter")
    see(two, "#spans li", "~3 家")
    see(one, "#where", "1 篇已提交")


def test_value_being_typed_stays_when_another_window_changes_its_document(context: Any, address: str) -> None:
    one, two = open_page(context, address), open_page(context, address)
    two.locator("#spans li", has_text="3家").click()
    two.locator("#value").fill("~3 家")
    delete(one, "余姚")
    see(two, "#message", "另一窗口也改了第 1 篇")
    assert spans(two) == ["余姚 政区 GPE", "3家 数量 QUANTITY = ~3 家"]
    two.keyboard.press("Escape")
    two.keyboard.press("z")
    assert spans(two) == ["3家 数量 QUANTITY = 3 家"]


def test_edit_on_an_outdated_window_buries_nothing(context: Any, address: str) -> None:
    context.add_init_script(DEAF)
    one, two = open_page(context, address), open_page(context, address)
    delete(one, "余姚")
    see(one, "#draft", KEPT)
    delete(two, "3家")
    see(two, "#message", "另一窗口也改了第 1 篇")
    assert spans(two) == ["余姚 政区 GPE"]
    two.keyboard.press("z")
    assert spans(two) == ["3家 数量 QUANTITY = 3 家"]


def test_leaving_asks_while_a_draft_is_not_kept(context: Any, address: str) -> None:
    page, other = open_page(context, address), open_page(context, address)
    other.evaluate(BLOCK)
    delete(page, "余姚")
    see(page, "#draft", "正在存草稿")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    other.evaluate("release()")
    see(page, "#draft", KEPT)
    page.reload()
    assert spans(page) == ["3家 数量 QUANTITY = 3 家"]


def test_drafts_of_other_predictions_stay_away(context: Any, tmp_path: Path) -> None:
    page = open_page(context, write(tmp_path / "old.html", RECORDS))
    delete(page, "余姚")
    see(page, "#draft", KEPT)
    anew = [Record("first", RECORDS[0].text, (CharSpan(0, 2, "LOC"),)), RECORDS[1]]
    assert spans(open_page(context, write(tmp_path / "new.html", anew))) == ["余姚 地区 LOC"]
    assert spans(open_page(context, write(tmp_path / "copy.html", RECORDS))) == ["3家 数量 QUANTITY = 3 家"]


def test_browser_without_storage_is_said_and_work_goes_on(context: Any, address: str, tmp_path: Path) -> None:
    context.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };")
    page = open_page(context, address)
    see(page, "#message", "浏览器不存草稿")
    page.locator("#annotator").fill("7")
    delete(page, "余姚")
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    asked.value.dismiss()
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    download.value.save_as(tmp_path / "answer.json")
    saved = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert [span["label"] for span in saved["documents"][0]["spans"]] == ["QUANTITY"]


def test_nothing_is_saved_for_nobody(context: Any, address: str) -> None:
    page = open_page(context, address)
    page.locator("#save").click()
    see(page, "#message", "标注人编号")
    assert page.evaluate("document.activeElement.id") == "annotator"
