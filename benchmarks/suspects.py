"""How many planted errors `biaozhu suspects` finds: 5 % of the gold is spoiled, and the list is read from the top.

Errors are planted at random, with a seed, in equal parts: another label of the layer, a border moved by one or two
characters, a span removed, a span added where none is, and (numbers only) another value. Run:

    python benchmarks/suspects.py --data annotations/gold
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import random
import time
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from pipeline.core.labels import NUMBERS, LabelScheme, default_scheme
from pipeline.core.records import Record, read_records
from pipeline.core.spans import CharSpan
from pipeline.nlp.suspects import Suspect, SuspectOptions, find_suspects

RESULTS = Path(__file__).parent / "results"
KINDS = ("label", "border", "removed", "added", "value")
Place = tuple[str, str, int, int, str]
"""Record, layer, start, end, kind of the error."""


def plant(
    records: Sequence[Record], scheme: LabelScheme, *, share: float, seed: int
) -> tuple[list[Record], list[Place]]:
    """RETURNS (tuple): spoiled copies of the records, and where which error was planted."""
    rng = random.Random(seed)
    places = [(row, span) for row, record in enumerate(records) for span in record.spans]
    chosen = rng.sample(places, round(share * len(places)))
    spans = [list(record.spans) for record in records]
    planted: list[Place] = []
    for number, (row, span) in enumerate(chosen):
        layer = str(scheme.layer_of(span.label))
        kind = KINDS[number % len(KINDS)]
        if kind == "value" and (layer != NUMBERS or span.value is None):
            kind = KINDS[number // len(KINDS) % 4]
        where = spoil(records[row], spans[row], span, kind, scheme, rng)
        if where is not None:
            planted.append((records[row].id, layer, *where, kind))
    return [record.with_spans(kept) for record, kept in zip(records, spans, strict=True)], planted


def spoil(  # noqa: PLR0917
    record: Record, spans: list[CharSpan], span: CharSpan, kind: str, scheme: LabelScheme, rng: random.Random
) -> tuple[int, int] | None:
    """Change one span in place. RETURNS (tuple | None): where the error is, None if there was no room for it."""
    layer = str(scheme.layer_of(span.label))
    taken = {
        place for other in scheme.in_layer(spans, layer) if other != span for place in range(other.start, other.end)
    }
    if kind == "added":
        return add_span(record, spans, span.label, taken | set(range(span.start, span.end)), rng)
    changed: CharSpan | None = None
    if kind == "label":
        label = rng.choice([name for name in scheme.names(layer) if name != span.label])
        changed = dataclasses.replace(span, label=label)
    elif kind == "border":
        start, end = span.start, span.end
        if rng.random() < 0.5:
            start += rng.choice([-2, -1, 1, 2])
        else:
            end += rng.choice([-2, -1, 1, 2])
        if not 0 <= start < end <= len(record.text) or taken & set(range(start, end)):
            return None
        changed = dataclasses.replace(span, start=start, end=end)
    elif kind == "value":
        digits = [place for place, char in enumerate(span.value or "") if char.isdigit()]
        place = rng.choice(digits) if digits else -1
        if place < 0:
            return None
        text = span.value or ""
        digit = rng.choice([char for char in "123456789" if char != text[place]])
        changed = dataclasses.replace(span, value=text[:place] + digit + text[place + 1 :])
    spans.remove(span)
    if changed is not None:
        spans.append(changed)
        return changed.start, changed.end
    return span.start, span.end


def add_span(
    record: Record, spans: list[CharSpan], label: str, taken: set[int], rng: random.Random
) -> tuple[int, int] | None:
    """Mark two to five Chinese characters where the layer has no span."""
    for _ in range(50):
        size = rng.randint(2, 5)
        start = rng.randrange(max(1, len(record.text) - size))
        stretch = record.text[start : start + size]
        if not taken & set(range(start, start + size)) and all("\u4e00" <= char <= "\u9fff" for char in stretch):
            spans.append(CharSpan(start, start + size, label))
            return start, start + size
    return None


def found_at(suspects: Sequence[Suspect], planted: Sequence[Place]) -> list[int | None]:
    """RETURNS (list): for each planted error the rank of the first suspect that points at it, or None."""
    ranks: list[int | None] = []
    by_record: dict[tuple[str, str], list[tuple[int, Suspect]]] = {}
    for rank, suspect in enumerate(suspects):
        by_record.setdefault((suspect.record.id, suspect.layer), []).append((rank, suspect))
    for name, layer, start, end, kind in planted:
        ranks.append(
            next(
                (
                    rank
                    for rank, suspect in by_record.get((name, layer), ())
                    if suspect.place.start < end
                    and start < suspect.place.end
                    and (kind == "removed" or (suspect.gold is not None and suspect.place.start == start))
                ),
                None,
            )
        )
    return ranks


def main() -> None:
    """Run and store benchmarks/results/suspects.{json,md}."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("annotations/gold"))
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3])
    options = parser.parse_args()
    files = sorted(options.data.glob("*.jsonl"))
    if not files:
        parser.exit(2, f"no gold in {options.data}: name a folder of .jsonl files with --data\n")
    scheme = default_scheme()
    clean = [record for file in files for record in read_records(file)]
    runs = []
    for seed in options.seeds:
        records, planted = plant(clean, scheme, share=options.share, seed=seed)
        started = time.process_time()
        chosen = SuspectOptions(folds=options.folds, epochs=options.epochs, seed=seed)
        suspects = find_suspects(records, scheme, options=chosen)
        seconds = time.process_time() - started
        ranks = found_at(suspects, planted)
        tops = {top: len(suspects) * top // 100 for top in (5, 10, 20)}
        kinds = {
            kind: [
                rank is not None and rank < tops[10]
                for rank, place in zip(ranks, planted, strict=True)
                if place[4] == kind
            ]
            for kind in KINDS
        }
        runs.append(
            {
                "seed": seed,
                "spans": sum(len(record.spans) for record in records),
                "planted": len(planted),
                "list": len(suspects),
                "cpu_seconds": round(seconds, 1),
                "found": {
                    f"first {top} %": round(sum(rank is not None and rank < cut for rank in ranks) / len(planted), 4)
                    for top, cut in tops.items()
                },
                "found_by_kind_in_first_10": {
                    kind: round(sum(hits) / max(1, len(hits)), 4) for kind, hits in kinds.items()
                },
            }
        )
        print(json.dumps(runs[-1], ensure_ascii=False), flush=True)
        store(runs, len(clean), options.share)


def store(runs: list[dict[str, object]], documents: int, share: float) -> None:
    """Write the results with versions."""
    RESULTS.mkdir(exist_ok=True)
    versions = {name: version(name) for name in ("biaozhu", "spacy", "numpy", "numba")} | {
        "python": platform.python_version()
    }
    data = {"documents": documents, "share": share, "runs": runs, "versions": versions}
    (RESULTS / "suspects.json").write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    lines = [
        "| seed | spans | planted | list | first 5 % | first 10 % | first 20 % | CPU seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for run in runs:
        found = run["found"]
        assert isinstance(found, dict)
        shares = " | ".join(f"{100 * value:.1f} %" for value in found.values())
        lines.append(
            f"| {run['seed']} | {run['spans']} | {run['planted']} | {run['list']} | {shares} | {run['cpu_seconds']} |"
        )
    kinds: Counter[str] = Counter()
    for run in runs:
        by_kind = run["found_by_kind_in_first_10"]
        assert isinstance(by_kind, dict)
        kinds.update(by_kind)
    lines += ["", "| kind of error | found in the first 10 % (mean) |", "|---|---|"]
    lines += [f"| {kind} | {100 * kinds[kind] / len(runs):.1f} % |" for kind in KINDS]
    lines += ["", ", ".join(f"{name} {number}" for name, number in versions.items())]
    (RESULTS / "suspects.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
