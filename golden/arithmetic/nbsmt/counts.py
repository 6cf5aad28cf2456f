"""How often NB-SMT threads meet, and the order of K in which that costs least."""

from typing import NamedTuple

import numpy as np

from skimp.golden.arithmetic.nbsmt.rules import (
    POLICIES,
    W,
    X,
    as_threads,
    cut,
    decide,
    large_activations,
    large_weights,
)
from skimp.golden.checks import as_activations, as_matrices, integers, one_of

__all__ = ["Collisions", "collisions", "reorder", "statistics"]


class Collisions(NamedTuple):
    """How often threads met, over all outputs and steps."""

    #: Steps by the number of threads with two nonzero operands, int64 ``(T + 1,)``.
    active: np.ndarray
    #: Operands that a rule reduced, whether or not that changed their value.
    activations: int
    weights: int


def _classes(v, kinds, threads):
    """Count the rows in each step by the class of all threads, a digit to base 3 from each."""
    parts = cut(v, threads)
    steps = parts.shape[2]
    digits = kinds.take(parts) * 3**np.arange(threads, dtype=np.uint8)[:, None]
    code = digits.sum(axis=1, dtype=np.uint8) + np.arange(steps) * 3**threads
    return np.bincount(code.ravel(), minlength=steps * 3**threads).reshape(steps, 3**threads)


def collisions(x, w, *, threads=2, policy="wA", sparsity=True) -> Collisions:
    """Count how often threads meet in `matmul`, and how many operands that costs their low bits.

    An operand is counted in every output and step that uses it. Zeros that make K divisible count
    as operands. Without ``sparsity`` those of idle threads can be reduced too; ``active`` is the
    same with and without. Parameters and errors are those of `matmul`; rounding does not matter.

    Examples
    --------
    >>> met = collisions([[90, 3], [90, 0]], [[9], [1]])
    >>> met.active.tolist(), met.activations, met.weights
    ([0, 1, 1], 1, 0)
    """
    threads = as_threads(threads)
    one_of("Policy", policy, POLICIES)
    x, w = as_matrices(x, w)
    # The rules ask only whether an operand is zero (0), small (1) or large (2).
    kinds_x = (X != 0).astype(np.uint8) + large_activations(X)
    kinds_w = (W != 0).astype(np.uint8) + large_weights(W)
    met = _classes(x, kinds_x, threads).T @ _classes(w.T, kinds_w, threads)
    digits = np.arange(3**threads)[:, None] // 3**np.arange(threads) % 3
    one_x, one_w = np.array([0, 1, 16])[digits], np.array([0, 1, 8])[digits]    # one of each kind
    active, reduce_x, reduce_w = decide(one_x[:, None], one_w, policy=policy, sparsity=sparsity)
    n = active.sum(axis=-1)
    return Collisions(np.array([met[n == number].sum() for number in range(threads + 1)]),
                      int((met * reduce_x.sum(axis=-1)).sum()),
                      int((met * reduce_w.sum(axis=-1)).sum()))


def statistics(x):
    """Count the large activations, those above 15, at each place of K: what `reorder` sorts by.

    Parameters
    ----------
    x : (M, K) array of integers
        Activations in ``[0, 256)``.

    Returns
    -------
    (K,) array of int64

    Raises
    ------
    TypeError, ValueError
        If activations are not integers of 8 bits, or their shape is wrong.

    Examples
    --------
    >>> statistics([[16, 15, 255], [200, 0, 1]]).tolist()
    [2, 0, 1]
    """
    x = as_activations(x)
    if x.ndim != 2:
        raise ValueError(f"Activations must have shape (M, K), not {x.shape}")
    return large_activations(x).sum(axis=0, dtype=np.int64)


def reorder(stats, threads):
    """Choose an order of K in which places with many large activations meet those with few.

    Places are sorted by ``stats``, ascending, equal ones by index, and the parts of every second
    thread reversed. The exact product stays what it is: ``x[:, order] @ w[order]``.

    Parameters
    ----------
    stats : (K,) array of integers
        What `statistics` counts, for some typical activations; K is a multiple of ``threads``.
    threads : {1, 2, 4}
        As for `matmul`; one thread is only sorted.

    Returns
    -------
    (K,) array of int64
        Original indices in their new order.

    Raises
    ------
    TypeError
        If ``stats`` or ``threads`` are not integers.
    ValueError
        If ``threads`` is not 1, 2 or 4, ``stats`` has another shape, or K is not divisible.

    Examples
    --------
    >>> reorder([7, 0, 9, 3], 2).tolist()       # steps hold 1 and 2, 3 and 0
    [1, 3, 2, 0]
    """
    threads = as_threads(threads)
    stats = integers(stats, "Statistics")
    if stats.ndim != 1:
        raise ValueError(f"Statistics must have shape (K,), not {stats.shape}")
    if stats.size % threads:
        raise ValueError(f"Statistics must be of a multiple of {threads} places, not {stats.size}")
    parts = np.argsort(stats, kind="stable").reshape(threads, stats.size // threads)
    parts[1::2] = parts[1::2, ::-1]
    return parts.ravel()
