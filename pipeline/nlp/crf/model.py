"""What a trained CRF is: sparse weights of features, weights of vectors and transitions; and how it reads a batch."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pipeline.nlp.crf import lattice
from pipeline.nlp.crf.weights import PackedWeights, SparseWeights, pack
from pipeline.nlp.features.batch import Codes
from pipeline.nlp.features.vectors import NetworkWeights, Vectors

_TUNED = "tuned "


@dataclass(frozen=True, slots=True)
class CrfModel:
    """A trained CRF.

    labels (tuple[str, ...]): its labels; the tags are counted from them (see `tags`).
    sparse (SparseWeights): weights of the features.
    transitions: (tags, tags) scores; those of illegal pairs are not used.
    vectors: (window, width, tags) weights of vectors; (0, 0, tags) if it uses none.
    tuned (NetworkWeights): weights of the network that learned along with it; empty if none did.
    packed (PackedWeights): the sparse weights, laid out for tagging.
    """

    labels: tuple[str, ...]
    sparse: SparseWeights
    transitions: NDArray[np.float32]
    vectors: NDArray[np.float32]
    tuned: NetworkWeights = field(default_factory=dict, repr=False)
    packed: PackedWeights = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "packed", pack(self.sparse, len(self.transitions)))

    def scores(self, codes: Codes, vectors: Vectors, chunks: NDArray[np.int64]) -> NDArray[np.float32]:
        """Score every tag of every row.

        codes (Codes): (rows, columns) codes of features.
        vectors (Vectors): (rows, width) vectors.
        chunks: (chains, 2) rows of the chains; vectors do not reach from one chain into another.
        RETURNS (NDArray): (rows, tags).
        """
        scores = self.packed.scores(codes)
        if self.vectors.size:
            _add_vectors(scores, vectors, self.vectors, chunks)
        return scores

    def decode(
        self, scores: NDArray[np.float32], chunks: NDArray[np.int64]
    ) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
        """RETURNS (tuple): best legal tags, and at each span's first row the probability of exactly that span."""
        path = lattice.viterbi(scores, self.transitions, chunks)
        return path, lattice.span_probabilities(scores, self.transitions, path, chunks)

    def pruned(self, threshold: float) -> CrfModel:
        """RETURNS (CrfModel): the same without weights below the threshold and features that have none left."""
        return CrfModel(self.labels, self.sparse.pruned(threshold), self.transitions, self.vectors, self.tuned)

    def to_bytes(self) -> bytes:
        """RETURNS (bytes): the arrays as an .npz archive without pickles; the same model gives the same bytes."""
        stream = io.BytesIO()
        np.savez(
            stream,
            allow_pickle=False,
            labels=np.array(self.labels),
            keys=self.sparse.keys,
            offsets=self.sparse.offsets,
            pair_tags=self.sparse.tags,
            weights=self.sparse.values,
            transitions=self.transitions,
            vectors=self.vectors,
            **{_TUNED + name: array for name, array in self.tuned.items()},
        )
        return stream.getvalue()


def model_from_bytes(data: bytes) -> CrfModel:
    """RETURNS (CrfModel): the model of an archive that `to_bytes` made."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        labels = tuple(str(label) for label in arrays["labels"])
        sparse = SparseWeights(arrays["keys"], arrays["offsets"], arrays["pair_tags"], arrays["weights"])
        tuned = {name.removeprefix(_TUNED): arrays[name] for name in arrays.files if name.startswith(_TUNED)}
        return CrfModel(labels, sparse, arrays["transitions"], arrays["vectors"], tuned)


@njit(cache=True)
def _add_vectors(scores, vectors, weights, chunks):  # type: ignore[no-untyped-def]
    """Add what the vectors say to the scores of all chains."""
    for chunk in range(len(chunks)):
        start, end = chunks[chunk, 0], chunks[chunk, 1]
        lattice.add_vector_scores(vectors, weights, start, end, scores[start:end])
