"""`golden.nets.train.sru`: gradients by hand, forward as in NumPy; a tiny training; its command."""

import importlib
import json
import sys

import numpy as np
import pytest

from skimp.golden.nets.train import __main__ as command
from skimp.golden.nets.train.sru_command import BEACONS
from skimp.golden.sru.network import shipped
from skimp.golden.sru.packing import Packing
from skimp.golden.sru.quantized import Bits
from skimp.golden.workloads.speech import Part, prepared, recordings, speech

RNG = np.random.default_rng(0)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def training(torch):
    return importlib.import_module("skimp.golden.nets.train.speech")


@pytest.fixture
def model(torch):
    return importlib.import_module("skimp.golden.nets.train.sru")


def few(part, count):
    lengths = recordings(part).lengths[:count]
    return Part(recordings(part).frames[:lengths.sum()], lengths, recordings(part).digits[:count])


def test_what_is_missing_or_wrong_is_said(capsys, monkeypatch):
    with pytest.raises(SystemExit):
        command.main(["sru", "gru"])
    assert "NAME must be one of sru, sru_a, sru_b, sru_c, not 'gru'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["sru", "--epochs", "0"])
    monkeypatch.setitem(sys.modules, "torch", None)
    assert command.main(["sru"]) == 2
    assert "needs PyTorch" in capsys.readouterr().err


def test_shipped_networks_are_what_their_recipes_made(training):
    base = shipped("sru")
    assert base.metadata["schedule"] == json.loads(json.dumps(training.asdict(training.BASE)))
    for name, (weights, activations) in BEACONS.items():
        beacon = shipped(name)
        assert beacon.metadata["schedule"] == json.loads(json.dumps(
            training.asdict(training.BEACON)))
        assert list(beacon.metadata["trained_for"].values()) == [
            list(pair) for pair in zip(weights, activations, strict=True)]


def test_forward_is_that_of_numpy(torch, model):
    network = shipped("sru")
    part = few("test", 50)
    workload = speech("sru", "test", network)
    frames, packing = prepared(network, part)
    with torch.no_grad():
        found = model.forward(model.Tensors(network), torch.from_numpy(frames), packing).numpy()
    np.testing.assert_allclose(found, workload.run()[:50], atol=1e-5)


def test_gradients_are_those_of_differences(torch, model):
    """The recurrence in float64, against differences; sequences of three lengths."""
    packing = Packing(np.array([3, 1, 5]))
    arguments = [torch.from_numpy(RNG.normal(size=shape)).requires_grad_()
                 for shape in ((9, 4),) * 4 + ((2, 4),)]
    assert torch.autograd.gradcheck(
        lambda *given: model.Recurrence.apply(*given, packing), arguments, atol=1e-6)


def test_a_tiny_training_learns_and_is_repeatable(torch, training, model):
    torch.manual_seed(0)
    start, part = model.begin(np.full(23, 20.0)), few("train", 64)
    bits = dict.fromkeys(start.sizes.matrices, Bits(4, 8))
    schedule = training.Schedule(epochs=3, rate=4e-3, dropout=0)
    told = []
    first, second = (training.fit(start, part, schedule, seed=1, bits=bits, calibration=part,
                                  told=told.append).network({}) for _ in range(2))
    losses = [float(words.split()[3].rstrip(",")) for words in told]
    assert losses[2] < losses[0] and losses[:3] == losses[3:]
    assert all((first.arrays[name] == array).all() for name, array in second.arrays.items())
    with pytest.raises(ValueError, match="at least one epoch"):
        training.Schedule(epochs=0, rate=1)
