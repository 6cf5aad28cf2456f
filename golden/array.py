"""The output-stationary systolic array: what it computes, and in which clock.

An array of rows x cols processing elements multiplies matrices a tile at a time: rows x cols sums,
in K' steps. In a step each row takes an activation, or one per thread, and each column as many
weights; they pass through the array, a clock from each element to the next. The dataflow is
that of Shomron, Weiser, MICRO 2020, arXiv 2004.09309; how sums leave it is this project's own.
"""

from collections import deque
from typing import NamedTuple

import numpy as np

from skimp.golden.checks import as_matrices, at_least_one, check_width, integers

__all__ = ["Clocks", "Gemm", "Schedule", "exact", "gemm", "keeps_after", "schedule"]


class Schedule(NamedTuple):
    """Clocks of an array."""

    #: In which the last step of each tile is taken, int64 ``(tiles,)``.
    last: np.ndarray
    #: In which each row of its sums is offered, int64 ``(tiles, rows)``.
    rows: np.ndarray


class Gemm(NamedTuple):
    """What a product of matrices costs on an array."""

    tiles: int
    #: Of each tile.
    steps: int
    #: Clocks from the first step to the last row of sums, both included.
    cycles: int
    #: Products asked for, of those that all threads could make in so many clocks.
    utilisation: float


def exact(x, w, *, activation_width=8, signed=False):
    """Multiply matrices as an array of plain processing elements does.

    Parameters
    ----------
    x, w : (M, K) and (K, N) arrays of integers
        Activations in ``[0, 2**activation_width)``, or ``signed``; weights in ``[-128, 128)``.
    activation_width, signed : int, bool
        Bits of an activation, 1 to 32, and whether it has a sign.

    Returns
    -------
    (M, N) array of int64

    Raises
    ------
    TypeError
        If an operand is not of integers.
    ValueError
        If an operand is out of its range, a shape is wrong or the two K differ.

    Examples
    --------
    >>> exact([[90, 3]], [[9], [1]]).tolist()
    [[813]]
    """
    check_width(activation_width)
    x, w = as_matrices(x, w, width=activation_width, signed=signed)
    # Exact, and several times faster than with integers: float64 has every integer to 2**53.
    return (x.astype(np.float64) @ w.astype(np.float64)).astype(np.int64)


def keeps_after(cols, group=0):
    """Return how many clocks after a tile's first step keep bits of the next one are taken."""
    return max(cols // (group or 2 - cols % 2) - 1, 1)


def schedule(taken, *, rows, cols, group=0, element_latency=2, skip=False) -> Schedule:
    """Return the clocks in which tiles that follow each other end, and their sums come out.

    Nothing idles or stalls. A step is taken in each clock, but the last step of a tile not before
    ``rows`` clocks after that of the tile before. Row r of the sums is offered, and taken,
    ``element_latency + cols // group + 1 + r`` clocks after the last step.

    Parameters
    ----------
    taken : (tiles, steps) array of bool, or (tiles,) array of integers
        Which steps of each tile are taken; or their number, at least 1. A tile of which none is
        takes one all the same: it ends the tile.
    rows, cols : int
        Processing elements.
    group : int
        Neighbouring columns that are skewed alike; 0: 2 where ``cols`` is even, else 1.
    element_latency : int
        Clocks from the operands of a processing element to its sum.
    skip : bool
        Whether the array takes keep bits: a tile starts once it has a word for each row. Those of
        the first tile are there.

    Returns
    -------
    Schedule
        Clock 0 takes the first step.

    Raises
    ------
    TypeError
        If ``taken`` is neither of bool nor of integers.
    ValueError
        If ``taken`` has another shape, a count is below 1, or ``cols`` no multiple of ``group``.

    Examples
    --------
    >>> last, rows = schedule([5, 1, 1], rows=2, cols=2)
    >>> last.tolist(), rows.tolist()
    ([4, 6, 8], [[8, 9], [10, 11], [12, 13]])
    >>> schedule(np.array([[True, False, True], [False, False, True]]), rows=1, cols=2).last
    array([1, 2])
    """
    for name, count in (("Rows", rows), ("Columns", cols), ("Element latency", element_latency)):
        at_least_one(name, count)
    group = group or 2 - cols % 2
    if group < 0 or cols % group:
        raise ValueError(f"Group must be 0 or divide {cols} columns, not {group!r}")
    steps = np.asarray(taken)
    if steps.dtype == bool and steps.ndim == 2:
        steps = np.maximum(steps.sum(axis=1), 1)
    steps = integers(steps, "Steps")
    if steps.ndim != 1:
        raise ValueError(f"Steps must have shape (tiles,), not {steps.shape}")
    if steps.size:
        at_least_one("Steps of a tile", int(steps.min()))
    latency = element_latency + cols // group + 1
    apart = np.maximum(steps, rows)
    apart[:1] = steps[:1]
    last = np.cumsum(apart, dtype=np.int64) - 1
    if skip:
        last = _with_keeps(steps.tolist(), rows, rows + keeps_after(cols, group))
    return Schedule(last, last[:, None] + (latency + np.arange(rows)))


def _with_keeps(steps, rows, apart):
    """Return the clocks of last steps if first ones are ``apart``."""
    first, last, ends = -apart, -rows, []
    for count in steps:
        first = max(first + apart, last + 1)
        last = max(first + count - 1, last + rows)
        first = last if count == 1 else first
        ends.append(last)
    return np.array(ends, dtype=np.int64)


class Clocks:
    """The array clock by clock, whatever the streams around it do.

    Its time stalls while two rows of sums wait and another comes. The first row of a tile comes
    ``latency - 1`` clocks of that time after the tile's last step, the others in the clocks behind.

    Parameters
    ----------
    rows : int
        Rows of processing elements.
    latency : int
        Clocks from the last step of a tile to the first row of its sums.
    keeps_after : int, optional
        Of an array that takes keep bits, see `keeps_after`.

    Attributes
    ----------
    last : deque of bool
        Of each step to come, whether it is the last of a tile. More may be appended at any time.
    """

    def __init__(self, rows, latency, keeps_after=None):
        self.rows, self.latency, self.keeps_after = rows, latency, keeps_after
        self.last = deque()
        self.within, self.kept, self.opens = False, 0, 0
        self.now, self.free = 0, 0              # free: for the next last step
        self.due = set()
        self.waiting, self.advance = 0, True

    def step(self, valid, ready, keep=False):
        """Advance by one clock; return what the array does.

        Parameters
        ----------
        valid : bool
            Whether both operands of the next step are offered.
        ready : bool
            Whether the reader takes a row that is offered.
        keep : bool
            Whether a word of keep bits is offered.

        Returns
        -------
        takes, offers, room : bool
            Whether a step is taken, a row is offered, a word of keep bits would be taken.
        """
        skips = self.keeps_after is not None
        takes = (self.advance and valid and not (self.last[0] and self.now < self.free)
                 and (self.within or not skips or self.kept == self.rows))
        room = skips and self.advance and self.kept < self.rows and self.now >= self.opens
        self.kept += room and keep
        if takes:
            if self.keeps_after is not None and not self.within:
                self.kept, self.opens = 0, self.now + self.keeps_after
            self.within = not self.last[0]
        offers = self.waiting > 0
        self.waiting += (self.advance and self.now in self.due) - (offers and ready)
        if takes and self.last.popleft():
            self.free = self.now + self.rows
            first = self.now + self.latency - 1
            self.due.update(range(first, first + self.rows))
        self.now += self.advance
        self.advance = not (self.waiting == 2 and self.now in self.due)
        return takes, offers, room


def gemm(m, k, n, *, rows, cols, group=0, threads=1, element_latency=2) -> Gemm:
    """Return how long an array takes for an (M, K) by (K, N) product.

    Its tiles follow each other as `schedule` says. Those at the edges are as long as all others.

    Parameters
    ----------
    m, k, n : int
        Sizes of the matrices.
    rows, cols, group, element_latency : int
        As for `schedule`.
    threads : int
        Products of a processing element in a step.

    Raises
    ------
    ValueError
        If a count is below 1, or the group not as for `schedule`.

    Examples
    --------
    >>> gemm(4, 100, 4, rows=4, cols=4)
    Gemm(tiles=1, steps=100, cycles=108, utilisation=0.9259259259259259)
    >>> gemm(4, 100, 4, rows=4, cols=4, threads=2).cycles
    58
    """
    for name, count in (("M", m), ("K", k), ("N", n), ("Threads", threads), ("Rows", rows),
                        ("Columns", cols)):
        at_least_one(name, count)
    tiles, steps = -(-m // rows) * -(-n // cols), -(-k // threads)
    clocks = schedule(np.full(tiles, steps), rows=rows, cols=cols, group=group,
                      element_latency=element_latency)
    cycles = int(clocks.rows[-1, -1]) + 1
    return Gemm(tiles, steps, cycles, m * k * n / (cycles * rows * cols * threads))
