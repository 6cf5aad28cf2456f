"""SPARQ's rules in plain Python, its products by loops, and sets of shifts for tests."""

import itertools
from fractions import Fraction
from typing import Any

import numpy as np

from skimp.golden.arithmetic.sparq import CONFIGS

SETS = [(bits, (0, *middle, 8 - bits)) for bits in range(1, 8) for size in range(8 - bits)
        for middle in itertools.combinations(range(1, 8 - bits), size)
        if bits >= 4 or {bits, 8 - 2 * bits} <= {0, *middle}]       # every legal one
X = np.arange(256)


def options(config) -> dict[str, Any]:
    """Return the keywords of a configuration: by its name, or of a pair of window and shifts."""
    return CONFIGS[config] if isinstance(config, str) else dict(
        zip(("window", "shifts"), config, strict=True))


def parts(config) -> tuple[int, tuple[int, ...]]:
    bits, shifts = options(config).values()
    return bits, shifts


def slow_window(a, bits, shifts, rounding):
    """Put one activation through a window; return what is kept, and the shift."""
    shift = next(s for s in shifts if a < 2 ** (bits + s))
    if rounding == "trim":
        return a // 2**shift, shift
    return min(round(Fraction(a, 2**shift)), 2**bits - 1), shift   # round() is half to even


def slow_value(a, bits, shifts, rounding):
    kept, shift = slow_window(a, bits, shifts, rounding)
    return kept * 2**shift


def slow_alone(a, bits, shifts, rounding):
    """Return what a lone activation counts for."""
    if bits >= 4:
        return a
    return slow_value(a, 2 * bits, [s for s in shifts if s + bits in shifts], rounding)


def slow_pair(a, b, *cut):
    if (a == 0) == (b == 0):
        return slow_value(a, *cut), slow_value(b, *cut)
    return slow_alone(a, *cut), slow_alone(b, *cut)


def slow_matmul(a, w, config, rounding, sparse24):
    """Multiply by loops over everything."""
    cut = (*parts(config), rounding)
    inner = len(w)
    product = []
    for row in a.tolist():
        product.append([])
        for column in w.T.tolist():
            if sparse24:
                groups = [range(k, min(k + 4, inner)) for k in range(0, inner, 4)]
                places = [[k for k in group if column[k]] for group in groups]
            else:
                places = [list(range(k, min(k + 2, inner))) for k in range(0, inner, 2)]
            total = 0
            for chosen in places:
                x = [row[k] for k in chosen] + [0, 0]
                y = [column[k] for k in chosen] + [0, 0]
                one, two = slow_pair(x[0], x[1], *cut)
                total += one * y[0] + two * y[1]
            product[-1].append(total)
    return np.array(product, dtype=np.int64).reshape(len(a), w.shape[1])


def prune24(w, rng):
    """Leave at most two nonzeros, at random places, in each group of four."""
    mask = np.zeros((-(-len(w) // 4), 4, w.shape[1]), bool)
    mask[:, :2] = True
    return w * rng.permuted(mask, axis=1).reshape(-1, w.shape[1])[:len(w)]
