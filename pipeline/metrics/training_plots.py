"""Plots of studies that train many times: the learning curve and the search over settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import InputError, Problem
from pipeline.metrics.plots import _LAYERS, _axes

FORM_CURVE = "biaozhu learning curve 1"
FORM_TUNING = "biaozhu tuning 1"
_STYLE = "<style>:root{--ink:#222;--line:#bbb;--paper:#fff}svg{background:#fff;font-family:sans-serif}</style>"


def check_form(data: Any, form: str, path: Path) -> dict[str, Any]:
    """RETURNS (dict): the data. RAISES (InputError): if it is not of this form."""
    if not isinstance(data, dict) or data.get("form") != form:
        raise InputError(Problem("E632", f"not a file of the form {form!r}", "make it with this version", path))
    return data


def curve_plots(data: Mapping[str, Any]) -> dict[str, str]:
    """Draw a learning curve.

    data (Mapping): what `curve.json` holds.
    RETURNS (dict[str, str]): by layer the SVG of strict precision, recall and F1 over the documents trained on; bars
        reach from the worst to the best seed.
    """
    plots = {}
    for layer, points in data["layers"].items():
        with _axes(f"Scores by amount of gold, {layer}", "documents trained on", "") as (axes, out):
            for rate, color in zip(("precision", "recall", "f1"), _LAYERS, strict=False):
                known = [point for point in points if point[rate]["mean"] is not None]
                means = [point[rate]["mean"] for point in known]
                below = [point[rate]["mean"] - point[rate]["min"] for point in known]
                above = [point[rate]["max"] - point[rate]["mean"] for point in known]
                x = [point["documents"] for point in known]
                style = {"label": rate, "lw": 1.8, "ms": 4, "capsize": 3, "color": color}
                axes.errorbar(x, means, yerr=(below, above), fmt="o-", **style)
            axes.set_xlim(left=0)
        plots[layer] = out[0]
    return plots


def tuning_plot(data: Mapping[str, Any]) -> str | None:
    """RETURNS (str | None): SVG of every trial's score and of the best so far; None without a finished trial.

    data (Mapping): what `tune.json` holds."""
    trials = [trial for trial in data["trials"] if trial["value"] is not None]
    if not trials:
        return None
    with _axes(f"Search, {data['metric']}", "trial", "") as (axes, out):
        values = [trial["value"] for trial in trials]
        best = [max(values[: place + 1]) for place in range(len(values))]
        numbers = [trial["number"] for trial in trials]
        axes.plot(numbers, values, "o", color=_LAYERS[0], label="trial", ms=4)
        axes.plot(numbers, best, color=_LAYERS[1], label="best so far", lw=1.8, drawstyle="steps-post")
    return out[0]


def standalone(svg: str) -> str:
    """RETURNS (str): a plot of the report as a file of its own, with the colours that the page would give."""
    head, _, rest = svg.partition(">")
    return f"{head}>{_STYLE}{rest}"
