"""The order that the NB-SMT golden model gives K, by how often activations are large."""

import numpy as np
import pytest
from nbsmt_loops import THREADS

from skimp.golden.arithmetic.nbsmt import reorder, statistics


def meetings(order, threads):
    """List what each step holds."""
    return order.reshape(threads, -1).T.tolist()


def test_reorder_by_hand():
    ranks = np.arange(16)
    assert meetings(reorder(ranks, 2), 2) == [[i, 15 - i] for i in range(8)]
    assert meetings(reorder(ranks, 4), 4) == [
        [0, 7, 8, 15], [1, 6, 9, 14], [2, 5, 10, 13], [3, 4, 11, 12]]
    assert reorder(ranks, 1).tolist() == ranks.tolist()
    assert reorder(-ranks, 1).tolist() == ranks[::-1].tolist()
    assert reorder([5, 1, 5, 1, 5, 1], 1).tolist() == [1, 3, 5, 0, 2, 4]       # stable
    assert reorder([5, 1, 5, 1, 5, 1], 2).tolist() == [1, 3, 5, 4, 2, 0]
    assert reorder([0, 0, 0, 0], 4).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("threads", THREADS)
def test_reorder_permutes(threads):
    rng = np.random.default_rng(5)
    for k in 0, 4, 8, 12, 576:
        stats = rng.integers(0, 9, k)
        order = reorder(stats, threads)
        assert order.dtype == np.int64
        assert sorted(order.tolist()) == list(range(k))
        ranks = reorder(np.arange(k), threads)
        np.testing.assert_array_equal(order, np.argsort(stats, kind="stable")[ranks])


def test_reorder_keeps_large_activations_apart():
    rng = np.random.default_rng(6)
    x = rng.integers(1, 256, (64, 16))
    x[:, rng.permutation(16)[:8]] = rng.integers(1, 16, (64, 8))
    order = reorder(statistics(x), 2)
    large = (x > 15)[:, order]
    assert not (large[:, :8] & large[:, 8:]).any()
    w = rng.integers(-128, 128, (16, 4))
    np.testing.assert_array_equal(x[:, order] @ w[order], x @ w)


def test_statistics():
    assert statistics([[15, 16, 255], [0, 16, 1]]).tolist() == [0, 2, 1]
    assert statistics(np.zeros((0, 3), np.uint8)).tolist() == [0, 0, 0]
    assert statistics(np.full((300, 1), 255, np.uint8)).tolist() == [300]
