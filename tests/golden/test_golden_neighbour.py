"""Zeros predicted from computed neighbours: both rules against loops over places."""

import itertools

import numpy as np
import pytest

from skimp.golden.masks import KINDS, mask, tile
from skimp.golden.neighbour import Neighbours, predict, scores

SHAPE = (2, 5, 7, 3)


def drawn(seed):
    """Return codes, half of them zero."""
    rng = np.random.default_rng(seed)
    return np.where(rng.random(SHAPE) < 0.5, 0, rng.integers(0, 256, SHAPE)).astype(np.uint8)


def slow(plane, kind, rule, row, column):
    """Return the score of a place: of its neighbourhood, or of its window."""
    known = mask(kind, *plane.shape)
    if rule == "sum":
        near = itertools.product(range(row - 1, row + 2), range(column - 1, column + 2))
    else:
        high, wide = tile(kind).shape
        top, left = row // high * high, column // wide * wide
        near = itertools.product(range(top, top + high), range(left, left + wide))
    found = [int(plane[at]) for at in near
             if 0 <= at[0] < plane.shape[0] and 0 <= at[1] < plane.shape[1] and known[at]]
    return sum(found) if rule == "sum" else max(found, default=0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", ["sum", "window"])
def test_scores_are_the_rules(kind, rule):
    x = drawn(kind)
    found = scores(x, kind=kind, rule=rule)
    for image, row, column, channel in np.ndindex(SHAPE):
        assert found[image, row, column, channel] == slow(x[image, :, :, channel], kind, rule, row,
                                                          column)


def test_what_scores_more_than_the_limit_of_its_channel_is_kept():
    x, limits = drawn(1), np.array([-1, 0, 200])
    keep, known = predict(x, limits, kind=5), mask(5, 5, 7)
    assert keep[:, known].all() and keep[..., 0].all()
    np.testing.assert_array_equal(keep[:, ~known], (scores(x, kind=5) > limits)[:, ~known])


def test_the_output_is_zero_where_nothing_is_kept():
    x = drawn(2)
    keep, given = Neighbours(kind=3, rule="window", limits=np.array([0, 9, 99])).apply(x)
    np.testing.assert_array_equal(given, np.where(keep, x, 0))
    assert given.dtype == np.uint8 and (~keep).any()


def test_limits_are_cut_to_their_range_where_they_are_chosen():
    rule = Neighbours(kind=3, limits=np.zeros(2, int)).with_limits([-(1 << 62), 1 << 62])
    assert rule.limits.tolist() == [-1, 9 * 255]


@pytest.mark.parametrize(("limits", "kind", "rule", "sentence"), [
    ([0, 0], 3, "sum", "Limits must be one for each of 3 units, not 2"),
    ([0, 0, -2], 3, "sum", r"in \[-1, 2295\], not of shape"),
    ([0, 0, 2296], 3, "sum", r"in \[-1, 2295\], not of shape"),
    ([[0, 0, 0]], 3, "sum", "a row of integers"), ([0, 0, 0], 0, "sum", "A mask is one of"),
    ([0, 0, 0], 3, "mean", "The rule must be one of sum, window, not 'mean'")])
def test_wrong_limits_masks_and_rules_are_refused(limits, kind, rule, sentence):
    with pytest.raises(ValueError, match=sentence):
        predict(drawn(0), np.array(limits), kind=kind, rule=rule)


def test_limits_that_are_no_integers_are_refused():
    with pytest.raises(TypeError, match="Limits must be integers, not float64"):
        predict(drawn(0), np.zeros(3), kind=3)
