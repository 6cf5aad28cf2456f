"""NB-SMT's rules in plain Python, its products by loops over steps, and operands for tests."""

import functools
from fractions import Fraction

import numpy as np

from skimp.golden.arithmetic.nbsmt import POLICIES, ROUNDINGS, step

CORNERS_X = [0, 1, 8, 15, 16, 24, 40, 247, 248, 255]
CORNERS_W = [-128, -120, -24, -9, -8, -1, 0, 7, 8, 119, 120, 127]
THREADS = (1, 2, 4)
WAYS = [{"policy": policy, "rounding": rounding, "saturate": saturate, "sparsity": sparsity}
        for policy in POLICIES for rounding in ROUNDINGS
        for saturate in (False, True) for sparsity in (True, False)]


def name(way):
    return "-".join(str(value) for value in way.values())


@functools.cache
def slow_r(v, top, rounding, saturate):
    """Round to a multiple of 16."""
    sixteens = round(Fraction(v, 16)) if rounding == "nearest" else v // 16  # round(): half to even
    if saturate and sixteens > top:
        sixteens = top
    return 16 * sixteens


def slow_rule(x, w, n, policy):
    """Return whether the activation and the weight of a thread that meets n - 1 others give way."""
    if n < 2:
        return False, False
    x_large, w_large = x >= 16, w not in range(-8, 8)
    if n == 2:
        if policy == "wA":
            return x_large and w_large, False
        if policy == "aW":
            return False, x_large and w_large
        if policy.startswith("A"):
            return x_large or policy == "A0", False
        return False, w_large or policy == "W0"
    if policy.endswith("0"):
        return True, True
    return x_large, w_large


def slow_step(xs, ws, policy="wA", rounding="nearest", saturate=False, sparsity=True):
    """Return the sum of a step, the active threads, and how many operands of each kind give way."""
    active = [x * w != 0 for x, w in zip(xs, ws, strict=True)]
    n = sum(active) if sparsity else len(xs)
    total = short_x = short_w = 0
    for x, w, busy in zip(xs, ws, active, strict=True):
        if sparsity and not busy:
            continue
        reduce_x, reduce_w = slow_rule(x, w, n, policy)
        a = slow_r(x, 15, rounding, saturate) if reduce_x else x
        b = slow_r(w, 7, rounding, saturate) if reduce_w else w
        total += a * b
        short_x += reduce_x
        short_w += reduce_w
    return total, sum(active), short_x, short_w


def slow_steps(x, w, threads, **way):
    """Yield row, column and `slow_step` of every step of every output."""
    k = len(w)
    length = -(-k // threads)
    for m, row in enumerate(x.tolist()):
        for n, column in enumerate(w.T.tolist()):
            padded_x = row + [0] * (threads * length - k)
            padded_w = column + [0] * (threads * length - k)
            for i in range(length):
                yield m, n, slow_step(padded_x[i::length], padded_w[i::length], **way)


def slow_matmul(x, w, threads, **way):
    product = np.zeros((len(x), w.shape[1]), np.int64)
    for m, n, (total, *_) in slow_steps(x, w, threads, **way):
        product[m, n] += total
    return product


def step_matmul(x, w, threads, **way):
    """Multiply by `step`, with arrays of all products; K is a multiple of the threads."""
    (m, k), n = x.shape, w.shape[1]
    both = np.broadcast_arrays(x.reshape(m, 1, threads, k // threads),
                               w.T.reshape(1, n, threads, k // threads))
    return step(*(part.swapaxes(-1, -2) for part in both), **way).sum(axis=-1)


def draw(seed, m, k, n):
    """Draw matrices, half of them corners."""
    rng = np.random.default_rng(seed)
    x = np.where(rng.random((m, k)) < 0.5, rng.choice(CORNERS_X, (m, k)),
                 rng.integers(0, 256, (m, k)))
    w = np.where(rng.random((k, n)) < 0.5, rng.choice(CORNERS_W, (k, n)),
                 rng.integers(-128, 128, (k, n)))
    x[rng.random(x.shape) < 0.2] = 0
    w[rng.random(w.shape) < 0.2] = 0
    return x, w
