"""Warnings about gold: each likely mistake is named where it stands, and what is right raises none."""

from pathlib import Path

import pytest

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.gold.doubts import find_doubts
from pipeline.gold.validate import Placed
from tests.conftest import make_record

Span = tuple[int, int, str] | tuple[int, int, str, str]


def doubts(*records: Record) -> list[tuple[str, str | None]]:
    items = [Placed(record, Path("train.jsonl"), line) for line, record in enumerate(records, 1)]
    return [(problem.code, problem.record_id) for problem in find_doubts(items, default_scheme())]


@pytest.mark.parametrize(
    ("text", "spans", "codes"),
    [
        ("商标4.3万件", [(2, 7, "QUANTITY", "43000 件")], []),
        ("商标4.3万件", [], ["W402"]),
        ("商标4.3万件", [(2, 7, "QUANTITY", "4300 件")], ["W404"]),
        ("商标43万件", [(3, 6, "QUANTITY", "30000 件")], []),
        ("在余姚,", [(1, 4, "GPE")], ["W403"]),
        ("“余姚”", [(0, 3, "GPE")], ["W403"]),
        ("《专利法》", [(0, 5, "LAW")], []),
        ("某某(集团)", [(0, 6, "ORG")], []),
        ("某某(集团)", [(0, 3, "ORG")], ["W403"]),
        ("占98.46%", [(1, 7, "PERCENT", "98.46 %")], []),
        ("余姚和余姚", [(0, 2, "GPE")], ["W405"]),
        ("余姚市和余姚", [(0, 3, "GPE"), (4, 6, "GPE")], []),
    ],
    ids=[
        "all right", "number left out", "other value", "other extent", "comma", "quotation mark", "title in its marks",
        "bracket in a name", "half a bracket", "percent sign", "name left out", "name inside a name",
    ],
)  # fmt: skip
def test_a_likely_mistake_is_named(text: str, spans: list[Span], codes: list[str]) -> None:
    assert [code for code, _ in doubts(make_record(text, *spans))] == codes


def test_the_rarer_label_of_a_surface_is_named() -> None:
    records = [make_record("余姚", (0, 2, label), record_id=label) for label in ("GPE", "LOC")]
    more = make_record("到余姚", (1, 3, "GPE"), record_id="more")
    assert doubts(*records, more) == [("W401", "LOC")]
    assert doubts(*records) == [("W401", "GPE"), ("W401", "LOC")]


def test_a_name_and_a_number_may_share_a_surface() -> None:
    assert doubts(make_record("五一", (0, 2, "EVENT"), (0, 2, "DATE"))) == []


@pytest.mark.parametrize("meta", [{"layers": ["entities"]}, {"labels": ["MONEY", "GPE"]}, {"layers": ["none"]}])
def test_what_a_record_is_not_annotated_for_is_no_doubt(meta: dict[str, list[str]]) -> None:
    assert doubts(Record("a", "商标4.3万件", (CharSpan(0, 2, "PRODUCT"),), meta=meta)) == []
