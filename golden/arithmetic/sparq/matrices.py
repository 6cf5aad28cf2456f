"""Products of matrices as SPARQ makes them."""

import functools
import itertools

import numpy as np

from skimp.golden.arithmetic.sparq.lanes import OWN, as_cut, pair, window
from skimp.golden.checks import as_activations, as_weights, check_shapes, integers

__all__ = ["effective", "matmul"]

# Activations are checked, replaced and multiplied while they are in the cache.
ROWS = 128


@functools.cache
def pair_table(bits, shifts, rounding, paired):
    """Tabulate what pairs count as, by two bytes and in two: ``first + 256 * second``."""
    index = np.arange(1 << 16)
    how = {"window": bits, "shifts": shifts, "rounding": rounding}
    if paired:
        kept, shift, weight = pair(index & 255, index >> 8, **how)
        # A lone activation has a half on either lane; they add up.
        first, second = (np.where(weight == own, kept << shift, 0).sum(axis=-1) for own in OWN)
    else:
        kept, shift = window(index & 255, **how)
        first, second = kept << shift, (kept << shift)[index >> 8]
    return (first | second << 8).astype("<u2")


def look_up(x, table):
    """Replace neighbours along the last axis, activations in range, by what a table has; uint8."""
    k = x.shape[-1]
    x = x.astype(np.uint8, order="C", copy=False)
    if k % 2:
        x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 1)])
    # 16 bits are never out of range; "wrap" spares the check.
    return table.take(x.view("<u2"), mode="wrap").view(np.uint8)[..., :k]


def effective(a, *, window=4, shifts=(0, 1, 2, 3, 4), rounding="round", paired=True):
    """Replace activations by those that the unit really multiplies.

    Parameters
    ----------
    a : (..., K) array of integers
        Activations in ``[0, 256)``. Neighbours along the last axis are pairs; if K is odd, the last
        is paired with zero.
    window, shifts, rounding
        As for `window`, whose errors these are, too; also a ValueError if ``a`` has no axis.
    paired : bool
        False: each activation goes through its window, whatever is beside it.

    Returns
    -------
    array of int64 of the shape of ``a``

    Examples
    --------
    >>> effective([90, 3, 90, 0, 90]).tolist()
    [88, 3, 90, 0, 90]
    """
    table = pair_table(*as_cut(window, shifts, rounding), rounding, paired)
    a = as_activations(a)
    if a.ndim == 0:
        raise ValueError("Activations must have shape (..., K), not ()")
    return look_up(a, table).astype(np.int64)


def _matmul24(a, w, table):
    """Multiply by 2:4 weights: a GEMM for lone ones, and one for every two places of a group.

    Each takes the groups and columns where just these places are in use, and zero elsewhere.
    """
    (m, k), n = a.shape, w.shape[1]
    groups = -(-k // 4)
    a = np.pad(a.astype(np.uint8), [(0, 0), (0, 4 * groups - k)]).reshape(m, groups, 4)
    w = np.pad(w, [(0, 4 * groups - k), (0, 0)]).reshape(groups, 4, n)
    used = w != 0
    count = used.sum(axis=1, keepdims=True)
    if (count > 2).any():
        group, _, column = np.argwhere(count > 2)[0]
        raise ValueError(f"Weights must have at most two nonzeros in a group of 4, "
                         f"not {count[group, 0, column]} in group {group} of column {column}")
    lone = table[:256].astype(np.float64)       # the second of the pair is zero
    product = lone.take(a).reshape(m, 4 * groups) @ (w * (count == 1)).reshape(4 * groups, n)
    for i, j in itertools.combinations(range(4), 2):
        two = slice(i, j + 1, j - i)        # i and j alone; a view, unlike [i, j]
        values = look_up(a[:, :, two], table).reshape(m, 2 * groups).astype(np.float64)
        both = used[:, two].all(axis=1, keepdims=True)
        product += values @ (w[:, two] * both).reshape(2 * groups, n)
    return product


def matmul(a, w, *, window=4, shifts=(0, 1, 2, 3, 4), rounding="round", paired=True,
           sparse24=False):
    """Multiply matrices as the unit does, exactly.

    Parameters
    ----------
    a : (M, K) array of integers
        Activations in ``[0, 256)``.
    w : (K, N) array of integers
        Weights in ``[-128, 128)``.
    window, shifts, rounding, paired
        As for `effective`, whose errors these are, too.
    sparse24 : bool
        False: pairs as `effective` makes them, whatever the weights. True: K is walked in groups of
        4 (the last may be shorter) with at most two nonzero weights in each column. The activations
        at these are the pair; a single one is paired with zero.

    Returns
    -------
    (M, N) array of int64

    Raises
    ------
    TypeError
        If the weights are not integers.
    ValueError
        If a weight does not fit in 8 bits, a shape is wrong, the two K differ, or a group has more
        than two nonzero weights.

    Examples
    --------
    >>> matmul([[90, 3, 0, 7]], [[1], [0], [1], [0]]).tolist()      # 90 stands beside 3
    [[88]]
    >>> matmul([[90, 3, 0, 7]], [[1], [0], [1], [0]], sparse24=True).tolist()   # beside 0
    [[90]]
    """
    table = pair_table(*as_cut(window, shifts, rounding), rounding, paired)
    a, w = integers(a, "Activations"), as_weights(w)
    check_shapes(a, w)
    w = w.astype(np.float64)
    if sparse24:
        product = _matmul24(as_activations(a), w, table)
    else:
        product = np.empty((a.shape[0], w.shape[1]))
        for start in range(0, len(a), ROWS):
            rows = slice(start, start + ROWS)
            x = look_up(as_activations(a[rows]), table)
            np.matmul(x.astype(np.float64), w, out=product[rows])
    return product.astype(np.int64)         # exact: float64 has every integer to 2**53

