"""From accumulators to narrower integers: an integer multiplier a channel, and a shift."""

from dataclasses import dataclass

import numpy as np

__all__ = ["PRODUCT_BITS", "Requantiser", "quantised_rows", "signed"]

#: Bits of the largest multiplier, and so of the numbers that it multiplies.
BITS = 20
PRODUCT_BITS = 62 - BITS


@dataclass(frozen=True, eq=False)
class Requantiser:
    """``clip((x multiplier + half of 2**shift) >> shift, low, high)``: rounded once, half up."""

    #: int64, for each channel or for all.
    multiplier: np.ndarray
    shift: int
    low: int
    high: int

    @classmethod
    def to(cls, ratio, low, high):
        """Make one that multiplies by ``ratio``, positive doubles, rounded to `BITS` bits at most.

        All channels have the same shift; so small ratios are rounded more coarsely.

        Raises
        ------
        ValueError
            If a ratio is not below 2**19, or is so small that nothing would be left.
        """
        ratio = np.asarray(ratio, np.float64)
        shift = BITS - int(np.frexp(ratio.max())[1])
        multiplier = np.rint(np.ldexp(ratio, shift)).astype(np.int64)
        if not 1 <= shift <= 62:
            raise ValueError(f"A requantiser must multiply by 2**{BITS - 62} to 2**{BITS - 1}, not "
                             f"by {ratio.max():.3g}: the network's ranges are out of proportion")
        return cls(multiplier, shift, low, high)

    def __call__(self, x):
        """Return int64 of integers ``x``, which may come as floats; channels are the last axis."""
        x = x.astype(np.int64) * self.multiplier
        x += 1 << self.shift - 1
        x >>= self.shift
        return np.clip(x, self.low, self.high, out=x)


def signed(bits):
    """Return the least and the largest integer of signed ``bits``."""
    return -(1 << bits - 1), (1 << bits - 1) - 1


def quantised_rows(weights, unit):
    """Return INT8 weights, and what accumulators are worth.

    Parameters
    ----------
    weights : array of reals ``(rows, columns)``
    unit : float
        What a unit of the activations that they meet is worth.

    Returns
    -------
    weights : float32 array, of integers in [-127, 127]
    units : float64 array ``(rows,)``
        A row of zeros has that of 1.
    """
    weights = np.asarray(weights, np.float64)
    largest = np.abs(weights).max(axis=1)
    steps = np.where(largest > 0, largest, 127) / 127
    return np.rint(weights / steps[:, np.newaxis]).astype(np.float32), steps * unit
