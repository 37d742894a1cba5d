"""How long a push to Label Studio, a push again, and a pull take, by the number of tasks.

Starts the server of scripts/label_studio.py on a folder of its own, pushes copies of the gold documents, lets one
annotator submit every tenth task, pulls twice, and stores seconds by size:

    python benchmarks/review.py [--tasks 500 1000 2000]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.core.labels import LabelScheme, default_scheme
from pipeline.core.records import Record, read_records
from pipeline.formats.label_studio import spans_to_results
from pipeline.review.pull import pull
from pipeline.review.push import push
from pipeline.review.server import Server

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results"
STEPS = ("push", "push again", "pull", "pull again")


def load_script() -> ModuleType:
    """RETURNS (ModuleType): scripts/label_studio.py."""
    spec = importlib.util.spec_from_file_location("label_studio_script", ROOT / "scripts" / "label_studio.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def open_server(folder: Path) -> Iterator[Server]:
    """YIELDS (Server): a connection to a new server that ends with the block."""
    script = load_script()
    script.copy_database(folder)
    port = script.free_port()
    process = script.start(folder, port)
    try:
        script.wait_until_healthy(process, port)
        token = next(iter(script.accounts(folder).values()))["token"]
        with Server(f"http://127.0.0.1:{port}", token, timeout=120) as server:
            yield server
    finally:
        script.stop(process)


def make_records(count: int) -> list[Record]:
    """RETURNS (list[Record]): gold documents, as often as it takes, each under an id of its own."""
    gold = read_records(ROOT / "annotations" / "gold" / "train.jsonl")
    return [
        Record(f"{number:05}", gold[number % len(gold)].text, gold[number % len(gold)].spans) for number in range(count)
    ]


def clocked(work: Callable[[], Any]) -> float:
    """RETURNS (float): seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(server: Server, count: int, folder: Path, scheme: LabelScheme) -> dict[str, float]:
    """RETURNS (dict): seconds of each step for so many tasks."""
    records, project = make_records(count), f"speed {count}"

    def send() -> None:
        push(server, records, scheme, project=project, model_version="gold")

    def fetch() -> None:
        pull(server, project, folder / project, scheme)

    seconds = {"push": clocked(send), "push again": clocked(send)}
    place = server.find_project(project)
    assert place is not None
    tasks = {info.record_id: info.id for info in server.tasks(place)}
    for record in records[::10]:
        results = spans_to_results(record, scheme)
        server._sdk.annotations.create(tasks[record.id], result=results, lead_time=30.0)
    return {**seconds, "pull": clocked(fetch), "pull again": clocked(fetch)}


def main() -> None:
    """Measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, nargs="+", default=[500, 1000, 2000])
    options = parser.parse_args()
    scheme = default_scheme()
    with tempfile.TemporaryDirectory() as name, open_server(Path(name) / "studio") as server:
        measure(server, 50, Path(name), scheme)
        found = {str(count): measure(server, count, Path(name), scheme) for count in options.tasks}
    head = ["tasks", *STEPS, "push, per 100 tasks"]
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---:" for _ in head) + " |"]
    for count, seconds in found.items():
        cells = [f"{seconds[step]:.1f} s" for step in STEPS]
        lines.append(f"| {count} | " + " | ".join([*cells, f"{100 * seconds['push'] / int(count):.2f} s"]) + " |")
    text = "\n".join(lines)
    print(text)
    versions = {
        "python": platform.python_version(),
        "label-studio-sdk": version("label-studio-sdk"),
        "label-studio": load_script().VERSION,
    }
    data = {"seconds": found, "versions": versions, "machine": f"{platform.system()} {platform.machine()}"}
    (RESULTS / "review.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "review.md").write_text(f"# Push and pull\n\n{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
