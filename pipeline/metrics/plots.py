"""Curves of the report, drawn by matplotlib as SVG and embedded; ink takes the page's colours, light or dark.

The SVG of a curve is the same for the same data: ids come from a fixed salt and no date is written.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline.metrics.thresholds import Confidences, calibration, curve

_INK = {"#010101": "var(--ink)", "#020202": "var(--line)", "#030303": "none"}
_LAYERS = ("#3b6fd4", "#d9622b", "#2f9e6e", "#9a5bc2")
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "biaozhu",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": "#010101",
    "axes.labelcolor": "#010101",
    "axes.edgecolor": "#020202",
    "axes.facecolor": "#030303",
    "figure.facecolor": "#030303",
    "xtick.color": "#010101",
    "ytick.color": "#010101",
    "grid.color": "#020202",
    "grid.linewidth": 0.6,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


@contextmanager
def _axes(title: str, x: str, y: str) -> Iterator[tuple[Any, list[str]]]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    out: list[str] = []
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(4.6, 3.3), layout="constrained")
        axes = figure.add_subplot()
        axes.set(xlabel=x, ylabel=y)
        axes.set_title(title, fontsize=11)
        yield axes, out
        if axes.get_legend_handles_labels()[0]:
            axes.legend(loc="best", fontsize=9)
        stream = io.StringIO()
        with warnings.catch_warnings():
            # the page's fonts draw the text, so a glyph that matplotlib's own font lacks is no loss
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            figure.savefig(stream, format="svg", metadata={"Date": None})
    out.append(_clean(stream.getvalue(), title))


def _clean(svg: str, title: str) -> str:
    """The SVG element alone, named for screen readers, with the page's fonts and colours."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    for color, name in _INK.items():
        svg = svg.replace(color, name)
    prefix = "".join(char for char in title.lower() if char.isalnum())
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r'href="#', f'href="#{prefix}-', svg)
    svg = re.sub(r"url\(#", f"url(#{prefix}-", svg)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px; font-family: inherit", svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def precision_recall_plot(layers: Mapping[str, Confidences]) -> str | None:
    """RETURNS (str | None): precision over recall as SVG, one line a layer; None without scored predictions."""
    lines = {name: points for name, item in layers.items() if len(points := curve(item)) > 1}
    if not lines:
        return None
    with _axes("Precision and recall by threshold", "recall", "precision") as (axes, out):
        for (name, points), color in zip(lines.items(), _LAYERS, strict=False):
            axes.plot([p.recall for p in points], [p.precision for p in points], color=color, label=name, lw=1.8)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.04))
    return out[0]


def threshold_plot(name: str, confidences: Confidences) -> str | None:
    """RETURNS (str | None): precision, recall and F1 over the threshold as SVG; None without scored predictions."""
    points = curve(confidences)
    if len(points) < 2:
        return None
    with _axes(f"Threshold, {name}", "threshold", "") as (axes, out):
        thresholds = [point.threshold for point in points]
        for key, color, style in zip(("precision", "recall", "f1"), _LAYERS, ("-", "--", "-."), strict=False):
            values = [getattr(point, key) for point in points]
            axes.plot(thresholds, values, color=color, ls=style, label=key, lw=1.8, drawstyle="steps-post")
        axes.set(ylim=(0, 1.04))
    return out[0]


def calibration_plot(layers: Mapping[str, Confidences]) -> str | None:
    """RETURNS (str | None): share right over mean score as SVG; None without scored predictions."""
    lines = {name: parts for name, item in layers.items() if len(parts := calibration(item)) > 1}
    if not lines:
        return None
    with _axes("Calibration", "mean score", "share right") as (axes, out):
        axes.plot([0, 1], [0, 1], color="#020202", lw=1.2, ls=":")
        for (name, parts), color in zip(lines.items(), _LAYERS, strict=False):
            means, shares, counts = zip(*parts, strict=True)
            axes.plot(means, shares, "-", color=color, label=name, lw=1.3, alpha=0.7)
            # a dot's area says how many spans it stands for: few spans, small dot, large chance
            axes.scatter(means, shares, s=[6 + 90 * count / max(counts) for count in counts], color=color)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.04))
    return out[0]


_READABLE = {"ents_f": "F1", "ents_p": "precision", "ents_r": "recall"}
_STEPS = ("step", "iteration", "epoch", "documents", "sentences")


def learning_plots(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Draw the metrics that training wrote.

    rows (Sequence[Mapping]): one object a step; numbers are drawn over the first of "step", "iteration", "epoch", …
    RETURNS (list[str]): SVG of the scores (0 to 1) and of everything else that looks like a loss.
    """
    step = next((key for key in _STEPS if any(key in row for row in rows)), None)
    numeric = {
        key
        for row in rows
        for key, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and key not in (*_STEPS, "seconds")
    }
    losses = sorted(key for key in numeric if "loss" in key.lower())
    scores = sorted(key for key in numeric if key not in losses and all(0 <= row.get(key, 0) <= 1 for row in rows))
    plots = []
    for title, keys in (("Learning curve", scores), ("Loss", losses)):
        if len(rows) < 2 or not keys:
            continue
        with _axes(title, step or "row", "") as (axes, out):
            for key, color in zip(keys, _LAYERS, strict=False):
                points = [
                    (row.get(step, place) if step else place, row[key]) for place, row in enumerate(rows) if key in row
                ]
                name = _READABLE.get(key, key)
                axes.plot([x for x, _ in points], [y for _, y in points], color=color, label=name, lw=1.8)
            axes.xaxis.get_major_locator().set_params(integer=True)
        plots += out
    return plots
