"""Another model inside: its entities as features, `biaozhu.ModelTags.v1`, or what it thinks of every tag as vectors,
`biaozhu.ModelMarginals.v1`.

The other model may know labels of its own (MSRA's PER LOC ORG, a user's older scheme); what its labels mean here is
learned. It travels inside the trained model, so the folder it came from may be gone by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_model

from pipeline.errors import ConfigError, MissingPartError, Problem
from pipeline.nlp.crf.component import CrfEntities
from pipeline.nlp.docs import doc_entities
from pipeline.nlp.features.batch import Codes, FeatureSource, TextBatch, join, mark_places, name_code, only_where, shift
from pipeline.nlp.features.vectors import Vectors, VectorSource

_LEAST = 1e-4
"""Probabilities below this are all the same to a model that reads another's."""


class StackedModel:
    """Another model, loaded when it is first needed, which goes to disk with the model that uses it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._nlp: Language | None = None

    def require(self) -> Language:
        """RETURNS (Language): the other model. RAISES (MissingPartError): if it is not there."""
        if self._nlp is None:
            if not (self._path / "meta.json").is_file():
                raise MissingPartError(
                    Problem(
                        "E542", "the model to be stacked is not there", "train it first, or mend the path", self._path
                    )
                )
            self._nlp = load_model(self._path)
            self._nlp.max_length = 1_000_000_000
        return self._nlp

    def to_disk(self, path: Path) -> None:
        """Write the other model into a folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.require().to_disk(path)

    def from_disk(self, path: Path) -> None:
        """Read the other model from a folder."""
        self._path = path
        self._nlp = None
        self.require()


class ModelTags(StackedModel):
    """Tags of another model at and around every character, with how sure it is."""

    def __call__(self, batch: TextBatch) -> Codes:
        """RETURNS (Codes): place and label of the other model's entity, alone, with neighbours and with confidence."""
        place = np.zeros(len(batch), dtype=np.uint64)
        kind = np.zeros(len(batch), dtype=np.uint64)
        sure = np.zeros(len(batch), dtype=np.uint64)
        for doc, start in zip(self._tag(batch.docs), batch.starts.tolist(), strict=True):
            for ent in doc_entities(doc):
                left, right = start + ent.start, start + ent.end
                mark_places(place, left, right)
                kind[left:right] = name_code(ent.label)
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
        return list(self.require().pipe((doc.text for doc in docs), batch_size=256))


class ModelMarginals(StackedModel):
    """How probable every tag is to the CRF of another biaozhu model, on a log scale from 0 to 1."""

    def __call__(self, batch: TextBatch) -> Vectors:
        """RETURNS (Vectors): (rows, tags of the other model)."""
        marginals = self._crf().marginals(batch)
        scaled = 1.0 - np.log(np.maximum(marginals, _LEAST)) / np.log(_LEAST)
        found: Vectors = np.where(marginals.any(axis=1, keepdims=True), scaled, 0.0).astype(np.float32)
        return found

    def _crf(self) -> CrfEntities:
        for _, component in self.require().pipeline:
            if isinstance(component, CrfEntities):
                return component
        raise ConfigError(
            Problem("E527", "the model to be stacked has no component biaozhu_crf", "use biaozhu.ModelTags.v1")
        )


def make_model_tags(*, path: str) -> FeatureSource:
    """Make a source of another model's entities. Registered as `biaozhu.ModelTags.v1`.

    path (str): folder of a spaCy or biaozhu model; only read while training.
    RETURNS (FeatureSource): the source.
    """
    return ModelTags(Path(path))


def make_model_marginals(*, path: str) -> VectorSource:
    """Make a source of what another biaozhu model thinks of every tag. Registered as `biaozhu.ModelMarginals.v1`.

    path (str): folder of a model with a component `biaozhu_crf`; only read while training.
    RETURNS (VectorSource): the source.
    """
    return ModelMarginals(Path(path))
