"""Scoring speed and memory beside nervaluate and seqeval, on generated documents.

    python -m benchmarks.scoring            20,000 documents, 500,000 gold spans
    python -m benchmarks.scoring --documents 2000 --runs 1

Every scorer gets its own input form ready-made: records, lists of dicts with inclusive ends, lists of IOB2 tags. Each
computes what it computes: ours the four SemEval schemes with all labels, error kinds and the counts of every document;
nervaluate its four schemes; seqeval strict precision and recall per label (once in its lenient default mode, which is
its fastest). Peers are in benchmarks/requirements.txt; one that is not installed is left out and said.

Times are processor seconds, which other work on the machine disturbs less than the clock, and medians of runs in which
the scorers take turns.

Memory is the peak of a process of its own that scores files, for so many documents and for ten times as many.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.core.labels import Label, LabelScheme
from pipeline.core.records import Record, write_records
from pipeline.core.spans import CharSpan
from pipeline.metrics.evaluate import evaluate
from pipeline.metrics.results import SCHEMES

LABELS = ("PERSON", "NORP", "FAC", "ORG", "GPE", "LOC", "EVENT", "LAW")
SCHEME = LabelScheme("benchmark", tuple(Label(name, "entities") for name in LABELS))
RESULTS = Path(__file__).parent / "results"


def make_pair(rng: random.Random, number: int, spans: int) -> tuple[Record, Record]:
    """A document with flat gold spans, and a prediction that is right for four spans of five."""
    gold: list[CharSpan] = []
    pred: list[CharSpan] = []
    end = 0
    for _ in range(spans):
        start = end + rng.randint(2, 20)
        end = start + rng.randint(2, 8)
        label = rng.choice(LABELS)
        gold.append(CharSpan(start, end, label))
        fate = rng.random()
        if fate < 0.8:
            pred.append(CharSpan(start, end, label))
        elif fate < 0.85:
            pred.append(CharSpan(start, end, rng.choice(LABELS)))
        elif fate < 0.9:
            pred.append(CharSpan(start, end - 1, label))
        elif fate < 0.95:
            pred.append(CharSpan(start - 2, start - 1, label))
    text = "字" * (end + 10)
    return Record(f"d{number}", text, tuple(gold)), Record(f"d{number}", text, tuple(pred))


def to_dicts(record: Record) -> list[dict[str, Any]]:
    """nervaluate's form: ends are inclusive."""
    return [{"label": span.label, "start": span.start, "end": span.end - 1} for span in record.spans]


def to_tags(record: Record) -> list[str]:
    """seqeval's form."""
    tags = ["O"] * len(record.text)
    for span in record.spans:
        tags[span.start] = f"B-{span.label}"
        tags[span.start + 1 : span.end] = [f"I-{span.label}"] * (span.end - span.start - 1)
    return tags


def time_ours(pairs: list[tuple[Record, Record]]) -> tuple[float, float]:
    """Seconds for all four schemes with all labels, and the strict F1."""
    started = time.process_time()
    layer = evaluate(pairs, scheme=SCHEME).layers["entities"]
    tables = {scheme: layer.counts(scheme) for scheme in SCHEMES}
    found = {scheme: layer.micro(scheme).f1 for scheme in tables}
    return time.process_time() - started, float(found["strict"] or 0.0)


def time_nervaluate(pairs: list[tuple[Record, Record]]) -> tuple[float, float]:
    """Seconds, and its strict F1."""
    from nervaluate.evaluator import Evaluator

    gold, pred = [to_dicts(one) for one, _ in pairs], [to_dicts(other) for _, other in pairs]
    started = time.process_time()
    result = Evaluator(gold, pred, tags=list(LABELS), loader="dict").evaluate()
    return time.process_time() - started, float(result["overall"]["strict"].f1)


def time_seqeval(pairs: list[tuple[Record, Record]]) -> tuple[float, float]:
    """Seconds, and its F1."""
    from seqeval.metrics import classification_report

    gold, pred = [to_tags(one) for one, _ in pairs], [to_tags(other) for _, other in pairs]
    warnings.simplefilter("ignore")
    started = time.process_time()
    report = classification_report(gold, pred, output_dict=True)
    return time.process_time() - started, float(report["micro avg"]["f1-score"])


PEAK = """
import sys
import time
from pathlib import Path
from benchmarks.scoring import SCHEME
from pipeline.stages.score import ScoreOptions, score_files
score_files(Path(sys.argv[1]), Path(sys.argv[2]), scheme=SCHEME, options=ScoreOptions(slices=("length", "density")))
# not ru_maxrss, which starts with the peak of the process that started this one
status = Path("/proc/self/status").read_text()
print(int(status.split("VmHWM:")[1].split()[0]) / 1024, time.process_time())
"""


def peak_megabytes(documents: int, spans: int) -> tuple[float, float]:
    """Peak memory and processor seconds of a process that scores two files of so many documents."""
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "gold.jsonl", Path(folder) / "pred.jsonl"
        pairs = [make_pair(rng, number, spans) for number in range(documents)]
        for place, file in enumerate(files):
            write_records(file, (pair[place] for pair in pairs))
        del pairs
        done = subprocess.run(
            [sys.executable, "-c", PEAK, *map(str, files)],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parent.parent,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        megabytes, seconds = map(float, done.stdout.split()[-2:])
        return megabytes, seconds


Timer = Callable[[list[tuple[Record, Record]]], tuple[float, float]]


def measure(documents: int, spans: int, runs: int) -> dict[str, Any]:
    """Run all scorers on the same documents, in turns."""
    rng = random.Random(0)
    pairs = [make_pair(rng, number, spans) for number in range(documents)]
    scorers: dict[str, Timer] = {"biaozhu": time_ours, "nervaluate": time_nervaluate, "seqeval": time_seqeval}
    found: dict[str, list[tuple[float, float]]] = {}
    for number in range(runs):
        for name, work in scorers.items():
            try:
                found.setdefault(name, []).append(work(pairs))
            except ImportError as error:
                print(f"{name} is left out: {error}; pip install -r benchmarks/requirements.txt")
                continue
            print(f"run {number + 1} of {runs}: {name} {found[name][-1][0]:.2f} s", flush=True)
    medians = {name: statistics.median(seconds for seconds, _ in times) for name, times in found.items() if times}
    rows = [
        {
            "scorer": name,
            "seconds": median,
            "ratio": median / medians["biaozhu"],
            "strict_f1": found[name][0][1],
            "runs": [seconds for seconds, _ in found[name]],
        }
        for name, median in medians.items()
    ]
    return {"documents": documents, "gold_spans": documents * spans, "rows": rows}


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--spans", type=int, default=25, help="gold spans of a document")
    parser.add_argument("--runs", type=int, default=3, help="of each scorer")
    parser.add_argument("--memory", type=int, default=2_000, help="documents of the smaller memory run; 0: none")
    options = parser.parse_args()
    data = measure(options.documents, options.spans, options.runs)
    if options.memory:
        small, _ = peak_megabytes(options.memory, options.spans)
        large, seconds = peak_megabytes(options.memory * 10, options.spans)
        data["memory"] = {
            "documents": [options.memory, options.memory * 10],
            "peak_mb": [small, large],
            "ratio": large / small,
            "seconds_from_files": seconds,
        }
    data["versions"] = {"python": platform.python_version()} | {
        name: importlib.metadata.version(name)
        for name in ("biaozhu", "numpy", "nervaluate", "seqeval")
        if importlib.util.find_spec("pipeline" if name == "biaozhu" else name)
    }
    text = to_markdown(data)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "scoring.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    (RESULTS / "scoring.md").write_text(text, encoding="utf-8")


def to_markdown(data: dict[str, Any]) -> str:
    """The table that is printed and stored."""
    lines = [
        f"# Scoring {data['documents']:,} documents with {data['gold_spans']:,} gold spans",
        "",
        f"Median of {len(data['rows'][0]['runs'])} runs in turns.",
        "",
        "| scorer | processor seconds, median | times ours | strict F1 |",
        "|---|--:|--:|--:|",
    ]
    lines += [
        f"| {row['scorer']} | {row['seconds']:.2f} | {row['ratio']:.1f} | {row['strict_f1']:.4f} |"
        for row in data["rows"]
    ]
    if memory := data.get("memory"):
        small, large = memory["documents"]
        lines += [
            "",
            f"Files, with slices and intervals: peak memory {memory['peak_mb'][0]:.0f} MB for {small:,} documents, "
            f"{memory['peak_mb'][1]:.0f} MB for {large:,} (× {memory['ratio']:.2f}); the larger one took "
            f"{memory['seconds_from_files']:.1f} processor seconds.",
        ]
    versions = ", ".join(f"{name} {version}" for name, version in data["versions"].items())
    return "\n".join([*lines, "", f"Versions: {versions}. Rerun: `python -m benchmarks.scoring`.", ""])


if __name__ == "__main__":
    main()
