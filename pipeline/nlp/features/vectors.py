"""Vector sources: what describes a character by numbers instead of codes, such as the layers of a pretrained network.

A source gets a `TextBatch` and returns a (rows, width) array; rows in the gaps are ignored. The CRF learns one weight
for every number and tag, for the character itself and for its neighbours, beside the weights of its features.

The network behind a source may learn too: a `TunableSource` makes a `Tuner`, which takes part in the CRF's training,
and later a source of what the tuner has learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ConfigError, Problem
from pipeline.nlp.features.batch import TextBatch

Vectors = NDArray[np.float32]
Inputs = NDArray[np.int64]
"""What a network reads of every row, such as the numbers of its characters."""
NetworkWeights = dict[str, NDArray[np.float32]]

VectorSource = Callable[[TextBatch], Vectors]
"""Describes every character of a batch by numbers: (rows, width), of the same width for every batch."""


def join_vectors(batch: TextBatch, sources: Mapping[str, VectorSource]) -> Vectors:
    """RETURNS (Vectors): (rows, sum of the widths) of all sources, in the order of their names."""
    if not sources:
        return np.zeros((len(batch), 0), dtype=np.float32)
    if len(sources) == 1:
        (source,) = sources.values()
        return np.ascontiguousarray(source(batch), dtype=np.float32)
    return np.concatenate([sources[name](batch) for name in sorted(sources)], axis=1).astype(np.float32)


class Tuner(Protocol):
    """Trains a network along with a CRF, on pieces of text."""

    def forward(self, pieces: Sequence[Inputs]) -> Vectors:
        """RETURNS (Vectors): (rows of all pieces, width), with what training leaves out at random."""
        ...

    def backward(self, slopes: Vectors, progress: float) -> None:
        """Take a step against the slopes of the loss in what `forward` gave last; `progress` is from 0 to 1."""
        ...

    def weights(self) -> NetworkWeights:
        """RETURNS (NetworkWeights): what it has learned so far, as arrays of its own."""
        ...


@runtime_checkable
class TunableSource(Protocol):
    """A source whose network learns along with the CRF. Its weights belong to the trained CRF, not to the source."""

    def inputs(self, batch: TextBatch) -> Inputs:
        """RETURNS (Inputs): (rows,) what the network reads."""
        ...

    def tuner(self, seed: int) -> Tuner:
        """RETURNS (Tuner): a tuner that starts from the pretrained weights."""
        ...

    def tuned(self, weights: NetworkWeights) -> VectorSource:
        """RETURNS (VectorSource): the network with these weights."""
        ...


def split_tunable(sources: Mapping[str, VectorSource]) -> tuple[dict[str, VectorSource], TunableSource | None]:
    """RETURNS (tuple): the sources that stay as they are, and the one that learns along.

    RAISES (ConfigError): if there are two that would.
    """
    fixed: dict[str, VectorSource] = {}
    tunable: dict[str, TunableSource] = {}
    for name, source in sources.items():
        if isinstance(source, TunableSource):
            tunable[name] = source
        else:
            fixed[name] = source
    if len(tunable) > 1:
        raise ConfigError(Problem("E543", f"two networks to be tuned: {', '.join(tunable)}", "tune one of them"))
    return fixed, next(iter(tunable.values()), None)
