"""Real numbers to magnitudes of soft-edge codes, and back: the order of operations matters here."""

from itertools import pairwise

import numpy as np

from skimp.golden.softedge.base import half_away

__all__ = ["magnitudes", "values"]

#: Where the paper's fine segment ends, in fine steps, and its standard one, in standard steps.
FINE_END, STANDARD_END = 63, 143
#: In steps: above every code, so that infinities are as good.
BEYOND = 1 << 15


def magnitudes(code, u, step):
    """Return the magnitudes of the codes of ``u`` as indices; both are float32."""
    a = np.minimum(np.abs(u), BEYOND * step)
    # Differences times masks: ten times as fast as choosing where nothing predicts a branch.
    rounded = list((_authors if code.quirks else _nearest)(code, a, step))
    m = rounded[0][1]
    for (_, lower), (there, upper) in pairwise(rounded):
        m = m + there * (upper - lower)
    return np.minimum(m, code.magnitudes - 1).astype(np.intp)


def _authors(code, a, step):
    """Give where each segment is, and the codes there.

    Divided and compared in float32, as the authors do: a threshold is decided within an ulp.
    """
    end = STANDARD_END * step
    yield True, half_away(a / (step / 4))
    yield a > FINE_END * (step / 4), 48 + half_away(a / step)
    yield a > end, 192 + half_away((a - end) / (4 * step))


def _nearest(code, a, step):
    """Give the same in float64: quotients of two float32 are on the right side of every half."""
    x = a.astype(np.float64) / np.float64(step / 4)
    for (_, shift), begin, first in zip(code.segments, code.thresholds, code.firsts, strict=True):
        yield x >= begin, first + half_away((x - begin) / (1 << shift))


def values(code, step):
    """Return what all magnitudes stand for, then what those stand for that are negative; float32.
    """
    found = code.values.astype(np.float32) * (step / 4)
    if code.quirks:
        found[192:] = STANDARD_END * step + np.arange(64, dtype=np.float32) * (4 * step)
    below = -found
    if code.negative is not None:
        below[code.negative:] = below[code.negative]
    return np.concatenate([found, below])
