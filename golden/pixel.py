"""Predict whole pixels by value: as the mean of their computed neighbours where these are alike.

Places are computed first as mask 5 has it, so all four neighbours of the others are. A block of
``cols`` channels, which an array computes side by side, is predicted if the spreads of its
channels add up to no more than a limit. Predicting everywhere, without looking, is perforated
convolution (Figurnov et al., "PerforatedCNNs", NeurIPS 2016, arXiv 1504.08362).
"""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from skimp.golden.checks import at_least_one
from skimp.golden.masks import as_codes
from skimp.golden.predictor import Predictor, blocks

__all__ = ["EVERYWHERE", "KIND", "Pixels", "means", "predict"]

#: The mask.
KIND = 5
#: A limit that no spread is above.
EVERYWHERE = (1 << 31) - 1


def means(x):
    """Return what each place is predicted as, and how much its neighbours differ.

    The pairs above and below, left and right, count as far as they are complete. Where none is, in
    a corner, the neighbours that there are make one. A neighbour alone is the mean itself; where
    there is none, in a plane of one place, that is 0.

    Parameters
    ----------
    x : uint8 array ``(images, rows, columns, channels)``
        A layer's output; what is not computed first is not looked at.

    Returns
    -------
    mean : uint8 array of the shape of ``x``
        ``floor(sum / count + 1/2)``; of use where mask 5 does not compute first.
    spread : int16 array of the shape of ``x``
        The sum of the differences of the pairs, 0 to 510.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not so.
    """
    x = as_codes(x)
    rows, columns = x.shape[1:3]
    padded = np.pad(x.astype(np.int16), ((0, 0), (1, 1), (1, 1), (0, 0)))
    down, across = np.arange(rows)[:, np.newaxis], np.arange(columns)
    near = [(padded[:, :-2, 1:-1], down > 0), (padded[:, 2:, 1:-1], down < rows - 1),
            (padded[:, 1:-1, :-2], across > 0), (padded[:, 1:-1, 2:], across < columns - 1)]
    there = [np.broadcast_to(is_there, (rows, columns)) for _, is_there in near]
    first, second = there[0] & there[1], there[2] & there[3]
    corner = ~(first | second)
    taken = [(pair | corner) & is_there
             for pair, is_there in zip((first, first, second, second), there, strict=True)]
    values = [value for value, _ in near]
    count = np.stack(taken).sum(axis=0, dtype=np.int16)[:, :, np.newaxis]
    total = sum(value * part[:, :, np.newaxis] for value, part in zip(values, taken, strict=True))
    spread = sum(np.abs(one - other) * pair[:, :, np.newaxis] for one, other, pair in (
        (values[0], values[1], first), (values[2], values[3], second)))
    # Outside of the plane all is 0: in a corner, the sums are one neighbour each.
    alone = np.where(count == 2, np.abs(values[0] + values[1] - values[2] - values[3]), 0)
    spread = np.where(corner[:, :, np.newaxis], alone, spread)
    return ((2 * total + count) // np.maximum(2 * count, 1)).astype(np.uint8), spread


def predict(x, limits, *, cols):
    """Return which blocks of which pixels are kept, and what the others are.

    Parameters
    ----------
    x : uint8 array ``(images, rows, columns, channels)``
    limits : integers ``(blocks,)``
        -1: every block is kept.
    cols : int
        Channels of a block.

    Returns
    -------
    keep : bool array ``(images, rows, columns, blocks)``
        True where computed first, or where the spreads are above the limit.
    values : uint8 array of the shape of ``x``
        ``x`` where kept, else the mean.

    Raises
    ------
    TypeError, ValueError
        As for `means`; also if limits are not one for each block, at least -1.
    """
    return Pixels(cols=cols, limits=limits).apply(x)


@dataclass(frozen=True, kw_only=True, eq=False)
class Pixels(Predictor):
    """Blocks of ``cols`` channels and their limits; errors are those of `predict`."""

    least: ClassVar[int] = -1
    most: ClassVar[int] = EVERYWHERE

    kind: int = field(default=KIND, init=False)
    cols: int
    limits: np.ndarray

    def __post_init__(self):
        at_least_one("Channels of a block", self.cols)
        self.check_limits()

    def scores(self, x):
        return blocks(means(x)[1], self.cols)

    def values(self, x):
        return means(x)[0]

    def both(self, x):
        mean, spread = means(x)
        return blocks(spread, self.cols), mean
