"""Training ZAPs: they learn what is there to be learnt, the same each time; the command."""

import importlib

import numpy as np
import pytest

from skimp.golden import zap
from skimp.golden.masks import mask
from skimp.golden.nets import network, zaps
from skimp.golden.nets.train import __main__ as command
from tests import small_networks


@pytest.fixture
def training():
    pytest.importorskip("torch")
    return importlib.import_module("skimp.golden.nets.train.zap")


def blobs(count, seed=0):
    """Return codes whose zeros come in blocks of 4 x 4, in a channel; the other has none."""
    rng = np.random.default_rng(seed)
    blocks = rng.random((count, 3, 3)) < 0.5
    x = np.where(np.kron(blocks, np.ones((4, 4), bool)), rng.integers(1, 256, (count, 12, 12)), 0)
    return np.stack([x, rng.integers(1, 256, x.shape)], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("kind, bits", [(3, (8, 8, 8)), (5, (2, 4, 4))])
def test_a_zap_finds_the_zeros(training, kind, bits):
    inputs, weights, hidden = bits
    schedule = training.Schedule(steps=150)
    one, again = (training.fit(blobs(300), step=0.01, kind=kind, input_bits=inputs,
                               schedule=schedule, seed=0) for _ in range(2))
    assert all(np.array_equal(one[name], again[name]) for name in one)
    made = zap.quantize(one, blobs(100), step=0.01, kind=kind, input_bits=inputs,
                        weight_bits=weights, hidden_bits=hidden).with_threshold(0.5)
    x, unknown = blobs(100, seed=1), ~mask(kind, 12, 12)
    right = (made.keep(x) == (x > 0))[:, unknown].mean(axis=(0, 1))
    assert right[0] > 0.8 and right[1] == 1


def test_every_image_is_seen_before_one_is_seen_again(training):
    batches = list(training._batches(10, training.Schedule(steps=7, batch=4)))
    assert all(len(batch) == 4 for batch in batches)
    seen = np.concatenate(batches)
    assert sorted(seen[:10]) == sorted(seen[10:20]) == list(range(10))
    assert [len(batch) for batch in training._batches(3, training.Schedule(steps=2))] == [3, 3]


def test_errors(training):
    with pytest.raises(ValueError, match="at least one step, not 0"):
        training.Schedule(steps=0)
    with pytest.raises(ValueError, match="activations of 2 to 8 bits, not 1"):
        training.fit(blobs(1), step=1.0, kind=3, input_bits=1, schedule=training.Schedule(), seed=0)


def arguments(tmp_path, *wanted):
    """Return the command's for the small network and random images, in files."""
    network.save(tmp_path / "small.npz", small_networks.network())
    np.savez(tmp_path / "mine.npz", train_images=small_networks.images(40))
    return ["zap", str(tmp_path / "small.npz"), "--images", str(tmp_path / "mine.npz"),
            "-o", str(tmp_path / "zap.npz"), "--steps", "3", *wanted]


def test_the_command_writes_the_same_file_twice(training, tmp_path, capsys):
    content = []
    for _ in range(2):
        assert command.main(arguments(tmp_path, "zap:4:3,5,4", "zap:4:3,8,8")) == 0
        content.append((tmp_path / "zap.npz").read_bytes())
    assert content[0] == content[1] and "mask 4, bits 3,5,4: relu3, " in capsys.readouterr().err
    for bits in ((3, 5, 4), (3, 8, 8)):
        found = zaps.load(tmp_path / "zap.npz", small_networks.network(), kind=4, bits=bits)
        assert list(found) == ["relu2", "relu3"]


@pytest.mark.parametrize("more, sentence", [
    (["--steps", "0"], "at least one step, not 0"),
    (["--images", "gone.npz"], "there is no file gone.npz"),
    (["zap:11"], "must have a mask, 1, 2"),
    (["zap:3:8,2,8"], "must have bits of weights, 3 to 8"),
    (["neighbour:5"], "Only ZAPs are trained, such as zap:3:2,4,4, not neighbour:5"),
])
def test_what_the_command_refuses(training, tmp_path, monkeypatch, capsys, more, sentence):
    monkeypatch.chdir(tmp_path)
    assert command.main(arguments(tmp_path, *more)) == 2
    assert sentence in capsys.readouterr().err


def test_the_command_says_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(importlib.import_module("sys").modules, "torch", None)
    assert command.main(arguments(tmp_path)) == 2
    assert "needs PyTorch" in capsys.readouterr().err
    assert command.main(["zap", "lenet5", "--data", str(tmp_path)]) == 2
    assert "there is no file" in capsys.readouterr().err
