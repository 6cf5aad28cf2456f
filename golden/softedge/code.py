"""The soft-edge rule: codes that lie a fine, then a standard, then a coarse step apart."""

from dataclasses import dataclass

import numpy as np

from skimp.golden.checks import integers
from skimp.golden.softedge.base import Code, as_reals, as_step, in_blocks, rounded
from skimp.golden.softedge.floats import magnitudes, values
from skimp.golden.softedge.layout import ENDS, Layout

__all__ = ["SoftEdge"]

MOST_FRACTION = 32


@dataclass(frozen=True)
class SoftEdge(Layout, Code):
    """Real numbers, or integers, as the nearest code of a `Layout`; half goes away from zero.

    The fine step ``q`` is a quarter of the tensor's ``step``. Beyond the outermost codes values
    saturate.

    Examples
    --------
    >>> short = SoftEdge(((64, 0), (112, 2), (80, 4)))
    >>> short.bits, short.largest, short.thresholds
    (9, 1776, (0, 64, 512))
    >>> short.decode(short.encode([3, -70, 600])).tolist()
    [3, -72, 608]
    """

    def __str__(self):
        return f"softedge:{self.name}"

    def encode(self, x, fraction=0):
        """Return codes, int64, of integers in units of ``q * 2**-fraction``, rounded once.

        Parameters
        ----------
        x : array of integers, any shape
            Below 2**62 in magnitude.
        fraction : int
            0 to 32 bits.

        Raises
        ------
        TypeError
            If ``x`` is not of integers.
        ValueError
            If ``x`` or ``fraction`` is out of range.

        Examples
        --------
        >>> SoftEdge(((64, 0), (112, 2), (16, 4)), negative=64).encode([7, 8, -7, -8, 99999], 4)
        array([  0,   1,   0, 255, 191])
        """
        x = integers(x, "Activations")
        if fraction not in range(MOST_FRACTION + 1):
            raise ValueError(f"Fraction must be 0 to {MOST_FRACTION} bits, not {fraction!r}")
        if x.size and not -1 << 62 < x.min() <= x.max() < 1 << 62:
            raise ValueError(f"Activations must be below 2**62 in magnitude, "
                             f"not [{x.min()}, {x.max()}]")
        x = x.astype(np.int64)
        a = np.abs(x)
        m = _shifted(a, fraction)
        for number in range(1, len(self.segments)):
            begin, shift = self.thresholds[number] << fraction, self.segments[number][1]
            there = a > ENDS[number - 1] << fraction if self.quirks else a >= begin
            m = np.where(there, self.firsts[number] + _shifted(a - begin, shift + fraction), m)
        return self._signed(np.minimum(m, self.magnitudes - 1), x < 0)

    def encode_float(self, u, step):
        """Return codes, int64, of real numbers in units of 1.

        Without quirks the nearest code is found exactly. With them it is what float32 in the
        authors' order of operations gives, which decides within an ulp of a threshold.
        """
        u, step = as_reals(u), as_step(step)
        return self._signed(magnitudes(self, u, step), u < 0)

    def decode(self, codes):
        """Return the values of codes in q, int64.

        Raises
        ------
        TypeError, ValueError
            If codes are not integers from 0 to ``2**bits - 1``.
        """
        codes = self._codes(codes)
        if self.negative is not None:
            return np.where(codes < self.magnitudes,
                            self.values[np.minimum(codes, self.magnitudes - 1)],
                            codes - (1 << self.bits))
        values = self.values[codes % self.magnitudes]
        return np.where(codes < self.magnitudes, values, -values)

    def to_int8(self, codes):
        """Return the INT8, in units of the step, that a projection reads of codes.

        It is made from the code's value, so of a real number rounded twice, half away from zero;
        exactly, where float32 as in `projected` may miss a half by an ulp. The errors are those of
        `decode`.
        """
        values = self.decode(codes)
        rounded = np.sign(values) * _shifted(np.abs(values), 2)
        return np.clip(rounded, -128, 127).astype(np.int8)

    def step(self, c):
        return max(c / self.span, self.floor)

    def quantised(self, u, step):
        u, step = as_reals(u), as_step(step)
        table = values(self, step)
        return in_blocks(lambda block: table[magnitudes(self, block, step)
                                             + self.magnitudes * (block < 0)], u)

    def reach(self, step):
        highest = (self.largest + (1 << self.segments[-1][1]) / 2) * step / 4
        return -highest if self.negative is None else -(self.negative + 0.5) * step / 4, highest

    def unit(self, step):
        return float(as_step(step)) / 4

    def projected_unit(self, step):
        return float(np.float32(as_step(step) * self.span / 127))

    def projected(self, values, step):
        """Return INT8 of ``values``, float32, with the step that INT8 has of the same percentile.

        So of `quantised` numbers, which are rounded twice; with 8 and 9 bits it is `to_int8`.
        """
        return rounded(values, np.float32(self.projected_unit(step)), -128, 127)

    def shares(self, u, step):
        u, step = as_reals(u), as_step(step)
        m = magnitudes(self, u, step)
        if self.negative is not None:
            m[u < 0] = 0
        bounds = np.bincount(np.searchsorted(self.firsts, m.ravel(), "right") - 1,
                             minlength=len(self.segments))
        return tuple((bounds / max(1, m.size)).tolist())

    def _signed(self, m, below):
        """Return codes of magnitudes with their signs."""
        if self.negative is not None:
            return np.where(below & (m > 0), (1 << self.bits) - np.minimum(m, self.negative), m)
        return np.where(below & (m > 0), m + self.magnitudes, m)

    def _codes(self, codes):
        codes = integers(codes, "Codes")
        if codes.size and not 0 <= codes.min() <= codes.max() < 1 << self.bits:
            raise ValueError(f"Codes must be in [0, {1 << self.bits}), "
                             f"not [{codes.min()}, {codes.max()}]")
        return codes.astype(np.int64)


def _shifted(x, shift):
    """Return ``x >> shift``, rounded half up."""
    return x + (1 << shift >> 1) >> shift
