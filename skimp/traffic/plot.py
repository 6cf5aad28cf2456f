"""Plots of the reports, drawn without a display."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skimp.traffic.measure import Row

__all__ = ["check_path", "traffic"]

FORMATS = ("pdf", "png", "svg")
COLUMNS = 3
COLOURS = ("#2a6f97", "#e09f3e", "#6a994e", "#9e2a2b", "#7b6d8d", "#3d405b")


class Bar(NamedTuple):
    """A row of the report, and what the plot calls it."""

    label: str
    ordering: str
    mode: str | None = None
    operand: str | None = None


def _of_a_stream(operand: str) -> list[Bar]:
    return [Bar("bus-invert", "bus-invert"), *(
        Bar(ordering.replace("+", " + "), ordering, "alone", operand) for ordering in (
            "popcount", "approximate", "approximate-calibrated", "gray2", "nonzero-gray2", "gray3",
            "popcount+bus-invert+snake", "gray3+bus-invert+snake"))]


BARS = {
    "activations": _of_a_stream("activation"),
    "weights": _of_a_stream("weight"),
    "pair": [Bar("bus-invert", "bus-invert"), *(
        Bar(f"{ordering}, {way}", ordering, mode, operand) for ordering in ("popcount", "gray3")
        for way, mode, operand in (("by activation", "affiliated", "activation"),
                                   ("by weight", "affiliated", "weight"),
                                   ("separated*", "separated", "both"))),
        Bar("offline weight order", "offline-weights", "affiliated", "weight"),
        Bar("offline + bus-invert + snake", "offline-weights+bus-invert+snake", "affiliated",
            "weight")],
}


def check_path(path: str | Path) -> Path:
    """Refuse a file that no plot can be written to."""
    path = Path(path)
    if path.suffix[1:] not in FORMATS:
        raise ValueError(f"A plot must be a file ending in .{', .'.join(FORMATS)}, not {path.name}")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"cannot write to the folder {path.parent}")
    return path


def traffic(report: Mapping[str, Any], path: str | Path) -> None:
    """Draw the transitions of each stream by ordering, unsorted being 100 %.

    One panel for each layer, packet order and stream, bars grouped by lanes, pads held. A bar is
    hatched where the report warns instead of giving a gain.

    Parameters
    ----------
    report : dict
        As `skimp.traffic.network_report` or `skimp.traffic.trace_report` gives it.
    path : path
        A ``.png``, ``.svg`` or ``.pdf`` file; replaced as a whole if it is there.

    Raises
    ------
    ValueError
        If the path has another ending.
    """
    path = check_path(path)
    rows = [row for row in report["rows"] if row["pads"] != "zero"]
    lanes = list(dict.fromkeys(row["lanes"] for row in rows))
    places = list(dict.fromkeys((row["layer"], row["packet_order"]) for row in rows))
    panels = [(*place, stream) for place in places for stream in BARS
              if any((row["layer"], row["packet_order"], row["stream"]) == (*place, stream)
                     for row in rows)]

    columns = min(COLUMNS, len(panels))
    depth = -(-len(panels) // columns)
    height = 1.3 + 0.55 * len(lanes)            # of a panel, with its margins
    figure = Figure(figsize=(5.2 * columns, (1.2 + height) * depth + 0.9), layout="constrained")
    grid = figure.subplots(depth, columns, squeeze=False).flatten().tolist()
    for axes, (layer, order, stream) in zip(grid, panels, strict=False):
        here = [row for row in rows if (row["layer"], row["packet_order"], row["stream"])
                == (layer, order, stream)]
        _panel(axes, here, stream, lanes)
        axes.set_title(f"{layer}, {order}: {stream}", loc="left", fontsize=10, fontweight="bold")
    for axes in grid[len(panels):]:
        axes.set_axis_off()

    row = rows[0]
    figure.suptitle(parse_math=False, t=f"Bit transitions on the link, {row['workload']}"
                    + (f", {row['images']} images" if row["images"] else ""), fontsize=13)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=len(lanes), frameon=False)
    figure.supxlabel("% of the same stream's transitions unsorted, row-major. Pads held. Hatched: "
                     "disturbs a stationary stream. *Re-pairing indices not counted.", fontsize=9)
    beside = path.with_name(f".{path.name}.part")
    figure.savefig(beside, format=path.suffix[1:], dpi=120)
    beside.replace(path)


def _panel(axes: Axes, rows: Sequence[Row], stream: str, lanes: Sequence[int]) -> None:
    """Draw one panel: a group of bars for each ordering, from the top down."""
    found = {(row["ordering"], row["mode"], row["operand"], row["lanes"]): row for row in rows}
    bars = [bar for bar in BARS[stream] if any((*bar[1:], count) in found for count in lanes)]
    thick = 0.8 / len(lanes)
    reach = 112
    for place, count in enumerate(lanes):
        for number, bar in enumerate(bars):
            row = found.get((*bar[1:], count))
            if row is None:
                continue
            share = 100 * row["transitions"] / max(1, row["baseline_transitions"])
            y = number + (place - (len(lanes) - 1) / 2) * thick
            drawn = axes.barh(y, min(share, reach), height=0.92 * thick,
                              color=COLOURS[place % len(COLOURS)],
                              hatch="////" if row["warning"] else None, edgecolor="white",
                              linewidth=0, label=None if number else f"{count} lane"
                              + ("s" if count > 1 else ""))
            axes.bar_label(drawn, [f"{share:.0f}"], fontsize=7, padding=2)
    axes.axvline(100, color="#999999", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars], fontsize=8)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, reach + 10)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
