"""Another model's entities as features: `biaozhu.ModelTags.v1`.

The other model may know labels of its own (MSRA's PER LOC ORG, a user's older scheme); what its labels mean here is
learned. It travels inside the trained model, so the folder it came from may be gone by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_model

from pipeline.errors import MissingPartError, Problem
from pipeline.nlp.docs import doc_entities
from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, join, only_where, shift


class ModelTags:
    """Tags of another model at and around every character, with how sure it is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._nlp: Language | None = None

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): place and label of the other model's entity, alone, with neighbours and with confidence."""
        place = np.zeros(len(batch), dtype=np.uint64)
        kind = np.zeros(len(batch), dtype=np.uint64)
        sure = np.zeros(len(batch), dtype=np.uint64)
        for doc, start in zip(self._tag(batch.docs), batch.starts.tolist(), strict=True):
            for ent in doc_entities(doc):
                left, right = start + ent.start, start + ent.end
                place[left:right] = 2
                place[left], place[right - 1] = 1, 3
                if right - left == 1:
                    place[left] = 4
                kind[left:right] = 1 + sum(ord(char) * 31**number for number, char in enumerate(ent.label)) % 1_000_003
                sure[left:right] = 1 + int(4 * (ent.score if ent.score is not None else 1.0))
        tag = join(place, kind)
        before, after = shift(tag, -1), shift(tag, 1)
        columns = [
            join(tag, sure),
            join(tag),
            join(before, tag),
            join(tag, after),
            join(before, tag, after),
            join(tag, batch.chars),
            join(shift(tag, -2), before, tag),
            join(tag, after, shift(tag, 2)),
        ]
        columns = [only_where(batch.chars > 0, column) for column in columns]
        return np.stack(columns, axis=1)

    def _tag(self, docs: Sequence[Doc]) -> list[Doc]:
        nlp = self._require()
        return list(nlp.pipe((doc.text for doc in docs), batch_size=256))

    def _require(self) -> Language:
        if self._nlp is None:
            if not (self._path / "meta.json").is_file():
                raise MissingPartError(
                    Problem(
                        "E518", "the model to be stacked is not there", "train it first, or mend the path", self._path
                    )
                )
            self._nlp = load_model(self._path)
            self._nlp.max_length = 1_000_000_000
        return self._nlp

    def to_disk(self, path: Path) -> None:
        """Write the other model into a folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._require().to_disk(path)

    def from_disk(self, path: Path) -> None:
        """Read the other model from a folder."""
        self._path = path
        self._nlp = None
        self._require()


def make_model_tags(*, path: str) -> FeatureSource:
    """Make a source of another model's entities. Registered as `biaozhu.ModelTags.v1`.

    path (str): folder of a spaCy or biaozhu model; only read while training.
    RETURNS (FeatureSource): the source.
    """
    source: Any = ModelTags(Path(path))
    made: FeatureSource = source
    return made
