"""What a trained CRF is: feature keys, sparse weights and transitions, as arrays; and how it reads a batch."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.nlp.crf import lattice
from pipeline.nlp.features.batch import Codes

_ARRAYS = ("keys", "offsets", "pair_tags", "weights", "transitions")


@dataclass(frozen=True, slots=True)
class CrfModel:
    """A trained CRF.

    labels (tuple[str, ...]): its labels; the tags are counted from them (see `tags`).
    keys: 64-bit code of every feature.
    offsets, pair_tags, weights: the (tag, weight) pairs of feature f are at offsets[f]:offsets[f + 1].
    transitions: (tags, tags) scores; those of illegal pairs are not used.
    slots: hash table over keys.
    """

    labels: tuple[str, ...]
    keys: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    pair_tags: NDArray[np.int16]
    weights: NDArray[np.float32]
    transitions: NDArray[np.float32]
    slots: NDArray[np.int32]

    def scores(self, codes: Codes) -> NDArray[np.float32]:
        """RETURNS (NDArray): (rows, tags) scores of every tag."""
        scores: NDArray[np.float32] = lattice.look_up_and_emit(
            codes, self.keys, self.slots, self.offsets, self.pair_tags, self.weights, len(self.transitions)
        )
        return scores

    def decode(
        self, scores: NDArray[np.float32], chunks: NDArray[np.int64]
    ) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
        """RETURNS (tuple): best legal tags, and at each span's first row the probability of exactly that span."""
        path = lattice.viterbi(scores, self.transitions, chunks)
        return path, lattice.span_probabilities(scores, self.transitions, path, chunks)

    def pruned(self, threshold: float) -> CrfModel:
        """RETURNS (CrfModel): the same without weights below the threshold and features that have none left."""
        keep = np.abs(self.weights) > threshold
        owners = np.repeat(np.arange(len(self.keys)), np.diff(self.offsets))[keep]
        sizes = np.bincount(owners, minlength=len(self.keys))
        alive = sizes > 0
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes[alive])]).astype(np.int64)
        return make_model(
            self.labels, self.keys[alive], offsets, self.pair_tags[keep], self.weights[keep], self.transitions
        )

    def to_bytes(self) -> bytes:
        """RETURNS (bytes): the arrays as an .npz archive without pickles; the same model gives the same bytes."""
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, labels=np.array(self.labels), **{n: getattr(self, n) for n in _ARRAYS})
        return stream.getvalue()


def make_model(  # noqa: PLR0917
    labels: tuple[str, ...],
    keys: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    pair_tags: NDArray[np.int16],
    weights: NDArray[np.float32],
    transitions: NDArray[np.float32],
) -> CrfModel:
    """RETURNS (CrfModel): a model from its arrays, with its hash table."""
    slots = lattice.build_slots(keys, 1 << max(4, int(2 * len(keys)).bit_length()))
    return CrfModel(labels, keys, offsets, pair_tags, weights, transitions, slots)


def model_from_bytes(data: bytes) -> CrfModel:
    """RETURNS (CrfModel): the model of an archive that `to_bytes` made."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        labels = tuple(str(label) for label in arrays["labels"])
        return make_model(labels, *(arrays[name] for name in _ARRAYS))
