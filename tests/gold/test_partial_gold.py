"""Partial gold: a label that nobody looked for is no negative in training and no error in scoring, in either layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, write_records
from pipeline.core.spans import CharSpan
from pipeline.nlp.corpus import record_to_example
from pipeline.nlp.docs import doc_to_record, record_to_doc
from pipeline.nlp.numbers import Numbers
from pipeline.stages.score import ScoreOptions, score_files
from tests.nlp.helpers import get_component, get_crf

SCHEME = default_scheme()
TEXT = "王小明在宁波卖出3件商标，共5万元。"  # Wang Xiaoming sold 3 trademarks in Ningbo, for 50,000 yuan
WHOLE = {
    "PERSON": CharSpan(0, 3, "PERSON"),
    "GPE": CharSpan(4, 6, "GPE"),
    "QUANTITY": CharSpan(8, 10, "QUANTITY", "3 件"),
    "MONEY": CharSpan(14, 17, "MONEY", "50000 CNY"),
}


def record(name: str, *labels: str, **meta: Any) -> Record:
    return Record(name, TEXT, meta=meta).with_spans(WHOLE[label] for label in labels)


def train(*records: Record) -> Language:
    """RETURNS (Language): both components fitted on these records."""
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "biaozhu.CharTokenizer.v1"}}})
    features = {"chars": {"@misc": "biaozhu.CharNgrams.v1"}, "classes": {"@misc": "biaozhu.CharClasses.v1"}}
    options = {"features": features, "min_count": 1, "max_iterations": 30, "l2": 0.1, "dropout": 0.0}
    nlp.add_pipe("biaozhu_numbers", name="numbers", config={"min_count": 1, "strength": 10.0})
    nlp.add_pipe("biaozhu_crf", name="entities", config=options)
    for component in (get_component(nlp, "numbers", Numbers), get_crf(nlp)):
        component.fit([record_to_doc(item, nlp.vocab, SCHEME) for item in records])
    return nlp


def found(nlp: Language) -> set[str]:
    return {span.label for span in doc_to_record(nlp(TEXT)).spans}


@pytest.mark.parametrize(
    ("annotated", "meta"),
    [
        (("GPE", "MONEY"), {"labels": ["GPE", "MONEY"]}),
        (("PERSON", "GPE"), {"layers": ["entities"]}),
        (("QUANTITY", "MONEY"), {"layers": ["numbers"]}),
        (("GPE",), {"layers": ["entities"], "labels": ["GPE"]}),
    ],
    ids=["two labels", "entities only", "numbers only", "one label of one layer"],
)
def test_missing_labels_are_no_negatives_in_training(annotated: tuple[str, ...], meta: dict[str, Any]) -> None:
    whole = [record(f"w{number}", *WHOLE) for number in range(2)]
    claimed = [record(f"p{number}", *annotated, **meta) for number in range(12)]
    unclaimed = [record(f"u{number}", *annotated) for number in range(12)]
    assert found(train(*whole, *claimed)) == set(WHOLE)
    assert found(train(*whole, *unclaimed)) == set(annotated)


def score(folder: Path, gold: Record, pred: Record) -> dict[str, Any]:
    write_records(folder / "gold.jsonl", [gold])
    write_records(folder / "pred.jsonl", [pred])
    return score_files(folder / "gold.jsonl", folder / "pred.jsonl", scheme=SCHEME, options=ScoreOptions(resamples=0))


def test_missing_labels_are_no_errors_in_scoring(tmp_path: Path) -> None:
    pred = record("a", *WHOLE)
    claimed = score(tmp_path, record("a", "GPE", "MONEY", labels=["GPE", "MONEY"]), pred)["layers"]
    for layer in ("numbers", "entities"):
        assert (claimed[layer]["strict"]["precision"], claimed[layer]["strict"]["spurious"]) == (1.0, 0)
    unclaimed = score(tmp_path, record("a", "GPE", "MONEY"), pred)["layers"]
    for layer in ("numbers", "entities"):
        assert (unclaimed[layer]["strict"]["precision"], unclaimed[layer]["strict"]["spurious"]) == (0.5, 1)


def test_a_layer_that_is_not_annotated_has_no_score(tmp_path: Path) -> None:
    layers = score(tmp_path, record("a", "GPE", "PERSON", layers=["entities"]), record("a", *WHOLE))["layers"]
    assert layers["entities"]["strict"]["f1"] == 1.0
    assert layers["numbers"]["strict"]["f1"] is None


def test_missing_labels_are_no_errors_in_the_scores_of_training() -> None:
    nlp = train(record("w", *WHOLE))
    example = record_to_example(record("a", "MONEY", labels=["MONEY"]), nlp, SCHEME)
    numbers = get_component(nlp, "numbers", Numbers)
    example.predicted = numbers(example.predicted)
    scores = numbers.score([example])
    assert (scores["spans_numbers_p"], scores["spans_numbers_r"]) == (1.0, 1.0)
