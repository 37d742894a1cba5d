"""The job files of docs/jobs and the container file: whatever of them can be checked without a cluster."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from pipeline.cli import app
from tests.conftest import ROOT

JOBS = ROOT / "docs" / "jobs"
SLURM = JOBS / "slurm.sh"
TOOLS = Path(sys.executable).parent


def run(*command: object, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["bash", "-n", SLURM], id="slurm: syntax"),
        pytest.param([TOOLS / "shellcheck", SLURM], id="slurm: shellcheck"),
        pytest.param([TOOLS / "hadolint", ROOT / "Containerfile"], id="container file: hadolint"),
        pytest.param(
            [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", JOBS / "github-actions.yml"],
            id="actions: schema",
        ),
        pytest.param([TOOLS / "kubernetes-validate", "--strict", JOBS / "kubernetes.yml"], id="kubernetes: schema"),
    ],
)
def test_job_file_passes_its_checker(command: list[object]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_checkers_do_find_faults(tmp_path: Path) -> None:
    script = tmp_path / "x.sh"
    script.write_text("#!/usr/bin/env bash\ncd $1\n", encoding="utf-8")
    assert run(TOOLS / "shellcheck", script).returncode == 1
    job = tmp_path / "x.yml"
    job.write_text("apiVersion: batch/v1\nkind: Job\nmetadata: {name: x}\nspec: {templates: {}}\n", encoding="utf-8")
    assert run(TOOLS / "kubernetes-validate", "--strict", job).returncode != 0


def job_commands() -> list[list[str]]:
    """RETURNS (list): every biaozhu command of the job files, without the program."""
    found = []
    workflow = yaml.safe_load((JOBS / "github-actions.yml").read_text(encoding="utf-8"))
    for step in workflow["jobs"]["train"]["steps"]:
        lines = [line for line in step.get("run", "").splitlines() if line.startswith("biaozhu ")]
        found += [shlex.split(line)[1:] for line in lines]
    for document in yaml.safe_load_all((JOBS / "kubernetes.yml").read_text(encoding="utf-8")):
        if document["kind"] == "Job":
            found += [container["args"] for container in document["spec"]["template"]["spec"]["containers"]]
    return found


@pytest.mark.parametrize("words", job_commands(), ids=" ".join)
def test_commands_of_job_files_are_commands_of_ours(words: list[str]) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    options = {option for param in group.commands[words[0]].params for option in (*param.opts, *param.secondary_opts)}
    for word in words[1:]:
        if word.startswith("--") and "." not in word:
            assert word in options
    for word in words[1:]:
        if re.fullmatch(r"(configs|annotations)/[\w./-]+", word):
            assert (ROOT / word).is_file()


def test_kubernetes_job_does_not_repeat_wrong_input() -> None:
    documents = yaml.safe_load_all((JOBS / "kubernetes.yml").read_text(encoding="utf-8"))
    (spec,) = [document["spec"] for document in documents if document["kind"] == "Job"]
    rule = spec["podFailurePolicy"]["rules"][0]
    assert (rule["action"], rule["onExitCodes"]["values"]) == ("FailJob", [2])
    (container,) = spec["template"]["spec"]["containers"]
    assert rule["onExitCodes"]["containerName"] == container["name"]
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["template"]["spec"]["volumes"]}


def test_container_copies_what_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY "):
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists(), name
                assert f"!{name}" in ignored


@pytest.mark.parametrize("code", [0, 2])
def test_slurm_job_ends_with_the_exit_code_of_training(code: int, tmp_path: Path) -> None:
    fake = tmp_path / "biaozhu"
    fake.write_text(f'#!/usr/bin/env bash\nprintf "%s|" "$@" > {tmp_path}/said\nexit {code}\n', encoding="utf-8")
    fake.chmod(0o755)
    command = ["bash", SLURM, "configs/ner.cfg", "models/my model", "--training.seed", "3"]
    done = run(*command, env={**os.environ, "BIAOZHU": str(fake)})
    assert done.returncode == code
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert said == "train|configs/ner.cfg|--output|models/my model|--training.seed|3|"


def test_slurm_job_without_arguments_says_how_it_is_used() -> None:
    done = run("bash", SLURM)
    assert done.returncode == 2
    assert "usage:" in done.stderr
