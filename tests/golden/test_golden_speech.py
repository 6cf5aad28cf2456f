"""`golden.workloads.speech`: which recordings are used for what, and what the network loses."""

import numpy as np
import pytest

from skimp.golden.sru.quantized import Bits
from skimp.golden.workloads.speech import PARTS, recordings, speech


def test_no_recording_is_used_twice():
    parts = {name: recordings(name) for name in PARTS}
    assert [len(parts[name].lengths) for name in PARTS] == [2000, 70, 500, 500]
    assert len(parts["search"].frames) + len(parts["test"].frames) + len(
        parts["train"].frames) == 62_253
    for part in parts.values():
        assert part.lengths.sum() == len(part.frames)
        assert (np.bincount(part.digits, minlength=10) == len(part.digits) // 10).all()
    begins = np.r_[0, np.cumsum(parts["test"].lengths)]
    third = parts["test"].centred[begins[3]:begins[4]]
    assert np.abs(third.mean(axis=0)).max() < 1e-4
    with pytest.raises(ValueError, match="must be one of train, calibration, search, test"):
        recordings("dev")


@pytest.fixture(scope="module")
def workload():
    return speech("sru", "test")


def every(workload, weights, activations):
    return dict.fromkeys(workload.floating.sizes.matrices, Bits(weights, activations))


def test_what_bits_cost_on_speakers_that_were_never_heard(workload):
    exact = workload.run()
    assert exact.shape == (500, 10)
    floating = workload.score(exact, exact)
    assert floating.value <= 0.115 and floating.loss == floating.error == 0
    eight, four = (workload.score(workload.run(every(workload, bits, 8)), exact)
                   for bits in (8, 4))
    assert eight.loss <= 0.003 and four.loss <= 0.005
    coarse = workload.score(workload.run(every(workload, 2, 2)), exact)
    assert coarse.loss > 0.1 > coarse.error > 0.01
    assert coarse.loss == pytest.approx(coarse.value - floating.value)


def test_a_beacon_wins_where_it_was_trained_for(workload):
    base, beacon = workload, speech("sru_b", "test")
    bits = every(base, 2, 2)
    reference = base.run()
    assert beacon.score(beacon.run(bits), reference).loss < base.score(
        base.run(bits), reference).loss - 0.05
