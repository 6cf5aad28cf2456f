"""`golden.mamba`: text, the file of a network, the float model beside one of single numbers."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from skimp.golden.mamba import floating, network, text
from skimp.golden.mamba.network import Block, Mamba
from skimp.golden.nets.npz import read_npz, write_npz
from skimp.golden.softedge import CODES, percentiles
from skimp.golden.workloads.text import shipped

RNG = np.random.default_rng(0)


def tiny(blocks=2, width=6, inner=8, states=3, rank=2, taps=4, alphabet="abcde"):
    def floats(*shape):
        return RNG.normal(size=shape).astype(np.float16).astype(np.float32)
    ends = floats(len(alphabet), width), floats(width), floats(len(alphabet), width)
    return Mamba(alphabet, *ends, tuple(
        Block(floats(width), floats(2 * inner, width), floats(inner, taps), floats(inner),
              floats(rank + 2 * states, inner), floats(inner, rank), floats(inner),
              floats(inner, states) / 2, floats(inner), floats(width, inner))
        for _ in range(blocks)))


def norm(x, scale):
    root = math.sqrt(sum(v * v for v in x) / len(x) + 1e-5)
    return [v / root * s for v, s in zip(x, scale, strict=True)]


def silu(x):
    return x / (1 + math.exp(-x))


def slow(net, tokens):
    """Return the logits of one sequence, in doubles, a number at a time."""
    xs = [list(map(float, net.embedding[token])) for token in tokens]
    for block in net.blocks:
        inner, states, rank = block.inner, block.states, block.rank
        taps, before = block.conv.shape[1], []
        h = np.zeros((inner, states))
        for x in xs:
            both = block.in_proj.astype(float) @ norm(x, block.norm)
            before.append(both[:inner])
            window = [np.zeros(inner)] * taps + before
            u = [silu(sum(window[tap - taps][i] * float(block.conv[i, tap]) for tap in range(taps))
                      + float(block.conv_bias[i])) for i in range(inner)]
            read = block.x_proj.astype(float) @ u
            y = []
            for i in range(inner):
                dt = math.log1p(math.exp(block.dt_proj[i].astype(float) @ read[:rank]
                                         + float(block.dt_bias[i])))
                for n in range(states):
                    h[i, n] *= math.exp(-dt * math.exp(block.a_log[i, n]))
                    h[i, n] += dt * u[i] * read[rank + n]
                y.append((h[i] @ read[rank + states:] + float(block.skip[i]) * u[i])
                         * silu(both[inner + i]))
            x[:] = np.add(x, block.out_proj.astype(float) @ y)
    return [net.head.astype(float) @ norm(x, net.norm) for x in xs]


def test_forward_is_the_recurrence():
    net, tokens = tiny(), RNG.integers(0, 5, (2, 11))
    np.testing.assert_allclose(floating.forward(net, tokens), [slow(net, row) for row in tokens],
                               rtol=1e-3, atol=1e-4)


def test_sequences_know_nothing_of_each_other(monkeypatch):
    net, tokens = tiny(), RNG.integers(0, 5, (5, 9))
    expected = floating.forward(net, tokens)
    monkeypatch.setattr(floating, "BATCH", 2)
    np.testing.assert_allclose(floating.forward(net, tokens), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(floating.forward(net, tokens[:, :4]), expected[:, :4],
                               rtol=1e-4, atol=1e-5)


def test_a_hook_sees_every_site_and_may_change_it():
    net, tokens = tiny(), RNG.integers(0, 5, (2, 3))
    seen = []

    def hook(number, site, tensor):
        seen.append((number, site, tensor.shape[:2]))
        return tensor * 0 if site == "out" else tensor
    logits = floating.forward(net, tokens, hook=hook)
    sites = [(number, site) for number in (0, 1) for site in floating.SITES]
    assert seen == [(*site, (3, 2)) for site in [*sites, (2, "in")]]
    x = net.embedding[tokens]
    x = x / np.sqrt(np.square(x).mean(-1, keepdims=True) + floating.EPS) * net.norm
    np.testing.assert_allclose(logits, x @ net.head.T, rtol=1e-4, atol=1e-5)


def test_a_code_changes_u_for_the_scan_and_what_x_proj_reads():
    net, tokens, code = tiny(blocks=1), RNG.integers(0, 5, (2, 6)), CODES["signed8"]
    step = code.step(2.0)

    def hook(number, site, tensor):
        if site == "u":
            return code.quantised(tensor, step)
        return code.projected(tensor, step) if site == "read" else tensor
    coded = floating.forward(net, tokens, [(code, step)])
    assert np.array_equal(coded, floating.forward(net, tokens, hook=hook))
    assert np.abs(coded - floating.forward(net, tokens)).max() > 1e-4


@pytest.mark.parametrize("tokens, error, sentence", [
    ([[0.5]], TypeError, "Tokens must be integers, not float64"),
    ([0, 1], ValueError, "must be sequences .* of numbers below 5"),
    ([[0, 5]], ValueError, "of numbers below 5"), ([[0, -1]], ValueError, "of numbers below 5"),
    ([[]], TypeError, "not float64"),
])
def test_refused_tokens(tokens, error, sentence):
    with pytest.raises(error, match=sentence):
        floating.forward(tiny(), tokens)


def test_refused_codes():
    with pytest.raises(ValueError, match="Each of 2 blocks must have a code, not 1"):
        floating.forward(tiny(), [[0]], [(CODES["paper"], 0.1)])


def test_a_network_comes_back_from_its_file(tmp_path):
    net = replace(tiny(), metadata={"made": "here"})
    network.save(tmp_path / "net.npz", net)
    again = network.load(tmp_path / "net.npz")
    assert (again.alphabet, again.weights) == ("abcde", net.weights)
    assert again.metadata == {"made": "here"}
    for one, other in zip(net.blocks, again.blocks, strict=True):
        assert all(np.array_equal(getattr(one, entry.name), getattr(other, entry.name))
                   for entry in fields(Block))
    with pytest.raises(ValueError, match="norm must be rounded to 16-bit floats"):
        network.save(tmp_path / "net.npz", replace(net, norm=net.norm / 3))


@pytest.mark.parametrize("changed, sentence", [
    ({"head": None}, "net.npz: A Mamba's file must have the array head"),
    ({"block1.skip": None}, "must have the array block1.skip"),
    ({"other": np.zeros(2, np.float32)}, "must not have the array other"),
    ({"alphabet": np.array(5)}, "must have the text alphabet"),
    ({"alphabet": np.array("abca")}, "must be 2 to 256 different characters, not 'abca'"),
    ({"alphabet": np.array("abcdef")}, r"embedding must have shape \(6, 6\), not \(5, 6\)"),
    ({"norm": np.arange(6)}, "norm must be floats of 16 or 32 bits, not int64"),
    ({"norm": np.full(6, np.nan, np.float32)}, "norm must be finite"),
    ({"block0.conv": np.ones(8, np.float32)}, "conv must have 2 axes"),
    ({"block0.skip": np.ones(7, np.float32)}, r"skip must have shape \(8,\), not \(7,\)"),
    ({"metadata": None}, "A Mamba's file must have the array metadata"),
    ({"metadata": np.array("[1]")}, "must be a JSON object"),
])
def test_refused_files(tmp_path, changed, sentence):
    path = tmp_path / "net.npz"
    network.save(path, tiny())
    arrays = read_npz(path) | changed
    write_npz(path, {name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(ValueError, match=sentence):
        network.load(path)


def test_a_network_of_images_is_refused():
    path = network.Path(network.__file__).parents[1] / "nets/weights/dscnn.npz"
    with pytest.raises(ValueError, match="dscnn.npz: A Mamba's file must have the text alphabet"):
        network.load(path)
    with pytest.raises(ValueError, match="A shipped Mamba is one of mamba.* not 'lenet5'"):
        network.shipped("lenet5")


def test_text():
    alphabet = text.alphabet()
    assert len(alphabet) == 63 and text.sequences().shape == (800, 256)
    assert text.sequences("calibration", 300).shape == (2, 256)
    assert "".join(alphabet[code] for code in text.sequences()[0]).count(" ") > 30
    with pytest.raises(ValueError, match="one of test, calibration, not 'train'"):
        text.sequences("train")
    for count in (0, 204_801):
        with pytest.raises(ValueError, match=f"must be 1 to 204800, not {count}"):
            text.sequences("test", count)


@pytest.mark.parametrize("name", network.SHIPPED)
def test_shipped_networks(name):
    """Bits that their files note are of all test text; of the first, other networks are as good."""
    workload = shipped(name, 2560, 512)
    assert workload.network.alphabet == text.alphabet() and workload.network.weights == 97_024
    path = network.Path(network.__file__).with_name("weights") / f"{name}.npz"
    assert path.stat().st_size < 200_000 and workload.network.metadata["float_bits"] < 1.6
    answers = workload.run()
    assert answers.shape == (10, 255) and answers.mean() < 1.8
    c = [percentiles(inputs, [0.9995])[0] for inputs in workload.inputs]
    codes = [(CODES["signed4"], CODES["signed4"].step(one)) for one in c]
    score = workload.score(workload.run(codes), answers)
    assert 0.005 < score.loss < 0.1 and 0 < score.error < 0.02
    assert workload.score(answers, answers)[1:] == (0, 0)
    assert 0 < abs(workload.score(workload.in_eight_bits().run(), answers).loss) < 0.01


def test_bits_are_those_of_the_right_character():
    logits = np.log([[[.5, .25, .25], [.125, .125, .75]]])
    np.testing.assert_allclose(floating.bits(logits, [[0, 1]]), [[2]])
