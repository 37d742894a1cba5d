"""How fast is the number grammar, on dense reports, national reports and news, beside the peers that are installed?

Characters a second of CPU time, the median of several runs in one process; peers run on a small part of the same text
in the same process, and are compared with our speed on that part.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline.numbers import find_numbers


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
