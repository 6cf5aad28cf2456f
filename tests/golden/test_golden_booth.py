"""Booth digits."""

import numpy as np
import pytest

from skimp.golden.booth import digits


@pytest.mark.parametrize("width", [2, 4, 8, 10])
def test_digits_are_small_and_make_the_number(width):
    x = np.arange(-1 << width - 1, 1 << width - 1)
    found = digits(x, width=width)
    assert found.shape == (1 << width, width // 2)
    for number, row in zip(x.tolist(), found.tolist(), strict=True):
        assert set(row[:-1]) <= {-1, 0, 1, 2} and row[-1] in range(-2, 3)
        assert number == sum(digit * 4**place for place, digit in enumerate(row))


def test_keeps_the_shape():
    assert digits(np.zeros((3, 0), dtype=np.int8)).shape == (3, 0, 4)
    assert digits(-128).tolist() == [0, 0, 0, -2]


@pytest.mark.parametrize("x, width, error, sentence", [
    (1.0, 8, TypeError, "Numbers must be integers, not float64"),
    ([3, 128], 8, ValueError, "Numbers of 8 bits must be -128 to 127, not 128"),
    (-9, 4, ValueError, "Numbers of 4 bits must be -8 to 7, not -9"),
    (0, 5, ValueError, "Width must be even, not 5"),
])
def test_refuses(x, width, error, sentence):
    with pytest.raises(error, match=sentence):
        digits(x, width=width)
