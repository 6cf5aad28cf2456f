"""Plots of processing elements and arrays."""

from typing import Any

from matplotlib.figure import Figure

from skimp.catalogue.groups import ELEMENTS
from skimp.catalogue.selection import select
from skimp.evaluate.plot import point
from skimp.report.drawing import PAPER, figure
from skimp.report.papers import ENERGY_RATIO
from skimp.show.plot import COLOURS, dress

__all__ = ["accuracy", "energy"]

Documents = dict[str, Any]

SPENT = {"switching_pj": "nets", "internal_pj": "inside cells", "clock_pj": "clock",
         "leakage_pj": "leakage"}


def accuracy(documents: Documents) -> Figure | None:
    """Top-1 by area for each product relative to the plain element at the same clock."""
    found = {row["scheme"]: row for row in documents.get("evaluate", {}).get("rows", [])
             if not row.get("recalibrated")}
    schemes = {(one.block.name, one.config): str(one.arithmetic) for one in select(ELEMENTS)}
    points = []
    for row in documents.get("area", []):
        scheme = schemes.get((row["block"], row["config"]))
        if scheme in found and row.get("to_baseline"):
            points.append((row, found[scheme]))
    if not points:
        return None
    drawn = figure(4.6)
    axes = drawn.subplots()
    for element, row in points:
        point(axes, element["to_baseline"], row["scheme"], row["top1_percent"],
              row["loss_error_points"])
        axes.annotate(f"{element['block'].removesuffix('-pe')} {element['config']}",
                      (element["to_baseline"], row["top1_percent"]), fontsize=7,
                      textcoords="offset points", xytext=(4, 4), rotation=30)
    if "exact" in found:
        axes.axhline(found["exact"]["top1_percent"], color="#999999", linewidth=0.8,
                     linestyle="--", zorder=0)
    axes.set_xlabel("area of the element for each product a clock, relative to the plain 8b-8b one")
    conditions = documents["evaluate"].get("conditions", {})
    axes.set_ylabel(f"top-1 of {documents['evaluate'].get('network', 'the network')}, %, "
                    f"{conditions.get('images', '?')} images")
    axes.margins(x=0.1, y=0.15)
    dress(axes)
    drawn.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8)
    return drawn


def energy(documents: Documents) -> Figure | None:
    """Energy for each product of arrays, stacked, with what the paper claims of threads.

    Bars of an array stand together: with its clocks gated, then as they are.
    """
    rows = [(row, gated) for name, gated in (("power_gated", True), ("power", False))
            for row in documents.get(name, []) if row.get("operation") == "product"
            and str(row.get("block")).endswith("-array")
            and all(isinstance(row.get(key), int | float) for key in SPENT)]
    if not rows:
        return None
    names = list(dict.fromkeys(_named(row) for row, _ in rows))
    both = len({gated for _, gated in rows}) > 1
    drawn = figure(1.7 + (0.75 if both else 0.5) * len(names))
    axes = drawn.subplots()
    places = [names.index(_named(row)) + (0.2 - 0.4 * gated) * both for row, gated in rows]
    totals = [0.0] * len(rows)
    for (key, label), colour in zip(SPENT.items(), COLOURS, strict=False):
        bars = axes.barh(places, [row[key] for row, _ in rows], left=totals, color=colour,
                         height=0.36 if both else 0.6, label=label)
        for bar, (_, gated) in zip(bars, rows, strict=True):
            bar.set_alpha(0.55 if both and not gated else 1.0)
        totals = [start + row[key] for start, (row, _) in zip(totals, rows, strict=True)]
    marks = []
    for (row, gated), place, total in zip(rows, places, totals, strict=True):
        ratio = row.get("to_baseline")
        claim = ENERGY_RATIO.get(row["parameters"].get("threads", 0))
        # The paper's ratio of our own plain array: its energies are not known to us.
        mark = claim * total / ratio if ratio and claim else 0
        words = [f"{total:.1f} pJ", *([f"{ratio:.2f} of plain"] if ratio else []),
                 *(["clocks gated"] if gated else [])]
        axes.annotate(", ".join(words), (max(total, mark), place), fontsize=8, xytext=(6, 0),
                      textcoords="offset points", va="center")
        if mark:
            marks.append((mark, place))
    if marks:
        axes.plot(*zip(*marks, strict=True), linestyle=" ", marker="|", markersize=16,
                  markeredgewidth=2, color=PAPER,
                  label="paper's ratio of our plain array")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(0, 1.4 * max(*totals, *(mark for mark, _ in marks), 0))
    first, _ = rows[0]
    axes.set_xlabel(f"pJ for each product, {first.get('workload', '')}, "
                    f"{first.get('library', '')}, {first.get('volts', 0):g} V\n"
                    "paper: Shomron, Weiser, MICRO 2020; its clocks' gating is not known to us")
    dress(axes, "x")
    # Lines come before bars otherwise.
    handles, labels = axes.get_legend_handles_labels()
    drawn.legend(handles[-4:] + handles[:-4], labels[-4:] + labels[:-4],
                 loc="outside lower center", ncols=5, frameon=False, fontsize=8, markerscale=0.5)
    return drawn


def _named(row: dict[str, Any]) -> str:
    return f"{row['block']} {row['config']}"
