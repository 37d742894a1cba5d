"""An annotator at the real labelling page: what is done with mouse and keyboard comes back exactly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.metrics.agreement import measure_agreement
from pipeline.review.pull import pull
from pipeline.review.push import push
from pipeline.review.status import read_annotators
from tests.review.chromium import drag_over_text, open_chromium
from tests.review.studio import LI, WANG, Studio

SCHEME = default_scheme()
pytestmark = [pytest.mark.label_studio, pytest.mark.browser]
# 𠮷野家😀 in 余姚 opened 3 shops; a blank line, U+3000, and a share
TEXT = "𠮷野家😀在余姚开了3家店\r\n\r\n　占98.46%的份额"
SPANS = (CharSpan(0, 3, "ORG"), CharSpan(5, 7, "GPE"), CharSpan(9, 11, "QUANTITY", "3 家"))


def enter(page: Any, studio: Studio, name: str) -> None:
    page.goto(f"{studio.url}/user/login")
    page.fill("input[name=email]", name)
    page.fill("input[name=password]", studio.accounts[name]["password"])
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)


def test_annotator_in_chromium(studio: Studio, project: str, tmp_path: Path) -> None:
    record = Record("page", TEXT, SPANS)
    place = push(studio.server(), [record], SCHEME, project=project, model_version="v1", annotators=2).project
    studio.annotate(project, record, by=LI)
    with open_chromium() as context:
        page = context.new_page()
        enter(page, studio, WANG)
        page.goto(f"{studio.url}/projects/{place.id}/data?labeling=1")
        page.locator(".lsf-richtext__line").first.wait_for()
        regions = page.locator(".lsf-outliner-item")
        regions.nth(2).wait_for()
        # an entity has no value
        regions.filter(has_text="余姚").click()
        assert not page.locator("[data-testid=textarea-input]").first.is_visible()
        page.keyboard.press("Backspace")
        regions.nth(2).wait_for(state="detached")
        # the value of a number: away with the parser's, in with one's own
        regions.filter(has_text="3家").click()
        page.locator("[data-testid=htx-textbox-delete-button]").first.click()
        page.locator("[data-testid=textarea-input]").first.fill("~3 家")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        # a label by its hotkey, then the percentage by mouse, and its value
        page.keyboard.press("3")
        drag_over_text(page, ".lsf-htx-richtext", "98.46%")
        regions.filter(has_text="98.46%").wait_for()
        if not page.locator("[data-testid=textarea-input]").first.is_visible():
            regions.filter(has_text="98.46%").click()
        page.locator("[data-testid=textarea-input]").first.fill("98.46 %")
        page.keyboard.press("Enter")
        with page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
        ) as sent:
            page.locator("[data-testid=bottombar-submit-button]").click()
        assert sent.value.status == 201
    done = pull(studio.server(), project, tmp_path, SCHEME)
    assert (done.annotations, done.problems) == (2, [])
    people = {person.name: person for person in read_annotators(tmp_path)}
    back = people[f"annotator-{studio.user_id(WANG)}"].records["page"]
    start = TEXT.index("98")
    assert back.text == TEXT
    assert back.spans == (
        CharSpan(0, 3, "ORG"),
        CharSpan(9, 11, "QUANTITY", "~3 家"),
        CharSpan(start, start + 6, "PERCENT", "98.46 %"),
    )
    assert [span.meta["review"] for span in back.spans] == ["accepted", "changed", "added"]
    assert [item["label"] for item in back.meta["review"]["deleted"]] == ["GPE"]
    assert back.meta["review"]["lead_time"] > 0
    (pair,) = measure_agreement(list(people.values()), SCHEME, alpha=False)["pairs"]
    assert pair["layers"]["entities"]["strict_f1"] == pytest.approx(2 / 3)
    assert pair["layers"]["numbers"]["values"]["rate"] == 0.0
