"""The report: what it holds, that nothing of a document can run in it, and that it works in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.jsonl import write_json, write_jsonl
from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, write_records
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.stages.report import make_report
from pipeline.stages.score import ScoreOptions, score_files
from tests.review.chromium import launch_chromium

EVIL = "<script>document.title='owned'</script>"
TEXT = f"余姚市投入16.5亿元，三家企业受益。{EVIL}"
GOLD = (
    CharSpan(0, 3, "GPE"),
    CharSpan(5, 11, "MONEY", "1650000000 CNY"),
    CharSpan(12, 14, "QUANTITY", "3 家"),
    CharSpan(18, 26, "ORG"),
)
FIRST = (
    CharSpan(0, 3, "ORG", None, 0.7),
    CharSpan(5, 10, "MONEY", "1650000000 CNY", 0.9),
    CharSpan(12, 14, "QUANTITY", "3 家", 0.8),
)
SECOND = (CharSpan(0, 3, "GPE", None, 0.9), CharSpan(5, 10, "MONEY", "1650000000 CNY", 0.6))


def make_files(folder: Path) -> dict[str, str]:
    """Gold and two runs of six documents, scored."""
    paths = {}
    for name, spans in (("gold", GOLD), ("one", FIRST), ("two", SECOND)):
        ids = ["a", "b", "c", "d", "e", f'f"><img src=x onerror="{EVIL}">']
        records = [Record(item, TEXT, spans, meta={"field": EVIL, "note": "1 < 2"}) for item in ids]
        paths[name] = str(folder / f"{name}.jsonl")
        write_records(Path(paths[name]), records)
    for name in ("one", "two"):
        paths[f"{name}_scores"] = str(folder / f"{name}.json")
        found = score_files(
            Path(paths["gold"]), Path(paths[name]), scheme=default_scheme(), options=ScoreOptions(resamples=50)
        )
        write_json(Path(paths[f"{name}_scores"]), found)
    write_json(folder / "segment.json", {
        "audit": {"spans": 4, "representable": 3, "recall_ceiling": 0.75,
                  "per_label": {"GPE": {"spans": 1, "representable": 0, "recall_ceiling": None}}},
        "score": None,
    })  # fmt: skip
    write_json(folder / "manifest.json", {"seed": 0, "versions": {"spacy": EVIL}, "config": "[a]\nb = 1"})
    write_jsonl(folder / "metrics.jsonl", ({"epoch": n, "loss": 1 / n, "ents_f": 1 - 1 / n} for n in range(1, 6)))
    return paths


def make_page(folder: Path, **options: Any) -> Path:
    paths = make_files(folder)
    page = folder / "report.html"
    make_report(
        gold=paths["gold"],
        predictions=paths["one"],
        scores=paths["one_scores"],
        other_predictions=paths["two"],
        other_scores=paths["two_scores"],
        segmentation=str(folder / "segment.json"),
        training=str(folder / "metrics.jsonl"),
        manifest=str(folder / "manifest.json"),
        title=f"Scores of {EVIL}",
        name="crf",
        other_name="rules",
        output=str(page),
        **options,
    )()
    return page


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_page(tmp_path_factory.mktemp("report"))


class Tags(HTMLParser):
    """Counts what a browser would see as elements, and takes the attributes that load something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [str(value) for key, value in attrs if key in ("src", "srcset", "action", "data")]
        self.loads += [str(value) for key, value in attrs if key.endswith("href") and not str(value).startswith("#")]


def test_documents_stay_text(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(html)
    assert tags.tags.count("script") == 1
    assert "img" not in tags.tags
    assert "&lt;script&gt;" in html


def test_the_page_loads_nothing(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(html)
    assert tags.loads == []
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)
    assert "default-src 'none'" in html


def test_the_page_is_the_same_for_the_same_input(page: Path, tmp_path: Path) -> None:
    assert make_page(tmp_path).read_text(encoding="utf-8") == page.read_text(encoding="utf-8")


def test_the_page_holds_no_more_than_it_says(tmp_path: Path) -> None:
    html = make_page(tmp_path, max_documents=2, max_errors=3).read_text(encoding="utf-8")
    assert html.count('<details class="document') == 2
    assert html.count('<article class="error"') == 6
    assert "The 2 documents with the most errors, of 6." in html
    assert "the page holds the first 3 of each run" in html


def test_one_run_takes_no_room_from_the_errors_of_the_other(tmp_path: Path) -> None:
    # the cities 余姚, 宁波 and 杭州: the first run misses all, the second the first
    gold = Record("a", "余姚市和宁波市和杭州市", tuple(CharSpan(4 * n, 4 * n + 3, "GPE") for n in range(3)))
    paths = {name: tmp_path / f"{name}.jsonl" for name in ("gold", "one", "two")}
    for name, spans in (("gold", gold.spans), ("one", ()), ("two", gold.spans[1:])):
        write_records(paths[name], [gold.with_spans(spans)])
    for name in ("one", "two"):
        write_json(tmp_path / f"{name}.json", score_files(paths["gold"], paths[name], scheme=default_scheme()))
    make_report(
        gold=str(paths["gold"]),
        predictions=str(paths["one"]),
        scores=str(tmp_path / "one.json"),
        other_predictions=str(paths["two"]),
        other_scores=str(tmp_path / "two.json"),
        max_errors=2,
        output=str(tmp_path / "page.html"),
    )()
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert re.findall(r'<article class="error".*? data-run="(\d)"', html) == ["0", "0", "1"]
    assert "3 of 4 errors" in html


def test_the_page_opens_with_a_passage_of_whole_sentences(tmp_path: Path) -> None:
    text = "余姚市位列第3名。" * 3 + "字" * 200 + "。"
    gold = [Record("a", text, tuple(CharSpan(9 * n, 9 * n + 3, "GPE") for n in range(3)))]
    write_records(tmp_path / "gold.jsonl", gold)
    write_records(tmp_path / "pred.jsonl", [gold[0].with_spans(gold[0].spans[:2])])
    gold_file, pred_file = tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"
    scores = score_files(gold_file, pred_file, scheme=default_scheme())
    write_json(tmp_path / "scores.json", scores)
    make_report(
        gold=str(gold_file),
        predictions=str(pred_file),
        scores=str(tmp_path / "scores.json"),
        output=str(tmp_path / "page.html"),
    )()
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    sample = html[html.index('id="sample-h"') : html.index('id="layer-1"')]
    shown = re.sub(r"<sub.*?</sub>|<[^>]+>", "", sample[sample.index('lang="zh-Hans"') :], flags=re.DOTALL)
    assert shown.count("余姚市位列第3名。") == 6  # gold and prediction
    assert "字" not in shown


def test_curves_are_drawn(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    for title in ("Precision and recall by threshold", "Calibration", "Threshold, numbers", "Learning curve", "Loss"):
        assert title in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


STATUS = {
    "form": "biaozhu-review-status-1",
    "tasks": 4,
    "annotated": 3,
    "skipped": 1,
    "annotators": [
        {"name": "annotator-1", "documents": 3, "median_seconds": 42.4, "documents_an_hour": 85.0, "hours": 0.04,
         "acceptance": 0.875, "accepted": 7, "changed": 1, "deleted": 0, "added": 2, "last": "2026-11-23T09:01:00Z"},
    ],
    "labels": {EVIL: {"acceptance": None, "accepted": 0, "changed": 0, "deleted": 0, "added": 2}},
    "days": {"2026-11-23": 3},
    "agreement": [],
}  # fmt: skip


def test_review_is_a_section_where_it_is_given(page: Path, tmp_path: Path) -> None:
    write_json(tmp_path / "status.json", STATUS)
    html = make_page(tmp_path, review=str(tmp_path / "status.json")).read_text(encoding="utf-8")
    assert 'href="#review"' in html
    assert "3 of 4 documents annotated, 1 skip." in html
    assert '<th scope="row">annotator-1</th><td class="num">3</td><td class="num">42</td>' in html
    assert EVIL not in html
    assert 'id="review"' not in page.read_text(encoding="utf-8")


def test_review_of_another_form_is_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "status.json", {"tasks": 1})
    with pytest.raises(InputError, match=r"E632.*biaozhu-review-status-1"):
        make_page(tmp_path, review=str(tmp_path / "status.json"))


def test_scores_of_other_documents_are_refused(tmp_path: Path) -> None:
    paths = make_files(tmp_path)
    write_records(tmp_path / "x.jsonl", [Record("x", "字")])
    other = str(tmp_path / "x.jsonl")
    with pytest.raises(InputError, match="E631"):
        make_report(gold=other, predictions=other, scores=paths["one_scores"], output=str(tmp_path / "r.html"))()


def test_a_report_of_one_run_without_extras(tmp_path: Path) -> None:
    paths = make_files(tmp_path)
    output = tmp_path / "plain.html"
    make_report(gold=paths["gold"], predictions=paths["gold"], scores=paths["one_scores"], output=str(output))()
    html = output.read_text(encoding="utf-8")
    assert "No errors." in html
    assert "Is the difference real?" not in html


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launch_chromium() as found:
        yield found


@pytest.fixture
def tab(browser: Any, page: Path) -> Iterator[Any]:
    """The report in a tab; errors of the page and requests to the network fail the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    found = context.new_page()
    trouble: list[str] = []
    found.on("pageerror", lambda error: trouble.append(str(error)))
    found.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    found.on("request", lambda request: trouble.append(request.url) if not request.url.startswith("file:") else None)
    found.goto(page.as_uri())
    yield found
    context.close()
    assert trouble == []


def shown_errors(tab: Any) -> int:
    return int(tab.locator("#error-list .error:visible").count())


@pytest.mark.browser
def test_no_document_can_run_a_script(tab: Any) -> None:
    assert tab.title() == f"Scores of {EVIL}"
    assert EVIL in tab.locator("#documents details.document").first.text_content()


@pytest.mark.browser
def test_tables_sort_with_the_keyboard(tab: Any) -> None:
    table = tab.locator("table.sortable", has_text="Strict scores per label").first
    header = table.locator("th[data-sort]").nth(3)  # F1 of the first run
    header.locator("button").focus()
    tab.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    first = table.locator("tbody tr th").first.text_content().strip()
    tab.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
    assert table.locator("tbody tr th").last.text_content().strip() == first == "QUANTITY"


@pytest.mark.browser
def test_errors_filter_by_kind_label_run_and_text(tab: Any) -> None:
    # each of the six documents: the first run makes 3 errors, the second 3, of which 2 are the same
    assert shown_errors(tab) == 36
    tab.select_option("select[name=kind]", "boundary_short")
    assert shown_errors(tab) == 12
    assert tab.locator("#count").text_content() == "12 of 36 errors"
    tab.select_option("select[name=run]", "0")
    assert shown_errors(tab) == 6
    tab.get_by_role("button", name="Clear").click()
    tab.wait_for_function("document.getElementById('count').textContent === '36 of 36 errors'")
    tab.select_option("select[name=shared]", "no")
    assert shown_errors(tab) == 12
    tab.select_option("select[name=label]", "GPE")
    assert shown_errors(tab) == 6
    tab.get_by_role("button", name="Clear").click()
    tab.fill("input[name=text]", "onerror")
    assert shown_errors(tab) == 6


@pytest.mark.browser
def test_long_lists_of_errors_come_in_parts(browser: Any, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    text = "字" * 200
    spans = tuple(CharSpan(start, start + 1, "ORG") for start in range(0, 200, 2))
    write_records(tmp_path / "gold.jsonl", [Record("a", text, spans), Record("b", text, spans[:20])])
    write_records(tmp_path / "pred.jsonl", [Record("a", text), Record("b", text)])
    gold_file, pred_file = tmp_path / "gold.jsonl", tmp_path / "pred.jsonl"
    scores = score_files(gold_file, pred_file, scheme=default_scheme())
    write_json(tmp_path / "scores.json", scores)
    make_report(
        gold=str(gold_file),
        predictions=str(pred_file),
        scores=str(tmp_path / "scores.json"),
        output=str(tmp_path / "long.html"),
    )()
    tab = browser.new_page()
    tab.goto((tmp_path / "long.html").as_uri())
    assert shown_errors(tab) == 40
    assert tab.locator("#count").text_content() == "120 of 120 errors, the first 40 shown"
    for _ in range(41):
        tab.keyboard.press("j")
    assert shown_errors(tab) == 80
    tab.get_by_role("button", name="Show all").click()
    assert shown_errors(tab) == 120
    assert not tab.get_by_role("button", name="Show more").is_visible()
    tab.locator("nav a[href='#documents']").click()
    expect(tab.locator("#documents-h")).to_be_in_viewport()
    tab.fill("input[name=text]", "b")
    assert shown_errors(tab) == 20
    tab.close()


@pytest.mark.browser
def test_a_kind_in_the_table_leads_to_its_errors(tab: Any) -> None:
    tab.locator("[data-filter-kind=label][data-filter-layer=entities]").click()
    assert shown_errors(tab) == 6


@pytest.mark.browser
def test_an_error_leads_to_its_document(tab: Any) -> None:
    error = tab.locator("#error-list .error").nth(8)
    target = error.locator("header a").get_attribute("href")
    error.locator("header a").click()
    tab.wait_for_function(f"document.querySelector('{target}').open")
    assert tab.evaluate("document.activeElement.closest('details').id") == target[1:]


@pytest.mark.browser
def test_keys_walk_through_errors_and_search(tab: Any) -> None:
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    walked = "[...document.querySelectorAll('.error')].indexOf(document.activeElement)"
    assert tab.evaluate(walked) == 1
    tab.keyboard.press("k")
    assert tab.evaluate(walked) == 0
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.name") == "text"
    tab.keyboard.type("jk")
    assert tab.input_value("input[name=text]") == "jk"


@pytest.mark.browser
def test_the_first_tab_stop_skips_to_the_content(tab: Any) -> None:
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Enter")
    assert tab.evaluate("location.hash") == "#main"


@pytest.mark.browser
def test_structure_for_screen_readers(tab: Any) -> None:
    assert tab.locator("h1").count() == 1
    assert tab.locator("table:not(:has(caption))").count() == 0
    assert tab.locator("th:not([scope])").count() == 0
    unnamed = (
        "[...document.querySelectorAll('select,input,button,a,summary')]"
        ".filter(e => !(e.textContent.trim() || e.closest('label'))).length"
    )
    assert tab.evaluate(unnamed) == 0
    levels = tab.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(e => Number(e.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tab.locator(".body:not(:lang(zh-Hans))").count() == 0


CONTRAST = """
(selector) => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  return Math.min(...[...document.querySelectorAll(selector)].slice(0, 40).map((e) => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }));
}
"""


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast_in_light_and_dark(tab: Any, theme: str) -> None:
    tab.emulate_media(color_scheme=theme)
    for selector in ("p", "td", "th", ".small", "a", "dt", "caption", ".text", ".tag b", ".who", ".legend"):
        assert tab.evaluate(CONTRAST, selector) >= 4.5, selector


@pytest.mark.browser
def test_the_theme_button_overrides_the_system(tab: Any) -> None:
    tab.emulate_media(color_scheme="light")
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.locator("#theme").click()
    tab.locator("#theme").click()
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before


@pytest.mark.browser
def test_print_opens_tables_and_shows_no_controls(tab: Any) -> None:
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print", color_scheme="dark")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.locator("details:not([open]):not(.document)").count() == 0
    assert tab.locator("details.document[open]").count() == 0  # as the reader left them
    assert not tab.locator(".filters").is_visible()
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.locator("details:not([open])").count() > 0


@pytest.mark.browser
def test_a_phone_needs_no_sideways_scrolling(tab: Any) -> None:
    tab.set_viewport_size({"width": 390, "height": 800})
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
