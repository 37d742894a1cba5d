"""A real Chromium for the tests."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.review.studio import missing

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Marks the text of [from, to), in code points of the element's text, as a mouse would.
SELECT = """([selector, from, to]) => {
  const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
  let place = 0, start = null, end = null;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (let i = 0; i < node.data.length; i += String.fromCodePoint(node.data.codePointAt(i)).length) {
      if (place === from) start = [node, i];
      place += 1;
      if (place === to) end = [node, i + String.fromCodePoint(node.data.codePointAt(i)).length];
    }
  }
  const first = document.createRange(), last = document.createRange();
  first.setStart(...start); first.setEnd(start[0], start[1] + 1);
  last.setStart(end[0], end[1] - 1); last.setEnd(...end);
  start[0].parentElement.scrollIntoView({block: "center"});
  const a = first.getClientRects()[0], b = last.getClientRects()[0];
  return {x1: a.left + 1, y1: a.top + a.height / 2, x2: b.right - 1, y2: b.top + b.height / 2};
}"""


@contextmanager
def launch_chromium() -> Iterator[Any]:
    """YIELDS (Browser): a headless Chromium that ends with the block."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("Chromium", "run: bash scripts/system-packages.sh")
    if importlib.util.find_spec("playwright") is None:
        missing("playwright", "run: pip install -e '.[dev]'")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def open_chromium() -> Iterator[Any]:
    """YIELDS (BrowserContext): of a browser that ends with the block."""
    with launch_chromium() as browser:
        context = browser.new_context(accept_downloads=True, viewport={"width": 1360, "height": 900}, locale="zh-CN")
        context.set_default_timeout(20_000)
        yield context


def drag_over(page: Any, selector: str, start: int, end: int) -> None:
    """Select [start, end) of an element's text by mouse; offsets are code points."""
    place = page.evaluate(SELECT, [selector, start, end])
    page.mouse.move(place["x1"], place["y1"])
    page.mouse.down()
    page.mouse.move((place["x1"] + place["x2"]) / 2, place["y2"], steps=4)
    page.mouse.move(place["x2"], place["y2"], steps=4)
    page.mouse.up()


def drag_over_text(page: Any, selector: str, surface: str) -> None:
    """Select the first occurrence of a surface by mouse; pages show line ends in ways of their own."""
    text: str = page.evaluate(
        """(selector) => {
          const walker = document.createTreeWalker(document.querySelector(selector), NodeFilter.SHOW_TEXT);
          let text = "";
          while (walker.nextNode()) text += walker.currentNode.data;
          return text;
        }""",
        selector,
    )
    start = text.index(surface)
    drag_over(page, selector, start, start + len(surface))
