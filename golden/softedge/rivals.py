"""Codes of one step, which soft edge is compared with, and no code at all."""

from dataclasses import dataclass

import numpy as np

from skimp.golden.softedge.base import SILU_LOW, Code, as_reals, as_step, rounded

__all__ = ["Float", "Uniform"]


@dataclass(frozen=True)
class Uniform(Code):
    """INT8 or fewer bits: symmetric as Quamba has it, or with a zero point.

    Symmetric: the code is ``u / step`` rounded half away from zero and clamped to ``[-128, 127]``
    of 8 bits; the step is ``c / 127``. With a zero point none of the codes is wasted on what SiLU
    never gives: they reach from `SILU_LOW` to ``c``, and the step is ``(c + 0.2785) / 255``. All in
    float32, in this order.

    Raises
    ------
    ValueError
        If there are not 2 to 8 bits.
    """

    bits: int = 8
    zero: bool = False

    def __post_init__(self):
        if self.bits not in range(2, 9):
            raise ValueError(f"A code of one step must have 2 to 8 bits, not {self.bits!r}")

    def __str__(self):
        return f"int{self.bits}{':zero' * self.zero}"

    def step(self, c):
        if self.zero:
            return (c - SILU_LOW) / ((1 << self.bits) - 1)
        return c / ((1 << self.bits - 1) - 1)

    def zero_point(self, step):
        """Return the code that 0 has, counted from the lowest."""
        middle = 1 << self.bits - 1
        return min(round(-SILU_LOW / step), 2 * middle - 1) if self.zero else middle

    def quantised(self, u, step):
        u, step = as_reals(u), as_step(step)
        lowest = -self.zero_point(float(step))
        return rounded(u, step, lowest, lowest + (1 << self.bits) - 1)

    def reach(self, step):
        lowest = -self.zero_point(step) - 0.5
        return lowest * step, (lowest + (1 << self.bits)) * step


@dataclass(frozen=True)
class Float(Code):
    """Activations as they are."""

    bits = 32

    def __str__(self):
        return "float"

    def step(self, c):
        return c

    def quantised(self, u, step):
        return as_reals(u)

    def reach(self, step):
        return -np.inf, np.inf
