"""Products of the SPARQ golden model, dense and 2:4, against loops; effective activations."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sparq_loops import options, parts, prune24, slow_matmul, slow_pair

from skimp.golden.arithmetic.sparq import CONFIGS, ROUNDINGS, effective, matmul


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("config", [*CONFIGS, (1, (0, 1, 6, 7)), (5, (0, 3))], ids=str)
@pytest.mark.parametrize("inner", [1, 2, 3, 4, 5, 8, 15])
def test_matmul_equals_the_loops(config, rounding, inner):
    rng = np.random.default_rng(inner)
    a, w = rng.integers(0, 256, (4, inner)), rng.integers(-128, 128, (inner, 9))
    a[rng.random(a.shape) < 0.3] = 0
    w[rng.random(w.shape) < 0.2] = 0
    for sparse24, weights in (False, w), (True, prune24(w, rng)):
        got = matmul(a, weights, **options(config), rounding=rounding, sparse24=sparse24)
        assert got.dtype == np.int64
        np.testing.assert_array_equal(got, slow_matmul(a, weights, config, rounding, sparse24))


@settings(derandomize=True, database=None, deadline=None, max_examples=60)
@given(st.data())
def test_matmul_of_any_size_and_set(data):
    m, inner, n = data.draw(st.tuples(*[st.integers(0, 6)] * 3))
    byte = st.sampled_from([0, 1, 15, 16, 127, 128, 247, 248, 255]) | st.integers(0, 255)
    weight = st.sampled_from([0, 0, 1, -1, 127, -128]) | st.integers(-128, 127)
    config = data.draw(st.sampled_from([*CONFIGS, (1, (0, 1, 6, 7)), (7, (0, 1))]))
    rounding, sparse24 = data.draw(st.sampled_from(ROUNDINGS)), data.draw(st.booleans())
    a = np.array(data.draw(st.lists(byte, min_size=m * inner, max_size=m * inner)), np.uint8)
    w = np.array(data.draw(st.lists(weight, min_size=inner * n, max_size=inner * n)), np.int8)
    a, w = a.reshape(m, inner), w.reshape(inner, n)
    how = {"rounding": rounding, "sparse24": sparse24}
    if sparse24 and any(np.count_nonzero(w[k:k + 4, j]) > 2
                        for k in range(0, inner, 4) for j in range(n)):
        with pytest.raises(ValueError, match="at most two nonzeros"):
            matmul(a, w, **options(config), **how)
    else:
        np.testing.assert_array_equal(matmul(a, w, **options(config), **how),
                                      slow_matmul(a, w, config, **how))


def test_groups_of_24_by_hand():
    a = np.array([[90, 0, 91, 3, 90]])
    columns = {
        (0, 0, 0, 0, 0): 0,
        (1, 0, 0, 0, 0): 90,
        (1, 1, 0, 0, 0): 90,
        (1, 0, 0, 1, 0): 88 + 3,
        (0, 0, 1, 0, 1): 91 + 90,
        (1, 0, 1, 0, -1): 88 + 88 - 90,
        (0, 2, 0, 1, 0): 3,
    }
    w = np.array(list(columns)).T
    assert matmul(a, w, sparse24=True, rounding="trim").tolist() == [list(columns.values())]
    # The same weights as neighbours: (90, 0), (91, 3) and a last one alone.
    assert matmul(a, w, rounding="trim").tolist() == [
        [0, 90, 90, 93, 88 + 90, 90 + 88 - 90, 3]]


def test_zero_weights_leave_a_dense_pair_alone():
    """Whether the unit splits an activation depends on the activations only."""
    assert matmul([[90, 3]], [[1], [0]]).tolist() == [[88]]
    assert matmul([[90, 3]], [[1], [0]], sparse24=True).tolist() == [[90]]


def test_sums_beyond_the_exact_range_of_float32():
    a, w = np.tile([255, 0], (2, 1001)), np.full((2002, 3), 127)
    expected = 1001 * 255 * 127
    assert expected > 1 << 24 and expected % 2
    assert matmul(a, w).tolist() == [[expected] * 3] * 2
    w[1::2] = 0                     # now 255 stands beside 255, but for the last group's
    expected = (1000 * 240 + 255) * 127
    assert matmul(a, w, sparse24=True).tolist() == [[expected] * 3] * 2


@pytest.mark.parametrize("sparse24", [False, True])
@pytest.mark.parametrize("shape", [(0, 4, 3), (2, 0, 3), (2, 4, 0), (0, 0, 0), (2, 3, 0)])
def test_empty_matrices(shape, sparse24):
    m, inner, n = shape
    got = matmul(np.zeros((m, inner), int), np.zeros((inner, n), int), sparse24=sparse24)
    assert (got.shape, got.dtype) == ((m, n), np.int64)
    assert not got.any()


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, ">i4"])
@pytest.mark.parametrize("sparse24", [False, True])
@pytest.mark.parametrize("inner", [6, 7])
def test_any_type_and_layout_of_memory(dtype, sparse24, inner):
    rng = np.random.default_rng(1)
    a, w = rng.integers(0, 256, (5, inner)), prune24(rng.integers(-128, 128, (inner, 3)), rng)
    expected = slow_matmul(a, w, "5opt", "round", sparse24)
    typed, weights = a.astype(dtype), w.astype(np.int8)
    spread = np.repeat(np.repeat(typed, 2, axis=0), 3, axis=1)
    for x in typed, np.asfortranarray(typed), spread[::2, ::3], typed[::-1, ::-1][::-1, ::-1]:
        before = x.copy()
        for y in weights, np.asfortranarray(weights), w.tolist():
            np.testing.assert_array_equal(matmul(x, y, sparse24=sparse24), expected)
        np.testing.assert_array_equal(effective(x), effective(a))
        np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("shape", [(0,), (1,), (5,), (3, 0), (0, 5), (2, 3, 5), (2, 0, 4)])
@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_effective_of_any_shape(shape, rounding):
    a = np.random.default_rng(2).integers(0, 3, shape) * 85
    got = effective(a, **CONFIGS["6opt"], rounding=rounding)
    assert (got.shape, got.dtype) == (shape, np.int64)
    for row, expected in zip(a.reshape(-1, shape[-1] or 1), got.reshape(-1, shape[-1] or 1),
                             strict=True):
        both = [slow_pair(one, two, *parts("6opt"), rounding) for one, two in
                itertools.zip_longest(row[0::2].tolist(), row[1::2].tolist(), fillvalue=0)]
        assert expected.tolist() == list(itertools.chain(*both))[:len(row)]


def test_results_may_be_written_to():
    """They are copies: the next caller does not see it."""
    for _ in range(2):
        got = effective([255, 0])
        assert got.tolist() == [255, 0]
        got[:] = 1
