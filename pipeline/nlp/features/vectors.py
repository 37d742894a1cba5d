"""Vector sources: what describes a character by numbers instead of codes, such as the layers of a pretrained network.

A source gets a `TextBatch` and returns a (rows, width) array; rows in the gaps are ignored. The CRF learns one weight
for every number and tag, for the character itself and for its neighbours, beside the weights of its features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.nlp.features.batch import TextBatch

Vectors = NDArray[np.float32]


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
