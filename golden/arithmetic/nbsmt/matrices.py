"""Products of matrices as threads that collide make them."""

import functools
import itertools

import numpy as np

from skimp.golden.arithmetic.nbsmt.rules import (
    POLICIES,
    ROUNDINGS,
    W,
    X,
    as_threads,
    cut,
    large_activations,
    large_weights,
    rounded,
)
from skimp.golden.checks import as_activations, as_matrices, as_weights, check_shapes, one_of

__all__ = ["Stationary", "matmul"]

BLOCK = 256     # rows multiplied at a time, so that their factors stay in the processor's cache


def _terms(threads, policy, rounding, saturate, sparsity):
    """List the terms of a thread's product: how many others it needs, and its two factors.

    A term counts once for each set of so many of the other threads that are all active. With m of
    them active these are C(m, 1), C(m, 2), C(m, 3) sets, and

        [m = 1] = C(m, 1) - 2 C(m, 2) + 3 C(m, 3)       [m > 1] = C(m, 2) - 2 C(m, 3).

    Factors are tables by an operand's byte, 0 for the operand 0: an idle thread adds nothing.
    """
    how = {"rounding": rounding, "saturate": saturate}
    short_x, short_w = rounded(X, 15, **how), rounded(W, 7, **how)
    if policy not in ("A0", "W0"):
        short_x = np.where(large_activations(X), short_x, X)
        short_w = np.where(large_weights(W), short_w, W)
    if threads == 1:
        return [(0, X, W)]
    if threads == 4 and not sparsity:
        return [(0, short_x, short_w)]

    # A policy reduces a, and b stays. Of two threads each errs by (short_a - a) * h, of more by
    # short_a * short_b - a * b = (short_a - a) * b + short_a * (short_b - b).
    a, b, short_a, short_b, large_b = X, W, short_x, short_w, large_weights(W)
    swap = policy in ("aW", "W", "W0")
    if swap:
        a, b, short_a, short_b, large_b = W, X, short_w, short_x, large_activations(X)
    h = np.where(large_b, b, 0) if policy in ("wA", "aW") else b
    terms = [(0, a, b), (1 if sparsity else 0, short_a - a, h)]
    if threads == 4:
        terms += [      # from both errors by the formulas above, alike factors of a joined
            (2, short_a - a, b - 2 * h), (2, short_a, short_b - b),
            (3, short_a - a, 3 * h - 2 * b), (3, -2 * short_a, short_b - b),
        ]
    return [(others, g, f) if swap else (others, f, g) for others, f, g in terms]


@functools.cache
def _factors(threads, policy, rounding, saturate, sparsity):
    """Tabulate all terms by `_codes`; count the places over which float32 adds them exactly."""
    seen = np.arange(1 << threads - 1)[:, None]         # which of the other threads are not zero
    x, w = [], []
    for others, f, g in _terms(threads, policy, rounding, saturate, sparsity):
        for chosen in itertools.combinations(range(threads - 1), others):
            bits = sum(1 << other for other in chosen)
            x.append(((seen & bits == bits) * f).ravel())
            w.append(((seen & bits == bits) * g).ravel())
    x, w = np.stack(x, axis=-1), np.stack(w, axis=-1)
    largest = int((abs(x).max(axis=0) * abs(w).max(axis=0)).sum())
    # float32 has every integer to 2**24; no partial sum passes that, in whatever order.
    return x.astype(np.float32), w.astype(np.float32), (1 << 24) // largest


def _codes(v, threads):
    """Join each operand with what it needs to know of the other threads, as an index of tables.

    Bits 0 to 7 are its byte. Bit 7 + d is 1 if the operand d threads on is not zero.
    """
    parts = cut(v, threads)
    nonzero, others = (parts != 0).view(np.uint8), np.zeros_like(parts)
    for ahead in range(1, threads):
        others += np.roll(nonzero, -ahead, axis=1) * 2**(ahead - 1)
    codes = others * np.uint16(256) + parts
    return codes.reshape(len(v), threads * parts.shape[2])


def matmul(x, w, *, threads=2, policy="wA", rounding="nearest", saturate=False, sparsity=True):
    """Multiply matrices as the array does, exactly.

    Parameters
    ----------
    x : (M, K) array of integers
        Activations in ``[0, 256)``.
    w : (K, N) array of integers
        Weights in ``[-128, 128)``.
    threads : {2, 1, 4}
        Parts that K is cut into; zeros at its end make it divisible. One thread is exact.
    policy, rounding, saturate, sparsity
        As for `step`, whose errors these are, too.

    Returns
    -------
    (M, N) array of int64

    Raises
    ------
    ValueError
        If ``threads`` is not 1, 2 or 4, a shape is wrong or the two K differ.

    Examples
    --------
    >>> matmul([[90, 3]], [[9], [1]]).tolist()              # 90 becomes 96 beside an active 3
    [[867]]
    >>> matmul([[90, 3]], [[9], [0]]).tolist()
    [[810]]
    """
    x, w = as_matrices(x, w)
    return Stationary(w, threads=threads, policy=policy, rounding=rounding, saturate=saturate,
                      sparsity=sparsity).product(x)


class Stationary:
    """Weights that many activations meet: what depends on them alone is made once.

    Parameters and errors are those of `matmul`.
    """

    def __init__(self, w, *, threads=2, policy="wA", rounding="nearest", saturate=False,
                 sparsity=True):
        self.threads = as_threads(threads)
        one_of("Policy", policy, POLICIES)
        one_of("Rounding", rounding, ROUNDINGS)
        self.w = as_weights(w)
        if self.w.ndim != 2:
            raise ValueError(f"Weights must have shape (K, N), not {self.w.shape}")
        self._table, factors, places = _factors(self.threads, policy, rounding, bool(saturate),
                                                bool(sparsity))
        codes = _codes(self.w.T, self.threads)
        n, k = codes.shape
        parts = -(-k // places)
        #: Places of K that float32 adds up exactly, and their factors.
        self._parts = []
        for part in range(parts):
            here = slice(part * k // parts, (part + 1) * k // parts)
            depth = (here.stop - here.start) * factors.shape[1]
            right = factors.take(codes[:, here], axis=0).reshape(n, depth)
            self._parts.append((here, np.ascontiguousarray(right.T)))

    def product(self, x):
        """Multiply activations by the weights as `matmul` does."""
        x = as_activations(x)
        check_shapes(x, self.w)
        product = np.zeros((len(x), self.w.shape[1]))       # float64 has every integer to 2**53
        for start in range(0, len(x), BLOCK):
            block = _codes(x[start:start + BLOCK], self.threads)
            for here, right in self._parts:
                # No code is out of range; "wrap" spares the check.
                left = self._table.take(block[:, here], axis=0, mode="wrap")
                product[start:start + BLOCK] += left.reshape(len(block), len(right)) @ right
        return product.astype(np.int64)
