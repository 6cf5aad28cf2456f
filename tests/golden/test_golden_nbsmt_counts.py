"""What the NB-SMT golden model counts: active threads, and operands that give way."""

import numpy as np
import pytest
from nbsmt_loops import THREADS, draw, slow_steps

from skimp.golden.arithmetic.nbsmt import POLICIES, collisions


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("sparsity", [True, False])
def test_collisions_equal_the_loops(threads, policy, sparsity):
    for k in 1, 8, 14:
        x, w = draw(k, 9, k, 8)
        active, short_x, short_w = [0] * (threads + 1), 0, 0
        for _, _, (_, n, reduced_x, reduced_w) in slow_steps(x, w, threads, policy=policy):
            active[n] += 1
            short_x, short_w = short_x + reduced_x, short_w + reduced_w
        if not sparsity:
            steps = list(slow_steps(x, w, threads, policy=policy, sparsity=False))
            short_x, short_w = (sum(counts[place] for *_, counts in steps) for place in (2, 3))
        met = collisions(x, w, threads=threads, policy=policy, sparsity=sparsity)
        assert (met.active.tolist(), met.activations, met.weights) == (active, short_x, short_w)
        assert met.active.dtype == np.int64
        assert isinstance(met.activations, int) and isinstance(met.weights, int)


def test_collisions_of_dense_operands():
    x, w = np.full((3, 8), 200), np.full((8, 5), -100)
    met = collisions(x, w, threads=4)
    assert (met.active.tolist(), met.activations, met.weights) == ([0, 0, 0, 0, 30], 120, 120)
    met = collisions(x, w, policy="W")
    assert (met.active.tolist(), met.activations, met.weights) == ([0, 0, 60], 0, 120)
    met = collisions(x, w, threads=1)
    assert (met.active.tolist(), met.activations, met.weights) == ([0, 120], 0, 0)
