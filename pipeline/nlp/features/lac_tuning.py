"""Training LAC's two GRU layers along with a CRF, by torch (the extra `torch`); the character embedding stays.

Weights are laid out as ONNX's GRU operator has them: the gates z, r, h in this order, both directions in one array, the
bias of the input before that of the state. torch has the gates r, z, n, and an array for each layer and direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from pipeline.nlp.features.lac import TuningOptions
from pipeline.nlp.features.vectors import Inputs, NetworkWeights, Vectors

_SIZE = 128
_TORCH_NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
_PARTS = ("input", "state", "bias")
_TO_TORCH = (1, 0, 2)
_LONGEST_STEP = 1.0
_LAST_RATE = 0.05


class LacTuner:
    """The two layers in torch, with the state of Adam."""

    def __init__(
        self, embedding: NDArray[np.float32], weights: NetworkWeights, options: TuningOptions, seed: int
    ) -> None:
        torch.set_num_threads(1)  # more threads would add in another order, and give other bits
        self._options = options
        self._embedding = torch.from_numpy(embedding)
        self._layers = [_make_layer(weights, layer) for layer in (1, 2)]
        self._parameters = [parameter for layer in self._layers for parameter in layer.parameters()]
        self._adam = torch.optim.Adam(self._parameters, lr=options.rate)
        self._rng = np.random.default_rng(seed)
        self._hidden: Any = None
        self._pieces = 1

    def forward(self, pieces: Sequence[Inputs]) -> Vectors:
        """RETURNS (Vectors): (rows of all pieces, 256) the last hidden layer, a share of it left out."""
        lengths = torch.tensor([len(piece) for piece in pieces])
        padded = np.zeros((len(pieces), int(lengths.max())), dtype=np.int64)
        for row, piece in enumerate(pieces):
            padded[row, : len(piece)] = piece
        states = self._drop(self._embedding[torch.from_numpy(padded)], self._options.inner_dropout)
        shares = (self._options.inner_dropout, self._options.dropout)
        for layer, share in zip(self._layers, shares, strict=True):
            packed = pack_padded_sequence(states, lengths, batch_first=True, enforce_sorted=False)
            states = self._drop(pad_packed_sequence(layer(packed)[0], batch_first=True)[0], share)
        self._pieces = len(pieces)
        self._hidden = states[torch.arange(padded.shape[1])[None] < lengths[:, None]]
        found: Vectors = self._hidden.detach().numpy()
        return found

    def _drop(self, states: Any, share: float) -> Any:
        kept = self._rng.random(states.shape, dtype=np.float32) >= share
        return states * torch.from_numpy(kept / np.float32(1.0 - share))

    def backward(self, slopes: Vectors, progress: float) -> None:
        """Take a step against the slopes of the loss in what `forward` gave last; `progress` is from 0 to 1."""
        for group in self._adam.param_groups:
            group["lr"] = self._options.rate * max(_LAST_RATE, 1.0 - progress)
        self._adam.zero_grad()
        self._hidden.backward(torch.from_numpy(np.ascontiguousarray(slopes)) / self._pieces)
        torch.nn.utils.clip_grad_norm_(self._parameters, _LONGEST_STEP)
        self._adam.step()

    def weights(self) -> NetworkWeights:
        """RETURNS (NetworkWeights): the arrays as ONNX's operator wants them."""
        found = {}
        for number, layer in enumerate(self._layers, 1):
            forward, backward = (
                [getattr(layer, name + suffix).detach().numpy() for name in _TORCH_NAMES] for suffix in ("", "_reverse")
            )
            both = [np.stack([_reorder(left), _reorder(right)]) for left, right in zip(forward, backward, strict=True)]
            found[f"{number} input"], found[f"{number} state"] = both[0], both[1]
            found[f"{number} bias"] = np.concatenate(both[2:], axis=1)
        return found


def _make_layer(weights: NetworkWeights, number: int) -> Any:
    """RETURNS (torch.nn.GRU): one bidirectional layer with these weights."""
    inputs, states, biases = (weights[f"{number} {part}"] for part in _PARTS)
    layer = torch.nn.GRU(inputs.shape[2], _SIZE, bidirectional=True, batch_first=True)
    for direction, suffix in enumerate(("", "_reverse")):
        bias = biases[direction]
        arrays = (inputs[direction], states[direction], bias[: 3 * _SIZE], bias[3 * _SIZE :])
        for name, array in zip(_TORCH_NAMES, arrays, strict=True):
            getattr(layer, name + suffix).data.copy_(torch.from_numpy(_reorder(array)))
    return layer


def _reorder(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """RETURNS (NDArray): the first two gates exchanged, which is the way to torch and back."""
    gates = np.split(array, 3)
    return np.concatenate([gates[place] for place in _TO_TORCH])
