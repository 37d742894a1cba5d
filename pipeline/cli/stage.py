"""`biaozhu stage`, `stages`, `check`: one stage of a config, what stages there are, whether a config is sound."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.cli.overrides import CONTEXT, parse_overrides


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("stage", context_settings=CONTEXT)(stage)
    app.command("stages")(stages)
    app.command("check", context_settings=CONTEXT)(check)


def stage(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Stage block of the config, such as clean.")],
    config: Annotated[Path, typer.Argument(help="Pipeline config.")],
) -> None:
    """Run one stage of a config.

    Example: biaozhu stage clean configs/pipeline.cfg --stages.clean.encoding gb18030
    """
    from pipeline.registry import load_config, resolve_stage

    loaded = load_config(config, parse_overrides(ctx.args))
    resolve_stage(loaded, name, config)()


def stages(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """List the registered stages with their options.

    Example: biaozhu stages
    """
    from pipeline.registry import registry

    found: dict[str, dict[str, Any]] = {}
    for name, factory in sorted(registry.stages.get_all().items()):
        parameters = inspect.signature(factory).parameters.values()
        found[name] = {
            "doc": (inspect.getdoc(inspect.getmodule(factory)) or "").split("\n", maxsplit=1)[0],
            "options": {
                item.name: None if item.default is inspect.Parameter.empty else item.default
                for item in parameters
                if item.kind is inspect.Parameter.KEYWORD_ONLY
            },
            "required": [
                item.name
                for item in parameters
                if item.kind is inspect.Parameter.KEYWORD_ONLY and item.default is inspect.Parameter.empty
            ],
        }
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    for name, stage_ in found.items():
        print(f"{name}\n  {stage_['doc']}")
        for option, default in stage_["options"].items():
            print(f"    {option}" + (" (required)" if option in stage_["required"] else f" = {default!r}"))


def check(
    ctx: typer.Context,
    config: Annotated[Path, typer.Argument(help="Pipeline config.")],
) -> None:
    """Check a config: every stage, option and variable, without running anything.

    Example: biaozhu check configs/pipeline.cfg
    """
    from pipeline.registry import load_config
    from pipeline.stages.workflow import check_stages

    loaded = load_config(config, parse_overrides(ctx.args))
    names = check_stages(loaded, config)
    print(f"{config}: {len(names)} stages are sound: {', '.join(names)}")
