"""The SPARQ golden model: scalar rules in plain Python, the paper's corners, every small set."""

import doctest
import itertools
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skimp.golden.arithmetic import sparq
from skimp.golden.arithmetic.sparq import (
    CONFIGS,
    ROUNDINGS,
    Lanes,
    decode,
    effective,
    encode,
    footprint,
    matmul,
    pair,
    window,
)
from skimp.hw.sparq.window import WindowParams

SETS = [(bits, (0, *middle, 8 - bits)) for bits in range(1, 8) for size in range(8 - bits)
        for middle in itertools.combinations(range(1, 8 - bits), size)
        if bits >= 4 or {bits, 8 - 2 * bits} <= {0, *middle}]       # every legal one
SOME = [(1, (0, 1, 6, 7)), (1, tuple(range(8))), (2, (0, 2, 3, 4, 6)), (3, (0, 2, 3, 5)),
        (5, (0, 3)), (5, (0, 1, 2, 3)), (6, (0, 2)), (6, (0, 1, 2)), (7, (0, 1))]
X = np.arange(256)
PAIRS = np.arange(1 << 16)
FIRST, SECOND = PAIRS & 255, PAIRS >> 8


def options(config) -> dict[str, Any]:
    """Return the keywords of a configuration: by its name, or of a pair of window and shifts."""
    return CONFIGS[config] if isinstance(config, str) else dict(
        zip(("window", "shifts"), config, strict=True))


def parts(config) -> tuple[int, tuple[int, ...]]:
    bits, shifts = options(config).values()
    return bits, shifts


def slow_window(a, bits, shifts, rounding):
    """Put one activation through a window; return what is kept, and the shift."""
    shift = next(s for s in shifts if a < 2 ** (bits + s))
    if rounding == "trim":
        return a // 2**shift, shift
    return min(round(Fraction(a, 2**shift)), 2**bits - 1), shift   # round() is half to even


def slow_value(a, bits, shifts, rounding):
    kept, shift = slow_window(a, bits, shifts, rounding)
    return kept * 2**shift


def slow_alone(a, bits, shifts, rounding):
    """Return what a lone activation counts for."""
    if bits >= 4:
        return a
    return slow_value(a, 2 * bits, [s for s in shifts if s + bits in shifts], rounding)


def slow_pair(a, b, *cut):
    if (a == 0) == (b == 0):
        return slow_value(a, *cut), slow_value(b, *cut)
    return slow_alone(a, *cut), slow_alone(b, *cut)


def slow_matmul(a, w, config, rounding, sparse24):
    """Multiply by loops over everything."""
    cut = (*parts(config), rounding)
    inner = len(w)
    product = []
    for row in a.tolist():
        product.append([])
        for column in w.T.tolist():
            if sparse24:
                groups = [range(k, min(k + 4, inner)) for k in range(0, inner, 4)]
                places = [[k for k in group if column[k]] for group in groups]
            else:
                places = [list(range(k, min(k + 2, inner))) for k in range(0, inner, 2)]
            total = 0
            for chosen in places:
                x = [row[k] for k in chosen] + [0, 0]
                y = [column[k] for k in chosen] + [0, 0]
                one, two = slow_pair(x[0], x[1], *cut)
                total += one * y[0] + two * y[1]
            product[-1].append(total)
    return np.array(product, dtype=np.int64).reshape(len(a), w.shape[1])


def prune24(w, rng):
    """Leave at most two nonzeros, at random places, in each group of four."""
    mask = np.zeros((-(-len(w) // 4), 4, w.shape[1]), bool)
    mask[:, :2] = True
    return w * rng.permuted(mask, axis=1).reshape(-1, w.shape[1])[:len(w)]


# One activation

@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("config", [*CONFIGS, *SETS], ids=str)
def test_window_of_every_activation(config, rounding):
    expected = [slow_window(a, *parts(config), rounding) for a in range(256)]
    kept, shift = window(X, **options(config), rounding=rounding)
    assert list(zip(kept.tolist(), shift.tolist(), strict=True)) == expected
    assert kept.dtype == shift.dtype == np.int64


def test_default_is_five_options_rounded():
    said = window(X, **CONFIGS["5opt"], rounding="round")
    for got, expected in zip(window(X), said, strict=True):
        np.testing.assert_array_equal(got, expected)
    assert ROUNDINGS == ("trim", "round")
    assert list(CONFIGS) == ["5opt", "3opt", "2opt", "6opt", "7opt"]


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("config", CONFIGS)
def test_keywords_are_the_parameters_of_a_unit(config, rounding):
    params = WindowParams(**CONFIGS[config], rounding=rounding)
    for got, expected in zip(window(X, **asdict(params)), window(X, **CONFIGS[config],
                                                                 rounding=rounding), strict=True):
        np.testing.assert_array_equal(got, expected)
    a, w = [[90, 3, 0, 7]], [[1], [2], [3], [4]]
    assert matmul(a, w, **asdict(params)) == effective(a, **asdict(params)) @ w


@pytest.mark.parametrize(("config", "rounding", "values", "expected"), [
    ("5opt", "round", [247, 248, 255], 240), ("3opt", "round", [247, 248, 255], 240),
    ("2opt", "round", [247, 248, 255], 240), ("5opt", "round", range(120, 128), 120),
    ("3opt", "round", [62, 63], 60), ("5opt", "trim", range(240, 256), 240),
    ("6opt", "round", [11], 12), ("6opt", "trim", [11], 10), ("7opt", "trim", [9, 10, 11], 8),
    ("5opt", "round", [16, 17], 16), ("5opt", "round", [19, 20, 21], 20),       # halves to even
    ("2opt", "round", [24], 32), ("2opt", "round", [40], 32),
])
def test_corners(config, rounding, values, expected):
    kept, shift = window(list(values), **options(config), rounding=rounding)
    assert set((kept << shift).tolist()) == {expected}


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("config", CONFIGS)
def test_claims_about_the_window(config, rounding):
    bits, shifts = parts(config)
    kept, shift = window(X, **options(config), rounding=rounding)
    value = kept << shift
    assert (value[1:] > 0).all(), "a nonzero activation became zero"
    assert (value[:1 << bits] == X[:1 << bits]).all(), "shift 0 is not exact"
    assert (np.diff(value) >= 0).all()
    assert kept.max() == (1 << bits) - 1
    assert shift.max() == shifts[-1] == 8 - bits
    error = X - value
    if rounding == "trim":
        assert ((error >= 0) & (error < 1 << shift)).all()
    else:
        saturated = kept == (1 << bits) - 1
        assert (2 * np.abs(error) <= 1 << shift)[~saturated].all()


@pytest.mark.parametrize("shape", [(), (3,), (0, 3), (2, 0), (2, 3, 4)])
def test_windows_keep_the_shape(shape):
    for part in window(np.zeros(shape, np.uint8)):
        assert isinstance(part, np.ndarray)
        assert (part.shape, part.dtype) == (shape, np.int64)
    for part in (*pair(np.ones(shape, int), np.zeros(shape, np.uint16)),
                 *decode(np.zeros(shape, int))):
        assert (part.shape, part.dtype) == ((*shape, 2), np.int64)
    words = encode(pair(np.ones(shape, int), np.zeros(shape, int)))
    assert isinstance(words, np.ndarray)
    assert (words.shape, words.dtype) == (shape, np.int64)


# A pair

@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("config", [*CONFIGS, *SOME], ids=str)
def test_every_pair(config, rounding):
    """Lanes are legal, add up to the effective activations, and survive their word."""
    bits, shifts = parts(config)
    lanes = pair(FIRST, SECOND, **options(config), rounding=rounding)
    assert ((lanes.kept >= 0) & (lanes.kept < 1 << bits) & np.isin(lanes.shift, shifts)).all()

    kept, shift = window(X, **options(config), rounding=rounding)
    windowed = kept << shift
    alone = np.array([slow_alone(a, bits, shifts, rounding) for a in range(256)])
    first = np.where(SECOND == 0, alone[FIRST], windowed[FIRST])
    second = np.where(FIRST == 0, alone[SECOND], windowed[SECOND])
    got = effective(np.stack([FIRST, SECOND], axis=-1), **options(config), rounding=rounding)
    assert got.dtype == np.int64
    np.testing.assert_array_equal(got, np.stack([first, second], axis=-1))
    weights = np.array([-128, 113])
    np.testing.assert_array_equal(((lanes.kept << lanes.shift) * weights[lanes.weight]).sum(-1),
                                  got @ weights)

    # The survivor's own lane has the low half; both have its weight.
    lone = (FIRST == 0) != (SECOND == 0)
    np.testing.assert_array_equal(lanes.weight[~lone], [[0, 1]] * int((~lone).sum()))
    survivor = (FIRST == 0)[lone].astype(int)
    np.testing.assert_array_equal(lanes.weight[lone], np.stack([survivor, survivor], axis=-1))
    low = np.where(survivor, lanes.shift[lone, 1], lanes.shift[lone, 0])
    high = np.where(survivor, lanes.shift[lone, 0], lanes.shift[lone, 1])
    assert (high - low == min(bits, 8 - bits)).all()
    assert bits < 4 or (low == 0).all()

    words = encode(lanes, **options(config))
    assert 0 <= words.min() and words.max() < 1 << footprint(**options(config))
    for part, again in zip(lanes, decode(words, **options(config)), strict=True):
        np.testing.assert_array_equal(again, part)


@pytest.mark.parametrize("rounding", ROUNDINGS)
def test_lone_activations_of_every_set(rounding):
    for bits, shifts in SETS:
        expected = [slow_alone(a, bits, shifts, rounding) for a in range(256)]
        for own, other in (X, 0 * X), (0 * X, X):
            lanes = pair(own, other, window=bits, shifts=shifts, rounding=rounding)
            assert (lanes.kept < 1 << bits).all() and np.isin(lanes.shift, shifts).all()
            assert (lanes.kept << lanes.shift).sum(axis=-1).tolist() == expected
            words = encode(lanes, window=bits, shifts=shifts)
            for part, again in zip(lanes, decode(words, window=bits, shifts=shifts), strict=True):
                np.testing.assert_array_equal(again, part)


@pytest.mark.parametrize(("config", "first", "second", "kept", "shift", "weight"), [
    ("5opt", 90, 3, [11, 3], [3, 0], [0, 1]),
    ("5opt", 0, 0, [0, 0], [0, 0], [0, 1]),
    ("5opt", 0xA7, 0, [0x7, 0xA], [0, 4], [0, 0]),
    ("5opt", 0, 0xA7, [0xA, 0x7], [4, 0], [1, 1]),
    ("2opt", 1, 0, [1, 0], [0, 4], [0, 0]),
    ("6opt", 0b110_101, 0, [0b101, 0b110], [0, 3], [0, 0]),
    ("6opt", 0, 0b110_101_10, [0b110, 0b110], [5, 2], [1, 1]),      # a half, to even
    ("6opt", 255, 0, [7, 7], [2, 5], [0, 0]),                       # saturates in 6 bits
    ("7opt", 0b1101_1000, 0, [0b10, 0b11], [4, 6], [0, 0]),
    ((6, (0, 2)), 0b101101_11, 0, [0b11, 0b101101], [0, 2], [0, 0]),
    ((1, (0, 1, 6, 7)), 0, 0b10_000000, [1, 0], [7, 6], [1, 1]),
])
def test_lanes_by_hand(config, first, second, kept, shift, weight):
    lanes = pair(first, second, **options(config))
    assert [part.tolist() for part in lanes] == [kept, shift, weight]


# Words

@pytest.mark.parametrize(("config", "bits"), [
    ("5opt", 14), ("3opt", 12), ("2opt", 11), ("6opt", 12), ("7opt", 10),
    ((7, [0, 1]), 17), ((5, (0, 1, 2, 3)), 15), ((6, (0, 1, 2)), 16), ((1, (0, 1, 6, 7)), 7),
])
def test_footprints(config, bits):
    assert footprint(**options(config)) == bits


@pytest.mark.parametrize(("config", "first", "second", "word"), [
    ("5opt", 90, 3, "000_011_0011_1011"),       # fields: code 1, code 0, kept 1, kept 0
    ("5opt", 0xA7, 0, "111_000_1010_0111"),
    ("5opt", 0, 0xA7, "000_111_0111_1010"),
    ("3opt", 240, 15, "00_10_1111_1111"),
    ("3opt", 0, 0xA7, "00_11_0111_1010"),
    ("2opt", 240, 15, "0_0_1_1111_1111"),       # on top: whether a lane steals
    ("2opt", 15, 240, "0_1_0_1111_1111"),
    ("2opt", 0xA7, 0, "1_1_0_1010_0111"),
    ("2opt", 0, 0xA7, "1_0_1_0111_1010"),
    ("6opt", 0, 0b110_101_10, "010_111_110_110"),
    ("7opt", 0b1101_1000, 0, "111_100_11_10"),
    ((2, (0, 2, 4, 6)), 0b1101_1000, 0, "1_11_10_11_10"),
])
def test_words_by_hand(config, first, second, word):
    assert encode(pair(first, second, **options(config)), **options(config)) == int(word, 2)
    assert encode(tuple(pair(first, second, **options(config))), **options(config)) == int(word, 2)


@pytest.mark.parametrize("config", ["2opt", "7opt", (1, (0, 1, 6, 7)), (3, (0, 2, 3, 5))], ids=str)
def test_every_word_is_understood_or_refused(config):
    refused = 0
    for word in range(1 << footprint(**options(config))):
        try:
            lanes = decode(word, **options(config))
        except ValueError:
            refused += 1
        else:
            assert encode(lanes, **options(config)) == word
    assert refused > 0


# Matrices

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


# Errors

def test_every_other_set_of_shifts_is_refused():
    for bits in range(1, 8):
        for size in range(9):
            for shifts in itertools.combinations(range(9), size):
                both = [s for s in shifts if s + bits in shifts]
                legal = (shifts[:1] == (0,) and shifts[-1:] == (8 - bits,)
                         and (bits >= 4 or {0, 8 - 2 * bits} <= set(both)))
                assert legal == ((bits, shifts) in SETS)
                if not legal:
                    with pytest.raises(ValueError, match=r"^Shifts of a \d-bit window must "):
                        cut((bits, np.array(shifts, int)))


def cut(config):
    """Call a function that takes a configuration, whatever it is."""
    return window(0, **options(config))


def made(kept=(0, 0), shift=(0, 0), weight=(0, 1)):
    return Lanes(np.array(kept), np.array(shift), np.array(weight))


ONES = np.ones((3, 2), int)


@pytest.mark.parametrize(("call", "error", "sentence"), [
    (lambda: window([0.5]), TypeError, "Activations must be integers, not float64"),
    (lambda: window(True), TypeError, "Activations must be integers, not bool"),
    (lambda: window([256, 3]), ValueError, r"Activations must be in \[0, 256\), not \[3, 256\]"),
    (lambda: window(-1), ValueError, r"Activations must be in \[0, 256\), not \[-1, -1\]"),
    (lambda: window(np.array([1 << 63], np.uint64)), ValueError, "not \\[9223372036854775808, 92"),
    (lambda: window(0, rounding="floor"), ValueError,
     "Rounding must be one of trim, round, not 'floor'"),
    (lambda: cut((4.0, (0, 4))), TypeError, "Window must be integers, not float64"),
    (lambda: cut((True, (0, 7))), TypeError, "Window must be integers, not bool"),
    (lambda: cut((4, (0.0, 4.0))), TypeError, "Shifts must be integers, not float64"),
    (lambda: cut((7, (False, True))), TypeError, "Shifts must be integers, not bool"),
    (lambda: cut((0, (0, 8))), ValueError, "Window must be 1 to 7 bits, not 0"),
    (lambda: cut((8, (0,))), ValueError, "Window must be 1 to 7 bits, not 8"),
    (lambda: cut(((4, 4), (0, 4))), ValueError, r"Window must be 1 to 7 bits, not \[4 4\]"),
    (lambda: cut((4, (0, 2))), ValueError,
     r"Shifts of a 4-bit window must ascend from 0 to 4, not be \[0, 2\]"),
    (lambda: cut((4, (1, 4))), ValueError, r"ascend from 0 to 4, not be \[1, 4\]"),
    (lambda: cut((4, (0, 2, 2, 4))), ValueError, r"not be \[0, 2, 2, 4\]"),
    (lambda: cut((4, np.array([0, 3, 2, 4], np.uint8))), ValueError, r"be \[0, 3, 2, 4\]"),
    (lambda: cut((4, 0)), ValueError, "ascend from 0 to 4, not be 0"),
    (lambda: cut((4, [[0, 4]])), ValueError, r"not be \[\[0, 4\]\]"),
    (lambda: cut((3, (0, 1, 2, 5))), ValueError,
     r"Shifts of a 3-bit window must contain 3 and 2 for lone activations, unlike \[0, 1, 2, 5\]"),
    (lambda: cut((1, (0, 1, 7))), ValueError, "must contain 1 and 6 for lone"),
    (lambda: pair(0.5, 1), TypeError, "Activations must be integers, not float64"),
    (lambda: pair(0, 256), ValueError, r"Activations must be in \[0, 256\), not \[256, 256\]"),
    (lambda: pair(0, 1, rounding="even"), ValueError, "Rounding must be one of"),
    (lambda: pair(0, 1, window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: pair([1, 2], [1, 2, 3]), ValueError,
     r"Both activations of a pair must have one shape, not \(2,\) and \(3,\)"),
    (lambda: footprint(window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: encode(made(kept=(0.0, 1.0))), TypeError, "Lanes must be integers, not float64"),
    (lambda: encode(made(), window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: encode(made(kept=(0, 0, 0))), ValueError,
     r"Lanes must have one shape \(\.\.\., 2\), not \[\(3,\), \(2,\), \(2,\)\]"),
    (lambda: encode(Lanes(ONES.T, ONES.T, ONES.T)), ValueError, r"one shape \(\.\.\., 2\)"),
    (lambda: encode(made(kept=(16, 0))), ValueError,
     r"Lanes must be those of a pair, not kept \[16, 0\], shift \[0, 0\], weight \[0, 1\]"),
    (lambda: encode(made(kept=(0, -1))), ValueError, r"not kept \[0, -1\]"),
    (lambda: encode(made(shift=(0, 1)), **CONFIGS["3opt"]), ValueError, r"shift \[0, 1\]"),
    (lambda: encode(made(shift=(5, 0))), ValueError, r"shift \[5, 0\]"),
    (lambda: encode(made(weight=(1, 0))), ValueError, r"weight \[1, 0\]"),
    (lambda: encode(made(weight=(1, 0), shift=(0, 4))), ValueError, r"weight \[1, 0\]"),
    (lambda: encode(made(weight=(0, 2), shift=(0, 4))), ValueError, r"weight \[0, 2\]"),
    (lambda: encode(made(weight=(-1, 1), shift=(4, 0))), ValueError, r"weight \[-1, 1\]"),
    (lambda: encode(made(weight=(0, 0))), ValueError, r"shift \[0, 0\], weight \[0, 0\]"),
    (lambda: encode(made(weight=(0, 0), shift=(4, 0))), ValueError, r"shift \[4, 0\], weight"),
    (lambda: encode(made(weight=(1, 1), shift=(0, 4)), **CONFIGS["2opt"]), ValueError, "of a pair"),
    (lambda: encode(made(weight=(0, 0), shift=(1, 3)), **CONFIGS["6opt"]), ValueError, "of a pair"),
    (lambda: decode([0.5]), TypeError, "Words must be integers, not float64"),
    (lambda: decode(0, window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: decode([0, 1 << 14]), ValueError, "Words must be such as encode makes, not 0x4000"),
    (lambda: decode(-1), ValueError, "Words must be such as encode makes, not -0x1"),
    (lambda: decode(1 << 11, **CONFIGS["2opt"]), ValueError, "not 0x800"),
    (lambda: decode(1 << 10, **CONFIGS["2opt"]), ValueError, "not 0x400"),    # neither shift larger
    (lambda: decode(0b101_000 << 8), ValueError, "not 0x2800"),             # no such shift
    (lambda: decode(0b111_111 << 8), ValueError, "not 0x3f00"),             # both steal
    (lambda: decode(0b111_001 << 8), ValueError, "not 0x3900"),             # low half not at 0
    (lambda: effective(7), ValueError, r"Activations must have shape \(\.\.\., K\), not \(\)"),
    (lambda: effective([0.5]), TypeError, "Activations must be integers, not float64"),
    (lambda: effective([-1, 255]), ValueError, r"not \[-1, 255\]"),
    (lambda: effective([1], rounding="even"), ValueError, "Rounding must be one of"),
    (lambda: effective([1], window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: matmul(ONES * 0.5, ONES.T), TypeError, "Activations must be integers, not float64"),
    (lambda: matmul(ONES, ONES.T > 0), TypeError, "Weights must be integers, not bool"),
    (lambda: matmul(ONES * 256, ONES.T), ValueError, r"Activations must be in \[0, 256\)"),
    (lambda: matmul(-ONES.astype(np.int8), ONES.T), ValueError, r"not \[-1, -1\]"),
    (lambda: matmul(ONES, ONES.T * 128), ValueError,
     r"Weights must be in \[-128, 128\), not \[128, 128\]"),
    (lambda: matmul(ONES, ONES.T * -129), ValueError, r"Weights .* not \[-129, -129\]"),
    (lambda: matmul(ONES[0], ONES.T), ValueError,
     r"Activations and weights must have shapes \(M, K\) and \(K, N\), not \(2,\) and \(2, 3\)"),
    (lambda: matmul(ONES, ONES[:, 0]), ValueError, r"not \(3, 2\) and \(3,\)"),
    (lambda: matmul(ONES, ONES), ValueError,
     "Activations and weights must have the same K, not 2 and 3"),
    (lambda: matmul(ONES, ONES.T, rounding="even"), ValueError, "Rounding must be one of"),
    (lambda: matmul(ONES, ONES.T, window=0), ValueError, "Window must be 1 to 7 bits"),
    (lambda: matmul(np.ones((2, 7), int), [[0, 1]] * 3 + [[1, 0]] * 4, sparse24=True), ValueError,
     "Weights must have at most two nonzeros in a group of 4, not 3 in group 0 of column 1"),
    (lambda: matmul(np.ones((2, 7), int), [[0, 0]] * 4 + [[1, 0]] * 3, sparse24=True), ValueError,
     "not 3 in group 1 of column 0"),
])
def test_errors_name_the_rule_and_the_offender(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


@pytest.mark.parametrize("module", [sparq.matrices, sparq.lanes, sparq.words])
def test_examples_of_the_docstrings(module):
    failed, tried = doctest.testmod(module)
    assert tried > 0
    assert failed == 0
