"""The command line as a whole: exit codes, overrides, and one clear message for each kind of bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from pipeline import __version__
from pipeline.cli import main
from pipeline.cli.overrides import parse_overrides
from pipeline.errors import ConfigError
from tests.conftest import ROOT

Cli = Callable[..., Result]
CONFIG = ROOT / "configs" / "pipeline.cfg"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_version(cli: Cli) -> None:
    assert cli("--version").output == f"biaozhu {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "overrides"),
    [
        ([], {}),
        (["--stages.train.seed", "3"], {"stages.train.seed": 3}),
        (
            ["--paths.run=models/b", "--a.b", "true", "--a.c", '["x"]'],
            {"paths.run": "models/b", "a.b": True, "a.c": ["x"]},
        ),
        (["--a.b", "-1"], {"a.b": -1}),
    ],
)
def test_overrides(arguments: list[str], overrides: dict[str, object]) -> None:
    assert parse_overrides(arguments) == overrides


@pytest.mark.parametrize("arguments", [["--seed", "3"], ["x"], ["--a.b"]], ids=["no block", "no option", "no value"])
def test_what_is_no_override_is_refused(arguments: list[str]) -> None:
    with pytest.raises(ConfigError):
        parse_overrides(arguments)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", CONFIG, "--stages.clan.x", "1"], "E805"),
        (["check", CONFIG, "--stages.clean.colour", "1"], "E802"),
        (["check", "nothing.cfg"], "E101"),
        (["stage", "wash", CONFIG], "E806"),
        (["stage", "clean", CONFIG, "--speed", "1"], "E808"),
        (["run", "--config", CONFIG], "E811"),
    ],
    ids=lambda item: item if isinstance(item, str) else item[0],
)
def test_unknown_stage_option_or_config_is_one_message_and_exit_2(
    cli: Cli, folder: Path, arguments: list[object], code: str
) -> None:
    result = cli(*arguments)
    assert result.exit_code == 2
    assert f"[{code}]" in result.output
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "E102"),
        ("a.txt", "中文文本，标注。".encode("gb18030"), "E103"),
        ("a.jsonl", b'{"id": "a", "text": "x"}\n{"id"', "E106"),
        ("a.jsonl", b'{"id": "a", "text": "x", "spans": [{"start": 0, "end": 9, "label": "DATE"}]}', "E118"),
        (None, b"", "E201"),
    ],
    ids=["empty", "gb18030", "broken line", "span outside", "empty folder"],
)
def test_bad_documents_are_one_message_and_leave_earlier_output(
    cli: Cli, folder: Path, name: str | None, content: bytes, code: str
) -> None:
    (folder / "seeds").mkdir()
    if name is not None:
        (folder / "seeds" / name).write_bytes(content)
    output = folder / "models" / "default" / "clean.jsonl"
    output.parent.mkdir(parents=True)
    output.write_text("earlier", encoding="utf-8")
    result = cli("stage", "clean", CONFIG)
    assert result.exit_code == 2
    assert f"[{code}]" in result.output
    assert output.read_text(encoding="utf-8") == "earlier"


def test_an_encoding_can_be_given(cli: Cli, folder: Path) -> None:
    (folder / "seeds").mkdir()
    (folder / "seeds" / "a.txt").write_bytes("截至去年底，注册商标4.3万件。".encode("gb18030"))
    assert "read it with --stages.clean.encoding gb18030" in cli("stage", "clean", CONFIG).output
    assert cli("stage", "clean", CONFIG, "--stages.clean.encoding", "gb18030").exit_code == 0
    assert "4.3万件" in (folder / "models" / "default" / "clean.jsonl").read_text(encoding="utf-8")


def test_a_fault_of_our_own_is_no_verdict(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(prog_name: str) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("pipeline.cli.app", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "RuntimeError: unforeseen" in capsys.readouterr().err


def test_init_writes_a_project_that_checks_and_overwrites_nothing(cli: Cli, folder: Path) -> None:
    assert cli("init", "mine").exit_code == 0
    assert (folder / "mine" / "project.yml").is_file()
    again = cli("init", "mine")
    assert again.exit_code == 2
    assert "E813" in again.output


def test_init_writes_an_example_that_holds_together(cli: Cli, folder: Path) -> None:
    assert cli("init", "demo", "--example").exit_code == 0
    assert (folder / "demo" / "annotations" / "README.md").is_file()
    seeds = [path.read_bytes() for path in (folder / "demo" / "seeds").iterdir()]
    assert seeds == [path.read_bytes() for path in (ROOT / "seeds").iterdir()]
    assert cli("check-gold", folder / "demo" / "annotations" / "gold").exit_code == 0


def test_stages_lists_names_with_options(cli: Cli) -> None:
    output = cli("stages").output
    assert "biaozhu.clean.v1" in output
    assert "encoding = 'utf-8'" in output


def test_check_gold_passes_the_committed_gold_and_refuses_a_broken_one(cli: Cli, folder: Path) -> None:
    assert cli("check-gold", ROOT / "annotations" / "gold").exit_code == 0
    (folder / "train.jsonl").write_text('{"id": "a", "text": "x", "spans": [{"start": 0, "end": 9, "label": "DATE"}]}')
    result = cli("check-gold", folder)
    assert result.exit_code == 2
    assert "train.jsonl:1 (record a): [E118]" in result.output
