"""What the data card says of our corpus beside its tables: splits, registers, noise, hard negatives, range of numbers.

Sizes, names and leaks are conditions of `pipeline.gold.corpus`, held in test_corpus.py.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from pipeline.core.labels import ENTITIES, NUMBERS, default_scheme
from pipeline.core.records import Record, read_records
from tests.conftest import ROOT

SCHEME = default_scheme()
ANNOTATIONS = ROOT / "annotations"
SEED = "000_33a5e50e001da68a"
REGISTERS = {"report", "bulletin", "announcement", "notice", "interview", "social-post"}
# what stands in the text where the web left its mark
NOISE = {
    "NBSP": "\u00a0{2}",
    "U+3000": "\u3000",
    "full-width digits": "[０-９]",
    "boilerplate": "上一篇|关闭窗口|责任编辑|浏览",  # previous page, close window, editor, views
    "traditional characters": "[這個國們時說]",
    "missing 年, 月 or 日": r"(?<!\d)\d{2,3}日(?!\d)",
}
# numerals that count nothing: a reform's name, agriculture and farmers, to unify, a series, document numbers,
# list markers, hotlines
HARD_NEGATIVES = {
    "“一件事”": "“一件事",
    "三农": "三农",
    "统一": "统一",
    "一系列": "一系列",
    "唯一": "唯一",
    "document numbers": r"〔\d{4}〕\d+号",
    "list markers": r"^(?:[一二三四五六]、|（[一二三四五六]）)",
    "phone numbers": r"\d{3,4}-\d{7,8}",
}


@cache
def gold(split: str) -> tuple[Record, ...]:
    return tuple(read_records(ANNOTATIONS / "gold" / f"{split}.jsonl"))


@cache
def corpus() -> tuple[Record, ...]:
    return tuple(record for split in ("train", "dev", "test") for record in gold(split))


def texts() -> Counter[str]:
    return Counter(record.text for record in corpus())


@pytest.mark.parametrize(("split", "share"), [("train", 0.70), ("dev", 0.15), ("test", 0.15)])
def test_documents_are_split_70_15_15(split: str, share: float) -> None:
    assert len(gold(split)) / len(corpus()) == pytest.approx(share, abs=0.01)


def test_the_seed_document_is_test() -> None:
    assert SEED in {record.id for record in gold("test")}
    assert (ROOT / "seeds" / f"{SEED}.txt").is_file()


def test_no_document_stands_twice() -> None:
    assert max(Counter(record.id for record in corpus()).values()) == 1
    assert max(texts().values()) == 1


@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_every_split_holds_every_field(split: str) -> None:
    fields = {record.meta["field"] for record in corpus() if record.id != SEED}
    assert len(fields) >= 15
    assert {record.meta["field"] for record in gold(split)} >= fields - {"mixed-news"}


def test_registers_are_varied() -> None:
    counts = Counter(record.meta["register"] for record in corpus())
    assert {name: counts[name] for name in REGISTERS if counts[name] < 10} == {}


def test_numbers_and_entities_are_as_dense_as_in_real_documents() -> None:
    characters = sum(len(record.text) for record in corpus())
    layers = Counter(SCHEME.layer_of(span.label) for record in corpus() for span in record.spans)
    assert 100 * layers[NUMBERS] / characters == pytest.approx(3.4, rel=0.25)
    assert 100 * layers[ENTITIES] / characters == pytest.approx(2.6, rel=0.25)


def test_a_fifth_is_noisy() -> None:
    share = sum(record.meta["noise"] is True for record in corpus()) / len(corpus())
    assert 0.18 <= share <= 0.25


@pytest.mark.parametrize("pattern", NOISE.values(), ids=NOISE.keys())
def test_noise_is_of_every_kind(pattern: str) -> None:
    assert sum(bool(re.search(pattern, record.text)) for record in corpus() if record.id != SEED) >= 5


@pytest.mark.parametrize("pattern", HARD_NEGATIVES.values(), ids=HARD_NEGATIVES.keys())
def test_hard_negatives_are_there_and_no_numbers(pattern: str) -> None:
    places = [(record, match) for record in corpus() for match in re.finditer(pattern, record.text, re.MULTILINE)]
    assert len(places) >= 3
    assert [
        (record.id, match.group())
        for record, match in places
        for span in record.spans
        if SCHEME.layer_of(span.label) == NUMBERS and span.start < match.end() and match.start() < span.end
    ] == []


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("QUANTITY", r"\d+ \S+"),
        ("QUANTITY", r"-\d.*"),
        ("QUANTITY", r"\d\S*\.\.\d.* \S+"),
        ("QUANTITY", r"\S+ \S+/\S+"),
        ("MONEY", r"\d+ CNY"),
        ("MONEY", r"\S+ USD"),
        ("MONEY", r"\S+ CNY/\S+"),
        ("PERCENT", r"\S+ %"),
        ("PERCENT", r"\S+ pp"),
        ("PERCENT", r".*33\.3333 %"),
        ("ORDINAL", r"\d+"),
        ("ORDINAL", r"\d+ \S+"),
        ("CARDINAL", r"\d+(:\d+)+"),
        ("CARDINAL", r"\d+\.\d+"),
        ("DATE", r"\d{4}-\d\d-\d\d"),
        ("DATE", r"XXXX-\d\d-\d\d"),
        ("DATE", r"\d{3}X.*"),
        ("DATE", r"\d{4}-(2[1-4])"),
        ("DATE", r"\d{4}-(3[3-6])"),
        ("DATE", r"\d{4}-4[01]"),
        ("DATE", r"\d{4} (start|mid|end)"),
        ("DATE", r"\d{4}/\d{4}"),
        ("DATE", r"P\d+D"),
        ("DATE", r"P\d+[DWMY]\.\.P\d+[DWMY]"),
        ("TIME", r"T\d\d:\d\d"),
        ("TIME", r"T\S+/T\S+"),
        ("TIME", r"PT\d+M"),
        *((label, rf"{mod}[^=].*") for label in ("QUANTITY", "MONEY", "PERCENT", "DATE") for mod in "<>~"),
        ("QUANTITY", ">=.*"),
        ("QUANTITY", "<=.*"),
    ],
    ids=str,
)
def test_numbers_show_the_range_of_the_guidelines(label: str, value: str) -> None:
    found = [
        span.value
        for record in corpus()
        for span in record.spans
        if span.label == label and span.value is not None and re.fullmatch(value, span.value)
    ]
    assert len(found) >= 3


def test_a_seventh_was_annotated_twice_from_the_same_text() -> None:
    sides = [
        {record.id: record for record in read_records(ANNOTATIONS / "agreement" / f"{name}.jsonl")}
        for name in ("first", "second")
    ]
    ours = {record.id: record.text for record in corpus()}
    assert sides[0].keys() == sides[1].keys() <= ours.keys()
    assert len(sides[0]) / len(ours) >= 0.15
    for side in sides:
        assert [name for name, record in side.items() if record.text != ours[name]] == []
    assert [name for name in sides[0] if sides[0][name].spans == sides[1][name].spans] != list(sides[0])


def test_the_licence_and_the_limits_are_said() -> None:
    card = (ANNOTATIONS / "README.md").read_text(encoding="utf-8")
    for words in ("CC BY 4.0", "## How it was made", "## Agreement", "## Known limits"):
        assert words in card
