"""A meter that is sent a link in pieces counts as the whole link does."""

import itertools

import numpy as np
import pytest

from skimp.golden.link import bus_invert, flits, transitions
from skimp.traffic.meter import Meter


@pytest.mark.parametrize("lanes, width, filling, group",
                         list(itertools.product((1, 3, 5), (3, 8), ("column", "row"),
                                                (None, "lane", "flit"))))
def test_a_meter_counts_as_the_whole_link_does(lanes, width, filling, group):
    rng = np.random.default_rng(0)
    for snake, pads, streams in itertools.product((False, True), ("hold", "zero"), (1, 2)):
        kept = rng.random((streams, 9, 7)) < rng.choice([0.2, 1])   # many zeros, or few
        x = (rng.integers(0, 1 << width, kept.shape) * kept).astype(np.uint8)
        layout = {"lanes": lanes, "width": width, "filling": filling, "snake": snake, "pads": pads}
        meter = Meter(**layout, group=group)
        for cut in (slice(2), slice(2, 6), slice(6, 8), slice(8, 9)):
            meter.send(list(x[:, cut]))
        link = np.hstack([flits(words, **layout) for words in x])
        coded = bus_invert(link, width=width, group=group) if group else (link,)
        assert meter.total == sum(map(transitions, coded))
