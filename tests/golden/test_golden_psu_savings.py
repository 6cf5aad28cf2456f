"""What sorting saves on synthetic data, against figures found elsewhere."""

import numpy as np
import pytest

from skimp.golden.link import flits, transitions
from skimp.golden.psu import order

PAIRS_OF_COUNTS = (0, 0, 0, 1, 1, 2, 2, 3, 3)       # {0-2}{3-4}{5-6}{7-8}


def relu_like(rng, shape):
    return np.clip(np.rint(rng.normal(-5, 40, shape)), 0, 255).astype(int)


def gaussian(rng, shape):
    return np.clip(np.rint(rng.normal(0, 32, shape)), -128, 127).astype(int)


def uniform(rng, shape):
    return rng.integers(0, 256, shape)


def saving(streams, ranked, lanes):
    """Percent of the transitions that the orders save, both ways filled by column."""
    before = sum(transitions(flits(x, lanes=lanes)) for x in streams)
    after = sum(transitions(flits(x, r, lanes=lanes))
                for x, r in zip(streams, ranked, strict=True))
    return 100 * (1 - after / before)


@pytest.mark.parametrize(("draw", "n", "lanes", "expected"), [
    (uniform, 25, 5, (11.0, 9.3, 9.3, 8.9)),
    (gaussian, 25, 5, (23.1, 20.4, 20.4, 19.6)),
    (relu_like, 25, 5, (35.9, 26.2, 32.6, 33.8)),
    (relu_like, 49, 7, (38.0, 28.9, 35.0, 36.0)),
])
def test_savings_of_popcount_on_synthetic_data(draw, n, lanes, expected):
    x = draw(np.random.default_rng(13), (3000, n))
    tables = (None, PAIRS_OF_COUNTS, (0, 0, 1, 1, 2, 2, 3, 3, 3), (0, 1, 1, 2, 2, 3, 3, 3, 3))
    got = [saving([x], [order(x, buckets=table)], lanes) for table in tables]
    assert got == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(("wires", "expected"), [
    ((5, 4), (21, 20)), ((6, 5, 4), (29.5, 26)), ((6, 5, 4, 3), (34.6, 30))])
def test_savings_of_gray_wires_on_uniform_bytes(wires, expected):
    x = uniform(np.random.default_rng(14), (3000, 25))
    ranked = order(x, key="gray", wires=wires)
    assert [saving([x], [ranked], lanes) for lanes in (1, 5)] == pytest.approx(expected, abs=1)


def test_savings_of_pairs():
    rng = np.random.default_rng(15)
    streams = [relu_like(rng, (3000, 25)), gaussian(rng, (3000, 25))]
    by_input, by_weight = (order(x) for x in streams)
    got = [saving(streams, ranked, 5) for ranked in
           ([by_input] * 2, [by_weight] * 2, [by_input, by_weight])]
    assert got == pytest.approx([12.0, 15.3, 27.2], abs=1)
