"""Loss of a network of text against bits of a code, drawn without a display."""

from pathlib import Path

from matplotlib.figure import Figure

from skimp.evaluate.figures_text import TextRecord, TextReport
from skimp.show.plot import dress, save

__all__ = ["draw"]

#: Colour and marker by what a code's text begins with.
STYLES = {"int": ("one step", "#9e2a2b", "^"), "zero": ("one step, zero point", "#e09f3e", "D"),
          "softedge": ("soft edge", "#2a6f97", "o"), "ablation": ("ablations", "#588157", "v")}
APART, SPREAD = 0.09, 0.8       # of a bit: between codes of the same bits, and for all of them
#: mbit; losses below are drawn on a linear part of the axis.
LINEAR = 1.0


def draw(report: TextReport, path: Path) -> None:
    """Draw loss by bits to ``path``, a point each row but u in floats."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    rows = [row for row in report.rows if row.layers and row.bits <= 9]
    for bits in {row.bits for row in rows}:
        group = [row for row in rows if row.bits == bits]
        for number, row in enumerate(group):
            label, colour, marker = STYLES[_family(row)]
            known = axes.get_legend_handles_labels()[1]
            place = bits + min(APART, SPREAD / len(group)) * (number - (len(group) - 1) / 2)
            axes.errorbar(place, row.loss_mbit, row.loss_error_mbit, color=colour, marker=marker,
                          markersize=5, linewidth=0, elinewidth=0.8,
                          label="" if label in known else label)
    axes.axhline(0, color="#999999", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_xticks(sorted({row.bits for row in rows}))
    axes.set_yscale("symlog", linthresh=LINEAR)
    axes.set_xlabel("bits of a code; codes and percentiles of as many bits beside each other")
    axes.set_ylabel("loss, mbit per character")
    axes.set_title(f"{report.network}: loss against u in floats, "
                   f"{report.conditions['characters']:,} characters; bars: standard error",
                   loc="left", fontsize=10, parse_math=False)
    dress(axes)
    if rows:
        axes.legend(frameon=False, fontsize=8)
    save(figure, path)


def _family(row: TextRecord) -> str:
    first, _, rest = row.code.partition(":")
    return first if first in STYLES else "zero" if rest == "zero" else "int"
