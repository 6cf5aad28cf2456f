"""The keys that traffic is sorted by: calibrated ones, and Gray keys against the popcount."""

import itertools

import numpy as np
import pytest
from traffic_reports import (
    GRAY2,
    GRAY3,
    NET,
    PRECISE,
    TEST,
    TRAINING,
    network_report,
    only,
    packets,
    toggles,
)

from skimp.golden.calibrate import calibrate
from skimp.golden.link import flits, transitions
from skimp.traffic import workloads
from skimp.traffic.orderings import fit_keys


@pytest.mark.parametrize("operand", ["activations", "weights"])
def test_keys_are_those_of_calibrate(operand):
    sample = dict(zip(("activations", "weights"), packets("conv2", TRAINING[:1]),
                      strict=True))[operand][::4].view(np.uint8)
    keys = fit_keys(sample, lanes=5, width=8)
    for name, fit in [("approximate-calibrated", {"key": "popcount", "size": 4}),
                      ("nonzero-gray2", {"key": "nonzero-gray", "size": 2, "ties": "snake"}),
                      (GRAY3, {"key": "gray", "size": 3, "ties": "snake"})]:
        want = calibrate(sample, lanes=5, **fit)
        assert (keys[name].buckets, keys[name].wires, keys[name].sample_transitions) == (
            want.buckets, want.wires, want.transitions)
    assert keys["approximate"].buckets == (0, 0, 0, 1, 1, 2, 2, 3, 3)


@pytest.mark.parametrize("layer, lanes", list(itertools.product(("conv1", "conv2"), (1, 5))))
def test_gray_keys_save_more_than_the_exact_popcount(layer, lanes):
    """The report's own keys on 200 images, of which the first windows alone."""
    sample = workloads._sample(NET, layer, "output-stationary", TRAINING).activations
    keys = fit_keys(sample, lanes=lanes, width=8)
    x, _ = packets(layer, TEST[:200])
    unsorted = transitions(flits(x, lanes=lanes, filling="row"))
    saved = {name: unsorted - toggles(np.take_along_axis(x, keys[name].order(x, 8), axis=1), lanes)
             for name in (PRECISE, GRAY2, GRAY3)}
    assert saved[GRAY2] >= saved[PRECISE] > 0
    assert saved[GRAY3] >= 1.6 * saved[PRECISE]


@pytest.mark.deep
def test_the_default_report_keeps_its_promises():
    for row in (rows := network_report()["rows"]):
        if (row["layer"].startswith("conv") and row["stream"] == "activations"
                and row["mode"] == "alone" and row["ordering"] == PRECISE):
            here = {name: row[name] for name in ("layer", "packet_order", "lanes", "stream",
                                                 "mode")}
            gray2, gray3 = (only(rows, ordering=name, **here)["reduction_percent"]
                            for name in (GRAY2, GRAY3))
            assert gray2 >= row["reduction_percent"]
            assert gray3 >= 1.6 * row["reduction_percent"]
