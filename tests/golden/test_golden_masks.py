"""Masks of places computed first: the paper's shares and patterns, planes that no tile divides."""

from fractions import Fraction

import numpy as np
import pytest

from skimp.golden.masks import KINDS, as_codes, mask, share, shifted

SHARES = {1: "2/9", 2: "1/4", 3: "1/3", 4: "2/5", 5: "1/2", 6: "3/5", 7: "2/3", 8: "3/4", 9: "7/9",
          10: "8/9"}


def test_shares_are_the_papers():
    assert {kind: share(kind) for kind in KINDS} == {
        kind: Fraction(text) for kind, text in SHARES.items()}


def test_masks_repeat_from_the_top_left_corner_and_are_cut():
    assert mask(3, 4, 5).astype(int).tolist() == [
        [0, 0, 1, 0, 0], [0, 1, 0, 0, 1], [1, 0, 0, 1, 0], [0, 0, 1, 0, 0]]
    assert mask(5, 2, 3).astype(int).tolist() == [[1, 0, 1], [0, 1, 0]]
    for kind in KINDS:
        np.testing.assert_array_equal(mask(kind, 30, 30)[:7, :11], mask(kind, 7, 11))


@pytest.mark.parametrize("kind", [0, 11, "3", None])
def test_a_mask_that_does_not_exist_is_refused(kind):
    with pytest.raises(ValueError, match="A mask is one of 1, 2, 3"):
        mask(kind, 4, 4)


@pytest.mark.parametrize(("size", "word"), [((0, 4), "Rows"), ((4, 0), "Columns")])
def test_a_plane_without_a_place_is_refused(size, word):
    with pytest.raises(ValueError, match=f"{word} of a plane must be at least 1"):
        mask(5, *size)


@pytest.mark.parametrize("x", [np.zeros((2, 3, 4), int), np.zeros((1, 0, 4, 1), int),
                               np.full((1, 2, 2, 1), 256), np.full((1, 2, 2, 1), -1)])
def test_codes_of_another_shape_or_range_are_refused(x):
    with pytest.raises(ValueError, match="Codes must"):
        as_codes(x)


def test_codes_that_are_no_integers_are_refused():
    with pytest.raises(TypeError, match="Codes must be integers, not float64"):
        as_codes(np.zeros((1, 2, 2, 1)))


def test_neighbours_come_row_by_row_and_zeros_lie_around():
    x = np.arange(1, 7).reshape(1, 2, 3, 1)
    found = np.stack(list(shifted(x)))[:, 0, 0, 0, 0]           # of the top left corner
    assert found.tolist() == [0, 0, 0, 0, 1, 2, 0, 4, 5]
