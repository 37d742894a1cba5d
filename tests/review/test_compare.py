"""What became of a prediction: every predicted span is accepted, changed or deleted, exactly once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.labels import default_scheme
from pipeline.core.spans import CharSpan
from pipeline.review.compare import compare

SCHEME = default_scheme()


def spans() -> st.SearchStrategy[list[CharSpan]]:
    one = st.builds(
        lambda start, length, label, value: CharSpan(
            start, start + length, label, value if label == "QUANTITY" else None
        ),
        st.integers(0, 20),
        st.integers(1, 5),
        st.sampled_from(["QUANTITY", "DATE", "GPE", "ORG"]),
        st.sampled_from([None, "3 家", "4 家"]),
    )
    return st.lists(one, max_size=8, unique_by=lambda span: span)


@given(spans(), spans())
def test_each_span_has_one_fate(annotated: list[CharSpan], predicted: list[CharSpan]) -> None:
    found = compare(annotated, predicted, SCHEME)
    assert list(found.spans) == annotated
    fates = Counter(span.meta["review"] for span in found.spans)
    assert fates["accepted"] + fates["changed"] + len(found.deleted) == len(predicted)
    assert fates["accepted"] == len(set(annotated) & set(predicted))


@given(spans())
def test_untouched_prediction_is_accepted(predicted: list[CharSpan]) -> None:
    found = compare(predicted, predicted, SCHEME)
    assert {span.meta["review"] for span in found.spans} <= {"accepted"}
    assert found.deleted == ()


@pytest.mark.parametrize(
    ("annotated", "predicted", "fate"),
    [
        (CharSpan(0, 3, "GPE"), CharSpan(0, 2, "GPE"), "changed"),
        (CharSpan(0, 2, "ORG"), CharSpan(0, 2, "GPE"), "changed"),
        (CharSpan(0, 2, "DATE", "2022"), CharSpan(0, 2, "DATE"), "changed"),
        (CharSpan(0, 2, "ORG"), CharSpan(0, 2, "DATE"), "changed"),
        (CharSpan(0, 4, "ORG"), CharSpan(0, 2, "DATE"), "added"),
        (CharSpan(5, 6, "GPE"), CharSpan(0, 2, "GPE"), "added"),
    ],
    ids=["boundary", "label", "value", "layer-same-place", "other-layer-inside", "elsewhere"],
)
def test_fates(annotated: CharSpan, predicted: CharSpan, fate: str) -> None:
    (span,) = compare([annotated], [predicted], SCHEME).spans
    assert span.meta["review"] == fate
