"""Stage score: score predictions against gold, write every number and every error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import atomic_open, write_json
from pipeline.core.labels import LabelScheme, default_scheme, read_scheme
from pipeline.core.progress import logger, track
from pipeline.core.records import Record
from pipeline.errors import InputError, Problem
from pipeline.metrics.errors import SpanError
from pipeline.metrics.evaluate import evaluate
from pipeline.metrics.pairs import PairedFiles, stream_records
from pipeline.metrics.scorefile import scores_to_json
from pipeline.metrics.signature import MATCHING, SCORE_VERSION, GoldHash
from pipeline.metrics.slices import train_surfaces
from pipeline.metrics.tally import ErrorSink, Options

DEFAULT_SLICES = ("field", "register", "length", "density", "surface")


def make_score(
    *,
    gold: str,
    predictions: str,
    output: str,
    errors: str | None = None,
    labels: str | None = None,
    train: str | None = None,
    layers: Sequence[str] | None = None,
    slices: Sequence[str] = DEFAULT_SLICES,
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
    train (str | None): training records, to tell surfaces seen in training from unseen ones.
    layers (Sequence[str] | None): the layers to score; all by default.
    slices (Sequence[str]): "length", "surface", "density" and keys of the records' meta.
    where (Mapping[str, str] | None): score only documents whose meta has these values.
    resamples, seed (int): of the bootstrap intervals; 0 resamples for none.
    examples (int): examples of each error kind in the score file.
    RETURNS (Callable): the stage.
    """

    def run() -> None:
        scores = score_files(
            Path(gold),
            Path(predictions),
            scheme=default_scheme() if labels is None else read_scheme(Path(labels)),
            errors=None if errors is None else Path(errors),
            train=None if train is None else Path(train),
            layers=layers,
            slices=slices,
            where=where,
            resamples=resamples,
            seed=seed,
            examples=examples,
        )
        write_json(Path(output), scores)
        logger.info("score: %s documents → %s", scores["documents"], output)

    return run


def score_files(
    gold: Path,
    predictions: Path,
    *,
    scheme: LabelScheme,
    errors: Path | None = None,
    train: Path | None = None,
    layers: Sequence[str] | None = None,
    slices: Sequence[str] = DEFAULT_SLICES,
    where: Mapping[str, str] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    examples: int = 5,
) -> dict[str, Any]:
    """Score two files; options as in `make_score`.

    RETURNS (dict): the object of a score file.
    RAISES (InputError): if the files do not fit each other or the scheme.
    """
    layers = _check_layers(scheme, layers)
    options = Options(tuple(slices), None, examples)
    if train is not None:
        layer_of = {name: str(scheme.layer_of(name)) for name in scheme.names()}
        options = Options(tuple(slices), train_surfaces((r for _, r in stream_records(train)), layer_of), examples)
    else:
        options = Options(tuple(key for key in slices if key != "surface"), None, examples)
    files, watch = PairedFiles(gold, predictions), GoldHash()
    pairs = watch.watch(track(_where(files, where), "scoring"))
    with ExitStack() as stack:
        sink = None if errors is None else _error_sink(stack.enter_context(atomic_open(errors)).write)
        result = evaluate(pairs, scheme=scheme, layers=layers, options=options, on_error=sink)
    if not result.documents:
        raise InputError(Problem("E607", f"no document of {gold} fits {dict(where or {})}", "check the names", gold))
    if files.unscored:
        logger.warning("%d predicted documents have no gold and are not scored", files.unscored)
    signature = {
        "version": SCORE_VERSION,
        "matching": MATCHING,
        "scheme": f"{scheme.name} {scheme.fingerprint}",
        "layers": list(layers),
        "gold": watch.value,
        "documents": result.documents,
        "subset": ", ".join(f"{key}={value}" for key, value in sorted((where or {}).items())) or "all",
        "resamples": resamples,
        "seed": seed,
    }
    return scores_to_json(result, signature=signature, unscored=files.unscored, resamples=resamples, seed=seed)


def _check_layers(scheme: LabelScheme, layers: Sequence[str] | None) -> tuple[str, ...]:
    if unknown := [name for name in layers or () if name not in scheme.layers]:
        message = f"the scheme {scheme.name} has no layer {', '.join(unknown)}"
        raise InputError(Problem("E608", message, f"there are {', '.join(scheme.layers)}"))
    return tuple(layers or scheme.layers)


def _where(pairs: Iterable[tuple[Record, Record]], where: Mapping[str, str] | None) -> Iterator[tuple[Record, Record]]:
    for gold, pred in pairs:
        if all(str(gold.meta.get(key)) == value for key, value in (where or {}).items()):
            yield gold, pred


def _error_sink(write: Callable[[str], Any]) -> ErrorSink:
    def sink(layer: str, error: SpanError) -> None:
        write(json.dumps({"layer": layer} | error.to_json(), ensure_ascii=False) + "\n")

    return sink
