"""The label scheme: layers, order, fingerprint."""

from pathlib import Path

import pytest

from pipeline.core.labels import ENTITIES, NUMBERS, default_scheme, read_scheme
from pipeline.core.spans import CharSpan
from pipeline.errors import ConfigError
from tests.conftest import ROOT


def test_default_scheme_is_that_of_the_guidelines() -> None:
    scheme = default_scheme()
    assert scheme.layers == (NUMBERS, ENTITIES)
    assert scheme.names(NUMBERS) == ("QUANTITY", "MONEY", "PERCENT", "ORDINAL", "CARDINAL", "DATE", "TIME")
    assert len(scheme.names(ENTITIES)) == 11
    assert scheme.layer_of("GPE") == ENTITIES
    assert scheme.layer_of("PRODUKT") is None


def test_every_label_has_what_a_review_form_needs() -> None:
    labels = default_scheme().labels
    assert all(label.zh and label.hint and label.color and label.hotkey for label in labels)
    assert len({label.hotkey for label in labels}) == len({label.color for label in labels}) == len(labels)


def test_in_layer_keeps_the_spans_of_one_layer() -> None:
    number, entity = CharSpan(0, 1, "DATE"), CharSpan(0, 1, "GPE")
    assert default_scheme().in_layer([entity, number], NUMBERS) == (number,)


def test_fingerprint_changes_with_labels_but_not_with_colours(tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    prints = []
    for block in ('layer = "entities"', 'layer = "entities"\ncolor = "#111111"', 'layer = "numbers"'):
        path.write_text(f"[labels]\n\n[labels.X]\n{block}\n", encoding="utf-8")
        prints.append(read_scheme(path).fingerprint)
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.parametrize("content", ["no config", "[labels]\n\n[labels.X]\nlayr = 1\n", "[scheme]\nname = 1\n"])
def test_what_is_no_scheme_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"a\.cfg: \[E121\]"):
        read_scheme(path)


def test_names_of_a_public_set_are_a_scheme_of_entities(tmp_path: Path) -> None:
    scheme = read_scheme(ROOT / "configs/public/weibo.cfg")
    assert scheme.name == "weibo"
    assert scheme.layers == ("entities",)
    assert scheme.names()[:2] == ("PER.NAM", "PER.NOM")
