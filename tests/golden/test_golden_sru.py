"""`golden.sru`: sizes, packing, the recurrence against a loop, bits; its file."""

import numpy as np
import pytest

from skimp.golden.kept import Kept
from skimp.golden.sru import floating
from skimp.golden.sru.network import Network, Sizes, load, save, shipped
from skimp.golden.sru.packing import Packing
from skimp.golden.sru.quantized import Bits, Quantized, step

RNG = np.random.default_rng(0)
SIZES = Sizes(inputs=5, cells=3, layers=2, projection=4, classes=3)


def small(sizes=SIZES):
    shapes = {**sizes.matrices, **sizes.vectors}
    return Network(sizes=sizes, deviation=np.ones(sizes.inputs, np.float32), arrays={
        name: RNG.normal(0, 0.7, shape).astype(np.float32) for name, shape in shapes.items()})


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_loops(network, x):
    """The logits of one sequence, as the paper writes them, in float64."""
    sizes, arrays = network.sizes, {k: v.astype(float) for k, v in network.arrays.items()}
    width, cells = sizes.width, sizes.cells
    for layer in range(sizes.layers):
        read = x @ arrays[f"P{layer}"] if layer else x
        sums, h = read @ arrays[f"L{layer}"], np.zeros((len(x), width))
        skip = x * np.sqrt(1 + 2 * np.exp(-1)) if x.shape[1] == width else sums[:, 3 * width:]
        (vf, vr), (bf, br) = arrays[f"L{layer}.recurrent"], arrays[f"L{layer}.bias"]
        for i in range(width):
            c = 0.0
            for t in range(len(x)) if i < cells else reversed(range(len(x))):
                f = sigmoid(sums[t, width + i] + vf[i] * c + bf[i])
                r = sigmoid(sums[t, 2 * width + i] + vr[i] * c + br[i])
                c = f * c + (1 - f) * sums[t, i]
                h[t, i] = r * c + (1 - r) * skip[t, i]
        x = h
    return (x @ arrays["FC"] + arrays["FC.bias"]).mean(axis=0)


def sequences(lengths, features=SIZES.inputs):
    return [RNG.normal(0, 1, (length, features)).astype(np.float32) for length in lengths]


def packed(parts):
    packing = Packing(np.array([len(part) for part in parts]))
    return np.concatenate(parts)[packing.order], packing


def test_sizes_of_the_network_that_ships():
    sizes = Sizes()
    assert sum(sizes.macs.values()) == 62_208 and sizes.vector_entries == 2058
    assert list(sizes.matrices) == ["L0", "P1", "L1", "P2", "L2", "P3", "L3", "FC"]
    assert sizes.matrices["L0"] == (23, 512), "the skip term of a narrow input is a fourth part"


def test_packing_keeps_every_frame_once_and_reverses_each_sequence_alone():
    parts = [np.arange(n) + 100 * k for k, n in enumerate((2, 5, 1, 5))]
    frames, packing = packed([part[:, np.newaxis] for part in parts])
    assert packing.active.tolist() == [4, 3, 2, 2, 2]
    assert sorted(frames[:, 0]) == sorted(np.concatenate(parts))
    assert frames[packing.reverse][:4, 0].tolist() == [104, 304, 1, 200]
    assert (frames[packing.reverse][packing.reverse] == frames).all()
    assert (frames[packing.previous] == frames[4:] - 1).all()
    means = packing.mean(frames.astype(np.float32))
    assert means[:, 0].tolist() == [0.5, 102, 200, 302]


@pytest.mark.parametrize("lengths", [[], [3, 0], [[1, 2]]])
def test_packing_refuses_sequences_without_frames(lengths):
    with pytest.raises(ValueError, match="at least one"):
        Packing(np.array(lengths, np.int64))
    with pytest.raises(TypeError, match="Lengths must be integers"):
        Packing([1.0])


@pytest.mark.parametrize("sizes", [SIZES, Sizes(inputs=6, cells=3, layers=3, projection=2,
                                               classes=2)])
def test_the_recurrence_is_that_of_the_paper(sizes):
    network, parts = small(sizes), sequences((4, 1, 7), sizes.inputs)
    expected = [by_loops(network, part.astype(float)) for part in parts]
    np.testing.assert_allclose(floating.logits(network, *packed(parts)), expected, atol=2e-5)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_the_step_has_the_least_square_error_of_all_clips(bits):
    x = RNG.normal(0, 1, 5000)
    half = 1 << bits - 1

    def error(unit):
        return np.square(np.clip(np.rint(x / unit), -half, half - 1) * unit - x).mean()

    others = [error(clip / 100 * np.abs(x).max() / (half - 1)) for clip in range(1, 100)]
    assert error(step(x, bits)) < 1.03 * min(others), "a histogram knows it to a bin"


def test_steps_of_16_bits_are_powers_of_two():
    assert step(np.array([0.3, -1.5]), 16) == 2 * 2.0**-15
    assert step(np.zeros(3), 4) == 1
    with pytest.raises(ValueError, match="Bits must be one of 2, 4, 8, 16, not 3"):
        step(np.ones(2), 3)


def every(weights, activations):
    return dict.fromkeys(SIZES.matrices, Bits(weights, activations))


def test_fewer_bits_err_more_and_what_is_kept_changes_nothing():
    network, (frames, packing) = small(), packed(sequences((9, 4, 12, 6)))
    exact = floating.logits(network, frames, packing)
    model, kept = Quantized(network, frames, packing), Kept(1 << 20)
    errors = [np.abs(model.logits(frames, packing, every(bits, bits)) - exact).mean()
              for bits in (16, 8, 4, 2)]
    assert errors == sorted(errors) and errors[0] < 1e-3
    for bits in (every(4, 4), every(4, 4) | {"FC": Bits(2, 8)}, every(4, 4) | {"P1": Bits(2, 2)}):
        with_kept = model.logits(frames, packing, bits, kept)
        assert (with_kept == model.logits(frames, packing, bits)).all()
    assert kept.longest(((4, 4),) * 4, (1, 3))[0] == 3


def test_kept_results_leave_when_they_are_the_oldest():
    kept = Kept(16)
    for name in "ab":
        kept.keep((name,), np.zeros(1))
    kept.longest(("a",), (1,))
    kept.keep(("c",), np.zeros(1))
    assert [kept.longest((name,), (1,))[0] for name in "abc"] == [1, 0, 1]


@pytest.mark.parametrize("chosen, sentence", [
    ({"L0": Bits(2, 2)}, "Bits are of the matrices L0, P1, L1, FC, not of L0"),
    (every(2, 2) | {"P1": Bits(3, 2)}, "Bits of P1's weights must be one of 2, 4, 8, 16, not 3"),
])
def test_wrong_bits_are_refused(chosen, sentence):
    frames, packing = packed(sequences((3, 2)))
    with pytest.raises(ValueError, match=sentence):
        Quantized(small(), frames, packing).logits(frames, packing, chosen)


def test_a_file_gives_the_network_back_and_another_is_refused(tmp_path):
    network = small()
    save(tmp_path / "a.npz", network)
    again = load(tmp_path / "a.npz")
    assert again.sizes == SIZES
    assert (again.arrays["L1"] == network.arrays["L1"].astype(np.float16)).all()
    np.savez(tmp_path / "b.npz", sru=np.array("{}"), metadata=np.array("{}"))
    with pytest.raises(ValueError, match="b.npz: The array sru must have format 1"):
        load(tmp_path / "b.npz")
    arrays = {name: array for name, array in network.arrays.items() if name != "P1"}
    with pytest.raises(ValueError, match="P1 must have shape \\(6, 4\\), not be missing"):
        Network(sizes=SIZES, arrays=arrays, deviation=network.deviation)
    with pytest.raises(ValueError, match="A shipped SRU is one of sru"):
        shipped("lenet5")
