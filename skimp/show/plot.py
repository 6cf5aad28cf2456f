"""What all plots share: their looks, and files that are written whole, without a display."""

import os
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["COLOURS", "check_path", "dress", "save"]

FORMATS = ("pdf", "png", "svg")
COLOURS = ("#2a6f97", "#e09f3e", "#6a994e", "#9e2a2b", "#7b6d8d", "#3d405b", "#c2578a", "#58b4ae")


def check_path(path: str | Path) -> Path:
    """Refuse a file that no plot can be written to."""
    path = Path(path)
    if path.suffix[1:] not in FORMATS:
        raise ValueError(f"A plot must be a file ending in .{', .'.join(FORMATS)}, not {path.name}")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"cannot write to the folder {path.parent}")
    return path


def save(figure: Figure, path: str | Path) -> None:
    """Write a plot to ``path``, a ``.png``, ``.svg`` or ``.pdf`` file, replaced as a whole.

    Raises
    ------
    ValueError
        If the path has another ending.
    """
    path = check_path(path)
    beside = path.with_name(f".{path.name}.part")
    figure.savefig(beside, format=path.suffix[1:], dpi=120)
    beside.replace(path)


def dress(axes: Axes, grid: Literal["both", "x", "y"] = "both") -> None:
    """Dress axes with the looks of all plots."""
    axes.grid(axis=grid, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
