"""Plots of networks: outputs that are not computed, and searches."""

from typing import Any

from matplotlib.figure import Figure

from skimp.evaluate.plot_predictions import curves
from skimp.report.drawing import figure
from skimp.search.plot import fronts
from skimp.show.plot import dress

__all__ = ["predictions", "searches"]


def predictions(documents: dict[str, Any]) -> Figure | None:
    """Loss by products skipped, a line each predictor; batch norm recalibrated, where it was."""
    rows = documents.get("evaluate", {}).get("predictions", [])
    if not rows:
        return None
    again = [row for row in rows if row.get("recalibrated")]
    drawn = figure(4.6)
    axes = drawn.subplots()
    curves(axes, again or rows)
    axes.set_xlabel("products skipped, % of all")
    axes.set_ylabel("top-1 lost, points")
    dress(axes)
    drawn.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return drawn


def searches(documents: dict[str, Any]) -> Figure | None:
    """Loss by speed-up of each search, a panel each."""
    found = documents.get("search", [])
    if not found:
        return None
    drawn = figure(3.4 * len(found))
    for axes, document in zip(drawn.subplots(len(found), squeeze=False)[:, 0], found, strict=True):
        fronts(axes, document)
    return drawn
