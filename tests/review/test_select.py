"""Choosing what to annotate next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.review.select import Weights, select
from tests.conftest import ROOT

SCHEME = default_scheme()
GOLD = read_records(ROOT / "annotations" / "gold" / "dev.jsonl")


def names(pool: Sequence[Record], **options: Any) -> list[str]:
    return [choice.record.id for choice in select(pool, SCHEME, **options)]


def scored(name: str, score: float, text: str = "余姚开会") -> Record:
    return Record(name, text, (CharSpan(0, 2, "GPE", None, score),))


def test_doubt_comes_first() -> None:
    pool = [scored("sure", 0.99), scored("torn", 0.5), scored("fair", 0.8)]
    assert names(pool, documents=3, weights=Weights(1, 0, 0, 0)) == ["torn", "fair", "sure"]


def test_grammar_against_model_comes_first() -> None:
    pool = [Record("same", "市里开会"), Record("differ", "共有3家企业")]
    assert names(pool, documents=1, weights=Weights(0, 1, 0, 0)) == ["differ"]


def test_rare_labels_come_first() -> None:
    gold = [scored("old", 1.0)] * 1
    pool = [scored("common", 0.9), Record("rare", "汉语老师", (CharSpan(0, 2, "LANGUAGE"),))]
    assert names(pool, documents=1, annotated=gold, weights=Weights(0, 0, 1, 0)) == ["rare"]


def test_the_unlike_comes_before_the_like() -> None:
    text, other = "全市高新技术企业研发投入持续增长", "球队客场取胜后教练接受采访时表示满意"
    pool = [Record("a1", text), Record("a2", text + "。"), Record("b", other)]
    assert "b" in names(pool, documents=2, weights=Weights(0, 0, 0, 1))
    gold = [Record("gold", text)]
    assert names(pool, documents=1, annotated=gold, weights=Weights(0, 0, 0, 1)) == ["b"]


@settings(max_examples=15)
@given(st.integers(0, 5), st.integers(1, 40))
def test_budget_and_seed(seed: int, documents: int) -> None:
    found = names(GOLD[:12], documents=documents, annotated=GOLD[:2], seed=seed)
    assert found == names(GOLD[:12], documents=documents, annotated=GOLD[:2], seed=seed)
    assert len(found) == len(set(found)) == min(documents, 10)
    assert not set(found) & {record.id for record in GOLD[:2]}


def test_budget_in_characters() -> None:
    chosen = select(GOLD, SCHEME, characters=3000)
    total = sum(len(choice.record.text) for choice in chosen)
    assert total >= 3000 > total - len(chosen[-1].record.text)


def test_without_budget_it_refuses() -> None:
    with pytest.raises(InputError, match="E740"):
        select(GOLD, SCHEME)
    assert select([], SCHEME, documents=3) == []
