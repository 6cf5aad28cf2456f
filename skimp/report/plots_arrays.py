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
    """Energy for each product of arrays, stacked, with what the paper claims of threads."""
    rows = [row for row in documents.get("power", []) if row.get("operation") == "product"
            and str(row.get("block")).endswith("-array")
            and all(isinstance(row.get(key), int | float) for key in SPENT)]
    if not rows:
        return None
    drawn = figure(1.6 + 0.5 * len(rows))
    axes = drawn.subplots()
    before = [0.0] * len(rows)
    for (key, label), colour in zip(SPENT.items(), COLOURS, strict=False):
        axes.barh(range(len(rows)), [row[key] for row in rows], left=before, height=0.6,
                  color=colour, label=label)
        before = [start + row[key] for start, row in zip(before, rows, strict=True)]
    marks = []
    for place, (row, total) in enumerate(zip(rows, before, strict=True)):
        ratio = row.get("to_baseline")
        claim = ENERGY_RATIO.get(row["parameters"].get("threads", 0))
        # The paper's ratio of our own plain array: its energies are not known to us.
        mark = claim * total / ratio if ratio and claim else 0
        relative = f", {ratio:.2f} of plain" if ratio else ""
        axes.annotate(f"{total:.1f} pJ{relative}", (max(total, mark), place), fontsize=8,
                      xytext=(6, 0), textcoords="offset points", va="center")
        if mark:
            marks.append((mark, place))
    if marks:
        axes.plot(*zip(*marks, strict=True), linestyle=" ", marker="|", markersize=20,
                  markeredgewidth=2, color=PAPER,
                  label="paper's ratio of our plain array")
    axes.set_yticks(range(len(rows)), [f"{row['block']} {row['config']}" for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, 1.3 * max(*before, *(mark for mark, _ in marks), 0))
    axes.set_xlabel(f"pJ for each product, {rows[0].get('workload', '')}, "
                    f"{rows[0].get('library', '')}, {rows[0].get('volts', 0):g} V\n"
                    "paper: Shomron, Weiser, MICRO 2020")
    dress(axes, "x")
    # Lines come before bars otherwise.
    handles, labels = axes.get_legend_handles_labels()
    drawn.legend(handles[-4:] + handles[:-4], labels[-4:] + labels[:-4],
                 loc="outside lower center", ncols=5, frameon=False, fontsize=8, markerscale=0.5)
    return drawn
