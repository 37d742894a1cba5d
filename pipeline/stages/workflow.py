"""The workflow: resolves a pipeline config, writes one .cfg a stage into the run folder, and lets weasel order them.

weasel decides from hashes what has to run again. A stage's .cfg changes only when its own block, the run's variables or
the product's code change, so editing one block reruns that stage and what follows from it.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.core.jsonl import read_json, write_text
from pipeline.core.progress import logger
from pipeline.errors import BiaozhuError, ConfigError, MissingPartError, Problem
from pipeline.registry import resolve_stage

PROJECT_FILE = "project.yml"
SETTINGS = (".cfg", ".json")


def check_stages(config: Mapping[str, Any], path: Path) -> list[str]:
    """Resolve every stage of a config without running it.

    config (Mapping): what `load_config` returns.
    path (Path): its file, for messages.
    RETURNS (list[str]): the names of the stages.
    RAISES (ConfigError): with the problems of all stages.
    """
    problems: list[Problem] = []
    for name in config["stages"]:
        try:
            resolve_stage(config, name, path)
        except MissingPartError as error:
            # A model that is not there yet is no fault of the config; it is said again when the stage runs.
            logger.warning("%s", error)
        except BiaozhuError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(*problems)
    return list(config["stages"])


def _code_hash() -> str:
    """Hash of the product's code: a stage runs again when the code does."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _settings_hashes(block: Mapping[str, Any], run: Path) -> list[str]:
    """Hashes of the files that a block names outside the run folder and that project.yml need not know: configs,
    label schemes, the baseline. Data and models are dependencies of their own."""
    notes = []
    for value in block.values():
        if not isinstance(value, str) or Path(value).suffix not in SETTINGS or not Path(value).is_file():
            continue
        if not Path(value).resolve().is_relative_to(run.resolve()):
            notes.append(f"# {value} {hashlib.sha256(Path(value).read_bytes()).hexdigest()[:16]}")
    return notes


def write_stage_configs(config: Mapping[str, Any], folder: Path) -> None:
    """Write one resolved .cfg a stage; a file whose content would be the same is left alone."""
    from confection import Config

    code = _code_hash()
    for name, block in config["stages"].items():
        notes = [f"# code {code}", *_settings_hashes(block, folder.parent)]
        content = "\n".join(notes) + "\n\n" + Config({"stages": {name: block}}).to_str(interpolate=False)
        path = folder / f"{name}.cfg"
        if not path.is_file() or path.read_text(encoding="utf-8") != content:
            write_text(path, content)


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run of the workflow ended.

    folder (Path): the run folder.
    refused (str | None): what the gate said if it said no; None if it passed.
    """

    folder: Path
    refused: str | None = None


def run_workflow(config: Mapping[str, Any], config_path: Path, *, project: Path, force: bool = False) -> RunResult:
    """Run all stages of a config that have something to do.

    config (Mapping): what `load_config` returns; [paths] run, seeds and gold are handed to project.yml.
    config_path (Path): its file, for messages.
    project (Path): folder with project.yml.
    force (bool): run every stage, changed or not.
    RETURNS (RunResult): the run folder, and what the gate said if it said no.
    RAISES (ConfigError): if the config is unsound, project.yml is missing or broken, or a stage failed.
    """
    if not (project / PROJECT_FILE).is_file():
        raise ConfigError(Problem("E811", f"there is no {PROJECT_FILE} in {project}", "`biaozhu init .` writes one"))
    check_stages(config, config_path)
    paths = {name: str(value) for name, value in config.get("paths", {}).items()}
    run = Path(paths["run"])
    write_stage_configs(config, project / run / "configs")
    code, said = _run_weasel(project, {f"vars.{name}": value for name, value in paths.items()}, force=force)
    if code == 0:
        return RunResult(run)
    if code == 1 and (verdict := _verdict(project / run)) is not None:
        return RunResult(run, verdict)
    raise ConfigError(_stopped(said, project / PROJECT_FILE))


def _verdict(run: Path) -> str | None:
    """What the gate said if it refused these very scores: weasel, too, ends with 1 where it fails itself."""
    scores, gate = run / "scores.json", run / "gate.json"
    if not gate.is_file() or gate.stat().st_mtime < scores.stat().st_mtime:
        return None
    verdict = read_json(gate)
    return None if verdict["passed"] else str(verdict["sentence"])


def _run_weasel(project: Path, overrides: dict[str, str], *, force: bool) -> tuple[int, str]:
    """weasel prints its own steps and ends the process: keep its words for a failure, and its exit code."""
    from weasel.cli.run import project_run

    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            project_run(project, "all", overrides=overrides, force=force)
    except SystemExit as error:
        return (error.code if isinstance(error.code, int) else 1), said.getvalue()
    skipped = said.getvalue().count("Skipping")
    if skipped:
        logger.info("%d stages have not changed and were skipped", skipped)
    return 0, ""


def _stopped(said: str, path: Path) -> Problem:
    """What weasel said when it ended, in our words."""
    plain = re.sub(r"\x1b\[[\d;]*m", "", said)
    # it wraps its lines at the width of the terminal
    if missing := re.search(r"Missing\s+dependency\s+specified\s+by\s+command\s+'([^']+)':\s+(\S+)", plain):
        message = f"stage {missing[1]} needs {missing[2]}, which is not there"
        return Problem("E812", message, "put it there, or name another in the config", path)
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    last = lines[-1] if lines else "see the message above"
    stage = re.search(r"-m pipeline stage (\w+)", last)
    return Problem("E812", f"the workflow stopped: {f'stage {stage[1]} said why, above' if stage else last}", path=path)
