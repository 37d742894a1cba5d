"""Suspects: planted errors come first, every span is judged, and what is not annotated is not judged."""

import dataclasses

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.nlp.suspects import SuspectOptions, find_suspects

SCHEME = default_scheme()
OPTIONS = SuspectOptions(folds=3, epochs=10)
PLACES = ("余姚", "慈溪", "宁波", "象山")


def corpus() -> list[Record]:
    """Thirty short documents in which one place and one number always stand in the same surroundings."""
    records = []
    for number in range(30):
        place = PLACES[number % len(PLACES)]
        text = f"记者从{place}市获悉,当地新增商标{number + 11}件。"  # a reporter learns in X city: N new trademarks
        start = text.index("商标") + 2
        spans = (CharSpan(3, 6, "GPE"), CharSpan(start, start + 3, "QUANTITY", f"{number + 11} 件"))
        records.append(Record(f"r{number}", text, spans))
    return records


def spoiled() -> list[Record]:
    records = corpus()
    first, second, third, fourth = (record.spans for record in records[:4])
    records[0] = records[0].with_spans([CharSpan(3, 6, "PERSON"), first[1]])
    records[1] = records[1].with_spans([second[1]])
    records[2] = records[2].with_spans([third[0]])
    records[3] = records[3].with_spans([fourth[0], dataclasses.replace(fourth[1], value="99 件")])
    return records


def test_planted_errors_come_first_with_what_should_stand_there() -> None:
    found = find_suspects(spoiled(), SCHEME, options=OPTIONS)
    top = {(item.record.id, item.kind): item for item in found[:4]}
    assert set(top) == {("r0", "span"), ("r1", "gap"), ("r2", "gap"), ("r3", "value")}
    proposals = {name: item.proposal for (name, _), item in top.items()}
    assert proposals["r0"] is not None
    assert proposals["r0"].key == (3, 6, "GPE")
    assert proposals["r2"] == CharSpan(15, 18, "QUANTITY", "13 件")
    assert proposals["r3"] == CharSpan(15, 18, "QUANTITY", "14 件")
    assert found[4].suspicion < 0 < found[3].suspicion


def test_every_span_is_judged_once_and_the_same_way_twice() -> None:
    records = corpus()
    found = find_suspects(records, SCHEME, options=OPTIONS)
    assert sum(item.gold is not None for item in found) == sum(len(record.spans) for record in records)
    assert found == find_suspects(records, SCHEME, options=OPTIONS)


def test_what_a_record_is_not_annotated_for_is_neither_gap_nor_span() -> None:
    records = corpus()
    records[0] = Record("r0", records[0].text, records[0].spans[:1], meta={"layers": ["entities"]})
    records[1] = Record("r1", records[1].text, (), meta={"labels": ["PERSON", "MONEY"]})
    found = find_suspects(records, SCHEME, options=OPTIONS)
    assert [item.gold for item in found if item.record.id == "r0"] == [records[0].spans[0]]
    assert [
        item.place.label for item in found if item.record.id == "r1" and item.place.label in ("GPE", "QUANTITY")
    ] == []


@pytest.mark.parametrize("folds", [1, 31])
def test_folds_must_fit_the_corpus(folds: int) -> None:
    with pytest.raises(InputError, match="E530"):
        find_suspects(corpus(), SCHEME, options=SuspectOptions(folds=folds))
