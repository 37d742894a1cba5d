"""Training: stochastic gradient steps on the CRF's conditional likelihood, one chain after another.

AdaGrad per weight, L2 spread over a feature's occurrences, features dropped at random, and the mean of the weights at
the ends of the later epochs as the result, of several runs with other seeds if asked for. Where gold says only what is
allowed (a mask), the target is the marginal distribution of all allowed paths. Everything is seeded and
single-threaded: two runs give the same bits.

A network may learn along: then chains of like length form small batches, the network says its vectors of a batch anew,
and gets back the slopes of the loss in them after the CRF's own steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.nlp.crf.steps import train_chains
from pipeline.nlp.features.vectors import Inputs, NetworkWeights, Tuner, Vectors

_POOL = 32
"""How many batches are sorted by length together."""


@dataclass(frozen=True, slots=True)
class FitOptions:
    """How to train.

    epochs (int): passes over the data.
    rate (float): AdaGrad's step size.
    l2 (float): strength of the L2 penalty; the penalty of a weight is l2 / 2 · w².
    dropout (float): share of feature occurrences that are left out in a step.
    average_from (float): share of the epochs after which weights are averaged.
    vector_rate (float): AdaGrad's step size for the weights of vectors.
    vector_window (int): how many characters to either side a character's vectors are taken from.
    runs (int): how many trainings with seeds of their own are averaged.
    batch (int): how many chains share a step of a network that learns along.
    seed (int): seed of order and dropout, of the first run.
    """

    epochs: int = 15
    rate: float = 0.1
    l2: float = 0.1
    dropout: float = 0.1
    average_from: float = 0.4
    vector_rate: float = 0.02
    vector_window: int = 1
    runs: int = 1
    batch: int = 32
    seed: int = 0


@dataclass(slots=True)
class TrainingProblem:
    """What is to be learned, as flat arrays.

    features: (rows, columns) feature numbers, -1 for none.
    vectors: (rows, width) vectors; width 0 if there are none.
    inputs: (rows,) what a network that learns along reads, or (0,) if none does; its vectors stand behind the others.
    gold: (rows,) gold tags.
    masks: (rows, tags) allowed tags, or (0, tags) if every row's tag is known.
    chunks: (chains, 2) first row and end of each chain.
    partial: (chains,) whether the chain's target is its mask instead of its tags.
    offsets, pair_tags: the weights' layout, as `offsets` and `tags` of `weights.SparseWeights`.
    counts: (features,) occurrences.
    tags: how many tags there are.
    """

    features: NDArray[np.int32]
    vectors: Vectors
    inputs: Inputs
    gold: NDArray[np.int16]
    masks: NDArray[np.bool_]
    chunks: NDArray[np.int64]
    partial: NDArray[np.bool_]
    offsets: NDArray[np.int64]
    pair_tags: NDArray[np.int16]
    counts: NDArray[np.int64]
    tags: int


@dataclass(frozen=True, slots=True)
class Epoch:
    """The state after an epoch: its number from 1 over all runs, mean loss a character, and the weights to use.

    weights: (pairs,) as laid out in the problem; transitions: (tags, tags); vectors: (window, width, tags);
    tuned: those of the network that learned along, by name.
    """

    number: int
    loss: float
    weights: NDArray[np.float32]
    transitions: NDArray[np.float32]
    vectors: NDArray[np.float32]
    tuned: NetworkWeights = field(default_factory=dict)


def train_epochs(
    problem: TrainingProblem, options: FitOptions, make_tuner: Callable[[int], Tuner] | None = None
) -> Iterator[Epoch]:
    """Train, and show the averaged weights after every epoch.

    problem (TrainingProblem): the data.
    options (FitOptions): how.
    make_tuner (Callable[[int], Tuner] | None): makes the tuner of the network that learns along, from a seed.
    YIELDS (Epoch): after every epoch, with the mean of this run and those before it; stop listening to stop training.
    """
    before: Epoch | None = None
    for run in range(options.runs):
        last = before
        seed = options.seed + run
        tuner = None if make_tuner is None else make_tuner(seed)
        for epoch in _train_run(problem, replace(options, seed=seed), tuner):
            last = epoch if before is None else _mean(before, epoch, run)
            yield replace(last, number=run * options.epochs + epoch.number)
        before = last


def _mean(before: Epoch, now: Epoch, runs: int) -> Epoch:
    """RETURNS (Epoch): the mean of so many runs before and this one."""

    def mean(old: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32]:
        return (old + (new - old) / (runs + 1)).astype(np.float32)

    return Epoch(
        now.number,
        now.loss,
        mean(before.weights, now.weights),
        mean(before.transitions, now.transitions),
        mean(before.vectors, now.vectors),
        {name: mean(before.tuned[name], array) for name, array in now.tuned.items()},
    )


def _train_run(problem: TrainingProblem, options: FitOptions, tuner: Tuner | None) -> Iterator[Epoch]:
    """YIELDS (Epoch): after every epoch of one run, with the averaged weights of its later epochs."""
    rng = np.random.default_rng(options.seed)
    state = _State(problem, options, tuner)
    rows = max(1, int((problem.chunks[:, 1] - problem.chunks[:, 0]).sum()))
    averaged, means = 0, state.arrays()
    for number in range(1, options.epochs + 1):
        order = rng.permutation(len(problem.chunks))
        loss = state.run_epoch(number, order, np.uint64(rng.integers(1, 2**63)))
        if number > options.average_from * options.epochs or number == options.epochs:
            averaged += 1
            means = [mean + (array - mean) / averaged for mean, array in zip(means, state.arrays(), strict=True)]
        weights, *others = means if averaged else state.arrays()
        transitions, vectors, *tuned = (array.astype(np.float32) for array in others)
        # What was dropped in training is there in use: the weights are scaled to give the same sums.
        kept = (weights * (1.0 - options.dropout)).astype(np.float32)
        yield Epoch(number, loss / rows, kept, transitions, vectors, dict(zip(state.tuned_names, tuned, strict=True)))


class _State:
    """Where one run stands: all weights, and the sums of squared slopes that AdaGrad divides by."""

    def __init__(self, problem: TrainingProblem, options: FitOptions, tuner: Tuner | None) -> None:
        self.problem = problem
        self.options = options
        self.tuner = tuner
        self.tuned_names = [] if tuner is None else sorted(tuner.weights())
        width = problem.vectors.shape[1] + (0 if tuner is None else tuner.forward([np.zeros(1, np.int64)]).shape[1])
        shapes = (
            (len(problem.pair_tags),),
            (problem.tags, problem.tags),
            (2 * options.vector_window + 1 if width else 0, width, problem.tags),
        )
        self.now = tuple(np.zeros(shape, dtype=np.float32) for shape in shapes)
        self.squares = tuple(np.zeros_like(array) for array in self.now)
        decay = (options.l2 / np.maximum(problem.counts, 1)).astype(np.float32)
        self.layout = (problem.offsets, problem.pair_tags, decay)
        self.rates = (options.rate, options.vector_rate, options.l2 / max(1, len(problem.chunks)))

    def arrays(self) -> list[NDArray[np.float64]]:
        """RETURNS (list): copies of all weights, those of the network behind the CRF's own."""
        tuned = {} if self.tuner is None else self.tuner.weights()
        return [array.astype(np.float64) for array in (*self.now, *(tuned[name] for name in self.tuned_names))]

    def run_epoch(self, number: int, order: NDArray[np.int64], salt: np.uint64) -> float:
        """RETURNS (float): the loss of epoch `number`, which sees the chains in this order."""
        problem = self.problem
        if self.tuner is None:
            return self._step(problem.vectors, problem.chunks[order, 0], order, salt)[0]
        loss = 0.0
        batches = _batches(problem.chunks, order, self.options.batch)
        for done, chains in enumerate(batches):
            chunks = problem.chunks[chains]
            hidden = self.tuner.forward([problem.inputs[start:end] for start, end in chunks])
            fixed = np.concatenate([problem.vectors[start:end] for start, end in chunks])
            starts = np.concatenate([[0], np.cumsum(chunks[:-1, 1] - chunks[:-1, 0])]).astype(np.int64)
            vectors = np.ascontiguousarray(np.concatenate([fixed, hidden], axis=1))
            step, slopes = self._step(vectors, starts, chains, salt, wants_slopes=True)
            loss += step
            self.tuner.backward(slopes[:, fixed.shape[1] :], (number - 1 + done / len(batches)) / self.options.epochs)
        return loss

    def _step(
        self,
        vectors: Vectors,
        starts: NDArray[np.int64],
        chains: NDArray[np.int64],
        salt: np.uint64,
        wants_slopes: bool = False,
    ) -> tuple[float, Vectors]:
        """RETURNS (tuple): the loss of some chains, and its slopes in the vectors if they are wanted."""
        problem = self.problem
        slopes = np.zeros((len(vectors) if wants_slopes else 0, vectors.shape[1]), dtype=np.float32)
        loss = train_chains(
            (problem.features, vectors, problem.gold, problem.masks),
            problem.chunks[chains],
            starts,
            problem.partial[chains],
            self.layout,
            self.now,
            self.squares,
            self.rates,
            (np.uint64(self.options.dropout * 2.0**24), salt),
            slopes,
        )
        return float(loss), slopes


def _batches(chunks: NDArray[np.int64], order: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    """RETURNS (list): chains in batches of like length: what stands near in the order is sorted, and cut."""
    lengths = chunks[:, 1] - chunks[:, 0]
    order = order[lengths[order] > 0]
    found = []
    for first in range(0, len(order), size * _POOL):
        pool = order[first : first + size * _POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        found += [pool[at : at + size] for at in range(0, len(pool), size)]
    # Not the short ones first: by the first chain of each, whose place in the order is random.
    place = np.empty(len(chunks), dtype=np.int64)
    place[order] = np.arange(len(order))
    return sorted(found, key=lambda batch: int(place[batch[0]]))
