"""`golden.mamba.ranges` and `golden.mamba.eight`: the same function, spread; what 8 bits leave."""

from dataclasses import replace

import numpy as np
import pytest

from skimp.golden.mamba import eight, floating, network, ranges, text

NET = network.shipped("mamba")
TOKENS = text.sequences("test", 512)[:, :40]


def test_hadamard_is_orthogonal():
    for size in (1, 2, 8, 128):
        matrix = ranges.hadamard(size)
        assert np.array_equal(matrix @ matrix.T, size * np.eye(size))
    with pytest.raises(ValueError, match="Channels must be a power of two to be spread, not 12"):
        ranges.hadamard(12)


def test_what_is_prepared_computes_the_same():
    matrix = ranges.hadamard(128)
    logits = floating.forward(ranges.prepared(NET), TOKENS, hook=lambda number, site, tensor: (
        tensor @ matrix if site == "out" else tensor))
    np.testing.assert_allclose(logits, floating.forward(NET, TOKENS), atol=1e-4)


def test_shipped_ranges_are_those_of_calibration_text():
    """Of machines' differences only the last digits that are kept may show any."""
    noted, found = ranges.ranges(NET), ranges.measured(
        NET, text.sequences("calibration", ranges.CHARACTERS))
    for site in floating.SITES:
        np.testing.assert_allclose(found.largest[site], noted.largest[site], rtol=1e-3)
    for alpha in ranges.ALPHAS:
        np.testing.assert_allclose(found.percentiles[alpha], noted.percentiles[alpha], rtol=1e-3)
    assert len(noted.largest["in"]) == 4 and noted.largest["u"] == noted.largest["read"]


@pytest.mark.parametrize("noted, sentence", [
    ({}, "must have numbers for each site and percentile"),
    (NET.metadata["ranges"] | {"largest": {site: [0.0] for site in floating.SITES}},
     "must be positive, 4 of in, not"),
])
def test_refused_ranges(noted, sentence):
    with pytest.raises(ValueError, match=sentence):
        ranges.ranges(replace(NET, metadata={"ranges": noted}))
    with pytest.raises(ValueError, match="must have the alphabet of the text that ships"):
        ranges.ranges(replace(NET, metadata={}, alphabet=NET.alphabet[:-1] + "~"))


def test_eight_bits_are_255_levels():
    ready, hook = eight.in_eight_bits(NET)
    seen = {}

    def look(number, site, tensor):
        seen[number, site] = hook(number, site, tensor)
        return seen[number, site]
    floating.forward(ready, TOKENS, hook=look)
    for number, block in enumerate(ready.blocks):
        for name in eight.WEIGHTS:
            assert len(np.unique(getattr(block, name))) <= 255, name
        for site in eight.SITES:
            assert 20 < len(np.unique(seen[number, site])) <= 255, site
    assert len(np.unique(seen[3, "in"])) > 255, "the head reads floats"
