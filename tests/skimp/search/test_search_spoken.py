"""The network of spoken digits in a search: its work, losses, beacons as they are kept."""

import importlib
from typing import Any

import numpy as np
import pytest

from skimp.golden.sru.network import shipped
from skimp.golden.sru.quantized import Bits
from skimp.search.spoken import LossJob, Retrained, Spoken

FEW = (Bits(2, 2),) * 8


def test_its_work_is_that_of_the_network():
    work = Spoken().work
    assert work.weights == 62_208 and work.vector_entries == 2058
    assert work.layers["L0"] == (23, 512) and work.layers["P3"].weights == 4096


def test_a_loss_is_against_16_bits_on_the_same_recordings():
    exact = LossJob("sru", (Bits(16, 16),) * 8, "search").run({})
    assert exact.loss == exact.loss_error == 0 and 0 < exact.value < 15
    few = LossJob("sru", FEW, "search").run({})
    assert few.value - exact.value == pytest.approx(few.loss) and few.loss > 5


def test_a_beacon_that_was_retrained_is_kept_and_read_again():
    network, job = shipped("sru"), Retrained(FEW, 1)
    again = job.unpack(job.pack(network))
    assert (again.arrays["L2"] == network.arrays["L2"]).all()
    loss = LossJob(job, FEW)
    assert loss.needs() == (job,) and "torch" in loss.conditions()
    assert loss.run({job: network}) == LossJob("sru", FEW).run({})


def test_a_distance_counts_halvings_of_weights_alone():
    spoken = Spoken()
    assert spoken.distance(FEW, (Bits(16, 2), Bits(4, 16), *FEW[2:])) == 4
    assert spoken.short((Bits(2, 4), Bits(16, 8))) == "2x 48"


def test_retraining_begins_with_the_base(monkeypatch):
    pytest.importorskip("torch")
    training = importlib.import_module("skimp.golden.nets.train.speech")
    monkeypatch.setattr(training, "fit", lambda network, part, schedule, **settings: type(
        "Tensors", (), {"network": lambda self, metadata, half: (network, metadata, settings)})())
    made: Any = Retrained(FEW, 5).run({})
    network, metadata, settings = made
    assert np.array_equal(network.arrays["FC"], shipped("sru").arrays["FC"])
    assert list(metadata["trained_for"].values()) == [(2, 2)] * 8
    assert settings["seed"] == 5 and settings["bits"]["P1"] == Bits(2, 2)
