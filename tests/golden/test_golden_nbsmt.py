"""The NB-SMT golden model: scalar rules in plain Python, corners, every class of operands."""

import doctest
import functools
import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skimp.golden.arithmetic import nbsmt
from skimp.golden.arithmetic.nbsmt import (
    POLICIES,
    ROUNDINGS,
    collisions,
    matmul,
    reorder,
    statistics,
    step,
)

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


# One step

@pytest.mark.parametrize("way", WAYS, ids=name)
def test_every_pair_of_corners_in_two_threads(way):
    states = list(itertools.product([0, 1, 9, 15, 16, 24, 247, 248, 255],
                                    [-128, -9, -8, -1, 0, 7, 8, 120, 127]))
    pairs = np.array(list(itertools.product(states, states)))       # (pairs, thread, operand)
    x, w = pairs[..., 0], pairs[..., 1]
    expected = [slow_step(xs, ws, **way)[0] for xs, ws in zip(x.tolist(), w.tolist(), strict=True)]
    got = step(x, w, **way)
    assert got.dtype == np.int64
    assert got.tolist() == expected


@pytest.mark.parametrize("way", WAYS, ids=name)
def test_every_class_of_four_threads(way):
    """Zero, small and large operands in all combinations, each class by different values."""
    rng = np.random.default_rng(len(name(way)))
    classes = list(itertools.product([[0], [1, 9, 15], [16, 24, 248]],
                                     [[0], [-8, -1, 7], [-128, 8, 121]]))
    states = [[(rng.choice(a), rng.choice(b)) for a, b in classes] for _ in range(4)]
    fours = np.array(list(itertools.product(*states)))
    x, w = fours[..., 0], fours[..., 1]
    expected = [slow_step(xs, ws, **way)[0] for xs, ws in zip(x.tolist(), w.tolist(), strict=True)]
    assert step(x, w, **way).tolist() == expected


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("saturate", [False, True])
def test_rounding_of_every_operand(rounding, saturate):
    """The partner adds 1; a zero among the operands is exact and would hide it."""
    x, w, ones = np.arange(1, 256), np.array([*range(-128, 0), *range(1, 128)]), np.ones(255, int)
    how = {"rounding": rounding, "saturate": saturate}
    got = step(np.stack([x, ones], -1), np.stack([ones, ones], -1), policy="A0", **how)
    one = slow_r(1, 15, rounding, saturate)
    assert got.tolist() == [slow_r(v, 15, rounding, saturate) + one for v in x.tolist()]
    got = step(np.stack([ones, ones], -1), np.stack([w, ones], -1), policy="W0", **how)
    assert got.tolist() == [slow_r(v, 7, rounding, saturate) + one for v in w.tolist()]


@pytest.mark.parametrize(("x", "w", "way", "expected"), [
    ([90, 3], [9, 1], {}, 96 * 9 + 3),
    ([90, 3], [7, 1], {}, 90 * 7 + 3),                              # a small weight of its own
    ([90, 3], [7, 1], {"policy": "A"}, 96 * 7 + 3),
    ([90, 9], [7, 1], {"policy": "A0"}, 96 * 7 + 16),
    ([90, 3], [9, 1], {"policy": "aW"}, 90 * 16 + 3),
    ([15, 3], [9, 1], {"policy": "aW"}, 15 * 9 + 3),
    ([15, 3], [9, 1], {"policy": "W"}, 15 * 16 + 3),
    ([15, 3], [7, 9], {"policy": "W0"}, 0 + 3 * 16),
    ([15, 3], [-1, 9], {"policy": "W0", "rounding": "floor"}, 15 * -16),
    ([90, 0], [9, 1], {}, 90 * 9),
    ([90, 3], [9, 0], {}, 90 * 9),
    ([90, 0], [9, 1], {"sparsity": False}, 96 * 9),
    ([248, 1], [8, 1], {}, 256 * 8 + 1),                            # the rounding trap
    ([248, 1], [8, 1], {"saturate": True}, 240 * 8 + 1),
    ([247, 1], [8, 1], {}, 240 * 8 + 1),
    ([1, 1], [120, 119], {"policy": "W"}, 128 + 112),               # 7.5 is nearest to 8
    ([1, 1], [120, 119], {"policy": "W", "saturate": True}, 112 + 112),
    ([24, 40], [8, 8], {"policy": "A"}, 32 * 8 + 32 * 8),           # halves to even
    ([90, 0, 3, 0], [9, 1, 1, 1], {}, 96 * 9 + 3),
    ([90, 0, 3, 1], [9, 1, 1, 1], {}, 96 * 16 + 3 + 1),             # three: both operands
    ([90, 0, 3, 1], [9, 1, 1, 0], {"policy": "W"}, 90 * 16 + 3),
    ([90, 9, 9, 0], [9, 1, 9, 5], {"policy": "W0"}, 96 * 16 + 0 + 16 * 16),
    ([90], [9], {"sparsity": False, "policy": "A0"}, 90 * 9),
])
def test_steps_by_hand(x, w, way, expected):
    assert step(x, w, **way) == expected
    assert slow_step(x, w, **way)[0] == expected
    assert matmul([x], np.array([w]).T, threads=len(x), **way).tolist() == [[expected]]


@pytest.mark.parametrize("shape", [(1,), (2,), (4,), (0, 2), (3, 0, 4), (2, 3, 4)])
def test_steps_of_any_shape(shape):
    got = step(np.ones(shape, np.uint8), np.ones(shape, np.int8))
    assert isinstance(got, np.ndarray)
    assert (got.shape, got.dtype) == (shape[:-1], np.int64)
    assert (got == shape[-1]).all()


# Matrices

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


# Counts

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


# Order of K

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


# Errors

ONES = np.ones((3, 2), int)


def on(threads):
    """Call a function that takes a number of threads, whatever it is."""
    return matmul(ONES, ONES.T, threads=threads)


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: matmul(ONES * 0.5, ONES.T), TypeError, "Activations must be integers, not float64"),
    (lambda: matmul(ONES > 0, ONES.T), TypeError, "Activations must be integers, not bool"),
    (lambda: matmul(ONES, ONES.T * 1.0), TypeError, "Weights must be integers, not float64"),
    (lambda: matmul(ONES, ONES.T > 0), TypeError, "Weights must be integers, not bool"),
    (lambda: matmul(ONES * 256, ONES.T), ValueError,
     r"Activations must be in \[0, 256\), not \[256, 256\]"),
    (lambda: matmul(-ONES, ONES.T), ValueError, r"Activations .* not \[-1, -1\]"),
    (lambda: matmul(ONES, ONES.T * 128), ValueError,
     r"Weights must be in \[-128, 128\), not \[128, 128\]"),
    (lambda: matmul(ONES, ONES.T * -129), ValueError, r"Weights .* not \[-129, -129\]"),
    (lambda: matmul(ONES[0], ONES.T), ValueError,
     r"Activations and weights must have shapes \(M, K\) and \(K, N\), not \(2,\) and \(2, 3\)"),
    (lambda: matmul(ONES, ONES[:, 0]), ValueError, r"not \(3, 2\) and \(3,\)"),
    (lambda: matmul(ONES, ONES), ValueError,
     "Activations and weights must have the same K, not 2 and 3"),
    (lambda: on(3), ValueError, "Threads must be 1, 2 or 4, not 3"),
    (lambda: on([2]), ValueError, r"Threads must be 1, 2 or 4, not \[2\]"),
    (lambda: on(2.0), TypeError, "Threads must be integers, not float64"),
    (lambda: on(True), TypeError, "Threads must be integers, not bool"),
    (lambda: matmul(ONES, ONES.T, policy="Aw"), ValueError,
     "Policy must be one of wA, A, A0, aW, W, W0, not 'Aw'"),
    (lambda: matmul(ONES, ONES.T, rounding="round"), ValueError,
     "Rounding must be one of nearest, floor, not 'round'"),
    (lambda: step(0.5, 1), TypeError, "Activations must be integers, not float64"),
    (lambda: step([1, 1], [True, True]), TypeError, "Weights must be integers, not bool"),
    (lambda: step([1, 256], [1, 1]), ValueError, r"Activations must be in \[0, 256\)"),
    (lambda: step([1, 1], [1, 128]), ValueError, r"Weights must be in \[-128, 128\)"),
    (lambda: step(1, 1), ValueError,
     r"Activations and weights must have one shape \(\.\.\., threads\), not \(\) and \(\)"),
    (lambda: step(ONES.T, ONES), ValueError, r"not \(2, 3\) and \(3, 2\)"),
    (lambda: step(ONES.T, ONES.T), ValueError, "Threads must be 1, 2 or 4, not 3"),
    (lambda: step(ONES, ONES, policy="x"), ValueError, "Policy must be one of"),
    (lambda: step(ONES, ONES, rounding="x"), ValueError, "Rounding must be one of"),
    (lambda: collisions(ONES, ONES), ValueError, "must have the same K, not 2 and 3"),
    (lambda: collisions(ONES * 0.5, ONES.T), TypeError, "Activations must be integers"),
    (lambda: collisions(ONES, ONES.T, threads=8), ValueError, "Threads must be 1, 2 or 4, not 8"),
    (lambda: collisions(ONES, ONES.T, policy="x"), ValueError, "Policy must be one of"),
    (lambda: statistics([[0.5]]), TypeError, "Activations must be integers, not float64"),
    (lambda: statistics([[-1]]), ValueError, r"Activations must be in \[0, 256\)"),
    (lambda: statistics([1, 2]), ValueError, r"Activations must have shape \(M, K\), not \(2,\)"),
    (lambda: reorder([0.5, 1], 2), TypeError, "Statistics must be integers, not float64"),
    (lambda: reorder([True, False], 2), TypeError, "Statistics must be integers, not bool"),
    (lambda: reorder(ONES, 2), ValueError, r"Statistics must have shape \(K,\), not \(3, 2\)"),
    (lambda: reorder([1, 2, 3], 2), ValueError,
     "Statistics must be of a multiple of 2 places, not 3"),
    (lambda: reorder([1, 2], 4), ValueError, "multiple of 4 places, not 2"),
    (lambda: reorder([1, 2], 3), ValueError, "Threads must be 1, 2 or 4, not 3"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


@pytest.mark.parametrize("module", [nbsmt.matrices, nbsmt.counts, nbsmt.rules])
def test_examples_of_the_docstrings(module):
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
