"""Stage score: score predictions against gold, write every number and every error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import atomic_open, write_json
from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import counted, logger, track
from pipeline.core.records import Record
from pipeline.errors import InputError, Problem, raise_if_any
from pipeline.metrics.errors import SpanError
from pipeline.metrics.evaluate import evaluate
from pipeline.metrics.pairs import PairedFiles, stream_records
from pipeline.metrics.scorefile import scores_to_json
from pipeline.metrics.signature import MATCHING, SCORE_VERSION, GoldHash
from pipeline.metrics.slices import train_surfaces
from pipeline.metrics.tally import ErrorSink, Options

DEFAULT_SLICES = ("field", "register", "length", "density", "surface")
_OWN_SLICES = ("length", "density", "surface")


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What to score and how.

    layers (Sequence[str] | None): the layers to score; all by default.
    slices (Sequence[str] | None): "length", "surface", "density" and keys of the records' meta; None for
        DEFAULT_SLICES, as far as the records and `train` have them.
    train (Path | None): training records, to tell surfaces seen in training from unseen ones.
    where (Mapping[str, str] | None): score only documents whose meta has these values.
    resamples, seed (int): of the bootstrap intervals; 0 resamples for none.
    examples (int): examples of each error kind in the score file.
    """

    layers: Sequence[str] | None = None
    slices: Sequence[str] | None = None
    train: Path | None = None
    where: Mapping[str, str] | None = None
    resamples: int = 1000
    seed: int = 0
    examples: int = 5


def make_score(
    *,
    gold: str,
    predictions: str,
    output: str,
    errors: str | None = None,
    labels: str | None = None,
    train: str | None = None,
    layers: Sequence[str] | None = None,
    slices: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    examples: int = 5,
) -> Callable[[], None]:
    """Make the stage that scores.

    gold, predictions (str): .jsonl records of the same documents.
    output (str): the score file, .json.
    errors (str | None): .jsonl of every error with its context; None for none.
    labels (str | None): label scheme .cfg; None for the default.
    train, layers, slices, where, resamples, seed, examples: as in `ScoreOptions`.
    RETURNS (Callable): the stage.
    """
    options = ScoreOptions(layers, slices, None if train is None else Path(train), where, resamples, seed, examples)

    def run() -> None:
        scores = score_files(
            Path(gold),
            Path(predictions),
            scheme=default_scheme() if labels is None else read_scheme(Path(labels)),
            errors=None if errors is None else Path(errors),
            options=options,
        )
        write_json(Path(output), scores)
        logger.info("score: %s → %s", counted(scores["documents"], "document"), output)

    return run


def score_files(
    gold: Path,
    predictions: Path,
    *,
    scheme: LabelScheme,
    errors: Path | None = None,
    options: ScoreOptions | None = None,
) -> dict[str, Any]:
    """Score two files.

    gold, predictions (Path): .jsonl records of the same documents.
    scheme (LabelScheme): which label is in which layer.
    errors (Path | None): where every error goes, .jsonl; None for nowhere.
    options (ScoreOptions | None): what to score and how.
    RETURNS (dict): the object of a score file.
    RAISES (InputError): if the files do not fit each other, the scheme or the options.
    """
    wanted = options or ScoreOptions()
    layers = _check_layers(scheme, wanted.layers)
    counting = _counting_options(scheme, wanted)
    files, subset, watch = PairedFiles(gold, predictions, scheme), _Subset(wanted.where or {}), GoldHash()
    pairs = watch.watch(track(subset.of(files), "scoring"))
    with ExitStack() as stack:
        sink = None if errors is None else _error_sink(stack.enter_context(atomic_open(errors)).write)
        result = evaluate(pairs, scheme=scheme, layers=layers, options=counting, on_error=sink)
        raise_if_any(subset.problems(gold, wanted.slices or (), result.documents))
    if files.unscored:
        logger.warning("not scored, because gold lacks them: %s", counted(files.unscored, "predicted document"))
    signature = {
        "version": SCORE_VERSION,
        "matching": MATCHING,
        "scheme": f"{scheme.name} {scheme.fingerprint}",
        "layers": list(layers),
        "gold": watch.value,
        "documents": result.documents,
        "subset": str(subset) or "all",
        "resamples": wanted.resamples,
        "seed": wanted.seed,
    }
    bootstrap = {"resamples": wanted.resamples, "seed": wanted.seed}
    return scores_to_json(result, signature=signature, unscored=files.unscored, **bootstrap)


def _check_layers(scheme: LabelScheme, layers: Sequence[str] | None) -> tuple[str, ...]:
    if unknown := [name for name in layers or () if name not in scheme.layers]:
        message = f"the scheme {scheme.name} has no layer {', '.join(unknown)}"
        raise InputError(Problem("E608", message, f"there are {', '.join(scheme.layers)}"))
    return tuple(layers or scheme.layers)


def _counting_options(scheme: LabelScheme, wanted: ScoreOptions) -> Options:
    if wanted.train is not None:
        layer_of = {name: str(scheme.layer_of(name)) for name in scheme.names()}
        surfaces = train_surfaces((record for _, record in stream_records(wanted.train)), layer_of)
        return Options(tuple(DEFAULT_SLICES if wanted.slices is None else wanted.slices), surfaces, wanted.examples)
    if "surface" in (wanted.slices or ()):
        message = "the slice surface tells seen names from unseen ones, and no training records are given"
        raise InputError(Problem("E611", message, "name them: --train TRAIN.jsonl, or train = … in a config"))
    known = [key for key in DEFAULT_SLICES if key != "surface"]
    return Options(tuple(known if wanted.slices is None else wanted.slices), None, wanted.examples)


class _Subset:
    """The documents to score, and what the meta of all documents has: a misspelt key selects nothing, silently."""

    def __init__(self, where: Mapping[str, str]) -> None:
        self.where = where
        self.keys: set[str] = set()
        self.values: set[str] = set()

    def of(self, pairs: Iterable[tuple[Record, Record]]) -> Iterator[tuple[Record, Record]]:
        """YIELDS the pairs whose gold meta has the wanted values."""
        for gold, pred in pairs:
            self.keys.update(gold.meta)
            if self.where:
                self.values.update(f"{key}={gold.meta[key]}" for key in self.where if key in gold.meta)
            if all(str(gold.meta.get(key)) == value for key, value in self.where.items()):
                yield gold, pred

    def problems(self, path: Path, slices: Iterable[str], documents: int) -> Iterator[Problem]:
        """YIELDS (Problem): where no document is left, and each slice that no document has."""
        keys = ", ".join(sorted(self.keys)) or "nothing"
        if not documents:
            there = ", ".join(sorted(self.values)[:20])
            remedy = f"there are: {there}" if there else f"their meta has {keys}"
            yield Problem("E607", f"no document has {self}", remedy, path)
            return
        for key in slices:
            if key not in _OWN_SLICES and key not in self.keys:
                remedy = f"slice by {', '.join(_OWN_SLICES)} or a key of meta, which has {keys}"
                yield Problem("E612", f"no document has {key!r} in its meta", remedy, path)

    def __str__(self) -> str:
        return ", ".join(f"{key}={value}" for key, value in sorted(self.where.items()))


def _error_sink(write: Callable[[str], Any]) -> ErrorSink:
    def sink(layer: str, error: SpanError) -> None:
        write(json.dumps({"layer": layer} | error.to_json(), ensure_ascii=False) + "\n")

    return sink
