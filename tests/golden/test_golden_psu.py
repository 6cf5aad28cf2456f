"""The sorting unit's golden model: the paper's properties, slow references."""

import doctest
import itertools

import numpy as np
import pytest

from skimp.golden import psu
from skimp.golden.networks import bitonic_layers, odd_even_layers
from skimp.golden.psu import KEYS, TIES, bucket_count, keys, order

PAIRS_OF_COUNTS = (0, 0, 0, 1, 1, 2, 2, 3, 3)       # {0-2}{3-4}{5-6}{7-8}
SCHEMES = [
    {},
    {"buckets": PAIRS_OF_COUNTS},
    {"buckets": (0,) * 9},
    {"key": "gray", "wires": (1, 0)},
    {"key": "gray", "wires": (2, 7, 0)},
    {"key": "nonzero-gray", "wires": (0, 4)},
]
NETWORKS = {"odd-even": odd_even_layers, "bitonic": bitonic_layers}
SIZES = (1, 2, 3, 4, 5, 8, 9, 16, 17, 25)


def reflected(bits):
    """Build the reflected Gray sequence by its definition: a copy, then a mirrored copy."""
    words = [""]
    for _ in range(bits):
        words = ["0" + word for word in words] + ["1" + word for word in reversed(words)]
    return words


def slow_order(bucket, ties):
    """Sort one vector of buckets in plain Python."""
    index = list(range(len(bucket)))
    if ties == "stable":
        return sorted(index, key=lambda i: bucket[i])
    if ties == "snake":
        return sorted(index, key=lambda i: (bucket[i], i if bucket[i] % 2 == 0 else -i))
    for a, b in itertools.chain.from_iterable(NETWORKS[ties](len(bucket))):
        if bucket[index[a]] > bucket[index[b]]:
            index[a], index[b] = index[b], index[a]
    return index


# Keys

@pytest.mark.parametrize("width", [1, 2, 7, 8, 9, 16, 17, 32])
def test_popcount_of_every_width(width):
    x = np.random.default_rng(width).integers(0, 1 << width, 200)
    x[:2] = 0, (1 << width) - 1
    assert keys(x, width=width).tolist() == [value.bit_count() for value in x.tolist()]
    assert bucket_count(width=width) == width + 1


def test_table_maps_counts_to_buckets():
    assert keys([0, 3, 7, 15, 31, 63, 127, 255], buckets=PAIRS_OF_COUNTS).tolist() == [
        0, 0, 1, 1, 2, 2, 3, 3]
    assert bucket_count(buckets=PAIRS_OF_COUNTS) == 4


@pytest.mark.parametrize("wires", [(0,), (7,), (1, 0), (0, 1), (5, 2, 7), (3, 0, 6, 1)])
def test_gray_key_is_the_position_in_the_reflected_sequence(wires):
    sequence = reflected(len(wires))
    expected = [sequence.index("".join(str(x >> wire & 1) for wire in wires)) for x in range(256)]
    assert keys(np.arange(256), key="gray", wires=wires).tolist() == expected
    nonzero = [0] + [1 + position for position in expected[1:]]
    assert keys(np.arange(256), key="nonzero-gray", wires=wires).tolist() == nonzero
    assert bucket_count(key="gray", wires=wires) == 2 ** len(wires)
    assert bucket_count(key="nonzero-gray", wires=wires) == 1 + 2 ** len(wires)


def test_first_wire_is_the_top_digit():
    assert keys([0b10], key="gray", wires=(1, 0)).tolist() == [3]
    assert keys([0b10], key="gray", wires=(0, 1)).tolist() == [1]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_descending_counts_buckets_from_the_other_end(scheme):
    x = np.arange(256)
    count = bucket_count(**scheme)
    ascending = keys(x, **scheme)
    assert set(ascending.tolist()) == set(range(count))
    assert keys(x, **scheme, descending=True).tolist() == (count - 1 - ascending).tolist()
    assert bucket_count(**scheme, descending=True) == count


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("shape", [(), (3,), (0, 3), (2, 0), (2, 3, 4)])
def test_keys_have_the_shape_of_the_elements(scheme, descending, shape):
    got = keys(np.zeros(shape, np.uint16), **scheme, descending=descending)
    assert isinstance(got, np.ndarray)
    assert (got.shape, got.dtype) == (shape, np.int64)


def test_signed_elements_are_twos_complement():
    x = np.arange(-128, 128)
    for scheme in SCHEMES:
        np.testing.assert_array_equal(keys(x, **scheme), keys(x & 255, **scheme))


# Order

@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("descending", [False, True])
def test_order_equals_the_slow_reference(ties, scheme, descending):
    rng = np.random.default_rng(3)
    for n in SIZES:
        x = rng.integers(0, 256, (20, n))
        x[rng.random(x.shape) < 0.3] = 0
        buckets = keys(x, **scheme, descending=descending)
        got = order(x, **scheme, ties=ties, descending=descending)
        assert got.tolist() == [slow_order(vector, ties) for vector in buckets.tolist()]
        np.testing.assert_array_equal(np.sort(got, axis=-1), np.tile(np.arange(n), (20, 1)))
        assert (np.diff(np.take_along_axis(buckets, got, axis=-1), axis=-1) >= 0).all()


@pytest.mark.parametrize("ties", TIES)
def test_every_vector_of_five_buckets(ties):
    x = np.array(list(itertools.product([0, 1, 3, 7], repeat=5)))
    assert order(x, width=3, ties=ties).tolist() == [
        slow_order(vector, ties) for vector in keys(x, width=3).tolist()]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("descending", [False, True])
def test_stable_ties_keep_index_order(scheme, descending):
    x = np.random.default_rng(4).integers(0, 256, (200, 25))
    got = order(x, **scheme, descending=descending)
    buckets = keys(x, **scheme, descending=descending)
    np.testing.assert_array_equal(got, buckets.argsort(axis=-1, kind="stable"))
    alike = np.diff(np.take_along_axis(buckets, got, axis=-1), axis=-1) == 0
    assert (np.diff(got, axis=-1)[alike] > 0).all()


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("value", [0, 90, 255])
def test_equal_elements(n, value):
    x = np.full(n, value)
    for ties in ("stable", "odd-even", "bitonic"):      # a comparator leaves equals where they are
        assert order(x, ties=ties).tolist() == list(range(n))
    step = 1 if value.bit_count() % 2 == 0 else -1
    assert order(x, ties="snake").tolist() == list(range(n))[::step]


@pytest.mark.parametrize("ties", TIES)
def test_approximate_unit_with_the_identity_table_is_the_accurate_one(ties):
    x = np.random.default_rng(5).integers(0, 256, (100, 25))
    np.testing.assert_array_equal(order(x, buckets=range(9), ties=ties), order(x, ties=ties))


def test_snake_parity_is_that_of_the_numbers_after_descending():
    x = [1, 1, 1]                   # one of 1 bit: bucket 1, and 0 descending; of 8 bits: 1 and 7
    assert order(x, ties="snake").tolist() == [2, 1, 0]
    assert order(x, ties="snake", descending=True).tolist() == [2, 1, 0]
    assert order(x, width=1, ties="snake").tolist() == [2, 1, 0]
    assert order(x, width=1, ties="snake", descending=True).tolist() == [0, 1, 2]


@pytest.mark.parametrize("ties", TIES)
@pytest.mark.parametrize("leading", [(), (0,), (3,), (2, 3), (2, 0, 4)])
def test_any_leading_shape(ties, leading):
    x = np.random.default_rng(6).integers(0, 256, (*leading, 7), dtype=np.uint8)
    got = order(x, ties=ties)
    assert (got.shape, got.dtype) == (x.shape, np.int64)
    for where in np.ndindex(leading):
        assert got[where].tolist() == order(x[where], ties=ties).tolist()


@pytest.mark.parametrize("ties", TIES)
def test_more_vectors_than_are_sorted_at_a_time(ties, monkeypatch):
    x = np.random.default_rng(7).integers(0, 256, (50, 9))
    whole = order(x, ties=ties)
    monkeypatch.setattr(psu, "BLOCK", 7)
    np.testing.assert_array_equal(order(x, ties=ties), whole)


@pytest.mark.parametrize("ties", TIES)
def test_wide_keys_and_long_vectors(ties):
    """Bucket and index together take 8, 16, 32 and 64 bits."""
    rng = np.random.default_rng(8)
    for n, wires in (4, 4), (100, 9), (100, 20), (300, 32):
        x = rng.integers(0, 1 << 32, (3, n))
        scheme = {"width": 32, "key": "gray", "wires": rng.permutation(32)[:wires]}
        assert order(x, **scheme, ties=ties).tolist() == [
            slow_order(vector, ties) for vector in keys(x, **scheme).tolist()]


# Errors

X = np.zeros((2, 3), int)


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: keys([0.5]), TypeError, "Elements must be integers, not float64"),
    (lambda: order([True]), TypeError, "Elements must be integers, not bool"),
    (lambda: keys([256]), ValueError,
     r"Elements must be in \[0, 256\), or signed in \[-128, 128\), not \[256, 256\]"),
    (lambda: order([16, 3], width=4), ValueError, r"Elements must be in \[0, 16\).* not \[3, 16\]"),
    (lambda: keys([0], width=0), ValueError, "Width must be 1 to 32 bits, not 0"),
    (lambda: bucket_count(width=33), ValueError, "Width must be 1 to 32 bits, not 33"),
    (lambda: keys(X, key="value"), ValueError,
     "Key must be one of popcount, gray, nonzero-gray, not 'value'"),
    (lambda: order(X, ties="random"), ValueError,
     "Ties must be one of stable, snake, odd-even, bitonic, not 'random'"),
    (lambda: keys(X, buckets=(0, 1)), ValueError,
     r"Buckets must be 9 numbers for 8-bit elements, not \[0, 1\]"),
    (lambda: keys(X, width=1, buckets=(0., 1.)), TypeError, "Buckets must be integers"),
    (lambda: keys(X, width=2, buckets=(0, 1, 0)), ValueError,
     r"Buckets must not decrease, as \[0, 1, 0\] does"),
    (lambda: keys(X, width=2, buckets=(0, 0, 2)), ValueError,
     r"Buckets must start at 0 and skip none, unlike \[0, 0, 2\]"),
    (lambda: keys(X, width=2, buckets=(1, 1, 2)), ValueError, r"unlike \[1, 1, 2\]"),
    (lambda: keys(X, width=1, buckets=np.array([1, 0], np.uint8)), ValueError, "not decrease"),
    (lambda: keys(X, wires=(0,)), ValueError, r"Key popcount takes no wires, not \(0,\)"),
    (lambda: keys(X, key="gray", buckets=range(9), wires=(0,)), ValueError,
     r"Key gray takes no buckets, not range\(0, 9\)"),
    (lambda: keys(X, key="gray"), ValueError, "Wires must name at least one bit"),
    (lambda: keys(X, key="nonzero-gray", wires=()), ValueError, "Wires must name at least one bit"),
    (lambda: keys(X, key="gray", wires=(0.5,)), TypeError, "Wires must be integers, not float64"),
    (lambda: keys(X, key="gray", wires=(1, 3, 1)), ValueError,
     "Wires must be distinct, but 1 is named twice"),
    (lambda: keys(X, key="gray", wires=(8,)), ValueError,
     "Wires must be bits 0 to 7 of the element, not 8"),
    (lambda: keys(X, key="gray", wires=(-1,)), ValueError, "bits 0 to 7 of the element, not -1"),
    (lambda: order(5), ValueError, "Elements of a vector must be at least 1, not 0"),
    (lambda: order(np.zeros((2, 0), int)), ValueError,
     "Elements of a vector must be at least 1, not 0"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_names_of_the_options():
    assert KEYS == ("popcount", "gray", "nonzero-gray")
    assert TIES == ("stable", "snake", "odd-even", "bitonic")


def test_examples_of_the_docstrings():
    failed, tried = doctest.testmod(psu)
    assert tried > 0
    assert failed == 0
