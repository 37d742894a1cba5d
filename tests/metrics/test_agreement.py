"""Agreement: worked examples, laws, and other people's implementations as oracles."""

import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.labels import default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError, MissingPartError
from pipeline.metrics.agreement import (
    Annotator,
    cohen_kappa,
    compare_annotators,
    krippendorff_alpha,
    measure_agreement,
)
from pipeline.metrics.agreement_views import agreement_to_html, agreement_to_text
from tests.conftest import make_record
from tests.formats.strategies import records

SCHEME = default_scheme()
TEXT = "截至去年底,余姚市已有商标4.3万件。"  # by the end of last year Yuyao had 43,000 trademarks
FIRST = make_record(TEXT, (2, 5, "DATE", "2021 end"), (6, 9, "GPE"), (13, 18, "QUANTITY", "43000 件"))
SECOND = make_record(TEXT, (2, 5, "DATE", "2021"), (6, 8, "GPE"), (13, 18, "QUANTITY", "43000 件"), (18, 19, "ORG"))


def annotator(name: str, *found: Record) -> Annotator:
    return Annotator(name, {record.id: record for record in found})


def agreement(*versions: Record) -> dict[str, Any]:
    return measure_agreement([annotator(f"a{n}", record) for n, record in enumerate(versions)], SCHEME)


def test_a_worked_example() -> None:
    result = agreement(FIRST, SECOND)
    (pair,) = result["pairs"]
    numbers, entities = pair["layers"]["numbers"], pair["layers"]["entities"]
    assert (numbers["strict_f1"], numbers["overlap_f1"]) == (1.0, 1.0)
    assert numbers["values"] == {"rate": 0.5, "same": 1, "compared": 2}
    assert (numbers["kappa"], result["alpha"]["numbers"]) == (1.0, 1.0)
    assert (entities["strict_f1"], entities["overlap_f1"]) == (0.0, 2 / 3)
    assert entities["per_label"]["ORG"] == {
        "strict_f1": 0.0, "overlap_f1": 0.0, "strict": 0, "overlap": 0, "first": 0, "second": 1,
    }  # fmt: skip
    # 19 characters: 15 both none, 2 both GPE, 1 GPE against none, 1 none against ORG
    observed, chance = 17 / 19, (16 * 16 + 3 * 2) / 19**2
    assert entities["kappa"] == pytest.approx((observed - chance) / (1 - chance))
    assert [(item["kind"], item["layer"]) for item in pair["disagreements"]] == [
        ("value", "numbers"),
        ("boundary", "entities"),
        ("only_second", "entities"),
    ]


def test_two_labels_in_one_place_agree_on_neither() -> None:
    (pair,) = agreement(make_record("余姚", (0, 2, "GPE")), make_record("余姚", (0, 2, "LOC")))["pairs"]
    entities = pair["layers"]["entities"]
    assert (entities["strict"], entities["overlap"], entities["kappa"]) == (0, 0, 0.0)
    assert pair["disagreements"][0]["kind"] == "label"


def test_nothing_to_agree_on_is_undefined() -> None:
    result = agreement(make_record("余姚"), make_record("余姚"))
    numbers = result["pairs"][0]["layers"]["numbers"]
    assert (numbers["strict_f1"], numbers["kappa"], numbers["values"]["rate"]) == (None, None, None)
    assert result["alpha"] == {"numbers": None, "entities": None}
    assert cohen_kappa(np.zeros((2, 2), dtype=np.int64)) is None


@st.composite
def two_versions(draw: st.DrawFn) -> tuple[Record, Record]:
    first, second = draw(records("余姚市有3件,")), draw(records("余姚市有3件,"))
    length = min(len(first.text), len(second.text))
    kept = ([span for span in record.spans if span.end <= length] for record in (first, second))
    one, other = (Record("r", first.text[:length], meta={}).with_spans(spans) for spans in kept)
    return one, other


@settings(max_examples=60, deadline=None)
@given(two_versions())
def test_agreement_is_symmetric_and_perfect_with_oneself(versions: tuple[Record, Record]) -> None:
    there, back = agreement(*versions)["pairs"][0], agreement(*reversed(versions))["pairs"][0]
    for layer in SCHEME.layers:
        for key in ("strict_f1", "overlap_f1", "kappa", "strict"):
            assert there["layers"][layer][key] == pytest.approx(back["layers"][layer][key])
    same = agreement(versions[0], versions[0])["pairs"][0]
    assert same["disagreements"] == []
    assert {layer["strict_f1"] for layer in same["layers"].values()} <= {1.0, None}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
@pytest.mark.filterwarnings("ignore")  # both oracles divide by zero where agreement is undefined
def test_kappa_and_alpha_equal_those_of_others(pairs: list[tuple[int, int]]) -> None:
    import krippendorff
    from sklearn.metrics import cohen_kappa_score

    table, counts = np.zeros((4, 4), dtype=np.int64), np.zeros((len(pairs), 4), dtype=np.int64)
    for row, (one, other) in enumerate(pairs):
        table[one, other] += 1
        counts[row, one] += 1
        counts[row, other] += 1
    kappa, alpha = cohen_kappa(table), krippendorff_alpha(counts)
    if kappa is not None:
        assert kappa == pytest.approx(cohen_kappa_score(*zip(*pairs, strict=True)))
    if alpha is not None:
        data = np.array(pairs).T
        assert alpha == pytest.approx(krippendorff.alpha(data, level_of_measurement="nominal"))


def test_alpha_takes_three_annotators_with_gaps() -> None:
    more = make_record("又一篇", (0, 1, "ORG"), record_id="r2")
    people = [annotator("a", FIRST, more), annotator("b", SECOND), annotator("c", FIRST)]
    result = measure_agreement(people, SCHEME)
    assert len(result["pairs"]) == 3
    assert 0 < result["alpha"]["entities"] < 1


def test_only_what_both_are_annotated_for_is_compared() -> None:
    partly = Record("r1", TEXT, FIRST.spans[:1], meta={"layers": ["numbers"], "labels": ["DATE"]})
    (pair,) = agreement(FIRST, partly)["pairs"]
    assert pair["disagreements"] == []
    assert (pair["layers"]["numbers"]["strict_f1"], pair["layers"]["entities"]["strict_f1"]) == (1.0, None)


@pytest.mark.parametrize(
    ("other", "code"),
    [(make_record(TEXT + "!"), "E642"), (make_record(TEXT, record_id="x"), "E641")],
    ids=["another text", "no document in common"],
)
def test_documents_that_cannot_be_compared_are_refused(other: Record, code: str) -> None:
    with pytest.raises(InputError, match=code):
        agreement(FIRST, other)


def test_without_the_extra_alpha_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "krippendorff", None)
    with pytest.raises(MissingPartError, match=r"pip install 'biaozhu\[agreement\]'"):
        agreement(FIRST, SECOND)
    people = [annotator("a", FIRST), annotator("b", SECOND)]
    assert measure_agreement(people, SCHEME, alpha=False)["alpha"] is None


def test_a_page_and_a_text_show_every_disagreement_escaped() -> None:
    evil = "<script>alert(1)</script>余姚"
    one = Record("<b>", evil, (CharSpan(0, len(evil), "ORG"),))
    result = agreement(one, Record("<b>", evil))
    html = agreement_to_html(result)
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<b>" not in html
    text = agreement_to_text(result)
    assert "a0: <script>alert(1)</script>余姚 ORG" in text
    assert "and 1 more" in agreement_to_text(result, limit=0)


def test_pairs_are_named_and_counted() -> None:
    pair = compare_annotators(annotator("a", FIRST), annotator("b", SECOND), SCHEME)
    assert (pair.first, pair.second, pair.documents, pair.characters) == ("a", "b", 1, len(TEXT))
