"""The segmenter audit: which gold spans words cannot represent."""

import dataclasses

from pipeline.metrics.audit import audit_segmentation
from tests.conftest import make_record

RECORD = make_record("中越关系", (0, 1, "GPE"), (1, 2, "GPE"), (0, 4, "EVENT"))  # China–Vietnam relations


def test_spans_across_word_boundaries_are_counted_as_lost() -> None:
    audit = audit_segmentation([dataclasses.replace(RECORD, words=((0, 2), (2, 4)))])
    assert (audit.ceiling("GPE"), audit.ceiling("EVENT"), audit.ceiling()) == (0.0, 1.0, 1 / 3)
    assert audit.examples[0] == ("r1", "中", "GPE", "中越")


def test_characters_represent_everything() -> None:
    audit = audit_segmentation([dataclasses.replace(RECORD, words=((0, 1), (1, 2), (2, 3), (3, 4)))])
    assert audit.ceiling() == 1.0


def test_a_ceiling_without_spans_is_undefined() -> None:
    data = audit_segmentation([make_record("中越")]).to_json()
    assert data["recall_ceiling"] is None
