"""Loss against speed-up: the fronts of all searches, drawn without a display."""

from pathlib import Path

from matplotlib.figure import Figure

from skimp.search.figures import SearchReport
from skimp.show.plot import COLOURS, dress, save

__all__ = ["draw"]

MARKERS = {"search": "o", "beacons": "D", "additive": "^", "uniform": "s", "random": "x"}


def draw(report: SearchReport, path: Path) -> None:
    """Draw the loss on the test set of each front's members against what is optimised first."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    aim = report.conditions["optimised"][0]
    for colour, one in zip(COLOURS, report.searches, strict=False):
        members = sorted(one.members, key=lambda member: getattr(member.prices, aim))
        if members:
            axes.errorbar([getattr(member.prices, aim) for member in members],
                          [member.test_loss for member in members],
                          [member.test_loss_error for member in members], color=colour,
                          marker=MARKERS[one.front], markersize=5, linewidth=0.8, elinewidth=0.5,
                          label=f"{one.front}, {one.evaluated} candidates")
    axes.axhline(0, color="#999999", linewidth=0.8, linestyle="--", zorder=0)
    axes.set_xlabel("speed-up against 16 bits" if aim == "speed_up_time"
                    else "mean of the matrices' speed-ups against 16 bits")
    axes.set_ylabel("loss on the test set, points of the error rate")
    axes.set_title(f"{report.network} on {report.platform}; bars: standard error", loc="left",
                   fontsize=10)
    dress(axes)
    axes.legend(frameon=False, fontsize=8)
    save(figure, path)
