"""Limits that are best: against all limits there are, levels of layers against all choices."""

import itertools

import numpy as np
import pytest

from skimp.golden.neighbour import Neighbours
from skimp.golden.skip.choose import NEVER, Curves, choose, pick, skipping


def curve(seed, places=40, units=3):
    rng = np.random.default_rng(seed)
    return rng.integers(-4, 9, (places, units)), rng.integers(0, 9, (places, units))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("trade", [0.0, 0.8, 2.0, 100.0])
def test_no_limit_is_better(seed, trade):
    scores, lost = curve(seed)
    limits, saved, error = choose(scores, lost, macs=3.0, trade=trade)
    for unit in range(3):
        skipped = scores[:, unit] <= limits[unit]
        assert (saved[unit], error[unit]) == (3 * skipped.sum(), lost[skipped, unit].sum())
        gains = [3 * (scores[:, unit] <= limit).sum()
                 - trade * lost[scores[:, unit] <= limit, unit].sum()
                 for limit in (NEVER, *range(-4, 9))]
        assert saved[unit] - trade * error[unit] == pytest.approx(max(gains))


def test_nothing_is_skipped_that_is_not_worth_it():
    limits, saved, _ = choose(np.zeros((4, 2), int), np.full((4, 2), 9), macs=1.0, trade=1.0)
    assert limits.tolist() == [NEVER, NEVER] and not saved.any()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_limits_that_skip_a_share_skip_no_more(share):
    scores, lost = curve(1, places=2000)
    skipped = scores <= Curves(scores, lost, macs=7.0).skipping(share)
    assert share - 0.15 < skipped.mean() <= share


def test_a_predictor_that_skips_a_share():
    x = np.random.default_rng(2).integers(0, 9, (4, 12, 12, 3)).astype(np.uint8)
    rule = skipping(Neighbours(kind=5, limits=np.zeros(0, int)), x, 0.5)
    assert rule.limits.shape == (3,) and 0.1 < 1 - rule.keep(x).mean() <= 0.25


def test_places_that_lose_nothing_are_all_skipped_at_once():
    scores = np.arange(10).reshape(10, 1)
    limits = Curves(scores, np.zeros((10, 1), int), macs=1.0).skipping(0.5)
    assert limits.tolist() == [9]


def test_shapes_that_differ_and_no_places_are_refused():
    with pytest.raises(ValueError, match=r"must be of one shape \(places, units\)"):
        Curves(np.zeros((3, 2), int), np.zeros((3, 1), int), macs=1.0)
    with pytest.raises(ValueError, match="Places that can be predicted must be at least 1"):
        Curves(np.zeros((0, 2), int), np.zeros((0, 2), int), macs=1.0)


@pytest.mark.parametrize("seed", range(6))
def test_levels_do_least_harm(seed):
    rng = np.random.default_rng(seed)
    saved, harm = (np.sort(rng.integers(0, 30, (3, 5)), axis=1).astype(float) for _ in range(2))
    harm[rng.integers(3), rng.integers(1, 5)] = np.inf          # no such level
    target = 40
    picked = pick(saved, harm, target)

    def totals(levels):
        return [table[range(3), levels].sum() for table in (saved, harm)]
    reach = [totals(levels) for levels in itertools.product(range(5), repeat=3)]
    best = min((hurt for found, hurt in reach if found >= target and hurt < np.inf), default=None)
    found, hurt = totals(picked)
    if best is not None:
        assert found >= target and hurt == best
    else:
        assert found == np.where(harm < np.inf, saved, 0).max(axis=1).sum() and hurt < np.inf


def test_levels_that_cannot_reach_the_target_save_most():
    assert pick([[1, 2], [3, 1]], [[0, 9], [9, 0]], 100).tolist() == [1, 0]
