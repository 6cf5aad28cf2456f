"""Time the golden models against the float64 GEMM of the same size: `python tests/bench_golden.py`.

The elementwise pass of a model must stay small beside the one product that nobody can do without.
The exit status is 1 if a line takes longer than it may. Times are the best of repeats that take
turns, so that a busy moment of the machine hits every line alike.
"""

import sys
import time

import numpy as np

from skimp.golden.arithmetic import nbsmt, sparq

M, K, N = 1024, 576, 64         # a convolution of 64 channels, 3 x 3, on a 32 x 32 image
REPEATS = 60


def lines():
    """Return what is timed: its name, the call, and how many times the GEMM it may take, if any.

    The GEMM comes first.
    """
    rng = np.random.default_rng(0)
    a, w = rng.integers(0, 256, (M, K)), rng.integers(-128, 128, (K, N))
    a[rng.random(a.shape) < 0.5] = 0                            # as after a ReLU
    bytes_a, bytes_w = a.astype(np.uint8), w.astype(np.int8)
    float_a, float_w = a.astype(np.float64), w.astype(np.float64)
    half_w = w * (rng.random((K // 4, 4, N)).argsort(axis=1) < 2).reshape(K, N)
    return [
        ("float64 GEMM", lambda: float_a @ float_w, None),
        ("sparq, int64", lambda: sparq.matmul(a, w), 3.0),
        ("sparq, uint8 and int8", lambda: sparq.matmul(bytes_a, bytes_w), 3.0),
        ("sparq, 2:4, int64", lambda: sparq.matmul(a, half_w, sparse24=True), None),
        ("nbsmt, 2 threads, wA", lambda: nbsmt.matmul(a, w), 8.0),
        ("nbsmt, 2 threads, A", lambda: nbsmt.matmul(a, w, policy="A"), 8.0),
        ("nbsmt, 4 threads, wA", lambda: nbsmt.matmul(a, w, threads=4), 40.0),
        ("nbsmt, 4 threads, A", lambda: nbsmt.matmul(a, w, threads=4, policy="A"), 40.0),
    ]


def main():
    """Print the table; return the exit status."""
    timed = lines()
    best = [float("inf")] * len(timed)
    for _ in range(REPEATS):
        for place, (_, call, _) in enumerate(timed):
            start = time.perf_counter()
            call()
            best[place] = min(best[place], time.perf_counter() - start)

    print(f"{f'({M} x {K}) x ({K} x {N})':24}{'ms':>8}{'x GEMM':>8}{'allowed':>9}")
    missed = 0
    for (what, _, allowed), seconds in zip(timed, best, strict=True):
        times = seconds / best[0]
        late = allowed is not None and times > allowed
        print(f"{what:24}{1000 * seconds:8.2f}{times:8.2f}{allowed or '':>9}"
              f"{'  too slow' if late else ''}")
        missed += late
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
