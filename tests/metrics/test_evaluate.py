"""Scores of whole corpora: the golden case, laws, partly annotated records, values, slices, error kinds."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.core.labels import LabelScheme, default_scheme
from pipeline.core.records import Record
from pipeline.core.spans import CharSpan
from pipeline.errors import InputError
from pipeline.metrics.errors import SpanError
from pipeline.metrics.evaluate import evaluate
from pipeline.metrics.prf import Counts
from pipeline.metrics.results import SCHEMES, LayerResult
from pipeline.metrics.scorefile import layer_to_json
from pipeline.metrics.tally import Options
from tests.metrics.strategies import LABELS, documents, record, tangled

Pairs = list[tuple[Record, Record]]


def score(pairs: Pairs, layer: str = "entities", scheme: LabelScheme | None = None, **options: Any) -> LayerResult:
    return evaluate(pairs, scheme=scheme or default_scheme(), options=Options(**options)).layers[layer]


def one(gold: list[CharSpan], pred: list[CharSpan], layer: str = "entities") -> LayerResult:
    return score([(record(tuple(gold)), record(tuple(pred)))], layer)


GOLDEN_GOLD = [  # the scenarios of SemEval-2013 9.1 as nervaluate's documentation counts them: I twice, II to VI once
    CharSpan(0, 4, "GPE"),  # III: missed
    CharSpan(13, 17, "ORG"),  # V: boundary
    CharSpan(20, 24, "ORG"),  # IV: label
    CharSpan(26, 30, "ORG"),  # I: right
    CharSpan(43, 47, "LOC"),  # VI: label and boundary
    CharSpan(50, 54, "ORG"),  # I: right
]
GOLDEN_PRED = [
    CharSpan(6, 9, "GPE"),  # II: spurious
    CharSpan(11, 17, "ORG"),
    CharSpan(20, 24, "GPE"),
    CharSpan(26, 30, "ORG"),
    CharSpan(40, 47, "ORG"),
    CharSpan(50, 54, "ORG"),
]


@pytest.mark.parametrize(
    ("scheme", "counts", "f1"),
    [
        ("ent_type", (3, 2, 0, 1, 1), 0.5),
        ("partial", (3, 0, 2, 1, 1), 2 / 3),
        ("exact", (3, 2, 0, 1, 1), 0.5),
        ("strict", (2, 3, 0, 1, 1), 1 / 3),
    ],
)
def test_golden_case_of_semeval(scheme: str, counts: tuple[int, ...], f1: float) -> None:
    found = one(GOLDEN_GOLD, GOLDEN_PRED).micro(scheme)
    assert (found.correct, found.incorrect, found.partial, found.missed, found.spurious) == counts
    assert found.precision == pytest.approx(f1)
    assert found.recall == pytest.approx(f1)
    assert found.f1 == pytest.approx(f1)


def test_golden_case_names_every_error_once() -> None:
    kinds = one(GOLDEN_GOLD, GOLDEN_PRED).kinds
    assert dict(kinds) == {"missed": 1, "spurious": 1, "boundary_long": 1, "label": 1, "label_boundary": 1}


@pytest.mark.parametrize(
    ("gold", "pred", "kind"),
    [
        ((2, 6), (3, 6), "boundary_short"),
        ((2, 6), (2, 8), "boundary_long"),
        ((2, 6), (4, 8), "boundary_shifted"),
    ],
)
def test_boundary_errors_say_which_way(gold: tuple[int, int], pred: tuple[int, int], kind: str) -> None:
    assert dict(one([CharSpan(*gold, "ORG")], [CharSpan(*pred, "ORG")]).kinds) == {kind: 1}


def all_counts(result: LayerResult) -> dict[str, Any]:
    return {scheme: result.counts(scheme) for scheme in SCHEMES} | {
        "kinds": dict(result.kinds),
        "confusion": dict(result.confusion),
        "examples": result.examples,
        "json": layer_to_json(result, resamples=20, seed=0),
    }


@given(st.one_of(documents, tangled), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_order_of_documents_and_spans_changes_nothing(pairs: Pairs, rng: Any) -> None:
    expected = all_counts(score(pairs))
    shuffled = []
    for sides in pairs:
        mixed = []
        for side in sides:
            spans = list(side.spans)
            rng.shuffle(spans)
            mixed.append(dataclasses.replace(side, spans=tuple(spans)))
        shuffled.append((mixed[0], mixed[1]))
    rng.shuffle(shuffled)
    assert all_counts(score(shuffled)) == expected


@given(documents)
@settings(max_examples=30)
def test_swapping_gold_and_prediction_swaps_precision_and_recall(pairs: Pairs) -> None:
    there, back = score(pairs), score([(pred, gold) for gold, pred in pairs])
    for scheme in SCHEMES:
        assert {label: counts.swapped for label, counts in there.counts(scheme).items()} == back.counts(scheme)
        one_way, other_way = there.micro(scheme), back.micro(scheme)
        assert (one_way.precision, one_way.recall) == (other_way.recall, other_way.precision)


@given(tangled)
@settings(max_examples=50)
def test_swapping_swaps_the_totals_of_spans_that_overlap_each_other(pairs: Pairs) -> None:
    there, back = score(pairs), score([(pred, gold) for gold, pred in pairs])
    for scheme in SCHEMES:
        assert there.micro(scheme).swapped == back.micro(scheme)


@given(tangled)
@settings(max_examples=50)
def test_strict_counts_what_both_sides_have(pairs: Pairs) -> None:
    shared = [Counter(s.key for s in gold.spans) & Counter(s.key for s in pred.spans) for gold, pred in pairs]
    assert score(pairs).micro("strict").correct == sum(found.total() for found in shared)


@given(st.one_of(documents, tangled))
@settings(max_examples=50)
def test_perfect_is_one(pairs: Pairs) -> None:
    found = score([(gold, gold) for gold, _ in pairs])
    for scheme in SCHEMES:
        counts = found.micro(scheme)
        expected = 1.0 if counts.support else None
        assert (counts.precision, counts.recall, counts.f1) == (expected, expected, expected)
    assert not found.kinds


@given(st.one_of(documents, tangled), st.sampled_from(SCHEMES))
@settings(max_examples=50)
def test_a_spurious_span_never_raises_precision(pairs: Pairs, scheme: str) -> None:
    before = score(pairs).micro(scheme)
    gold, pred = pairs[0]
    longer = dataclasses.replace(gold, text=gold.text + "字" * 10)
    extra = CharSpan(len(gold.text) + 2, len(gold.text) + 4, "ORG")
    more = dataclasses.replace(pred, text=longer.text, spans=(*pred.spans, extra))
    after = score([(longer, more), *pairs[1:]]).micro(scheme)
    assert after.spurious == before.spurious + 1
    assert after.recall == before.recall
    assert after.precision == pytest.approx((before.precision or 0.0) * before.predicted / (before.predicted + 1))


@given(st.one_of(documents, tangled), st.integers(0, 50), st.integers(1, 9), st.sampled_from(LABELS))
@settings(max_examples=50)
def test_a_span_that_gold_lacks_never_raises_strict_scores(pairs: Pairs, start: int, length: int, label: str) -> None:
    gold, pred = pairs[0]
    extra = CharSpan(start, start + length, label)
    assume(extra.key not in {span.key for span in gold.spans})
    more = dataclasses.replace(pred, spans=(*pred.spans, extra))
    before, after = score(pairs).micro("strict"), score([(gold, more), *pairs[1:]]).micro("strict")
    assert (after.correct, after.recall) == (before.correct, before.recall)
    assert after.predicted == before.predicted + 1


@given(documents)
@settings(max_examples=30)
def test_splitting_a_document_where_no_span_is_changes_no_count(pairs: Pairs) -> None:
    parts: Pairs = []
    for gold, pred in pairs:
        free = [
            place
            for place in range(1, len(gold.text))
            if not any(span.start < place < span.end for span in (*gold.spans, *pred.spans))
        ]
        cut = free[len(free) // 2]
        sides: list[list[Record]] = [[], []]
        for side in (gold, pred):
            left = tuple(span for span in side.spans if span.end <= cut)
            right = tuple(
                CharSpan(span.start - cut, span.end - cut, span.label) for span in side.spans if span.start >= cut
            )
            sides[0].append(Record(f"{side.id}a", side.text[:cut], left))
            sides[1].append(Record(f"{side.id}b", side.text[cut:], right))
        parts += [(sides[0][0], sides[0][1]), (sides[1][0], sides[1][1])]
    whole, split = score(pairs), score(parts)
    for scheme in SCHEMES:
        assert split.counts(scheme) == whole.counts(scheme)
    assert split.kinds == whole.kinds


@given(documents)
@settings(max_examples=30)
def test_rows_of_labels_add_up(pairs: Pairs) -> None:
    found = score(pairs)
    for scheme in SCHEMES:
        micro = sum(found.counts(scheme).values(), Counts())
        gold_side = (micro.correct, micro.incorrect, micro.partial)
        assert gold_side == (micro.pred_correct, micro.pred_incorrect, micro.pred_partial)
        assert micro.support == sum(len(gold.spans) for gold, _ in pairs)
        assert micro.predicted == sum(len(pred.spans) for _, pred in pairs)


@given(documents)
@settings(max_examples=30)
def test_kinds_add_up_to_what_strict_matching_lacks(pairs: Pairs) -> None:
    found = score(pairs)
    strict = found.micro("strict")
    paired = sum(count for kind, count in found.kinds.items() if kind not in ("missed", "spurious"))
    assert paired + found.kinds.get("missed", 0) == strict.support - strict.correct
    assert paired + found.kinds.get("spurious", 0) == strict.predicted - strict.correct


def number(start: int, end: int, label: str, value: str | None) -> CharSpan:
    return CharSpan(start, end, label, value)


def test_values_are_scored_whole_and_in_parts() -> None:
    gold = [
        number(0, 4, "QUANTITY", "43000 件"),
        number(5, 9, "QUANTITY", ">20 名"),
        number(10, 14, "DATE", "2022-04-26"),
        number(15, 19, "DATE", None),
        number(20, 24, "MONEY", "500 CNY"),
        number(25, 29, "PERCENT", "3 %"),
    ]
    pred = [
        number(0, 4, "QUANTITY", "43000 个"),  # unit wrong
        number(5, 9, "QUANTITY", "20 名"),  # modifier wrong
        number(10, 14, "DATE", "2022-04"),  # right to the month
        number(15, 19, "DATE", None),  # null equals null
        number(20, 23, "MONEY", "500 CNY"),  # boundary wrong, value right
        number(25, 29, "CARDINAL", "3"),  # label and value wrong
    ]
    data = layer_to_json(one(gold, pred, "numbers"), resamples=0, seed=0)
    assert data["strict"]["correct"] == 4
    assert data["value_accuracy"] == 1 / 4
    values = data["values"]
    assert (values["amount"]["correct"], values["amount"]["support"]) == (2, 2)
    assert (values["unit"]["correct"], values["unit"]["support"]) == (1, 2)
    assert (values["modifier"]["correct"], values["modifier"]["support"]) == (2, 3)
    assert [values[part]["accuracy"] for part in ("date", "date_month", "date_year")] == [0.0, 1.0, 1.0]
    assert values["number"]["correct"] == 2  # the null date, and the money whose end is wrong
    assert data["errors"]["kinds"]["value"] == 3


def test_value_accuracy_is_undefined_without_right_spans() -> None:
    data = layer_to_json(one([number(0, 4, "MONEY", "5 CNY")], [], "numbers"), resamples=0, seed=0)
    assert data["value_accuracy"] is None
    assert "no gold number" in data["undefined"]["value_accuracy"]


def test_a_value_counts_for_one_number_only() -> None:
    gold = [number(0, 8, "QUANTITY", "3 个")]
    pred = [number(0, 2, "CARDINAL", "3 个"), number(3, 8, "QUANTITY", "3 个")]
    assert layer_to_json(one(gold, pred, "numbers"), resamples=0, seed=0)["values"]["number"]["correct"] == 1


@pytest.mark.parametrize(
    ("meta", "missed", "spurious"),
    [
        pytest.param({}, 2, 2, id="annotated in full"),
        pytest.param({"labels": ["ORG"]}, 1, 1, id="one label"),
        pytest.param({"layers": ["entities"]}, 2, 2, id="this layer"),
        pytest.param({"layers": ["numbers"]}, 0, 0, id="another layer"),
        pytest.param({"layers": ["entities"], "labels": ["GPE"]}, 1, 1, id="both narrow"),
        pytest.param({"labels": []}, 0, 0, id="nothing"),
    ],
)
def test_a_partly_annotated_record_is_scored_for_what_it_is_annotated_for(
    meta: dict[str, Any], missed: int, spurious: int
) -> None:
    gold = dataclasses.replace(record((CharSpan(0, 2, "ORG"), CharSpan(4, 6, "GPE"))), meta=meta)
    pred = record((CharSpan(10, 12, "ORG"), CharSpan(14, 16, "GPE")))
    found = score([(gold, pred)])
    assert (found.micro("strict").missed, found.micro("strict").spurious) == (missed, spurious)


def test_predictions_of_labels_that_nobody_annotated_are_no_errors() -> None:
    gold = dataclasses.replace(record((CharSpan(0, 2, "PERCENT"),)), meta={"labels": ["PERCENT"]})
    pred = record((CharSpan(0, 2, "PERCENT"), CharSpan(4, 6, "QUANTITY"), CharSpan(8, 9, "ORG")))
    result = evaluate([(gold, pred)], scheme=default_scheme())
    assert result.layers["numbers"].micro("strict").f1 == 1.0
    assert result.layers["entities"].micro("strict").f1 is None


@pytest.mark.parametrize("meta", [{"layers": ["nouns"]}, {"labels": "ORG"}])
def test_a_wrong_scope_is_refused(meta: dict[str, Any]) -> None:
    gold = dataclasses.replace(record(()), meta=meta)
    with pytest.raises(InputError, match="E609"):
        score([(gold, record(()))])


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(InputError, match="'ANIMAL' is not in the label scheme"):
        one([CharSpan(0, 1, "ANIMAL")], [])


def test_slices_count_each_side_where_it_is() -> None:
    gold = Record("a", "余姚市和宁波市", (CharSpan(0, 3, "GPE"), CharSpan(4, 7, "GPE")), meta={"field": "news"})
    pred = Record("a", gold.text, (CharSpan(0, 3, "GPE"), CharSpan(4, 6, "GPE")))
    surfaces = {"entities": {"余姚市"}, "numbers": set()}
    found = score([(gold, pred)], slices=("field", "length", "surface", "place"), surfaces=surfaces)
    slices = layer_to_json(found, resamples=0, seed=0)["slices"]
    assert slices["field"]["news"]["recall"] == 0.5
    assert slices["length"]["3–4"]["support"] == 2
    assert slices["length"]["2"] | {"undefined": 0} == {
        "precision": 0.0,
        "recall": None,
        "f1": 0.0,
        "undefined": 0,
        "correct": 0,
        "support": 0,
        "predicted": 1,
    }
    assert slices["surface"]["in training"]["f1"] == 1.0
    assert slices["surface"]["unseen"]["recall"] == 0.0
    assert "place" not in slices  # no document has it


def test_errors_are_told_in_the_order_of_the_documents() -> None:
    told: list[tuple[str, str, str]] = []
    pairs = [(record((CharSpan(3, 5, "ORG"), CharSpan(0, 2, "GPE")), f"d{i}"), record((), f"d{i}")) for i in (2, 1)]

    def tell(layer: str, error: SpanError) -> None:
        assert error.gold is not None
        told.append((layer, error.record.id, error.gold.label))

    evaluate(pairs, scheme=default_scheme(), on_error=tell)
    assert told == [
        (layer, doc, label) for layer, doc in (("entities", "d2"), ("entities", "d1")) for label in ("GPE", "ORG")
    ]


def test_nothing_at_all_is_undefined() -> None:
    data = layer_to_json(one([], []), resamples=10, seed=0)
    assert [data["strict"][rate] for rate in ("precision", "recall", "f1")] == [None, None, None]
    assert data["strict"]["undefined"]["f1"] == "no gold and no predicted span"
    assert data["strict"]["macro"]["f1"] is None
    assert "two documents" in data["intervals"]["undefined"]
