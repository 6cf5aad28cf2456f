"""Products of the NB-SMT golden model against loops over steps: any size, type, layout."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbsmt_loops import CORNERS_W, CORNERS_X, THREADS, WAYS, draw, name, slow_matmul, step_matmul

from skimp.golden.arithmetic import nbsmt
from skimp.golden.arithmetic.nbsmt import POLICIES, ROUNDINGS, collisions, matmul, statistics


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("way", WAYS, ids=name)
def test_matmul_equals_the_loops(way, threads):
    for k in 1, 3, 8, 13:
        x, w = draw(k, 7, k, 9)
        got = matmul(x, w, threads=threads, **way)
        assert got.dtype == np.int64
        np.testing.assert_array_equal(got, slow_matmul(x, w, threads, **way))


@pytest.mark.parametrize("way", [way for way in WAYS if way["sparsity"]], ids=name)
def test_every_operand_beside_any_number_of_active_threads(way):
    cases = itertools.product([(np.arange(256), CORNERS_W), (CORNERS_X, np.arange(-128, 128))],
                              [(1,), (0, 1, 0), (1, 1, 0), (1, 1, 1)])
    for (x, w), others in cases:
        threads = 1 + len(others)
        a, b = np.ones((len(x), threads), int), np.ones((threads, len(w)), int)
        a[:, 0], a[:, 1:], b[0] = x, others, w
        np.testing.assert_array_equal(matmul(a, b, threads=threads, **way),
                                      step_matmul(a, b, threads, **way))


@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(st.data())
def test_matmul_of_any_size(data):
    m, k, n = data.draw(st.tuples(st.integers(0, 4), st.integers(0, 9), st.integers(0, 4)))
    byte = st.sampled_from(CORNERS_X) | st.integers(0, 255)
    weight = st.sampled_from(CORNERS_W) | st.integers(-128, 127)
    way, threads = data.draw(st.sampled_from(WAYS)), data.draw(st.sampled_from(THREADS))
    x = np.array(data.draw(st.lists(byte, min_size=m * k, max_size=m * k)), np.uint8)
    w = np.array(data.draw(st.lists(weight, min_size=k * n, max_size=k * n)), np.int8)
    x, w = x.reshape(m, k), w.reshape(k, n)
    got = matmul(x, w, threads=threads, **way)
    assert (got.shape, got.dtype) == ((m, n), np.int64)
    np.testing.assert_array_equal(got, slow_matmul(x, w, threads, **way))


@pytest.mark.parametrize("threads", THREADS)
def test_stationary_weights_meet_one_matrix_after_the_other(threads):
    rng = np.random.default_rng(7)
    w = rng.integers(-128, 128, (37, 5))
    stationary = nbsmt.Stationary(w, threads=threads, policy="A")
    for m in (1, 300, 0):
        x = rng.integers(0, 256, (m, 37), dtype=np.uint8)
        np.testing.assert_array_equal(stationary.product(x),
                                      matmul(x, w, threads=threads, policy="A"))
    with pytest.raises(ValueError, match="the same K, not 36 and 37"):
        stationary.product(x[:, 1:])
    with pytest.raises(ValueError, match=r"must have shape \(K, N\), not \(37,\)"):
        nbsmt.Stationary(w[:, 0])


def test_defaults():
    x, w = draw(1, 6, 10, 6)
    expected = slow_matmul(x, w, 2, **WAYS[0])
    np.testing.assert_array_equal(matmul(x, w), expected)
    np.testing.assert_array_equal(step_matmul(x, w, 2), expected)
    assert POLICIES == ("wA", "A", "A0", "aW", "W", "W0")
    assert ROUNDINGS == ("nearest", "floor")


@pytest.mark.parametrize("policy", POLICIES)
def test_one_thread_is_exact(policy):
    x, w = draw(2, 5, 11, 6)
    for sparsity in True, False:
        np.testing.assert_array_equal(
            matmul(x, w, threads=1, policy=policy, sparsity=sparsity), x @ w)


@pytest.mark.parametrize("threads", [2, 4])
@pytest.mark.parametrize("policy", POLICIES)
def test_threads_that_never_meet_are_exact(threads, policy):
    x, w = draw(3, 5, 12, 6)
    alone = np.zeros_like(w)
    steps = 12 // threads
    for i in range(steps):
        at = i % threads * steps + i
        alone[at] = w[at]
    np.testing.assert_array_equal(matmul(x, alone, threads=threads, policy=policy), x @ alone)


@pytest.mark.parametrize("threads", [2, 4])
@pytest.mark.parametrize("k", [5, 6, 7, 9])
def test_ragged_k_gets_zeros_at_its_end(threads, k):
    x, w = draw(k, 5, k, 6)
    more = -k % threads
    padded = np.pad(x, [(0, 0), (0, more)]), np.pad(w, [(0, more), (0, 0)])
    for policy, sparsity in itertools.product(POLICIES, (True, False)):
        way = {"threads": threads, "policy": policy, "sparsity": sparsity}
        np.testing.assert_array_equal(matmul(x, w, **way), matmul(*padded, **way))
        for got, expected in zip(collisions(x, w, **way), collisions(*padded, **way), strict=True):
            np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("policy", POLICIES)
def test_more_rows_and_places_than_are_multiplied_at_a_time(threads, policy):
    for m, k, n in (600, 12, 3), (3, 2500, 2):
        x, w = draw(m, m, k, n)
        np.testing.assert_array_equal(matmul(x, w, threads=threads, policy=policy),
                                      step_matmul(x, w, threads, policy=policy))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("threads", THREADS)
def test_sums_beyond_the_exact_range_of_float32(threads, policy):
    """The largest operands, and one odd product that a rounded sum would lose."""
    for sparsity in True, False:
        way = {"policy": policy, "sparsity": sparsity}
        for weight in 127, -128:
            x, w = np.full((2, 4004), 255), np.full((4004, 2), weight)
            x[:, 2003:] = 253
            x[0, 1000], w[1000] = 1, 1
            got = matmul(x, w, threads=threads, **way)
            assert (abs(got) > 1 << 24).all()
            np.testing.assert_array_equal(got, step_matmul(x, w, threads, **way))


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("shape", [(0, 4, 3), (2, 0, 3), (2, 4, 0), (0, 0, 0), (2, 3, 0)])
def test_empty_matrices(shape, threads):
    m, k, n = shape
    x, w = np.zeros((m, k), int), np.zeros((k, n), int)
    got = matmul(x, w, threads=threads)
    assert (got.shape, got.dtype) == ((m, n), np.int64)
    assert not got.any()
    met = collisions(x, w, threads=threads)
    assert met.active.tolist() == [m * n * -(-k // threads)] + threads * [0]


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, ">i4"])
def test_any_type_and_layout_of_memory(dtype, threads):
    x, w = draw(4, 5, 7, 3)
    expected = slow_matmul(x, w, threads)
    met = collisions(x, w, threads=threads)
    typed, weights = x.astype(dtype), w.astype(np.int8)
    spread = np.repeat(np.repeat(typed, 2, axis=0), 3, axis=1)
    for a in typed, np.asfortranarray(typed), spread[::2, ::3], typed[::-1, ::-1][::-1, ::-1]:
        before = a.copy()
        for b in weights, np.asfortranarray(weights), w.tolist():
            np.testing.assert_array_equal(matmul(a, b, threads=threads), expected)
            np.testing.assert_array_equal(collisions(a, b, threads=threads).active, met.active)
        np.testing.assert_array_equal(statistics(a), statistics(x))
        np.testing.assert_array_equal(a, before)
