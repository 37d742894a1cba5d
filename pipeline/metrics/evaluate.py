"""Evaluation of a stream of gold and predicted documents.

Each layer of each document is paired once (`matching`); everything else is counted from the pairs: the four SemEval
schemes, value accuracy, slices, error kinds and the confusion table. The counts of every document are kept, so that
intervals and significance need no second pass. A record that is annotated for some labels only is scored for those
only, on both sides, before anything is paired.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from pipeline.core.labels import LabelScheme
from pipeline.core.records import Record
from pipeline.metrics.results import LayerResult
from pipeline.metrics.stats import CHUNK
from pipeline.metrics.tally import ErrorSink, LayerTally, Options, make_batch


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of an evaluation.

    documents (int): how many documents were scored.
    layers (Mapping[str, LayerResult]): each layer's result.
    """

    documents: int
    layers: Mapping[str, LayerResult] = field(default_factory=dict)


def evaluate(
    pairs: Iterable[tuple[Record, Record]],
    *,
    scheme: LabelScheme,
    layers: Iterable[str] | None = None,
    options: Options | None = None,
    on_error: ErrorSink | None = None,
) -> Evaluation:
    """Score predicted documents against gold ones.

    pairs (Iterable[tuple[Record, Record]]): gold and predicted record of each document.
    scheme (LabelScheme): which label is in which layer.
    layers (Iterable[str] | None): the layers to score; all of the scheme by default.
    options (Options | None): slices and examples.
    on_error (ErrorSink | None): is told the layer and each error, in the order of the documents.
    RETURNS (Evaluation): everything that was counted.
    RAISES (InputError): for a label outside the scheme or a wrong `meta.layers`, `meta.labels`.
    """
    settings = options or Options()
    chosen = tuple(layers or scheme.layers)
    tallies = [LayerTally(name, scheme, settings, on_error) for name in chosen]
    documents = 0
    source = iter(pairs)
    while chunk := list(islice(source, CHUNK)):
        documents += len(chunk)
        batch = make_batch(chunk, scheme, chosen)
        for place, tally in enumerate(tallies):
            tally.add(batch, place)
    return Evaluation(documents, {tally.name: tally.result() for tally in tallies})
