"""Windows and lanes of the SPARQ golden model: the paper's corners, every small set, every pair."""

from dataclasses import asdict

import numpy as np
import pytest
from sparq_loops import SETS, X, options, parts, slow_alone, slow_window

from skimp.golden.arithmetic.sparq import (
    CONFIGS,
    ROUNDINGS,
    decode,
    effective,
    encode,
    footprint,
    matmul,
    pair,
    window,
)
from skimp.hw.sparq.window import WindowParams

SOME = [(1, (0, 1, 6, 7)), (1, tuple(range(8))), (2, (0, 2, 3, 4, 6)), (3, (0, 2, 3, 5)),
        (5, (0, 3)), (5, (0, 1, 2, 3)), (6, (0, 2)), (6, (0, 1, 2)), (7, (0, 1))]
PAIRS = np.arange(1 << 16)
FIRST, SECOND = PAIRS & 255, PAIRS >> 8


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
