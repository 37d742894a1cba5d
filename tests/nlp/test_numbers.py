"""The numbers component: the grammar when untrained, a filter learned from gold, the same after saving and loading."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.training import Example

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.nlp.corpus import record_to_example
from pipeline.nlp.docs import doc_numbers, make_char_doc
from pipeline.nlp.numbers import Numbers
from tests.nlp.helpers import get_component

COUNTED = "他买了一台机器，花了3万元。"
ARTICLE = "这是一项工作，增长5%。"


@pytest.fixture
def nlp() -> Language:
    nlp = Language()
    nlp.add_pipe("biaozhu_numbers", name="numbers", config={"min_count": 1})
    nlp.tokenizer = lambda text: make_char_doc(nlp.vocab, text)
    return nlp


def gold(text: str, *spans: tuple[str, str], **meta: object) -> Record:
    found = tuple(CharSpan(text.index(part), text.index(part) + len(part), label) for part, label in spans)
    return Record(f"r{hash(text)}", text, found, None, meta)


@pytest.fixture
def examples(nlp: Language) -> list[Example]:
    records = [
        gold(COUNTED, ("一台", "QUANTITY"), ("3万元", "MONEY")),
        gold(ARTICLE, ("5%", "PERCENT")),
        gold("她买了一台钢琴。", ("一台", "QUANTITY")),
        gold("做好一项任务，共4.3万件。", ("4.3万件", "QUANTITY")),
    ] * 4
    return [record_to_example(record, nlp, default_scheme()) for record in records]


def surfaces(nlp: Language, text: str) -> list[tuple[str, str]]:
    doc = nlp(text)
    return [(span.text, span.label_) for span in doc.spans["numbers"]]


def test_component_untrained_is_the_grammar(nlp: Language) -> None:
    doc = nlp("近100家企业增长5%。")
    assert [(span.value, span.score) for span in doc_numbers(doc)] == [("~100 家", None), ("5 %", None)]


def test_component_takes_the_date_from_user_data(nlp: Language) -> None:
    doc = make_char_doc(nlp.vocab, "去年。426日")
    doc.user_data["date"] = "2022-04-26"
    doc = nlp.get_pipe("numbers")(doc)
    assert doc.spans["numbers"].attrs["values"] == ["2021", "2022-04-26"]


def test_component_sets_the_span_group_of_a_text_without_numbers(nlp: Language) -> None:
    doc = nlp("没有数字")
    assert len(doc.spans["numbers"]) == 0
    assert doc.spans["numbers"].attrs["values"] == []


def test_component_learns_what_counts(nlp: Language, examples: list[Example]) -> None:
    assert ("一台", "QUANTITY") not in surfaces(nlp, COUNTED)
    nlp.initialize(lambda: examples)
    assert ("一台", "QUANTITY") in surfaces(nlp, COUNTED)
    assert surfaces(nlp, ARTICLE) == [("5%", "PERCENT")]
    scores = nlp(COUNTED).spans["numbers"].attrs["scores"]
    assert all(0.5 < score <= 1 for score in scores)


def test_component_does_not_learn_from_records_of_the_other_layer(nlp: Language, examples: list[Example]) -> None:
    other = record_to_example(gold(COUNTED, layers=["entities"]), nlp, default_scheme())
    nlp.initialize(lambda: examples + [other] * 50)
    assert ("一台", "QUANTITY") in surfaces(nlp, COUNTED)


def test_component_without_gold_numbers_stays_the_grammar(nlp: Language) -> None:
    example = record_to_example(gold("没有"), nlp, default_scheme())
    nlp.initialize(lambda: [example])
    assert surfaces(nlp, ARTICLE) == [("5%", "PERCENT")]


def test_component_is_the_same_after_saving(nlp: Language, examples: list[Example], tmp_path: Path) -> None:
    nlp.initialize(lambda: examples)
    pipe = get_component(nlp, "numbers", Numbers)
    pipe.to_disk(tmp_path / "numbers")
    loaded = Language()
    loaded.add_pipe("biaozhu_numbers", name="numbers")
    loaded.tokenizer = lambda text: make_char_doc(loaded.vocab, text)
    get_component(loaded, "numbers", Numbers).from_disk(tmp_path / "numbers")
    for text in (COUNTED, ARTICLE):
        assert doc_numbers(loaded(text)) == doc_numbers(nlp(text))
        assert loaded(text).spans["numbers"].attrs["scores"] == nlp(text).spans["numbers"].attrs["scores"]
    fresh = Language().create_pipe("biaozhu_numbers")
    assert isinstance(fresh, Numbers)
    assert fresh.from_bytes(pipe.to_bytes()).to_bytes() == pipe.to_bytes()


def test_component_scores_by_spans(nlp: Language, examples: list[Example]) -> None:
    nlp.initialize(lambda: examples)
    for example in examples:
        nlp.get_pipe("numbers")(example.predicted)
    scores = get_component(nlp, "numbers", Numbers).score(examples)
    assert scores["spans_numbers_f"] == 1.0
    assert scores["spans_numbers_per_type"]["MONEY"]["f"] == 1.0


def test_component_needs_characters() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("biaozhu_numbers")
    with pytest.raises(InputError, match="E315"):
        nlp("two tokens")


def test_component_runs_without_sklearn() -> None:
    code = (
        "import sys; from spacy.language import Language; import pipeline.nlp.numbers as n;"
        "p = n.Numbers(name='n', strength=1.0, min_count=1, prune=0.0);"
        "assert p.find('增长5%'); assert 'sklearn' not in sys.modules and 'scipy.sparse' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ})
