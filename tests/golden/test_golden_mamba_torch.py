"""`golden.mamba` beside PyTorch: the same logits; the scan's own gradient is right."""

import importlib

import numpy as np
import pytest

from skimp.golden.mamba import floating, text
from skimp.golden.mamba.network import load, save, shipped

torch = pytest.importorskip("torch")
module, loop, export = (importlib.import_module(f"skimp.golden.mamba.train.{name}")
                        for name in ("module", "loop", "export"))
RNG = np.random.default_rng(0)


def test_the_gradient_of_the_scan():
    def numbers(*shape, low=-1.0):
        return torch.tensor(RNG.uniform(low, 1, shape), requires_grad=True)
    steps = module.CHUNK + 3
    assert torch.autograd.gradcheck(module.selective_scan, (
        numbers(steps, 2, 3), numbers(steps, 2, 3, low=0), numbers(2, 3), numbers(steps, 2, 2),
        numbers(steps, 2, 2)))


def state_of(network):
    """Return the state of the module that a network was exported from."""
    state = {"embedding.weight": network.embedding, "norm": network.norm,
             "head.weight": network.head}
    for number, block in enumerate(network.blocks):
        for name, key in export.NAMES.items():
            array = getattr(block, name)
            state[f"blocks.{number}.{key}"] = array[:, None] if name == "conv" else array
    return {key: torch.from_numpy(array) for key, array in state.items()}


def test_the_logits_of_a_shipped_network():
    network, tokens = shipped("mamba"), text.sequences("test", 1024)
    net = module.Mamba(len(network.alphabet))
    net.load_state_dict(state_of(network))
    with torch.no_grad():
        expected = net(torch.from_numpy(tokens.astype(np.int64))).numpy()
    assert np.abs(floating.forward(network, tokens) - expected).max() < 2e-5
    assert floating.bits(expected, tokens).mean() == pytest.approx(loop.bits(net, tokens), abs=1e-5)


def test_training_is_seeded_and_comes_back_from_its_file(tmp_path):
    pieces, schedule = [RNG.integers(0, 5, 3000).astype(np.uint8)], loop.Schedule(steps=2, batch=2)
    first, second = (loop.fit("abcde", pieces, schedule, seed=3).state_dict() for _ in range(2))
    assert all(torch.equal(first[key], second[key]) for key in first)
    net = loop.fit("abcde", pieces, schedule, seed=4)
    assert not torch.equal(net.state_dict()["head.weight"], first["head.weight"])
    loop.round_to_half(net)
    save(tmp_path / "net.npz", export.export(net.state_dict(), "abcde", {}))
    assert np.array_equal(load(tmp_path / "net.npz").head, net.head.weight.detach().numpy())


def test_a_schedule_refuses_no_steps():
    with pytest.raises(ValueError, match="Training needs at least one step, not 0"):
        loop.Schedule(steps=0)
