"""The form: what annotators see is what records store, and the committed form is the scheme's."""

from __future__ import annotations

import pytest

from pipeline.core.labels import Label, LabelScheme, default_scheme
from pipeline.review.form import form_differences, form_labels, make_form
from tests.conftest import ROOT

SCHEME = default_scheme()


def test_committed_form_is_up_to_date() -> None:
    committed = (ROOT / "annotations" / "label_studio.xml").read_text(encoding="utf-8")
    assert committed == make_form(SCHEME), "run: biaozhu review form --output annotations/label_studio.xml"


def test_form_stores_the_names_of_the_scheme() -> None:
    assert form_labels(make_form(SCHEME)) == {layer: frozenset(SCHEME.names(layer)) for layer in SCHEME.layers}
    assert form_differences(make_form(SCHEME), SCHEME) == []


def test_form_selects_by_symbol_and_shows_chinese_names() -> None:
    form = make_form(SCHEME)
    assert 'granularity="symbol"' in form
    assert 'value="数量 QUANTITY" alias="QUANTITY"' in form
    assert form.count("<TextArea") == 1


def test_names_of_a_scheme_cannot_break_the_form() -> None:
    scheme = LabelScheme("odd", (Label('A"<&>', "numbers", "甲", 'a "hint" <b>', "#123456", "1"), Label("B", "names")))
    assert form_labels(make_form(scheme)) == {"numbers": {'A"<&>'}, "names": {"B"}}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("<View/>", "numbers lacks"),
        ("no xml", "entities lacks"),
        (make_form(SCHEME).replace('alias="GPE"', 'alias="PLACE"'), "PLACE, which the scheme biaozhu does not know"),
    ],
    ids=["empty", "no-xml", "renamed"],
)
def test_differences_are_named(form: str, words: str) -> None:
    assert words in "; ".join(form_differences(form, SCHEME))


def test_hotkeys_are_unique() -> None:
    keys = [label.hotkey for label in SCHEME.labels if label.hotkey]
    assert len(keys) == len(set(keys))
