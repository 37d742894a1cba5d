"""The tables of the data card: counts of our gold, label by label beside real documents, conditions, and agreement.

Rewrites the tables between the marks in annotations/README.md and stores benchmarks/results/corpus.json. Real documents
are compared with --data DIR (a folder with real_dev.jsonl); without it their counts of the last run are kept.

    python benchmarks/corpus.py [--data DIR] [--check]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.core.labels import default_scheme
from pipeline.gold.corpus import GoldStatistics, corpus_conditions, gold_statistics
from pipeline.gold.tables import conditions_table, statistics_tables, to_markdown
from pipeline.gold.validate import check_gold, find_gold_files, read_gold
from pipeline.metrics.agreement_views import layer_rows, number
from pipeline.metrics.tables import percent
from pipeline.stages.agree import agree_files

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT / "annotations" / "gold"
CARD = ROOT / "annotations" / "README.md"
AGREEMENT = ROOT / "annotations" / "agreement"
RESULTS = ROOT / "benchmarks" / "results" / "corpus.json"
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def real_counts(data: Path | None) -> GoldStatistics:
    """RETURNS (GoldStatistics): counts of real documents, from the folder or from the last run."""
    if data is not None:
        path = data / "real_dev.jsonl"
        if not path.is_file():
            sys.exit(f"no real_dev.jsonl in {data}: leave --data out to keep the counts of the last run")
        return gold_statistics(read_gold([path])[0], default_scheme())
    stored = json.loads(RESULTS.read_text(encoding="utf-8"))["real"]
    return GoldStatistics(stored["documents"], stored["characters"], Counter(stored["labels"]))


def agreement_table() -> str:
    """RETURNS (str): agreement of the two annotators, per label and layer, as Markdown."""
    scheme = default_scheme()
    result = agree_files([AGREEMENT / "first.jsonl", AGREEMENT / "second.jsonl"], scheme=scheme, alpha=True)
    (pair,) = result["pairs"]
    parts = [f"{pair['documents']} documents, {pair['characters']:,} characters."]
    for name, layer in pair["layers"].items():
        facts = f"Layer {name}: kappa {number(layer['kappa'])}, alpha {number(result['alpha'][name])}"
        if "values" in layer:
            facts += f", the same value in {percent(layer['values']['rate'])} % of the numbers that both marked alike"
        parts += [to_markdown(layer_rows(name, layer)), facts + "."]
    return "\n\n".join(parts)


def make_tables(data: Path | None) -> tuple[dict[str, str], dict[str, Any]]:
    """RETURNS (tuple): Markdown by the name of its mark, and what to store."""
    scheme = default_scheme()
    items, problems = check_gold(find_gold_files([GOLD]), scheme)
    if problems:
        sys.exit("\n".join(map(str, problems)))
    facts, real = gold_statistics(items, scheme), real_counts(data)
    tables = {name.lower(): to_markdown(rows) for name, rows in statistics_tables(facts, scheme, real).items()}
    tables["conditions"] = to_markdown(conditions_table(corpus_conditions(items, scheme)))
    tables["agreement"] = agreement_table()
    kept = {"documents": real.documents, "characters": real.characters, "labels": dict(real.labels)}
    return tables, {"gold": facts.to_json(), "real": kept}


def fill(card: str, tables: dict[str, str]) -> str:
    """RETURNS (str): the card with its tables replaced."""
    return _TABLE.sub(lambda match: f"{match[1]}{tables[match[2]]}\n{match[3]}", card)


def main() -> None:
    """Refresh the card, or with --check end with 1 where it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with real_dev.jsonl")
    parser.add_argument("--check", action="store_true", help="change nothing; end with 1 if the card is out of date")
    options = parser.parse_args()
    tables, stored = make_tables(options.data)
    card = CARD.read_text(encoding="utf-8")
    filled = fill(card, tables)
    if options.check:
        sys.exit(0 if filled == card else f"{CARD.relative_to(ROOT)} is out of date: python benchmarks/corpus.py")
    CARD.write_text(filled, encoding="utf-8")
    RESULTS.write_text(json.dumps(stored, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(tables["conditions"], tables["labels"], sep="\n\n")


if __name__ == "__main__":
    main()
