"""Whole pixels by value: means and spreads against a loop over places, blocks, borders."""

import numpy as np
import pytest

from skimp.golden.masks import mask
from skimp.golden.pixel import EVERYWHERE, Pixels, means, predict


def slow(plane, row, column):
    """Return mean and spread of a place, as the rule says."""
    def at(down, across):
        place = row + down, column + across
        inside = 0 <= place[0] < plane.shape[0] and 0 <= place[1] < plane.shape[1]
        return int(plane[place]) if inside else None
    pairs = [(at(-1, 0), at(1, 0)), (at(0, -1), at(0, 1))]
    found = [[value for value in pair if value is not None] for pair in pairs]
    whole = [pair for pair in found if len(pair) == 2] or [found[0] + found[1]]
    values = [value for pair in whole for value in pair]
    spread = sum(abs(pair[0] - pair[-1]) for pair in whole)
    return (2 * sum(values) + len(values)) // (2 * len(values)), spread


@pytest.mark.parametrize("size", [(5, 6), (2, 2), (2, 5), (1, 4), (4, 1), (1, 2)])
def test_means_and_spreads_are_the_rules(size):
    x = np.random.default_rng(sum(size)).integers(0, 256, (2, *size, 2)).astype(np.uint8)
    mean, spread = means(x)
    for image, row, column, channel in np.ndindex(x.shape):
        assert (mean[image, row, column, channel], spread[image, row, column, channel]) == slow(
            x[image, :, :, channel], row, column)


def test_a_block_is_predicted_where_its_spreads_are_small():
    x = np.random.default_rng(0).integers(0, 60, (3, 7, 6, 5)).astype(np.uint8)
    limits = np.array([90, 40])
    keep, values = predict(x, limits, cols=3)
    mean, spread = means(x)
    sums = np.stack([spread[..., :3].sum(axis=-1), spread[..., 3:].sum(axis=-1)], axis=-1)
    known = mask(5, 7, 6)
    assert keep[:, known].all() and (~keep).any(axis=(0, 1, 2)).all()
    np.testing.assert_array_equal(keep[:, ~known], (sums > limits)[:, ~known])
    every = keep[..., [0, 0, 0, 1, 1]]
    np.testing.assert_array_equal(values, np.where(every, x, mean))


def test_only_neighbours_that_are_computed_first_are_looked_at():
    x = np.random.default_rng(1).integers(0, 256, (1, 6, 6, 4)).astype(np.uint8)
    known = mask(5, 6, 6)[:, :, np.newaxis]
    one, other = (predict(np.where(known, x, y).astype(np.uint8), np.full(2, 300), cols=2)
                  for y in (x, 255 - x))
    np.testing.assert_array_equal(one[0], other[0])
    lost = ~one[0].repeat(2, axis=-1)
    np.testing.assert_array_equal(one[1][lost], other[1][lost])


def test_limits_from_never_to_everywhere():
    x = np.random.default_rng(2).integers(0, 256, (1, 4, 4, 2)).astype(np.uint8)
    assert predict(x, np.array([-1]), cols=2)[0].all()
    assert predict(x, np.array([EVERYWHERE]), cols=2)[0].sum() == 8
    assert Pixels(cols=2, limits=np.array([0])).with_limits([-9]).limits.tolist() == [-1]


@pytest.mark.parametrize(("limits", "cols", "sentence"), [
    ([0], 2, "Limits must be one for each of 2 units, not 1"),
    ([0, -2], 2, "Limits must be a row of integers in"),
    ([0], 0, "Channels of a block must be at least 1")])
def test_wrong_limits_and_blocks_are_refused(limits, cols, sentence):
    with pytest.raises(ValueError, match=sentence):
        predict(np.zeros((1, 4, 4, 4), np.uint8), np.array(limits), cols=cols)


def test_a_plane_of_one_place_is_computed():
    keep, values = predict(np.full((1, 1, 1, 4), 7, np.uint8), np.array([EVERYWHERE]), cols=4)
    assert keep.all() and (values == 7).all()
