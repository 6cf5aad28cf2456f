"""What every code of an activation can do, and what all of them refuse."""

from abc import ABC, abstractmethod

import numpy as np

__all__ = ["SILU_LOW", "Code", "as_reals", "as_step", "half_away", "in_blocks", "rounded"]

#: SiLU gives nothing below this: its least value is -0.27846.
SILU_LOW = -0.2785
#: Steps of which the quarter is a normal float32, and 2**16 quarters are finite.
STEPS = 2.0 ** -124, 2.0 ** 112

#: Values that are worked on at a time.
BLOCK = 1 << 14


class Code(ABC):
    """A way to write a real number in a few bits; its text, ``str``, is that of `parse_code`.

    The ``step`` of a tensor is a positive number. ``u`` are real numbers of any shape, taken as
    float32; infinities saturate. A TypeError tells what is no number, a ValueError what is NaN, and
    a step that is not from 2**-124 to 2**112.
    """

    #: Bits of a code.
    bits: int

    @abstractmethod
    def step(self, c) -> float:
        """Return the step, a float, of a tensor whose calibrated percentile of ``|u|`` is ``c``."""

    @abstractmethod
    def quantised(self, u, step) -> np.ndarray:
        """Return the values, float32, that the codes of ``u`` stand for."""

    @abstractmethod
    def reach(self, step) -> tuple[float, float]:
        """Return how far codes reach, half a step beyond the outermost; the rest is clipped."""

    def unit(self, step) -> float:
        """Return what all values of codes are multiples of: the step, unless a code says otherwise.
        """
        return float(as_step(step))

    def projected_unit(self, step) -> float:
        """Return what all `projected` values are multiples of."""
        return self.unit(step)

    def projected(self, values, step):
        """Return what a projection beside the scan reads of ``values`` of codes, float32.

        That has at most 8 bits: the value itself, unless a code says otherwise.
        """
        return values

    def shares(self, u, step) -> tuple[float, ...]:
        """Return the share of ``u`` in each segment, lowest first; () for codes of one step."""
        return ()


def as_reals(u):
    """Return ``u`` as float32; refuse what is no real number, and NaN."""
    u = np.asarray(u)
    if u.dtype.kind not in "fiu":
        raise TypeError(f"Activations must be real numbers, not {u.dtype}")
    with np.errstate(over="ignore"):            # beyond float32 is as infinite as infinity
        u = u.astype(np.float32, copy=False)
    if np.isnan(u).any():
        raise ValueError("Activations must be numbers, not NaN")
    return u


def as_step(step):
    """Return ``step`` as float32; refuse what is no step."""
    if not STEPS[0] <= step <= STEPS[1]:        # so is NaN
        raise ValueError(f"A step must be positive and finite, from 2**-124 to 2**112, not {step}")
    return np.float32(step)


def in_blocks(function, u):
    """Return what ``function`` makes of ``u``, float32, block by block: those stay in the cache."""
    flat = u.reshape(-1)
    made = np.empty_like(flat)
    for begin in range(0, flat.size, BLOCK):
        made[begin:begin + BLOCK] = function(flat[begin:begin + BLOCK])
    return made.reshape(u.shape)


def half_away(x):
    """Round magnitudes ``x``, never negative, to integers of the same type, half up."""
    return np.floor(x + x.dtype.type(0.5))


def rounded(u, step, low, high):
    """Return ``u``, float32, as multiples of ``step`` from ``low`` to ``high``; half goes away."""
    def nearest(block):
        with np.errstate(over="ignore"):
            return np.clip(np.sign(block) * half_away(np.abs(block) / step), low, high) * step
    return in_blocks(nearest, u)
