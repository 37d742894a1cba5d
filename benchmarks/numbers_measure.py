"""How exact and how fast is the number grammar, on real documents, public suites and raw text, beside its peers?

    python benchmarks/numbers.py --data DIR              # scores and our own speed
    python benchmarks/numbers.py --data DIR --peers      # speed beside the peers that are installed

DIR holds real_dev.jsonl, numbers/*.jsonl and raw/ (public data by others, not in the repository). How a case of a suite
is compared is said in numbers_suites.py and numbers_times.py, how speed is taken in numbers_speed.py. Peers are never
installed with the product; put them into an environment of their own and start this file there with --no-filter: the
grammar needs nothing but Python.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.numbers_speed import read_news, run_speed, speed_of
from benchmarks.numbers_suites import read_jsonl, run_suites
from pipeline.core.spans import CharSpan
from pipeline.core.values import parse_value
from pipeline.numbers import find_numbers

LABELS = ("QUANTITY", "MONEY", "PERCENT", "ORDINAL", "CARDINAL", "DATE", "TIME")
FOLDS = 5
RESULTS = Path(__file__).parent / "results"


# ---- real documents -------------------------------------------------------------------------------------------------


Find = Callable[[str, str | None], list[CharSpan]]


def score(rows: list[dict[str, Any]], find: Find, *, by_label: bool = True) -> list[dict[str, Any]]:
    """Score a finder on records, of all labels and of each.

    RETURNS (list[dict]): strict span + label P, R, F1 and value F1; `overlap p`, the share of found spans that overlap
        a gold span of their label; `amount`, `unit`, `modifier`, the shares of strictly found spans that agree there.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        gold = {(s["start"], s["end"], s["label"]): s.get("value") for s in row["spans"] if s["label"] in LABELS}
        found = {span.key: span.value for span in find(row["text"], row.get("meta", {}).get("date"))}
        for key in gold | found:
            for name in ("all", key[2]) if by_label else ("all",):
                counts[name].update(_verdicts(key, gold, found))
    return [_scores(name, cell) for name, cell in sorted(counts.items())]


_Key = tuple[int, int, str]
_Values = dict[_Key, str | None]


def _verdicts(key: _Key, gold: _Values, found: _Values) -> list[str]:
    start, end, label = key
    verdicts = ["gold"] * (key in gold) + ["found"] * (key in found)
    if key in found and any(other[2] == label and other[0] < end and start < other[1] for other in gold):
        verdicts.append("overlapping")
    if key in gold and key in found:
        verdicts += ["both"] + ["value"] * (gold[key] == found[key])
        ours, theirs = _parts(found[key], label), _parts(gold[key], label)
        verdicts += [name for name, one, other in zip(_PARTS, ours, theirs, strict=True) if one == other]
    return verdicts


_PARTS = ("amount", "unit", "modifier")


def _parts(value: str | None, label: str) -> tuple[str | None, str | None, str | None]:
    if value is None:
        return None, None, None
    parsed = parse_value(value, label)
    return parsed.number, parsed.unit, parsed.modifier


def _scores(name: str, cell: Counter[str]) -> dict[str, Any]:
    spans, both = cell["gold"] + cell["found"], max(1, cell["both"])
    return {
        "label": name, "gold": cell["gold"], "p": cell["both"] / max(1, cell["found"]),
        "r": cell["both"] / max(1, cell["gold"]), "f1": 2 * cell["both"] / spans, "value f1": 2 * cell["value"] / spans,
        "overlap p": cell["overlapping"] / max(1, cell["found"]), **{part: cell[part] / both for part in _PARTS},
    }  # fmt: skip


def run_filter(real: list[dict[str, Any]], news: list[str]) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): the grammar beside the filter that learned from the gold's train split."""
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

    from pipeline.core.labels import default_scheme
    from pipeline.core.records import read_records
    from pipeline.nlp.docs import record_to_doc
    from pipeline.nlp.numbers import Numbers, make_numbers

    gold = Path(__file__).parent.parent / "annotations" / "gold"
    vocab, scheme = Vocab(), default_scheme()
    docs = [record_to_doc(record, vocab, scheme) for record in read_records(gold / "train.jsonl")]

    def fitted(chosen: list[Doc]) -> Numbers:
        numbers = make_numbers(None, "numbers", strength=1.0, min_count=1, prune=1e-3)  # type: ignore[arg-type]
        numbers.fit(chosen)
        return numbers

    begin = time.process_time()
    numbers = fitted(docs)
    seconds = time.process_time() - begin
    folds = [fitted([doc for index, doc in enumerate(docs) if index % FOLDS != fold]) for fold in range(FOLDS)]
    crossed = {doc.text: folds[index % FOLDS] for index, doc in enumerate(docs)}
    sets = {"real_dev": real, **{f"gold {name}": read_jsonl(gold / f"{name}.jsonl") for name in ("dev", "test")}}
    table = []
    train = read_jsonl(gold / "train.jsonl")
    for system, find in (
        ("grammar", find_numbers),
        (f"with the filter, {FOLDS}-fold", lambda text, date: crossed[text].find(text, date)),
    ):
        table.append({"set": "gold train", "system": system, **score(train, find, by_label=False)[0]})
    for name, rows in sets.items():
        for system, find in (("grammar", find_numbers), ("with the filter", numbers.find)):
            table.append({"set": name, "system": system, **score(rows, find, by_label=False)[0]})
    rate = speed_of(lambda text: numbers.find(text, "2024-03-05"), news, 3)
    table.append({"set": "broadcast news", "system": "with the filter", "chars/s": round(rate)})
    table.append({"set": "gold train", "system": "with the filter", "seconds to train": round(seconds, 1)})
    return table


# ---- output ---------------------------------------------------------------------------------------------------------


def markdown(title: str, rows: list[dict[str, Any]]) -> str:
    """RETURNS (str): a table."""
    heads = list(dict.fromkeys(key for row in rows for key in row))
    lines = [f"## {title}", "", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    for row in rows:
        cells = (f"{row[key]:.4f}" if isinstance(row.get(key), float) else str(row.get(key, "")) for key in heads)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _chosen(misses: list[dict[str, str]], kind: str) -> list[dict[str, str]]:
    rows = [
        {"suite": row["suite"], "text": row["text"], "asked for": row["asked for"], kind: row[kind]}
        for row in misses
        if row[kind]
    ]
    return rows or [{"suite": "none"}]


def main() -> None:
    """Run everything, print it and store it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", action="store_true", help="time the peers that are installed, too")
    parser.add_argument("--no-filter", action="store_true", help="the grammar alone, without spaCy and scikit-learn")
    args = parser.parse_args()
    if not (args.data / "real_dev.jsonl").is_file():
        sys.exit(f"no real_dev.jsonl in {args.data}: name the folder with the benchmark data by --data")
    real = read_jsonl(args.data / "real_dev.jsonl")
    scores = score(real, find_numbers)
    suites, misses = run_suites(args.data / "numbers")
    speed = run_speed(args.data / "raw", real, args.runs, args.peers)
    trained = [] if args.no_filter else run_filter(real, read_news(args.data))
    versions = {"python": platform.python_version(), "machine": platform.machine(), "runs": args.runs}
    report = "\n".join(
        [
            "# Numbers",
            "",
            ", ".join(f"{key} {value}" for key, value in versions.items()),
            "",
            markdown("Real documents (real_dev), strict", scores),
            markdown("Grammar and filter, strict", trained) if trained else "",
            markdown("Public suites: share of cases with the right number", suites),
            markdown("Speed, characters a second of CPU time", speed),
            markdown("Cases that differ by a rule of the guidelines", _chosen(misses, "rule")),
            markdown("Known gaps: cases that the grammar does not read", _chosen(misses, "gap")),
        ]
    )
    print(report)
    RESULTS.mkdir(exist_ok=True)
    stem = "numbers_peers" if args.peers else "numbers"
    (RESULTS / f"{stem}.md").write_text(report, encoding="utf-8")
    content = {"versions": versions, "real": scores, "filter": trained, "suites": suites, "speed": speed}
    (RESULTS / f"{stem}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
