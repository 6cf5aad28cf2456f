"""Accuracy against speed, drawn without a display."""

from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from skimp.golden.arithmetic import parse_scheme
from skimp.traffic.plot import check_path

__all__ = ["check_path", "draw", "style"]

#: Colour and marker of each family of schemes.
STYLES = {"exact": ("#3d405b", "s"), "static": ("#9e2a2b", "^"), "sparq": ("#e09f3e", "o"),
          "nbsmt": ("#2a6f97", "D"), "mixed": ("#588157", "v")}
NAMED = 12      # so many schemes at most are named in the plot
APART, SPREAD = 0.012, 0.1      # of the axis: between schemes of one speed, and for all of them


def style(scheme: str) -> tuple[str, str, str]:
    """Return how points of a scheme are drawn: the label of its family, colour, marker."""
    family = parse_scheme(scheme)
    return family.label, *STYLES[family.family]


def draw(report: dict[str, Any], path: Path) -> None:
    """Draw top-1 by MACs a cycle, a point each row, recalibrated ones filled.

    Parameters
    ----------
    report : dict
        As `skimp.evaluate.evaluate` returns it.
    path : path
        A ``.png``, ``.svg`` or ``.pdf`` file; replaced as a whole if it is there.

    Raises
    ------
    ValueError
        If the path has another ending.
    """
    path = check_path(path)
    rows = report["rows"]
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    labels = set()
    schemes = {row["scheme"]: row["macs_per_cycle"] for row in rows}
    places = _places(schemes)
    for row in rows:
        label, colour, marker = style(row["scheme"])
        label += ", recalibrated" if row["recalibrated"] else ""
        place = places[row["scheme"]]
        axes.errorbar(place, row["top1_percent"], row["loss_error_points"],
                      color=colour, marker=marker, markersize=6, linewidth=0, elinewidth=0.8,
                      markerfacecolor=colour if row["recalibrated"] else "white",
                      label=None if label in labels else label)
        labels.add(label)
        if len(schemes) <= NAMED and not row["recalibrated"]:
            axes.text(place, 0.02, row["scheme"], fontsize=7, rotation=90, ha="center",
                      transform=axes.get_xaxis_transform())
    axes.axhline(rows[0]["top1_percent"], color="#999999", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_xlabel(f"MACs a cycle, array of {report['conditions']['array']}; schemes of one speed "
                    "are drawn beside each other")
    axes.set_ylabel(f"top-1 %, {report['conditions']['images']} images")
    axes.set_title(f"{report['network']}: accuracy against speed; bars: standard error of the "
                   "difference to 8 bits", loc="left", fontsize=10, parse_math=False)
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.margins(x=0.1, y=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, ncols=2)
    beside = path.with_name(f".{path.name}.part")
    figure.savefig(beside, format=path.suffix[1:], dpi=120)
    beside.replace(path)


def _places(speeds: dict[str, float]) -> dict[str, float]:
    """Return where each scheme stands: side by side around the speed that some share."""
    widest = max(speeds.values())
    places = {}
    for speed in set(speeds.values()):
        group = [scheme for scheme, its in speeds.items() if its == speed]
        apart = widest * min(APART, SPREAD / len(group))
        for number, scheme in enumerate(group):
            places[scheme] = speed + apart * (number - (len(group) - 1) / 2)
    return places
