"""Retraining beside the answering: a job that trains, judges by the gate, and only then swaps the model.

Each step is a `biaozhu` command in a process of its own (train, extract, score, gate), so predictions go on meanwhile
and a failed training takes nothing with it. The new model learns from the training gold and from the annotations that
arrived; documents of dev never become training data. It replaces the old one if the gate finds it no worse on dev.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import write_json
from pipeline.core.labels import LabelScheme
from pipeline.core.progress import logger
from pipeline.core.records import Record, read_records, write_records
from pipeline.errors import BiaozhuError, InputError, Problem
from pipeline.review.backend.model import Loaded, load
from pipeline.review.promote import to_gold
from pipeline.review.pull import read_annotation

ANNOTATIONS = "annotations.jsonl"
IDLE, RUNNING, PASSED, REFUSED, FAILED = "idle", "running", "passed", "refused", "failed"


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a retraining job works with.

    config (Path): training config.
    train (Path): gold to learn from, .jsonl.
    dev (Path): gold to choose and judge with, .jsonl.
    folder (Path): where annotations that arrive and trained models are kept.
    gate (Path | None): gate config; None for the default.
    overrides (tuple[str, ...]): further options of `biaozhu train`.
    """

    config: Path
    train: Path
    dev: Path
    folder: Path
    gate: Path | None = None
    overrides: tuple[str, ...] = ()


@dataclass(slots=True)
class Job:
    """The last retraining job.

    state (str): "idle" (there was none), "running", "passed", "refused" by the gate, or "failed".
    message (str): why.
    number (int): counts jobs.
    """

    state: str = IDLE
    message: str = ""
    number: int = 0


class Inbox:
    """Annotations that arrived by webhook: of each document the last one, kept in a file."""

    def __init__(self, path: Path, scheme: LabelScheme) -> None:
        self._path = path
        self._scheme = scheme
        self._lock = threading.Lock()
        records = read_records(path) if path.is_file() and path.stat().st_size else []
        self._records = {record.id: record for record in records}

    def take(self, task: Mapping[str, Any], annotation: Mapping[str, Any]) -> str:
        """Keep an annotation. RETURNS (str): its record's id. RAISES (InputError): if it cannot be used."""
        record = read_annotation(task, annotation, self._scheme)
        with self._lock:
            if annotation.get("was_cancelled"):
                self._records.pop(record.id, None)
            else:
                self._records[record.id] = record
            write_records(self._path, self._records.values())
        return record.id

    def drop(self, annotation: int) -> None:
        """Forget a deleted annotation."""
        with self._lock:
            kept = {
                name: record
                for name, record in self._records.items()
                if record.meta["review"]["annotation"] != annotation
            }
            if len(kept) != len(self._records):
                self._records = kept
                write_records(self._path, kept.values())

    def records(self) -> list[Record]:
        """RETURNS (list[Record]): what arrived, as gold."""
        with self._lock:
            return [to_gold(record) for record in self._records.values()]


@dataclass
class Trainer:
    """Runs one job at a time.

    plan (TrainingPlan): what with.
    inbox (Inbox): annotations that arrived.
    current (Callable): the model that answers.
    swap (Callable): makes another one answer.
    """

    plan: TrainingPlan
    inbox: Inbox
    current: Callable[[], Loaded]
    swap: Callable[[Loaded], None]
    job: Job = field(default_factory=Job)
    _thread: threading.Thread | None = None
    _process: subprocess.Popen[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: bool = False

    def start(self) -> bool:
        """Start a job. RETURNS (bool): False if one is running already."""
        with self._lock:
            if self.job.state == RUNNING:
                return False
            self.job = Job(RUNNING, number=self.job.number + 1)
            self._thread = threading.Thread(target=self._run, name="retraining")
            self._thread.start()
            return True

    def stop(self) -> None:
        """End a running job and wait for it."""
        self._stopping = True
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        started = time.monotonic()
        folder = self.plan.folder / f"run-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{self.job.number}"
        try:
            state, message = self._train_and_judge(folder)
        except BiaozhuError as error:
            state, message = FAILED, str(error)
        except OSError as error:
            state, message = FAILED, f"{folder}: {error.strerror}"
        self.job = Job(state, message, self.job.number)
        logger.info("retraining %s after %.0f s: %s", state, time.monotonic() - started, message)

    def _train_and_judge(self, folder: Path) -> tuple[str, str]:
        plan, before = self.plan, self.current()
        folder.mkdir(parents=True)
        count = self._write_corpus(folder / "train.jsonl")
        paths = ("--paths.train", str(folder / "train.jsonl"), "--paths.dev", str(plan.dev))
        self._command("train", str(plan.config), "--output", str(folder), *paths, *plan.overrides)
        for name, model in (("before", before.folder), ("after", folder / "model-best")):
            predictions = str(folder / f"{name}.jsonl")
            self._command("extract", str(plan.dev), "--model", str(model), "--output", predictions)
            self._command("score", str(plan.dev), predictions, "--output", str(folder / name), "--resamples", "0")
        gate = () if plan.gate is None else ("--config", str(plan.gate))
        scores = [str(folder / name / "scores.json") for name in ("after", "before")]
        passed, said = self._ask("gate", *scores, *gate)
        if not passed:
            return REFUSED, f"the gate keeps {before.version}: {said}"
        loaded = load(folder / "model-best")
        write_json(plan.folder / "current.json", {"model": str(loaded.folder), "version": loaded.version})
        self.swap(loaded)
        return PASSED, f"{loaded.version} answers, trained with {count} annotated documents beside the gold"

    def _write_corpus(self, path: Path) -> int:
        """Training gold, with the annotations in place of its own versions. RETURNS (int): how many of these."""
        held_back = read_records(self.plan.dev)
        ids, texts = {record.id for record in held_back}, {record.text for record in held_back}
        arrived = {r.id: r for r in self.inbox.records() if r.id not in ids and r.text not in texts}
        gold = {record.id: record for record in read_records(self.plan.train)}
        write_records(path, (gold | arrived).values())
        return len(arrived)

    def _command(self, *arguments: str) -> None:
        passed, said = self._ask(*arguments)
        if not passed:
            remedy = f"run it by hand: biaozhu {' '.join(arguments)}"
            raise InputError(Problem("E732", f"{arguments[0]} failed: {said}", remedy))

    def _ask(self, *arguments: str) -> tuple[bool, str]:
        """RETURNS (tuple): whether the command says yes, and its last line. RAISES (InputError): if it cannot say."""
        if self._stopping:
            raise InputError(Problem("E736", "the backend is ending", "start the training again when it is back"))
        command = [sys.executable, "-m", "pipeline", "--quiet", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            self._process = process
            output, _ = process.communicate()
        lines = output.strip().splitlines() or [""]
        if process.returncode not in (0, 1):
            problem = Problem("E732", f"{arguments[0]} ended with {process.returncode}: {lines[-1]}", "see its message")
            raise InputError(problem)
        return process.returncode == 0, lines[-1]
