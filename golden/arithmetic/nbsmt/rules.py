"""What a processing element of a NB-SMT array adds in one step: the rules, written out."""

import numpy as np

from skimp.golden.checks import as_activations, as_weights, integers, one_of

__all__ = ["POLICIES", "ROUNDINGS", "step"]

POLICIES = ("wA", "A", "A0", "aW", "W", "W0")
ROUNDINGS = ("nearest", "floor")


# Shared within `golden.arithmetic.nbsmt`; not part of the interface.

X = np.arange(256)                                      # operands by their byte
W = np.arange(256).astype(np.int8).astype(np.int64)


def as_threads(threads):
    """Return the number of threads; refuse any but those that there are rules for."""
    threads = integers(threads, "Threads")
    if threads.ndim or threads not in (1, 2, 4):
        raise ValueError(f"Threads must be 1, 2 or 4, not {threads}")
    return int(threads)


def cut(v, threads):
    """Cut rows of operands into ``(rows, threads, steps)``, with zeros at the end if need be."""
    v = v.astype(np.uint8, copy=False)
    if v.shape[1] % threads:
        v = np.pad(v, [(0, 0), (0, -v.shape[1] % threads)])
    return v.reshape(len(v), threads, v.shape[1] // threads)


def large_activations(x):
    """Return which activations do not fit in 4 unsigned bits."""
    return x > 15


def large_weights(w):
    """Return which weights do not fit in 4 signed bits."""
    return (w < -8) | (w > 7)


def rounded(v, top, *, rounding, saturate):
    """Return R(v), a multiple of 16; ``top`` is 15 for activations, 7 for weights."""
    sixteens = np.rint(v / 16).astype(np.int64) if rounding == "nearest" else v // 16
    return 16 * (np.minimum(sixteens, top) if saturate else sixteens)


def decide(x, w, *, policy, sparsity):
    """Return which threads are active, whose activation is reduced, and whose weight."""
    active = (x != 0) & (w != 0)
    collide = active if sparsity else np.ones_like(active)
    n = collide.sum(axis=-1, keepdims=True)
    always, never = np.True_, np.False_
    large_x, large_w = large_activations(x), large_weights(w)
    two_x, two_w = {
        "wA": (large_x & large_w, never),
        "A": (large_x, never),
        "A0": (always, never),
        "aW": (never, large_x & large_w),
        "W": (never, large_w),
        "W0": (never, always),
    }[policy]
    more_x, more_w = (always, always) if policy in ("A0", "W0") else (large_x, large_w)
    two, more = collide & (n == 2), collide & (n > 2)
    return active, two & two_x | more & more_x, two & two_w | more & more_w


def step(x, w, *, policy="wA", rounding="nearest", saturate=False, sparsity=True):
    """Return what a processing element adds to its sum in a step.

    A thread is *active* if its operands are both nonzero. With up to one active thread the step is
    exact. With two of them, ``policy`` says which operands v become R(v), a multiple of 16. With
    three or four, active threads have their activation reduced if it is large (above 15) and their
    weight if it is large (outside -8 to 7); under ``A0`` and ``W0`` both always.

    Parameters
    ----------
    x : (..., T) array of integers
        Activations of the T = 1, 2 or 4 threads, in ``[0, 256)``.
    w : (..., T) array of integers
        Weights of the threads, in ``[-128, 128)``.
    policy : {"wA", "A", "A0", "aW", "W", "W0"}
        What is reduced when two threads are active. Of each: the activation, if it and its weight
        are large (``wA``), if it is large (``A``), always (``A0``); or the weight, if it and its
        activation are large (``aW``), if it is large (``W``), always (``W0``).
    rounding : {"nearest", "floor"}
        How v / 16 becomes an integer; halves go to the even one.
    saturate : bool
        True: R ends at 240 and 112, what 4 bits hold. False: at 256 and 128, as in the authors'
        simulator. Flooring never gets there.
    sparsity : bool
        False: all T threads count as active, whatever their operands.

    Returns
    -------
    (...,) array of int64

    Raises
    ------
    TypeError
        If activations or weights are not integers.
    ValueError
        If an operand does not fit in 8 bits, the shapes differ or do not end in 1, 2 or 4, or
        ``policy`` or ``rounding`` is unknown.

    Examples
    --------
    >>> step([[90, 3], [90, 0]], [[9, 1], [9, 1]]).tolist()     # 90 becomes 96 beside an active 3
    [867, 810]
    """
    one_of("Policy", policy, POLICIES)
    one_of("Rounding", rounding, ROUNDINGS)
    x, w = as_activations(x).astype(np.int64), as_weights(w).astype(np.int64)
    if x.shape != w.shape or not x.ndim:
        raise ValueError(f"Activations and weights must have one shape (..., threads), "
                         f"not {x.shape} and {w.shape}")
    as_threads(x.shape[-1])
    _, reduce_x, reduce_w = decide(x, w, policy=policy, sparsity=sparsity)
    how = {"rounding": rounding, "saturate": saturate}
    x = np.where(reduce_x, rounded(x, 15, **how), x)
    w = np.where(reduce_w, rounded(w, 7, **how), w)
    return np.asarray((x * w).sum(axis=-1))
