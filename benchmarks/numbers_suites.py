"""Does the number grammar answer the public suites alike: Recognizers, Duckling, JioNLP, WeText, NeMo, cn2an?

A case counts as right if a candidate that overlaps its span has its value. The suites test numerals without context, so
that what the grammar would drop in a text (一, 三) is asked for too. Why the others differ is in numbers_reasons.py.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.numbers_cases import Case, decimals, has_number, numbers_of, overlapping
from benchmarks.numbers_reasons import GAPS, RULES, reason_of
from benchmarks.numbers_times import suite_times
from pipeline.numbers import find_candidates

_DUCKLING_DAY = "2013-02-12"
_MOMENT = r"\(([0-9]+), ([0-9]+), ([0-9]+), 0, 0, 0\)"
_DUCKLING_DATE = re.compile(rf"datetime {_MOMENT} (?P<grain>Year|Month|Week|Day)")
_DUCKLING_INTERVAL = re.compile(rf"datetimeInterval \({_MOMENT}, {_MOMENT}\) (?P<grain>Year|Month|Week|Day)")
_UNITS = {"Second": 1, "Minute": 60, "Hour": 3600, "Day": 86400, "Week": 604800, "Month": 2592000, "Year": 31104000}
# How WeText writes what it normalises: pairs (15-6 for 15 to 16, 730-40) and days (08/08).
_PAIR = re.compile(r"(?<!\d)(\d+)[-~](\d+)(?![\d-])")
_DAY = re.compile(r"(?<![\d/])(?:(\d{2,4})/)?(\d{2})/(\d{2})(?![\d/])|(?<![\d/])(\d{4})/(\d{2})(?![\d/])")


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """RETURNS (list[dict]): the rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def suite_spans(rows: list[dict[str, Any]], labels: set[str]) -> Iterator[Case]:
    """YIELDS: every span that has one of the labels and a number."""
    for row in rows:
        for span in row["spans"]:
            expected = decimals(span["value"]) if span["label"] in labels and span["value"] is not None else []
            if expected:
                start, end = span["start"], span["end"]
                yield Case(row["text"], row["text"][start:end], has_number(row["text"], start, end, expected))


def suite_cn2an(rows: list[dict[str, Any]]) -> Iterator[Case]:
    """YIELDS: the valid cases that ask for a number."""
    for row in rows:
        span = row["spans"][0] if row["spans"] else None
        if span is not None and isinstance(span["value"], int | float):
            text, expected = row["text"], [Decimal(str(span["value"]))]
            yield Case(text, text, has_number(text, 0, len(text), expected))


def suite_duckling(rows: list[dict[str, Any]], label: str) -> Iterator[Case]:
    """YIELDS: Duckling's cases of one dimension."""
    for row in rows:
        for span in row["spans"]:
            expected = decimals(span["value"])
            if span["label"] != label or not expected:
                continue
            text, start, end = row["text"], span["start"], span["end"]
            if label == "Duration":
                factor = next((factor for name, factor in _UNITS.items() if name in span["value"]), 0)
                expected = [expected[0] * factor]
            right = has_number(text, start, end, expected)
            if span.get("unit") == "Cent":  # 5 cents: 0.05 of a currency, or five of the unit 分, as written
                fens = [item for item in overlapping(text, start, end) if (item.value or "").endswith(" 分")]
                right = has_number(text, start, end, [expected[0] / 100]) or any(
                    numbers_of(item) == expected for item in fens
                )
            yield Case(text, text[start:end], right)


def suite_duckling_dates(rows: list[dict[str, Any]]) -> Iterator[Case]:
    """YIELDS: Duckling's days, weeks, months and years, said on its day of reference, Tuesday 12 February 2013.

    Named holidays (its kind datetimeHoliday) are entities here, and times of day (in five minutes) are no dates.
    """
    for row in rows:
        for span in row["spans"]:
            expected = _duckling_date(str(span["value"])) if span["label"] == "Time" else None
            if expected is not None:
                found = overlapping(row["text"], span["start"], span["end"], _DUCKLING_DAY)
                right = any(item.value == expected for item in found)
                yield Case(row["text"], row["text"][span["start"] : span["end"]], right)


def _duckling_date(value: str) -> str | None:
    """RETURNS (str | None): the EDTF of one of Duckling's dates; None if it is no date or a holiday."""
    match = _DUCKLING_DATE.fullmatch(value) or _DUCKLING_INTERVAL.fullmatch(value)
    if match is None:
        return None
    *moments, grain = match.groups()
    years, months, days = (int(part) for part in moments[:3])
    if grain in ("Day", "Week"):
        first = datetime.date(years, months, days)
        end = first + datetime.timedelta(days=7 if grain == "Week" else 1)
        if len(moments) == 6:  # half-open: its end is the first day that no longer belongs to it
            end = datetime.date(*(int(part) for part in moments[3:]))
        last = end - datetime.timedelta(days=1)
        return first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
    first_month = 12 * years + (months - 1 if grain == "Month" else 0)
    step = 1 if grain == "Month" else 12
    last_month = first_month + step
    if len(moments) == 6:
        last_month = 12 * int(moments[3]) + (int(moments[4]) - 1 if grain == "Month" else 0)
    begins, ends = (_month_or_year(index, grain) for index in (first_month, last_month - step))
    return begins if begins == ends else f"{begins}/{ends}"


def _month_or_year(index: int, grain: str) -> str:
    return f"{index // 12:04d}-{index % 12 + 1:02d}" if grain == "Month" else f"{index // 12:04d}"


def suite_pairs(rows: list[dict[str, Any]], labels: set[str]) -> Iterator[Case]:
    """YIELDS: whether the spoken and the written form of a pair have the same values."""
    for row in rows:
        if row["spans"] and row["spans"][0]["label"] in labels and row["target"] != row["text"]:
            spoken, written = _values(row["text"]), _values(_usual(row["target"]))
            yield Case(row["text"], row["text"], bool(spoken) and spoken == written)


def _values(text: str) -> list[str]:
    candidates = find_candidates(text)
    return [str(number) for item in candidates for number in numbers_of(item)] or [
        item.value for item in candidates if item.value
    ]


def _usual(target: str) -> str:
    """The written form of a pair as people write it: 15-6千瓦时 as 15-16千瓦时, 2005/08/05 as 2005年08月05日."""

    def day(match: re.Match[str]) -> str:
        if match[4]:
            return f"{match[4]}年{match[5]}月"
        return f"{match[1]}年{match[2]}月{match[3]}日" if match[1] else f"{match[2]}月{match[3]}日"

    def pair(match: re.Match[str]) -> str:
        low, high = match[1], match[2]
        return f"{low}-{low[: len(low) - len(high)]}{high}" if len(high) < len(low) else match.group()

    return _PAIR.sub(pair, _DAY.sub(day, target))


def run_suites(folder: Path) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """RETURNS (tuple): a row for every suite, and the misses with the rule or the gap behind each."""
    table, misses = [], []
    for name, (goal, cases) in _suites(folder).items():
        verdicts = list(cases)
        right = sum(case.right for case in verdicts)
        missed = [_explained(name, case) for case in verdicts if not case.right]
        by_rule = sum(bool(row["rule"]) for row in missed)
        misses += missed
        table.append(
            {
                "suite": name, "cases": len(verdicts), "right": right / max(1, len(verdicts)), "goal": goal,
                "differs by a rule": by_rule, "right of the rest": right / max(1, len(verdicts) - by_rule),
            }
        )  # fmt: skip
    return table, misses


def _explained(name: str, case: Case) -> dict[str, str]:
    rule = reason_of(name, case, RULES)
    gap = "" if rule else reason_of(name, case, GAPS) or "not read"
    return {"suite": name, "text": case.text[:24], "asked for": case.surface[:24], "rule": rule, "gap": gap}


def _suites(folder: Path) -> dict[str, tuple[float, Iterator[Case]]]:
    data = {path.stem: read_jsonl(path) for path in sorted(folder.glob("*.jsonl"))}
    number, unit = data["recognizers_number"], data["recognizers_numberwithunit"]
    duckling = data["duckling_zh"]
    spoken = {"number", "money", "fraction", "measure", "date"}
    written = {"cardinal", "money", "fraction", "decimal", "ordinal", "date"}
    return {
        "cn2an, valid cases": (1.0, suite_cn2an(data["cn2an"])),
        "Recognizers number": (0.95, suite_spans(number, {"number", "ordinal", "percentage"})),
        "Recognizers number with unit": (0.90, suite_spans(unit, {"currency", "dimension", "age", "temperature"})),
        "Duckling numeral": (0.90, suite_duckling(duckling, "Numeral")),
        "Duckling ordinal": (0.90, suite_duckling(duckling, "Ordinal")),
        "Duckling money": (0.90, suite_duckling(duckling, "AmountOfMoney")),
        "Duckling duration": (0.90, suite_duckling(duckling, "Duration")),
        "Duckling date": (0.90, suite_duckling_dates(duckling)),
        "JioNLP money": (0.95, suite_spans(data["jionlp_money_parse"], {"money"})),
        "JioNLP time": (0.85, suite_times(data["jionlp_time_parse"])),
        "WeText number, money, fraction, measure, date": (0.90, suite_pairs(data["wetext_itn_zh"], spoken)),
        "NeMo cardinal, money, fraction, decimal, ordinal, date": (0.90, suite_pairs(data["nemo_itn_zh"], written)),
    }
