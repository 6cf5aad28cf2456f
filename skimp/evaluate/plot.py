"""Accuracy against speed, drawn without a display."""

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from skimp.evaluate.figures import AccuracyReport
from skimp.golden.arithmetic import parse_scheme
from skimp.show.plot import dress, save

__all__ = ["draw", "point"]

#: Colour and marker of each family of schemes.
STYLES = {"exact": ("#3d405b", "s"), "static": ("#9e2a2b", "^"), "sparq": ("#e09f3e", "o"),
          "nbsmt": ("#2a6f97", "D"), "mixed": ("#588157", "v")}
NAMED = 12      # so many schemes at most are named in the plot
APART, SPREAD = 0.012, 0.1      # of the axis: between schemes of one speed, and for all of them


def draw(report: AccuracyReport, path: Path) -> None:
    """Draw top-1 by MACs a cycle to ``path``, a point each row, recalibrated ones filled."""
    rows = report.rows
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    schemes = {row.scheme: row.macs_per_cycle for row in rows}
    places = _places(schemes)
    for row in rows:
        place = places[row.scheme]
        point(axes, place, row.scheme, row.top1_percent, row.loss_error_points,
              recalibrated=bool(row.recalibrated))
        if len(schemes) <= NAMED and not row.recalibrated:
            axes.text(place, 0.02, row.scheme, fontsize=7, rotation=90, ha="center",
                      transform=axes.get_xaxis_transform())
    axes.axhline(rows[0].top1_percent, color="#999999", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_xlabel(f"MACs a cycle, array of {report.conditions['array']}; schemes of one speed "
                    "are drawn beside each other")
    axes.set_ylabel(f"{report.conditions['metric']} %, {report.conditions['images']} images")
    axes.set_title(f"{report.network}: accuracy against speed; bars: standard error of the "
                   "difference to 8 bits", loc="left", fontsize=10, parse_math=False)
    dress(axes)
    axes.margins(x=0.1, y=0.25)
    axes.legend(frameon=False, fontsize=8, ncols=2)
    save(figure, path)


def point(axes: Axes, place: float, scheme: str, top1: float, error: float, *,
          recalibrated: bool = False) -> None:
    """Draw a point of a scheme, filled if ``recalibrated``; the first of a family names it."""
    family = parse_scheme(scheme)
    label, (colour, marker) = family.label, STYLES[family.family]
    label += ", recalibrated" if recalibrated else ""
    known = axes.get_legend_handles_labels()[1]
    axes.errorbar(place, top1, error, color=colour, marker=marker, markersize=6, linewidth=0,
                  elinewidth=0.8, markerfacecolor=colour if recalibrated else "white",
                  label="" if label in known else label)


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
