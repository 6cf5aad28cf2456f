"""Exponential, softplus and SiLU that are the same to the bit on every machine.

Libraries of mathematics differ in the last bits, and these decide which way a value is rounded. So
here all is done by integers of 64 bits; what comes in and goes out are doubles that hold multiples
of a power of two, which is exact. Errors are below 2**-20 for arguments in `[-16, 16)`, or below
2**-20 of the result for the exponential.
"""

from decimal import Decimal
from math import isqrt

import numpy as np

__all__ = ["exp", "silu", "softplus"]

#: Fraction bits of arguments, and of what is computed with.
ARGUMENT, BITS = 20, 30
ONE = 1 << BITS
LOG2_E = int((1 / Decimal(2).ln() * ONE).to_integral_value())
LN_2 = int((Decimal(2).ln() * ONE).to_integral_value())


def _halvings():
    """Return 2**-(1/2), 2**-(1/4), ..., as integers: each is the root of the one before."""
    found, value, wide = [], 1 << 63, 64
    for _ in range(BITS):
        value = isqrt(value << wide)
        found.append((value + (1 << wide - BITS - 1)) >> wide - BITS)
    return found


HALVINGS = _halvings()


def _fixed(x):
    """Return doubles as integers of `ARGUMENT` fraction bits."""
    return np.rint(np.asarray(x, np.float64) * (1 << ARGUMENT)).astype(np.int64)


def exp(x):
    """Return the exponential: float64, of ``x`` in [-700, 700]."""
    power = -_fixed(x) * LOG2_E >> ARGUMENT             # the result is 2**-power
    result = np.full(power.shape, ONE)
    for bit, factor in enumerate(HALVINGS, 1):
        result = np.where(power >> BITS - bit & 1, result * factor + ONE // 2 >> BITS, result)
    return np.ldexp(result.astype(np.float64), -(power >> BITS) - BITS)


def _logistic_terms(x):
    """Return ``exp(-|x|)`` as integers of `BITS` fraction bits."""
    return np.rint(exp(-np.abs(np.asarray(x, np.float64))) * ONE).astype(np.int64)


def softplus(x):
    """Return ``log(1 + exp(x))``: float64."""
    v, power = ONE + _logistic_terms(x), np.zeros(np.shape(x), np.int64)
    for bit in range(1, BITS + 1):                      # squares: the bits of the logarithm
        v = v * v >> BITS
        above = v >> BITS + 1
        v >>= above
        power += above << BITS - bit
    return np.maximum(x, 0) + (power * LN_2 >> BITS) / ONE


def silu(x):
    """Return ``x / (1 + exp(-x))``: float64."""
    e = _logistic_terms(x)
    share = np.where(np.less(x, 0), e, ONE) * ONE // (ONE + e)
    return (_fixed(x) * share >> ARGUMENT) / ONE
