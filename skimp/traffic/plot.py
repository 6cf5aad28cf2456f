"""The plot of a link's transitions."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skimp.show.plot import COLOURS, dress, save
from skimp.traffic.figures import TrafficRecord, TrafficReport

__all__ = ["traffic"]

COLUMNS = 3


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


def traffic(report: TrafficReport, path: str | Path) -> None:
    """Draw the transitions of each stream by ordering, unsorted being 100 %.

    One panel for each layer, packet order and stream, bars grouped by lanes, pads held. A bar is
    hatched where the report warns instead of giving a gain.
    """
    rows = [row for row in report.rows if row.pads != "zero"]
    lanes = list(dict.fromkeys(row.lanes for row in rows))
    places = list(dict.fromkeys((row.layer, row.packet_order) for row in rows))
    panels = [(*place, stream) for place in places for stream in BARS
              if any((row.layer, row.packet_order, row.stream) == (*place, stream)
                     for row in rows)]

    columns = min(COLUMNS, len(panels))
    depth = -(-len(panels) // columns)
    height = 1.3 + 0.55 * len(lanes)            # of a panel, with its margins
    figure = Figure(figsize=(5.2 * columns, (1.2 + height) * depth + 0.9), layout="constrained")
    grid = figure.subplots(depth, columns, squeeze=False).flatten().tolist()
    for axes, (layer, order, stream) in zip(grid, panels, strict=False):
        here = [row for row in rows if (row.layer, row.packet_order, row.stream)
                == (layer, order, stream)]
        _panel(axes, here, stream, lanes)
        axes.set_title(f"{layer}, {order}: {stream}", loc="left", fontsize=10, fontweight="bold")
    for axes in grid[len(panels):]:
        axes.set_axis_off()

    row = rows[0]
    figure.suptitle(parse_math=False, t=f"Bit transitions on the link, {row.workload}"
                    + (f", {row.images} images" if row.images else ""), fontsize=13)
    handles, labels = grid[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=len(lanes), frameon=False)
    figure.supxlabel("% of the same stream's transitions unsorted, row-major. Pads held. Hatched: "
                     "disturbs a stationary stream. *Re-pairing indices not counted.", fontsize=9)
    save(figure, path)


def _panel(axes: Axes, rows: Sequence[TrafficRecord], stream: str, lanes: Sequence[int]) -> None:
    """Draw one panel: a group of bars for each ordering, from the top down."""
    found = {(row.ordering, row.mode, row.operand, row.lanes): row for row in rows}
    bars = [bar for bar in BARS[stream] if any((*bar[1:], count) in found for count in lanes)]
    thick = 0.8 / len(lanes)
    reach = 112
    for place, count in enumerate(lanes):
        for number, bar in enumerate(bars):
            row = found.get((*bar[1:], count))
            if row is None:
                continue
            share = 100 * row.transitions / max(1, row.baseline_transitions)
            y = number + (place - (len(lanes) - 1) / 2) * thick
            drawn = axes.barh(y, min(share, reach), height=0.92 * thick,
                              color=COLOURS[place % len(COLOURS)],
                              hatch="////" if row.warning else None, edgecolor="white",
                              linewidth=0, label=None if number else f"{count} lane"
                              + ("s" if count > 1 else ""))
            axes.bar_label(drawn, [f"{share:.0f}"], fontsize=7, padding=2)
    axes.axvline(100, color="#999999", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_yticks(range(len(bars)), [bar.label for bar in bars], fontsize=8)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, reach + 10)
    axes.tick_params(axis="x", labelsize=8)
    axes.tick_params(axis="y", length=0)
    dress(axes, "x")
    axes.spines["left"].set_visible(False)
