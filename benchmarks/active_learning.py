"""Does `biaozhu review select` learn faster than random choice?

Simulates annotation on the project's own gold: starts with a few random documents of the train split, and in each round
trains a model, predicts the rest, lets a strategy choose documents worth so many characters, and adds their gold. The
model is scored on the test split after each round. Cost is counted in characters, since that is what people read.

    python benchmarks/active_learning.py                 # gold of this project, no --data needed
    python benchmarks/active_learning.py --seeds 3 --rounds 3
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import logging
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.core.labels import default_scheme  # noqa: E402
from pipeline.core.records import Record, read_records, write_records  # noqa: E402
from pipeline.metrics.matching import match_spans  # noqa: E402
from pipeline.metrics.tables import points  # noqa: E402
from pipeline.nlp.training import read_training_config, train_nlp  # noqa: E402
from pipeline.review.select import Weights, select  # noqa: E402
from pipeline.stages.extract import extract_records  # noqa: E402

if TYPE_CHECKING:
    from spacy.language import Language

SCHEME = default_scheme()
STRATEGIES = {
    "random": Weights(0, 0, 0, 0),
    "select": Weights(),
    "uncertainty": Weights(1, 0, 0, 0),
    "uncertainty + rarity": Weights(1, 0, 1, 0),
}


def f1(predicted: Sequence[Record], gold: Sequence[Record], layer: str) -> float:
    """RETURNS (float): strict F1 of one layer, micro-averaged."""
    right = total = 0
    for pred, ref in zip(predicted, gold, strict=True):
        ours, theirs = SCHEME.in_layer(pred.spans, layer), SCHEME.in_layer(ref.spans, layer)
        right += sum(a.label == b.label for a, b in match_spans(theirs, ours).exact)
        total += len(ours) + len(theirs)
    return 2 * right / total if total else 0.0


def train(records: Sequence[Record], folder: Path) -> Language:
    """RETURNS (Language): a model of these records; no augmentation, four passes, calibrated on a few of dev."""
    path, few = folder / "train.jsonl", folder / "dev.jsonl"
    write_records(path, records)
    write_records(few, read_records(ROOT / "annotations" / "gold" / "dev.jsonl")[:8])
    overrides = {
        "paths.train": str(path),
        "paths.dev": str(few),
        "components.entities.augment.copies": 0,
        "components.entities.max_iterations": 4,
        "training.seed": 0,
    }
    config_path = ROOT / "configs" / "ner.cfg"
    return train_nlp(read_training_config(config_path, overrides), config_path, on_metrics=lambda row: None).nlp


def run(strategy: str, seed: int, options: argparse.Namespace, folder: Path) -> list[tuple[int, float, float]]:
    """RETURNS (list): characters annotated, entities F1 and numbers F1 after each round."""
    pool, test = (read_records(ROOT / "annotations" / "gold" / f"{name}.jsonl") for name in ("train", "test"))
    gold = {record.id: record for record in pool}
    order = random.Random(seed).sample(pool, len(pool))
    have: list[Record] = []
    while sum(len(record.text) for record in have) < options.start:
        have.append(order.pop())
    curve = []
    for number in range(options.rounds + 1):
        nlp = train(have, folder)
        predicted = list(extract_records(test, nlp))
        cost = sum(len(record.text) for record in have)
        curve.append((cost, f1(predicted, test, "entities"), f1(predicted, test, "numbers")))
        if number == options.rounds:
            break
        known = {record.id for record in have}
        rest = [record for record in pool if record.id not in known]
        ready = rest if strategy == "random" else list(extract_records(rest, nlp))
        weights = STRATEGIES[strategy]
        budget = options.start + (number + 1) * options.step - cost
        chosen = select(ready, SCHEME, annotated=have, characters=budget, weights=weights, seed=seed * 100 + number)
        have += [gold[choice.record.id] for choice in chosen]
    return curve


def main() -> None:
    """Print and store the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="not needed: the benchmark uses annotations/gold")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--start", type=int, default=8000, help="characters of the first random documents")
    parser.add_argument("--step", type=int, default=8000, help="characters a round")
    parser.add_argument("--strategies", nargs="*", default=list(STRATEGIES))
    options = parser.parse_args()
    logging.getLogger("biaozhu").setLevel(logging.WARNING)
    import tempfile

    started = time.monotonic()
    curves: dict[str, list[list[tuple[int, float, float]]]] = {}
    with tempfile.TemporaryDirectory() as name:
        for seed in range(options.seeds):
            for strategy in options.strategies:
                curves.setdefault(strategy, []).append(run(strategy, seed, options, Path(name)))
                print(f"seed {seed} {strategy}: {curves[strategy][-1][-1]}", file=sys.stderr, flush=True)
    rows = [
        "| strategy | layer | " + " | ".join(f"{options.start + n * options.step:,}" for n in range(options.rounds + 1))
    ]
    rows[0] += " | mean gain over random |"
    rows.append("|" + "---|" * (options.rounds + 4))
    for strategy, found in curves.items():
        for column, layer in ((1, "entities"), (2, "numbers")):
            reached = [[curve[n][column] for curve in found] for n in range(options.rounds + 1)]
            cells = [
                f"{100 * statistics.mean(p):.1f} ± {100 * statistics.stdev(p) if len(p) > 1 else 0:.1f}"
                for p in reached
            ]
            gains = [
                statistics.mean(a[n][column] - b[n][column] for n in range(1, options.rounds + 1))
                for a, b in zip(found, curves.get("random", found), strict=True)
            ]
            spread = statistics.stdev(gains) if len(gains) > 1 else 0
            gain = "–" if strategy == "random" else f"{points(statistics.mean(gains))} ± {100 * spread:.1f}"
            rows.append(f"| {strategy} | {layer} | " + " | ".join(cells) + f" | {gain} |")
    table = "\n".join(rows)
    print(table)

    results = ROOT / "benchmarks" / "results"
    results.mkdir(exist_ok=True)
    facts = {
        "python": platform.python_version(),
        "spacy": importlib.metadata.version("spacy"),
        "seeds": options.seeds,
        "seconds": round(time.monotonic() - started),
        "curves": curves,
    }
    (results / "active_learning.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    size = len(read_records(ROOT / "annotations" / "gold" / "train.jsonl"))
    note = (
        "Strict F1 on the test split (mean ± standard deviation over seeds) by characters annotated; last column: mean "
        "over the rounds of the difference to random choice with the same seed.\n"
        f"{options.seeds} seeds, a pool of {size} documents; Python {facts['python']}, spaCy {facts['spacy']}. "
        "Rerun: `python benchmarks/active_learning.py`.\n"
    )
    (results / "active_learning.md").write_text(f"# Active learning\n\n{table}\n\n{note}", encoding="utf-8")


if __name__ == "__main__":
    main()
