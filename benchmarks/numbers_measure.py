"""How exact and how fast is the number grammar, on real documents, public suites and raw text, beside its peers?

    python benchmarks/numbers.py --data DIR              # scores and our own speed
    python benchmarks/numbers.py --data DIR --peers      # speed beside the peers that are installed

DIR holds real_dev.jsonl, numbers/*.jsonl and raw/ (public data by others, not in the repository). A case of a suite
counts as right if the candidate that overlaps its span has its number: the suites test numerals without context, so
that what the grammar would drop in a text (一, 三) is asked for there. Speed is the median of several runs in one
process; peers run on the same text in the same process. They are never installed with the product; put them into an
environment of their own and start this file there: the grammar needs nothing but Python.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.core.spans import CharSpan
from pipeline.core.values import Amount, Date, Duration, When, parse_value
from pipeline.numbers import Candidate, find_candidates, find_numbers

LABELS = ("QUANTITY", "MONEY", "PERCENT", "ORDINAL", "CARDINAL", "DATE", "TIME")
BEIJING = datetime.timezone(datetime.timedelta(hours=8))
RESULTS = Path(__file__).parent / "results"
# A year is twelve months, so that 27 months are two years and three months.
SECONDS = {"Y": 31_104_000, "M": 2_592_000, "W": 604_800, "D": 86_400, "TH": 3_600, "TM": 60, "TS": 1}
# What a suite asks for that we do not answer alike, by the start of its name and a pattern of a short text. A rule of
# GUIDELINES.md decides otherwise, or the grammar does not read it: only the first differs on purpose.
RULES = (
    ("", r"一共|一下|一起|一些|一切|年级|一一", "rule 5: fixed words count nothing"),
    ("Recognizers", r"四川|五台|九台|[0-9.]{20}", "rule 5: names and codes"),
    ("Duckling", r"[0-9一二三四五六七八九十][對对雙双]", "rule 3: the unit is the measure word as written (5 双)"),
    ("JioNLP money", r"[几幾数數]|(?<=[0十百千万])多", "rule 1: 十几 is >10, 多 is >, 几十 and 数十 have no value"),
    (
        "JioNLP time",
        r"[年月天周日期拜半度多][半多]?(?:[以之]?[前后内来])$|过[两三]天|至今|未来",
        "rule 1: 前, 后, 内, 以来, 未来 stay outside; what is left is a length of time",
    ),
    (
        "JioNLP time",
        r"^(?!.*(?:[正腊]月|月初)).*[年月季]度?[初末底]|^[年本]月?[初底]$|[上中下]旬|年末|末期|前期|世纪初",
        "rule 1: 初, 中, 底 are parts (2021 start), not days",
    ),
    (
        "JioNLP time",
        r"节|国庆|元旦|端午|春节|除夕|大年|[大小]寒|芒种|冬至|暑假|伊始|元宵",
        "rule 7: named days and seasons have no calendar unit",
    ),
)
GAPS = (
    ("", r"农历|阴历|闰|正月|腊月|廿|[二四五八]月(?:十[三五]|初五)", "lunar calendar"),
    ("JioNLP time", r"第.*[周期拜]|最后.天|第.个月", "weeks and days counted within a period"),
    ("", r"[kKMwＫG]|兆|打|百半|半百", "k, M, w, 兆, 打 (dozen), 半百"),
    ("Duckling", r"蚊|仙|毫|[個个][半九一]|個字|分半|份", "Cantonese words for money and time"),
    ("", r"\S +\S", "broken by spaces"),
    ("WeText", r"年.*月|月.*日|年$", "days that the suite writes as 08/08"),
    ("", r"每", "a rate said with 每 (每小时十千米)"),
    ("", r"折", "discounts of two digits without a point (75折), 半折"),
    ("", r"\^|/|次方|[*×x]|又", "arithmetic and mixed fractions"),
    ("", r"分之", "shares with a sign or a scale word inside (千万分之六)"),
    ("", r"(?:^|\D)\.[0-9]", "decimals without a leading zero"),
    ("", r"，", "full-width commas between digits of other width"),
    ("Duckling money", r"分$", "分 alone (a point or a minute)"),
    (
        "JioNLP time",
        r"^[0-9一二三四五六七八九十]{1,2}月.*[日号]$|[周期]",
        "a day without a year, or a weekday, from the day it is said",
    ),
    ("", r"^[0-9一二三]{2}年$|Q[1-4]|\.[0-9]{2}-|^[0-9]{2}-|·", "years of two digits, Q1, 1999.08-2002.02"),
    (
        "WeText",
        r"[十百]?[一二三四五六七八][二三四五六七八九十](?:十|卢布|新|千瓦|度|万伏)",
        "pairs that the suite writes as 15-6",
    ),
)


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): the rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


# ---- real documents -------------------------------------------------------------------------------------------------


Find = Callable[[str, str | None], list[CharSpan]]


def score(rows: list[dict[str, Any]], find: Find, *, by_label: bool = True) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): strict span + label P, R and F1 and value F1, of all labels and of each."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        gold = {(s["start"], s["end"], s["label"]): s.get("value") for s in row["spans"] if s["label"] in LABELS}
        found = {span.key: span.value for span in find(row["text"], row.get("meta", {}).get("date"))}
        for key in gold | found:
            for name in ("all", key[2]) if by_label else ("all",):
                cell = counts[name]
                cell[0] += key in gold
                cell[1] += key in found
                cell[2] += key in gold and key in found
                cell[3] += key in gold and key in found and gold[key] == found[key]
    return [
        {
            "label": name, "gold": gold, "p": both / max(1, pred), "r": both / max(1, gold),
            "f1": 2 * both / (gold + pred), "value f1": 2 * value / (gold + pred),
        }
        for name, (gold, pred, both, value) in sorted(counts.items())
    ]  # fmt: skip


def run_filter(real: list[dict[str, Any]], news: list[str]) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): the grammar beside the filter that learned from the gold's train split."""
    from spacy.vocab import Vocab

    from pipeline.core.labels import default_scheme
    from pipeline.core.records import read_records
    from pipeline.nlp.docs import record_to_doc
    from pipeline.nlp.numbers import make_numbers

    gold = Path(__file__).parent.parent / "annotations" / "gold"
    vocab, scheme = Vocab(), default_scheme()
    numbers = make_numbers(None, "numbers", strength=1.0, min_count=1, prune=1e-3)  # type: ignore[arg-type]
    begin = time.process_time()
    numbers.fit([record_to_doc(record, vocab, scheme) for record in read_records(gold / "train.jsonl")])
    seconds = time.process_time() - begin
    sets = {"real_dev": real, **{f"gold {name}": read_jsonl(gold / f"{name}.jsonl") for name in ("dev", "test")}}
    table = []
    for name, rows in sets.items():
        for system, find in (("grammar", find_numbers), ("with the filter", numbers.find)):
            table.append({"set": name, "system": system, **score(rows, find, by_label=False)[0]})
    rate = speed_of(lambda text: numbers.find(text, "2024-03-05"), news, 3)
    table.append({"set": "broadcast news", "system": "with the filter", "chars/s": round(rate)})
    table.append({"set": "gold train", "system": "with the filter", "seconds to train": round(seconds, 1)})
    return table


# ---- suites ---------------------------------------------------------------------------------------------------------


def number_of(item: Candidate) -> list[Decimal]:
    """RETURNS (list[Decimal]): the numbers of a candidate's value."""
    if item.value is None:
        return []
    body = parse_value(item.value, item.label).body
    if isinstance(body, Amount):
        return [body.low] if body.high is None else [body.low, body.high]
    if isinstance(body, When) and isinstance(body.first, Duration):
        return [sum((number * SECONDS[mark] for mark, number in body.first.parts), Decimal(0))]
    if (
        isinstance(body, When)
        and isinstance(body.first, Date)
        and body.first.rest is None
        and body.first.year.isdigit()
    ):
        return [Decimal(body.first.year)]
    return []


def overlapping(text: str, start: int, end: int, date: str | None = None) -> list[Candidate]:
    """RETURNS (list[Candidate]): the candidates that share a character with a span."""
    return [item for item in find_candidates(text, date) if item.start < end and start < item.end]


def has_number(text: str, start: int, end: int, expected: list[Decimal]) -> bool:
    """RETURNS (bool): whether a candidate on the span has the expected numbers."""
    for item in overlapping(text, start, end):
        numbers = number_of(item)
        shares = [number / 100 for number in numbers] if item.label == "PERCENT" else []
        # A suite says 0.3333 or 0.333333333 where we say 33.3333 %.
        near = len(shares) == len(expected) and all(
            abs(ours - theirs) < Decimal("0.00001") for ours, theirs in zip(shares, expected, strict=True)
        )
        if near or numbers == expected:
            return True
    return False


def decimals(text: object) -> list[Decimal]:
    """RETURNS (list[Decimal]): the plain numbers in a string of a suite."""
    parts = text if isinstance(text, list) else [text]
    found = [part for item in parts for part in re.findall(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", str(item))]
    try:
        return [Decimal(part) for part in found]
    except InvalidOperation:
        return []


def suite_spans(rows: list[dict[str, Any]], labels: set[str]) -> Iterator[tuple[str, bool]]:
    """YIELDS: text and verdict of every span that has one of the labels and a number."""
    for row in rows:
        for span in row["spans"]:
            expected = decimals(span["value"]) if span["label"] in labels and span["value"] is not None else []
            if expected:
                yield row["text"], has_number(row["text"], span["start"], span["end"], expected)


def suite_cn2an(rows: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """YIELDS: text and verdict of the valid cases that ask for a number."""
    for row in rows:
        span = row["spans"][0] if row["spans"] else None
        if span is None or not isinstance(span["value"], int | float):
            continue
        yield row["text"], has_number(row["text"], 0, len(row["text"]), [Decimal(str(span["value"]))])


def suite_duckling(rows: list[dict[str, Any]], label: str) -> Iterator[tuple[str, bool]]:
    """YIELDS: text and verdict of Duckling's cases of one dimension."""
    units = {"Second": 1, "Minute": 60, "Hour": 3600, "Day": 86400, "Week": 604800, "Month": 2592000, "Year": 31104000}
    for row in rows:
        for span in row["spans"]:
            expected = decimals(span["value"])
            if span["label"] != label or not expected:
                continue
            if label == "Duration":
                unit = next((factor for name, factor in units.items() if name in span["value"]), 0)
                expected = [expected[0] * unit]
            elif label == "AmountOfMoney" and span["unit"] == "Cent":
                expected = [number / 100 for number in expected]
            yield row["text"], has_number(row["text"], span["start"], span["end"], expected)


def suite_pairs(rows: list[dict[str, Any]], labels: set[str]) -> Iterator[tuple[str, bool]]:
    """YIELDS: text and verdict: the spoken and the written form of a pair have the same values."""

    def values(text: str) -> list[str]:
        return [str(number) for item in find_candidates(text) for number in number_of(item)] or [
            item.value for item in find_candidates(text) if item.value
        ]

    for row in rows:
        if row["spans"] and row["spans"][0]["label"] in labels and row["target"] != row["text"]:
            yield row["text"], bool(values(row["text"])) and values(row["text"]) == values(row["target"])


def suite_times(rows: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """YIELDS: text and verdict of JioNLP's points, spans and deltas of time, compared by days."""
    for row in rows:
        for span in row["spans"]:
            value = span["value"]
            if value["type"] not in ("time_point", "time_span") or not isinstance(value["time"], list):
                continue
            if not (value["time"][0].endswith("00:00:00") and value["time"][1].endswith("23:59:59")):
                continue  # times of day are spans of their own here
            first, last = (str(part)[:10] for part in value["time"][:2])
            items = overlapping(row["text"], span["start"], span["end"], base_date(row.get("time_base")))
            yield row["text"], any(days_of(item) == (first, last) for item in items)


def base_date(base: object) -> str | None:
    """RETURNS (str | None): the reference date of a case."""
    if isinstance(base, int | float):
        return datetime.datetime.fromtimestamp(base, BEIJING).date().isoformat()
    if isinstance(base, dict) and "year" in base:
        return f"{base['year']:04d}-{base.get('month', 1):02d}-{base.get('day', 1):02d}"
    if isinstance(base, list) and base:
        parts = [*map(int, base), 1, 1][:3]
        return f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}"
    return None


def days_of(item: Candidate) -> tuple[str, str] | None:
    """RETURNS (tuple | None): first and last day of a date."""
    if item.value is None or item.label != "DATE":
        return None
    body = parse_value(item.value, "DATE").body
    if not isinstance(body, When) or not isinstance(body.first, Date):
        return None
    first, last = body.first, body.last if isinstance(body.last, Date) else body.first
    bounds = _bounds(first), _bounds(last)
    return None if bounds[0] is None or bounds[1] is None else (bounds[0][0], bounds[1][1])


def _bounds(date: Date) -> tuple[str, str] | None:
    if date.year.endswith("X") and date.rest is None and "XXX" not in date.year:  # a decade or a century
        return f"{date.year.replace('X', '0')}-01-01", f"{date.year.replace('X', '9')}-12-31"
    if "X" in str(date):
        return None
    year = int(date.year)
    season = {"33": (1, 3), "34": (4, 6), "35": (7, 9), "36": (10, 12), "40": (1, 6), "41": (7, 12)}
    rest = date.rest or ""
    if len(rest) == 5:
        return str(date), str(date)
    first, last = season.get(rest, (int(rest), int(rest)) if rest and rest not in ("21", "22", "23", "24") else (1, 12))
    end = datetime.date(year + (last == 12), last % 12 + 1, 1) - datetime.timedelta(days=1)
    return f"{year:04d}-{first:02d}-01", end.isoformat()


def run_suites(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """RETURNS (tuple): a row for every suite, and the misses with the rule or the gap behind each."""
    data = {path.stem: read_jsonl(path) for path in sorted(folder.glob("*.jsonl"))}
    number, unit = data["recognizers_number"], data["recognizers_numberwithunit"]
    duckling, wetext, nemo = data["duckling_zh"], data["wetext_itn_zh"], data["nemo_itn_zh"]
    suites: dict[str, tuple[float, Iterator[tuple[str, bool]]]] = {
        "cn2an, valid cases": (1.0, suite_cn2an(data["cn2an"])),
        "Recognizers number": (0.95, suite_spans(number, {"number", "ordinal", "percentage"})),
        "Recognizers number with unit": (0.90, suite_spans(unit, {"currency", "dimension", "age", "temperature"})),
        "Duckling numeral": (0.90, suite_duckling(duckling, "Numeral")),
        "Duckling ordinal": (0.90, suite_duckling(duckling, "Ordinal")),
        "Duckling money": (0.90, suite_duckling(duckling, "AmountOfMoney")),
        "Duckling duration": (0.90, suite_duckling(duckling, "Duration")),
        "JioNLP money": (0.95, suite_spans(data["jionlp_money_parse"], {"money"})),
        "JioNLP time": (0.85, suite_times(data["jionlp_time_parse"])),
        "WeText number, money, fraction, measure, date": (
            0.90,
            suite_pairs(wetext, {"number", "money", "fraction", "measure", "date"}),
        ),
        "NeMo cardinal, money, fraction, decimal, ordinal, date": (
            0.90,
            suite_pairs(nemo, {"cardinal", "money", "fraction", "decimal", "ordinal", "date"}),
        ),
    }
    table, misses = [], []
    for name, (goal, cases) in suites.items():
        verdicts = list(cases)
        right = sum(verdict for _, verdict in verdicts)
        explained = 0
        for text, verdict in verdicts:
            if verdict:
                continue
            rule, gap = reason_of(name, text, RULES), reason_of(name, text, GAPS) or "not read"
            explained += bool(rule)
            misses.append({"suite": name, "text": text[:24], "rule": rule, "gap": "" if rule else gap})
        table.append({"suite": name, "cases": len(verdicts), "right": right / max(1, len(verdicts)), "goal": goal})
        table[-1]["differs by a rule"] = explained
    return table, misses


def reason_of(suite: str, text: str, reasons: tuple[tuple[str, str, str], ...]) -> str:
    """RETURNS (str): the first reason whose pattern is in a short text of a suite, or ""."""
    if len(text) > 30:  # in a sentence the pattern may stand beside what was missed
        return ""
    return next((why for start, pattern, why in reasons if suite.startswith(start) and re.search(pattern, text)), "")


# ---- speed ----------------------------------------------------------------------------------------------------------


def speed_of(work: Callable[[str], object], texts: list[str], runs: int) -> float:
    """RETURNS (float): characters a second of CPU time, median of several runs."""
    times = []
    for _ in range(runs):
        begin = time.process_time()
        for text in texts:
            work(text)
        times.append(time.process_time() - begin)
    return sum(map(len, texts)) / statistics.median(times)


def peers() -> dict[str, Callable[[str], object]]:
    """RETURNS (dict): what runs of the peers, by name and version."""
    found: dict[str, Callable[[str], object]] = {}
    try:
        from recognizers_date_time import recognize_datetime
        from recognizers_number import recognize_number, recognize_ordinal, recognize_percentage
        from recognizers_number_with_unit import recognize_currency, recognize_dimension

        models = (
            recognize_number, recognize_ordinal, recognize_percentage, recognize_currency, recognize_dimension,
            recognize_datetime,
        )  # fmt: skip
        found[f"recognizers-text-suite {metadata.version('recognizers-text-suite')}"] = lambda text: [
            model(text, "zh-cn") for model in models
        ]
    except ImportError as error:
        print(f"recognizers-text-suite is not here ({error})")
    try:
        import jionlp

        found[f"jionlp {metadata.version('jionlp')} (money and time)"] = lambda text: (
            jionlp.ner.extract_time(text),
            jionlp.ner.extract_money(text),
        )
    except (ImportError, AttributeError) as error:
        print(f"jionlp is not here ({error})")
    try:
        import cn2an

        found[f"cn2an {metadata.version('cn2an')} (rewrites only)"] = lambda text: cn2an.transform(text, "cn2an")
    except ImportError as error:
        print(f"cn2an is not here ({error})")
    return found


def read_news(folder: Path) -> list[str]:
    """RETURNS (list[str]): two million characters of news, by line."""
    return (folder / "raw" / "news.txt").read_text(encoding="utf-8")[:2_000_000].split("\n")


def run_speed(folder: Path, real: list[dict[str, Any]], runs: int, with_peers: bool) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): characters a second by text and system; peers on a small part of the same text."""
    dense = [row["text"] for row in real if row["text"].count("%") > 5] * 30
    texts = {
        "provincial reports (dense)": dense,
        "national reports": [path.read_text(encoding="utf-8") for path in sorted((folder / "gov").glob("*.txt"))],
        "broadcast news": read_news(folder.parent),
    }
    table = []
    for name, parts in texts.items():
        ours = speed_of(lambda text: find_numbers(text, "2024-03-05"), parts, runs)
        density = 100 * sum(len(find_numbers(text)) for text in parts) / sum(map(len, parts))
        table.append(
            {"text": name, "system": "biaozhu", "chars/s": round(ours), "numbers/100 chars": round(density, 2)}
        )
        few = [line for part in parts[:20] for line in part.split("\n") if line][:40]
        for peer, work in (peers() if with_peers else {}).items():
            speed = speed_of(_guarded(work), few, 1)
            own = speed_of(lambda text: find_numbers(text, "2024-03-05"), few * 20, 3)
            table.append(
                {
                    "text": name,
                    "system": peer,
                    "chars/s": round(speed),
                    "ours on the same lines / it": round(own / speed),
                }
            )
    return table


def _guarded(work: Callable[[str], object]) -> Callable[[str], object]:
    """A peer that fails on a line has still used its time."""

    def run(text: str) -> object:
        try:
            return work(text)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            return None

    return run


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
    rows = [{"suite": row["suite"], "text": row["text"], kind: row[kind]} for row in misses if row[kind]]
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
