"""Entities: biaozhu's CRF beside CRFsuite and spaCy's default, on public sets, in one run.

    python -m benchmarks.ner --data DIR                       the sets that are there, biaozhu and CRFsuite, 3 seeds
    python -m benchmarks.ner --data DIR --sets weibo --methods biaozhu crfsuite spacy
    python -m benchmarks.ner --data DIR --sets real --gold annotations/gold [--stack MODEL]

DIR/ner/<set>/{train,dev,test}.jsonl are records with offsets; what is scored is test.jsonl where it is there, else
dev.jsonl (the table says which). `real` trains configs/ner.cfg on --gold and scores DIR/real_dev.jsonl; with --stack a
model folder (such as one trained by configs/public/msra.cfg) becomes a feature source. Strict micro F1 over spans of
(start, end, label). Each method tags from plain text; characters a second are the median of three passes after one to
warm up, on one thread, by CPU time (training seconds are wall time). CRFsuite gets character n-grams of a window of
two, as strings; spaCy is its default CPU
config (HashEmbedCNN and `ner`) over characters.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

from pipeline.core.records import Record, read_records

Key = tuple[int, int, str]
Tagger = Callable[[Sequence[str]], list[set[Key]]]
ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
SETS = ("resume", "weibo", "cluener", "msra", "people-daily")
FOLDERS = {"people-daily": "pd1998_ner"}
PACKAGES = ("biaozhu", "spacy", "thinc", "numpy", "numba", "python-crfsuite", "jieba", "rjieba")


def f1(gold: Iterable[set[Key]], pred: Iterable[set[Key]]) -> float:
    """RETURNS (float): strict micro F1."""
    pairs = list(zip(gold, pred, strict=True))
    hits = sum(len(left & right) for left, right in pairs)
    total = sum(len(left) + len(right) for left, right in pairs)
    return 2 * hits / total if total else 0.0


def train_biaozhu(config: Path, overrides: dict[str, Any]) -> Tagger:
    """RETURNS (Tagger): the model of a training config."""
    from pipeline.stages.extract import load_model
    from pipeline.stages.train import train_model

    with tempfile.TemporaryDirectory() as folder:
        train_model(config, Path(folder), overrides=overrides)
        nlp = load_model(Path(folder) / "model-best")

    def tag(texts: Sequence[str]) -> list[set[Key]]:
        docs = nlp.pipe(texts, batch_size=256)
        return [{(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents} for doc in docs]

    return tag


def ngram_features(text: str) -> list[list[str]]:
    """RETURNS (list): what CRFsuite gets: one, two and three characters in a window of two."""
    padded = f"\0\0{text}\0\0"
    rows = []
    for at in range(2, len(padded) - 2):
        window = padded[at - 2 : at + 3]
        row = [f"{size}{first}{window[first : first + size]}" for size in (1, 2, 3) for first in range(6 - size)]
        rows.append([*row, "bias"])
    return rows


def to_tags(record: Record) -> list[str]:
    """RETURNS (list[str]): BIOES tags of a record."""
    tags = ["O"] * len(record.text)
    for span in record.spans:
        tags[span.start : span.end] = [f"I-{span.label}"] * (span.end - span.start)
        tags[span.end - 1] = f"E-{span.label}"
        tags[span.start] = ("S-" if span.end - span.start == 1 else "B-") + span.label
    return tags


def to_spans(tags: Sequence[str]) -> set[Key]:
    """RETURNS (set): spans of BIOES tags; broken ones are dropped."""
    found, start = set(), -1
    for at, tag in enumerate(tags):
        part, _, label = tag.partition("-")
        if part in {"B", "S"}:
            start = at
        if part in {"E", "S"} and start >= 0 and tags[start][2:] == label:
            found.add((start, at + 1, label))
        if part in {"O", "E", "S"}:
            start = -1
    return found


def train_crfsuite(train: Sequence[Record]) -> Tagger:
    """RETURNS (Tagger): CRFsuite with character n-grams (L-BFGS, c1 0.1, c2 0.1, 100 iterations)."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    for record in train:
        if record.text:
            trainer.append(ngram_features(record.text), to_tags(record))
    trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": 100})
    folder = tempfile.mkdtemp()
    trainer.train(f"{folder}/model")
    tagger = pycrfsuite.Tagger()
    tagger.open(f"{folder}/model")
    return lambda texts: [to_spans(tagger.tag(ngram_features(text))) if text else set() for text in texts]


def train_spacy(train: Sequence[Record], dev: Sequence[Record], seed: int) -> Tagger:
    """RETURNS (Tagger): spaCy's default CPU config over characters, trained with its own loop."""
    import spacy
    from spacy.cli.init_config import init_config
    from spacy.tokens import DocBin
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as loop

    from pipeline.nlp.corpus import entity_scheme
    from pipeline.nlp.docs import record_to_doc

    labels = sorted({span.label for record in train for span in record.spans})
    vocab = spacy.blank("zh").vocab
    folder = Path(tempfile.mkdtemp())
    for name, records in (("train", train), ("dev", dev)):
        docs = [record_to_doc(record, vocab, entity_scheme(labels)) for record in records if record.text]
        DocBin(docs=docs).to_disk(folder / f"{name}.spacy")
    config = init_config(lang="zh", pipeline=["ner"], optimize="efficiency", gpu=False, silent=True)
    config["nlp"]["tokenizer"] = {"@tokenizers": "biaozhu.CharTokenizer.v1"}
    config["initialize"].pop("tokenizer", None)
    config["paths"] |= {"train": str(folder / "train.spacy"), "dev": str(folder / "dev.spacy")}
    config["system"]["seed"] = seed
    config["training"]["max_steps"] = 8000
    loop(init_nlp(config), folder / "out", stdout=sys.stderr)
    nlp = spacy.load(folder / "out/model-best")
    return lambda texts: [
        {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents} for doc in nlp.pipe(texts, batch_size=256)
    ]


def measure(tag: Tagger, records: Sequence[Record]) -> tuple[float, float]:
    """RETURNS (tuple): F1, and characters a second (median of three passes after one to warm up)."""
    texts = [record.text for record in records]
    characters = sum(map(len, texts))
    pred = tag(texts)
    speeds = []
    for _ in range(3):
        started = time.process_time()
        tag(texts)
        speeds.append(characters / (time.process_time() - started))
    return f1([{span.key for span in record.spans} for record in records], pred), statistics.median(speeds)


def run_set(name: str, data: Path, methods: Sequence[str], seeds: int) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): one row a method."""
    folder = data / "ner" / FOLDERS.get(name, name)
    train = read_records(folder / "train.jsonl")
    if (folder / "dev.jsonl").is_file():
        dev, dev_path = read_records(folder / "dev.jsonl"), folder / "dev.jsonl"
    else:  # MSRA has no dev of its own: every tenth sentence of train
        train, dev = [r for i, r in enumerate(train) if i % 10], [r for i, r in enumerate(train) if i % 10 == 0]
        dev_path = None
    test = read_records(folder / "test.jsonl") if (folder / "test.jsonl").is_file() else None
    rows = []
    for method in methods:
        scores, seconds, speeds = [], [], []
        for seed in range(1 if method == "crfsuite" else seeds):
            started = time.perf_counter()
            with tempfile.TemporaryDirectory() as kept:
                if method == "biaozhu":
                    overrides = {"paths.data": str(folder), "training.seed": seed}
                    if dev_path is None:
                        overrides |= _write_split(Path(kept), train, dev)
                    tag = train_biaozhu(ROOT / f"configs/public/{name}.cfg", overrides)
                elif method == "crfsuite":
                    tag = train_crfsuite(train)
                else:
                    tag = train_spacy(train, dev, seed)
            seconds.append(time.perf_counter() - started)
            f, speed = measure(tag, test or dev)
            scores.append(f)
            speeds.append(speed)
        rows.append(_row(name, method, "test" if test else "dev", scores, seconds, speeds))
        print(_line(rows[-1]), flush=True)
    return rows


def _write_split(folder: Path, train: list[Record], dev: list[Record]) -> dict[str, Any]:
    from pipeline.core.records import write_records

    write_records(folder / "train.jsonl", train)
    write_records(folder / "dev.jsonl", dev)
    return {"paths.data": str(folder)}


def run_real(data: Path, gold: Path, stack: Path | None, seeds: int) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): entities of real documents, with the model that the project's own gold gives."""
    numbers = {"QUANTITY", "MONEY", "PERCENT", "ORDINAL", "CARDINAL", "DATE", "TIME"}
    real = [
        record.with_spans(span for span in record.spans if span.label not in numbers)
        for record in read_records(data / "real_dev.jsonl")
    ]
    narrow = {"PERSON", "ORG", "GPE", "LOC", "FAC"}
    rows = []
    overrides: dict[str, Any] = {
        "paths.train": str(gold / "train.jsonl"),
        "paths.dev": str(gold / "dev.jsonl"),
        "nlp.pipeline": ["entities"],
    }
    if stack is not None:
        overrides["components.entities.features.stacked"] = {"@misc": "biaozhu.ModelTags.v1", "path": str(stack)}
    scores, places, seconds, speeds = [], [], [], []
    for seed in range(seeds):
        started = time.perf_counter()
        tag = train_biaozhu(ROOT / "configs/ner.cfg", overrides | {"training.seed": seed})
        seconds.append(time.perf_counter() - started)
        f, speed = measure(tag, real)
        pred = tag([record.text for record in real])
        scores.append(f)
        speeds.append(speed)
        places.append(
            f1(
                [{span.key for span in record.spans if span.label in narrow} for record in real],
                [{key for key in keys if key[2] in narrow} for keys in pred],
            )
        )
    method = "biaozhu" if stack is None else f"biaozhu + {stack.parent.name}"
    rows.append(_row("real", method, "all labels", scores, seconds, speeds))
    rows.append(_row("real", method, "PERSON ORG GPE LOC FAC", places, seconds, speeds))
    for row in rows:
        print(_line(row), flush=True)
    return rows


def _row(  # noqa: PLR0917
    name: str, method: str, scored: str, scores: list[float], seconds: list[float], speeds: list[float]
) -> dict[str, Any]:
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
    """Merge rows into benchmarks/results/ner.json and write the table beside it."""
    path = RESULTS / "ner.json"
    RESULTS.mkdir(exist_ok=True)
    old = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.is_file() else []
    merged = {(row["set"], row["method"], row["scored"]): row for row in [*old, *rows]}
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    versions |= {"python": platform.python_version(), "machine": platform.machine()}
    content = {"versions": versions, "rows": list(merged.values())}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    head = "| set | method | scored on | F1 | seeds | training s | chars/s |\n|---|---|---|---|---|---|---|\n"
    table = head + "\n".join(_line(row) for row in merged.values())
    said = ", ".join(f"{name} {version}" for name, version in versions.items())
    (RESULTS / "ner.md").write_text(f"# Entities\n\n{table}\n\n{said}\n", encoding="utf-8")


def main() -> None:
    """Run what is asked for and store it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=[*SETS], choices=[*SETS, "real"])
    parser.add_argument(
        "--methods", nargs="+", default=["biaozhu", "crfsuite"], choices=["biaozhu", "crfsuite", "spacy"]
    )
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--gold", type=Path, default=ROOT / "annotations/gold")
    parser.add_argument("--stack", type=Path)
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"the data folder {options.data} is not there; see docs/training.md for what it holds")
    rows = []
    for name in options.sets:
        if name == "real":
            rows += run_real(options.data, options.gold, options.stack, options.seeds)
        elif (options.data / "ner" / FOLDERS.get(name, name) / "train.jsonl").is_file():
            rows += run_set(name, options.data, options.methods, options.seeds)
        else:
            print(f"{name}: not in {options.data}/ner, left out")
    store(rows)


if __name__ == "__main__":
    main()
