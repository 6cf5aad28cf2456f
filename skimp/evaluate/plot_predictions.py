"""Loss against products that are not made, drawn without a display."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skimp.evaluate.figures import AccuracyReport
from skimp.show.plot import COLOURS, dress, save

__all__ = ["curves", "draw"]

MARKERS = "oDs^vPX*"


def draw(report: AccuracyReport, path: Path) -> None:
    """Draw loss by products skipped to ``path``: a line each predictor, filled if recalibrated."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    curves(axes, [vars(row) for row in report.predictions])
    axes.set_xlabel("products skipped, % of all")
    axes.set_ylabel(f"{report.conditions['metric']} lost, points, "
                    f"{report.conditions['images']} images")
    axes.set_title(f"{report.network}: outputs that are not computed; bars: standard error of the "
                   "loss against 8 bits", loc="left", fontsize=10, parse_math=False)
    dress(axes)
    axes.legend(frameon=False, fontsize=8)
    save(figure, path)


def curves(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw a line for each predictor, scheme and way of choosing its thresholds."""
    lines: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        words = (row["predictor"], "" if row["scheme"] == "exact" else row["scheme"],
                 "one threshold a layer" if row.get("thresholds") == "layer" else "",
                 "recalibrated" if row.get("recalibrated") else "")
        lines.setdefault(words, []).append(row)
    looks = list(dict.fromkeys(words[:3] for words in lines))
    for words, points in lines.items():
        place = looks.index(words[:3])
        colour = COLOURS[place % len(COLOURS)]
        x, y, error = ([row[name] for row in points] for name in (
            "skipped_percent", "loss_points", "loss_error_points"))
        axes.errorbar(
            x, y, error, color=colour, linewidth=1,
            marker=MARKERS[place % len(MARKERS)], markersize=5, elinewidth=0.7,
            markerfacecolor=colour if words[3] else "white", linestyle="-" if words[3] else ":",
            label=", ".join(filter(None, words)))
    axes.axhline(0, color="#999999", linewidth=0.8, linestyle="--", zorder=0)
