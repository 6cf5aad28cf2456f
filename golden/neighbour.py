"""Predict zeros from computed neighbours: a comparator instead of a network.

``window``: cross-neuron prediction of Shomron, Weiser, "Spatial Correlation and Value Prediction in
Convolutional Neural Networks", IEEE CAL 2018, arXiv 1807.10598, of which only the abstract is
known: the rule is a reconstruction. Windows of 3 x 3 or 2 x 2 lie side by side from the top left
corner; if the largest of a window's computed places is not above a limit, the others are zero.
``sum`` is this project's: around each place, the sum of the computed ones of its 3 x 3
neighbourhood.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from skimp.golden.checks import one_of
from skimp.golden.masks import as_codes, check_kind, mask, tile
from skimp.golden.predictor import Predictor

__all__ = ["MOST", "RULES", "Neighbours", "predict", "scores"]

RULES = ("sum", "window")
#: The largest limit: nine codes of 8 bits.
MOST = 9 * 255


def scores(x, *, kind, rule="sum"):
    """Return what is compared with the limit: int64, of the shape of ``x``.

    Parameters
    ----------
    x : uint8 array ``(images, rows, columns, channels)``
        A layer's output; what is not computed first is not looked at.
    kind : int
        A mask of `golden.masks.KINDS`; its tile is the window.
    rule : {"sum", "window"}

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not so, or there is no such mask or rule.
    """
    one_of("The rule", rule, RULES)
    x = as_codes(x)
    rows, columns = x.shape[1:3]
    read = x.astype(np.int16) * mask(kind, rows, columns)[:, :, np.newaxis]
    if rule == "sum":
        read = np.pad(read, ((0, 0), (1, 1), (1, 1), (0, 0)))
        read = read[:, :-2] + read[:, 1:-1] + read[:, 2:]
        return (read[:, :, :-2] + read[:, :, 1:-1] + read[:, :, 2:]).astype(np.int64)
    high, wide = tile(kind).shape
    read = np.pad(read, ((0, 0), (0, -rows % high), (0, -columns % wide), (0, 0)))
    windows = read.reshape(len(x), read.shape[1] // high, high, read.shape[2] // wide, wide,
                           x.shape[-1])
    largest = windows.max(axis=(2, 4)).astype(np.int64)
    return largest.repeat(high, axis=1).repeat(wide, axis=2)[:, :rows, :columns]


def predict(x, limits, *, kind, rule="sum"):
    """Return which activations are kept: bool, True where computed first or above the limit.

    Parameters
    ----------
    x, kind, rule
        As for `scores`.
    limits : integers ``(channels,)``
        -1: every activation is kept.

    Raises
    ------
    TypeError, ValueError
        As for `scores`; also if limits are not in [-1, `MOST`], one for each channel.
    """
    return Neighbours(kind=kind, rule=rule, limits=limits).keep(x)


@dataclass(frozen=True, kw_only=True, eq=False)
class Neighbours(Predictor):
    """A rule with its limits, one for each channel; errors are those of `predict`."""

    least: ClassVar[int] = -1
    most: ClassVar[int] = MOST

    kind: int
    rule: str = "sum"
    limits: np.ndarray

    def __post_init__(self):
        check_kind(self.kind)
        one_of("The rule", self.rule, RULES)
        self.check_limits()

    def scores(self, x):
        return scores(x, kind=self.kind, rule=self.rule)
