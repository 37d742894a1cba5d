"""The command line: assembles the commands, prints errors, and decides exit codes.

0 done or passed, 1 a verdict of no (`VerdictError`), 2 usage or input error (`BiaozhuError`). Command files import
heavy libraries inside their functions, so that `biaozhu --help` is quick.
"""

from __future__ import annotations

import importlib
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from pipeline import __version__
from pipeline.cli.console import print_error, start_logging
from pipeline.errors import BiaozhuError, VerdictError

COMMANDS = (
    "run",
    "stage",
    "init",
    "train",
    "train_curve",
    "tune",
    "model_card",
    "extract",
    "score",
    "compare",
    "threshold",
    "report",
    "gate",
    "gold",
    "convert",
    "agree",
    "adjudicate",
    "suspects",
    "models",
    "review",
)


class Group(TyperGroup):
    """Turns our errors into one message and an exit code, for every command in one place."""

    def invoke(self, ctx: Any) -> Any:
        """RETURNS (Any): what the command returns; ends with exit code 1 or 2 where it raises one of our errors."""
        try:
            return super().invoke(ctx)
        except VerdictError as error:
            print_error(str(error))
            raise typer.Exit(1) from error
        except BiaozhuError as error:
            for problem in error.problems:
                print_error(str(problem))
            raise typer.Exit(2) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            print_error(f"{error.filename or 'a file'}: [E107] {error.strerror or error}")
            raise typer.Exit(2) from error
        except SystemError as error:
            # Compiled loops wrap an interrupt that reaches them.
            if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
                raise KeyboardInterrupt from error
            raise


def _version(value: bool) -> None:
    if value:
        typer.echo(f"biaozhu {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="biaozhu (标注): numbers with values and units, and named entities, from messy Chinese text: "
    "extracted, scored, reviewed.",
)


@app.callback()
def _options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Only errors and results."),
) -> None:
    start_logging(quiet=quiet)


for _command in COMMANDS:
    importlib.import_module(f"pipeline.cli.{_command}").register(app)


def main() -> None:
    """Run the command line. A fault of our own ends with 2: 1 is a verdict of no and nothing else."""
    try:
        app(prog_name="biaozhu")
    except Exception:  # noqa: BLE001 whatever it was, the exit code must not read as a verdict
        traceback.print_exc()
        print_error("[E800] this is a fault of biaozhu itself → please report it with the lines above")
        sys.exit(2)
