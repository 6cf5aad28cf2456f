"""Loss against speed-up: the fronts of all searches, drawn without a display."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skimp.search.figures import SearchReport
from skimp.search.front import undominated
from skimp.show.plot import COLOURS, dress, save

__all__ = ["draw", "fronts"]

#: Of each way to search, which looks the same in all plots.
MARKERS = {"search": "o", "beacons": "D", "additive": "^", "uniform": "s", "random": "x"}
COLOUR = dict(zip(MARKERS, COLOURS, strict=False))

Document = Mapping[str, Any]


def draw(report: SearchReport, path: Path) -> None:
    """Draw the fronts of a search to ``path``."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    fronts(figure.subplots(), asdict(report))
    save(figure, path)


def fronts(axes: Axes, document: Document) -> None:
    """Draw the front of each way to search; of our own arrays, that of each chip."""
    (_by_chip if document.get("chips") else _by_way)(axes, document)
    dress(axes)
    axes.legend(frameon=False, fontsize=8)


def _by_way(axes: Axes, document: Document) -> None:
    """Draw the loss on the test set of each front's members against what is optimised first."""
    aim = document["conditions"]["optimised"][0]
    for one in document["searches"]:
        members = sorted(one["members"], key=lambda member: member["prices"][aim])
        if members:
            axes.errorbar([member["prices"][aim] for member in members],
                          [member["test_loss"] for member in members],
                          [member["test_loss_error"] for member in members],
                          color=COLOUR[one["front"]], marker=MARKERS[one["front"]], markersize=5,
                          linewidth=0.8, elinewidth=0.5,
                          label=f"{one['front']}, {one['evaluated']} candidates")
    axes.axhline(0, color="#999999", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_xlabel("speed-up against 16 bits" if aim == "speed_up_time"
                    else "mean of the matrices' speed-ups against 16 bits")
    axes.set_ylabel("loss on the test set, points of the error rate")
    axes.set_title(f"{document['network']} on {document['platform']}; bars: standard error",
                   loc="left", fontsize=10)


def _by_chip(axes: Axes, document: Document) -> None:
    """Draw the front of each chip by the losses that it was chosen by: all have one area."""
    said = document["conditions"]
    for colour, chip in zip(COLOURS, (one["prices"]["chip"] for one in document["chips"]),
                            strict=False):
        points = np.array([[one["found"]["loss"], -one["prices"]["speed_up_time"]]
                           for one in document["evaluations"]
                           if one["prices"]["chip"] == chip and one["feasible"]])
        front = points[undominated(points)]
        front = front[np.argsort(front[:, 1])]
        axes.plot(-front[:, 1], front[:, 0], color=colour, marker="o", markersize=4,
                  linewidth=0.8, label=chip)
    axes.set_xlabel("speed-up against the plain array of the same area")
    axes.set_ylabel(f"loss on the search set, {said['loss_unit']}")
    axes.set_title(f"{document['network']}, at most {said['area_budget_mm2']:.2f} mm2",
                   loc="left", fontsize=10)
