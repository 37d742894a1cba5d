"""Conditions of a corpus: each is seen to break, and the project's own corpus holds them all."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.gold.corpus import corpus_conditions, gold_statistics, repeated_sequences
from pipeline.gold.tables import statistics_tables, to_markdown, to_text
from pipeline.gold.validate import Placed, check_gold, find_gold_files
from tests.conftest import ROOT, make_record


def placed(*records: Record, split: str = "train") -> list[Placed]:
    return [Placed(record, Path(f"{split}.jsonl"), line) for line, record in enumerate(records, 1)]


def broken(items: list[Placed]) -> dict[str, tuple[str, ...]]:
    return {item.name: item.examples for item in corpus_conditions(items, default_scheme()) if not item.holds}


def test_our_gold_is_sound_and_as_large_and_varied_as_we_promise() -> None:
    items, problems = check_gold(find_gold_files([ROOT / "annotations" / "gold"]), default_scheme())
    assert [str(problem) for problem in problems] == []
    assert broken(items) == {}
    assert {"000_33a5e50e001da68a"} <= {item.record.id for item in items if item.path.stem == "test"}


def test_a_small_corpus_breaks_what_it_breaks() -> None:
    names = broken(placed(make_record("余姚" * 4, *((2 * n, 2 * n + 2, "GPE") for n in range(4)))))
    assert names.pop("names in more than 3 spans and 2% of their label's") == ("余姚 GPE 4",)
    assert set(names) == {"documents", "characters", "numbers", "entities", "fields", "different entity surfaces"}


def test_a_sentence_of_two_splits_is_found() -> None:
    text = "这句话有十二个字以上,两边都有。"  # a sentence of more than twelve characters, on both sides
    items = [*placed(make_record(text)), *placed(make_record(text, record_id="b"), split="test")]
    assert len(broken(items)["sentences shared between splits"]) == 1


SEQUENCE = "市场监管局持续推动实施战略"  # 13 characters: two sequences of 12


@pytest.mark.parametrize(
    ("text", "spans", "count"),
    [
        (SEQUENCE, (), 2),
        ("  ".join(SEQUENCE), (), 2),
        (SEQUENCE, ((0, 5, "ORG"),), 0),
        (SEQUENCE[:11], (), 0),
        ("见https://www.example.cn/a/b/c/d", (), 0),
    ],
    ids=["repeated", "spaced", "a name in it", "too short", "web address"],
)
def test_sequences_repeat_outside_names_and_white_space(text: str, spans: Any, count: int) -> None:
    records = [make_record(text, *spans, record_id=str(number)) for number in range(4)]
    assert len(repeated_sequences(records)) == count
    assert repeated_sequences(records[:3]) == []


def test_statistics_count_by_split_field_and_label() -> None:
    spans = (CharSpan(0, 2, "GPE"), CharSpan(2, 4, "QUANTITY", "3 件"))
    items = placed(Record("a", "余姚三件", spans, meta={"field": "农业", "noise": True}))
    facts = gold_statistics(items, default_scheme())
    assert facts.fields["农业"] == {"documents": 1, "characters": 4, "numbers": 1, "entities": 1}
    assert (facts.labels["GPE"], facts.valued, facts.noisy, facts.to_json()["surfaces"]["GPE"]) == (1, 1, 1, 1)
    tables = statistics_tables(facts, default_scheme(), facts)
    assert "| GPE | entities | 1 | 1 | 250.00 | 余姚 1 | 1 | 250.00 |" in to_markdown(tables["Labels"]).splitlines()
    assert to_text(tables["Splits"]).splitlines()[-1].split() == ["all", "1", "4", "1", "25.00", "1", "25.00"]
