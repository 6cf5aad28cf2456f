"""The plots of the page; those of sorting units and their link here. Each takes all documents."""

from collections.abc import Callable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skimp.catalogue.groups import SORTER, SORTERS
from skimp.report.drawing import PAPER, figure, logarithmic
from skimp.report.plots_arrays import accuracy, energy
from skimp.report.plots_networks import predictions, searches
from skimp.show.plot import COLOURS, dress
from skimp.traffic.wire import UNITS

__all__ = ["PLOTS", "area", "break_even", "transitions"]

Documents = dict[str, Any]
Row = dict[str, Any]

MARKERS = {"counting": "o", "banyan": "D", "odd-even": "s", "bitonic": "^", "compare-all": "v",
           "serial": "P"}


def buckets(parameters: dict[str, Any]) -> int:
    """Return the number of buckets that a sorting unit tells apart."""
    if parameters["key"] != "popcount":
        return (1 << len(parameters["wires"])) + (parameters["key"] == "nonzero-gray")
    table = parameters["buckets"]
    return max(table) + 1 if table else parameters["width"] + 1


def area(documents: Documents) -> Figure | None:
    """Area of sorting units by n, a panel for each number of buckets."""
    rows = [row for row in documents.get("area", []) if row.get("area_um2")
            and row.get("block") in SORTERS]
    if not rows:
        return None
    numbers = sorted({buckets(row["parameters"]) for row in rows})
    sizes = sorted({row["parameters"]["n"] for row in rows})
    drawn = figure(4.2)
    panels = drawn.subplots(1, len(numbers), sharey=True, squeeze=False)[0]
    colours = dict(zip(MARKERS, COLOURS, strict=False))
    seen = {}
    for panel, number in zip(panels, numbers, strict=True):
        lines: dict[tuple[str, str], dict[int, float]] = {}
        for row in rows:
            if buckets(row["parameters"]) == number:
                sorter = row["parameters"]["sorter"]
                key = row["parameters"]["key"]
                lines.setdefault((sorter, key), {})[row["parameters"]["n"]] = row["area_um2"]
        for (sorter, key), line in lines.items():
            label = sorter if key == "popcount" else f"{sorter}, Gray wires"
            seen[label], = panel.plot(
                [sizes.index(n) for n in sorted(line)], [line[n] for n in sorted(line)],
                color=colours[sorter], marker=MARKERS[sorter], markersize=5, linewidth=1,
                linestyle="-" if key == "popcount" else "--")
        panel.set_title(f"{number} buckets")
        panel.set_xticks(range(len(sizes)), [f"{n}" for n in sizes])
        panel.set_xlabel("n elements")
        panel.set_yscale("log")
        logarithmic(panel.yaxis)
        panel.margins(x=0.12)
        dress(panel)
    panels[0].set_ylabel("area, um2")
    drawn.legend(seen.values(), seen.keys(), loc="outside lower center", ncols=4, frameon=False)
    return drawn


def transitions(documents: Documents) -> Figure | None:
    """Reduction of transitions by the area of the unit that sorts so."""
    traffic = documents.get("traffic", {})
    areas = {(row["unit"], row["n"]): row["area_um2"] for row in traffic.get("break_even", [])}
    areas |= {(row["config"], row["parameters"]["n"]): row["area_um2"]
              for row in documents.get("area", [])
              if row.get("block") == SORTER and row.get("area_um2")}
    points: dict[tuple[str, int], list[tuple[float, float]]] = {}
    units = {}
    for row in traffic.get("rows", []):
        if (row.get("stream"), row.get("mode"), row.get("packet_order")) != (
                "activations", "alone", "output-stationary") or row.get("pads") == "zero":
            continue
        for unit in UNITS.get(row["ordering"], ()):
            place = areas.get((unit, row["n"]))
            if place and row["reduction_percent"] is not None and row["layer"].startswith("conv"):
                points.setdefault((row["layer"], row["lanes"]), []).append(
                    (place, row["reduction_percent"]))
                units[unit] = place
    if not points:
        return None
    drawn = figure(4.4)
    axes = drawn.subplots()
    colours = dict(zip(dict.fromkeys(layer for layer, _ in points), COLOURS, strict=False))
    lanes = list(dict.fromkeys(count for _, count in points))
    for (layer, count), some in points.items():
        axes.plot(*zip(*sorted(some), strict=True), linestyle=" ", color=colours[layer],
                  marker="osD^"[lanes.index(count) % 4], markersize=6,
                  markerfacecolor=colours[layer] if count == lanes[0] else "white",
                  label=f"{layer}, {count} lane" + "s" * (count > 1))
    for unit, place in units.items():
        axes.axvline(place, color="#eeeeee", zorder=0)
        axes.text(place, 1.01, unit, transform=axes.get_xaxis_transform(), rotation=25,
                  fontsize=8, rotation_mode="anchor")
    for said in traffic.get("paper", []):
        axes.axhline(said["reduction_percent"], color=PAPER, linewidth=0.9, linestyle="--",
                     label=f"paper ({said['source'].split(',')[0]}), {said['unit']}: "
                           f"{said['reduction_percent']:.2f} %, {said['technology']}")
    axes.set_xlabel("area of the sorting unit, um2")
    axes.set_ylabel("bit transitions saved, %")
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylim(bottom=min(0, axes.get_ylim()[0]))
    dress(axes)
    drawn.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return drawn


def break_even(documents: Documents) -> Figure | None:
    """Length of wire from which on a sorting unit pays, by layer and ordering.

    A panel each for clocks that are gated and that are not. A hollow mark is where packets come
    most rarely, if that is not one a clock.
    """
    traffic = documents.get("traffic", {})
    rows = traffic.get("break_even", [])
    known = [row["break_even_mm"] for row in rows if row.get("break_even_mm") is not None]
    if not known:
        return None
    places = list(dict.fromkeys((row["layer"], row["lanes"]) for row in rows))
    ways = sorted({bool(row.get("clock_gating")) for row in rows}, reverse=True)
    drawn = figure(1.8 + 0.42 * len(places))
    panels = drawn.subplots(1, len(ways), sharex=True, sharey=True, squeeze=False)[0]
    for panel, gated in zip(panels, ways, strict=True):
        _lengths(panel, [row for row in rows if bool(row.get("clock_gating")) == gated], places,
                 max(known))
        if gated or len(ways) > 1:
            panel.set_title("clocks gated" if gated else "clocks not gated", pad=14)
        for line in range(1, len(places)):
            panel.axhline(line - 0.5, color="#eeeeee", zorder=0)
        if "wire" in traffic:
            length = traffic["wire"]["mm"]
            panel.axvline(length, color="#999999", linestyle="--", linewidth=0.9)
            panel.text(length * 1.05, 1.01, f"a link of {length:g} mm", fontsize=8,
                       transform=panel.get_xaxis_transform())
        panel.set_xlabel("the unit pays on wires longer than, mm")
        dress(panel, "x")
    first = panels[0]
    first.set_xscale("log")
    first.set_xlim(min(*known, traffic.get("wire", {}).get("mm", known[0])) / 1.5,
                   max(known) * 5)      # room for "never"
    first.set_yticks(range(len(places)), [f"{layer}, {lanes} lane" + "s" * (lanes > 1)
                                          for layer, lanes in places])
    first.set_ylim(len(places) - 0.5, -0.5)
    for panel in panels:
        logarithmic(panel.xaxis, (1, 2, 5) if len(ways) == 1 else (1,))
    rarely = max(row.get("every") or 1 for row in rows)
    if rarely > 1:
        first.plot([], [], linestyle=" ", marker="o", color="#666666", markerfacecolor="white",
                   label=f"hollow: a packet in {rarely} clocks")
    drawn.legend(*first.get_legend_handles_labels(), loc="outside lower center", ncols=2,
                 frameon=False, fontsize=8)
    return drawn


def _lengths(axes: Axes, rows: list[Row], places: list[tuple[str, int]], most: float) -> None:
    """Draw the lengths of ``rows``, in a line of ``axes`` for each of ``places``."""
    names = list(dict.fromkeys((row["ordering"], row["unit"]) for row in rows))
    rates = sorted({row.get("every") or 1 for row in rows})
    for number, name in enumerate(names):
        shift = 0.7 * ((number + 0.5) / len(names) - 0.5)
        colour = COLOURS[number % len(COLOURS)]
        own = [(row.get("break_even_mm"), places.index((row["layer"], row["lanes"])) + shift,
                row.get("every") or 1) for row in rows if (row["ordering"], row["unit"]) == name]
        for every in dict.fromkeys((rates[0], rates[-1])):
            found = [(length, place) for length, place, rate in own
                     if rate == every and length is not None]
            often = every == rates[0]
            if found:
                axes.plot(*zip(*found, strict=True), linestyle=" ", markersize=6,
                          marker="osD^vP"[number % 6], color=colour, zorder=3 if often else 2,
                          markerfacecolor=colour if often else "white",
                          label=f"{name[0]}: psu {name[1]}" if often else None)
        for place in dict.fromkeys(place for length, place, _ in own if length is None):
            axes.text(most * 1.5, place, "never", fontsize=7, va="center", color=colour)


#: Plots by the name of their file, and what they show.
PLOTS: dict[str, tuple[Callable[[Documents], Figure | None], str]] = {
    "area": (area, "Area of sorting units by number of elements n and of buckets"),
    "transitions": (transitions, "Bit transitions saved, by area of the sorting unit"),
    "accuracy": (accuracy, "Top-1 of ResNet-8 by area of the processing element for each product"),
    "predictions": (predictions, "Loss of ResNet-8 by products skipped, for each predictor"),
    "search": (searches, "Loss by speed-up: what searches found"),
    "break-even": (break_even, "Length of wire from which on a sorting unit saves energy"),
    "energy": (energy, "Energy of arrays for each product, by what dissipates it"),
}
