"""Copies of gold with other names in it."""

from __future__ import annotations

import pytest
from spacy.tokens import Doc

from pipeline.errors import ConfigError
from pipeline.nlp.augment import make_replace_names
from tests.nlp.helpers import gold_docs, make_nlp, make_record


def test_copies_keep_labels_and_everything_between_names() -> None:
    nlp = make_nlp()
    docs = gold_docs(nlp)
    copies = list(make_replace_names(copies=3)(docs))
    assert len(copies) == 3 * len(docs)
    for copy, doc in zip(copies, docs * 3, strict=True):
        assert [ent.label_ for ent in copy.ents] == [ent.label_ for ent in doc.ents]
        assert remainder(copy) == remainder(doc)
    assert any(copy.text != doc.text for copy, doc in zip(copies, docs * 3, strict=True))


def remainder(doc: Doc) -> str:
    text: str = doc.text
    for ent in reversed(doc.ents):
        text = text[: ent.start_char] + "|" + text[ent.end_char :]
    return text


def test_copies_are_the_same_for_the_same_seed() -> None:
    docs = gold_docs(make_nlp())
    texts = [[copy.text for copy in make_replace_names(seed=seed)(docs)] for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_one_name_becomes_one_other_name() -> None:
    docs = gold_docs(make_nlp(), [make_record("[王小明|PERSON]和[王小明|PERSON]去[余姚市|GPE]，[余姚市|GPE]很好。")])
    for copy in make_replace_names(copies=5, share=1.0, known=0.0)(docs):
        names = [ent.text for ent in copy.ents]
        assert names[0] == names[1]
        assert names[2] == names[3]
        assert names[2].endswith("市")


def test_unknown_kind_is_an_error() -> None:
    with pytest.raises(ConfigError, match="E519"):
        make_replace_names(kinds={"PERSON": "people"})


def test_countries_and_provinces_become_pairs_of_short_names() -> None:
    nlp = make_nlp()
    # "leaders of Vietnam and an enterprise of Sichuan met in Ningbo"
    docs = gold_docs(nlp, [make_record("[越南|GPE]领导人与[四川|GPE]企业在[宁波市|GPE]见面。")])
    (copy,) = make_replace_names(share=1.0, pairs=1.0)(docs)
    names = [ent.text for ent in copy.ents]
    assert [len(name) for name in names[:4]] == [1, 1, 1, 1]
    assert len(names) == 5
    assert copy.text.startswith(names[0] + names[1] + "领导人与" + names[2] + names[3] + "企业在")
    assert copy.ents[1].start_char == copy.ents[0].end_char
    (plain,) = make_replace_names(share=1.0)(docs)
    assert len(plain.ents) == 3
