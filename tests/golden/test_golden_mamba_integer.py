"""`golden.mamba.integer`: a block by single integers, near the floats, the same bits everywhere."""

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest

from skimp.golden.mamba import floating, network, ranges, tables, text
from skimp.golden.mamba.integer import LOGIT_UNIT, IntegerMamba, coded, scan_operands
from skimp.golden.mamba.requantise import Requantiser
from skimp.golden.scan import selective_scan
from skimp.golden.softedge import parse_code
from skimp.golden.workloads.text import shipped

NET = network.shipped("mamba")
RNG = np.random.default_rng(0)
#: Of the logits of the first test block: any machine's.
DIGESTS = {"int8": "7613aa229e5a2ee7", "int8:zero": "5efd74a3d911fb12",
           "softedge:signed8": "bb9037c18449190f", "softedge:paper": "b3bdd3459fd5cd99"}


def integers(code="softedge:signed8", net=NET):
    return IntegerMamba(net, coded(net, parse_code(code)))


@pytest.mark.parametrize("code", DIGESTS)
def test_bits_are_the_same_on_every_machine(code):
    logits = integers(code).logits(text.sequences("test", text.BLOCK))
    assert hashlib.sha256(logits.astype("<i4").tobytes()).hexdigest()[:16] == DIGESTS[code]


def test_tables_are_near_the_functions():
    x = np.arange(-16, 16, 2.0**-6)
    for found, expected in ((tables.exp(x) * np.exp(-x), 1),
                            (tables.softplus(x), np.logaddexp(0, x)),
                            (tables.silu(x), x / (1 + np.exp(-x)))):
        assert np.abs(found - expected).max() < 2.0**-20
    assert tables.exp([0, -700]).tolist() == [1, pytest.approx(math.exp(-700), rel=1e-6)]


def test_requantisers_round_once_half_up():
    ratios = [0.3, 0.0001]
    one, x = Requantiser.to(ratios, -100, 90), RNG.integers(-(1 << 20), 1 << 20, (50, 2))
    found = one(x)
    for row, line in zip(x.tolist(), found.tolist(), strict=True):
        for value, factor, result in zip(row, one.multiplier.tolist(), line, strict=True):
            exact = math.floor(value * factor / 2**one.shift + 0.5)
            assert result == min(max(exact, -100), 90)
    assert one.multiplier.max() < 1 << 20
    assert one.multiplier / 2.0**one.shift == pytest.approx(ratios, rel=1e-2)
    assert Requantiser.to(0.5, -9, 9)(np.array([-3, -1, 1, 3])).tolist() == [-1, 0, 1, 2]
    for ratio in (2.0**19, 2.0**-50):
        with pytest.raises(ValueError, match="must multiply by .* ranges are out of proportion"):
            Requantiser.to(ratio, 0, 1)


def slow(block, x):
    """Return what a block adds for ``(time, width)``, by Python's integers alone."""
    def product(matrix, vector):
        return [sum(int(w) * v for w, v in zip(row, vector, strict=True)) for row in matrix]

    def requantised(one, values, begin=0):
        factors = np.broadcast_to(one.multiplier, begin + len(values)).tolist()[begin:]
        return [min(max(v * f + (1 << one.shift - 1) >> one.shift, one.low), one.high)
                for v, f in zip(values, factors, strict=True)]
    inner, states = block.factors.shape
    taps, form, before, added = block.conv.shape[1], block.form, [], []
    h = [[0] * states for _ in range(inner)]
    for row in x.tolist():
        both = product(block.in_proj, row)
        before.append(requantised(block.to_conv, both[:inner]))
        gate = requantised(block.to_gate, both[inner:])
        window = ([[0] * inner] * taps + before)[-taps:]
        acc = [int(block.conv_bias[i]) + sum(int(block.conv[i, tap]) * window[tap][i]
                                             for tap in range(taps)) for i in range(inner)]
        index = [v + (1 << 14) for v in requantised(block.to_silu, acc)]
        x = product(block.x_proj, [int(block.read_values[i]) for i in index])
        low = requantised(block.to_low, x[:-2 * states])
        bc = requantised(block.to_bc, x[-2 * states:])
        acc = [v + int(bias) for v, bias in zip(product(block.dt_proj, low), block.dt_bias,
                                                strict=True)]
        gated = []
        for i, v in enumerate(requantised(block.to_softplus, acc)):
            u, dt, y = int(block.u_values[index[i]]), int(block.dt_values[v + (1 << 14)]), 0
            entering = u * dt + (1 << form.x_shift >> 1) >> form.x_shift
            for n in range(states):
                power = dt * int(block.factors[i, n]) + (1 << 11) >> 12
                decay = max(1, math.floor(2**(form.decay_bits - power / 4096) + 0.5))
                total = decay * h[i][n] + (entering * bc[n] << form.input_shift)
                total = total + (1 << form.decay_bits - 1) >> form.decay_bits
                h[i][n] = min(max(total, -(1 << form.h_bits - 1)), (1 << form.h_bits - 1) - 1)
                y += bc[states + n] * h[i][n]
            y += int(block.skip[i]) * u << form.skip_shift
            gated.append(y * int(block.gate_values[gate[i] + 128]))
        spread = product(ranges.hadamard(inner), requantised(block.to_gated, gated))
        out = [min(max(v + 128 >> 8, -128), 127) for v in spread]
        added.append(requantised(block.to_residual, product(block.out_proj, out)))
    return added


@pytest.mark.parametrize("code", ["int8:zero", "softedge:paper"])
def test_a_block_is_the_integers_that_it_says(code):
    """Matrices in float32 and vectors all at once lose nothing."""
    for block in integers(code).blocks[::2]:
        x = RNG.integers(-128, 128, (1, 5, 64))
        assert block(x)[0].tolist() == slow(block, x[0])


@pytest.mark.parametrize("name", network.SHIPPED)
def test_integers_are_near_the_floats(name):
    workload = shipped(name, 2560)
    answers = workload.in_integers().run(coded(workload.network, parse_code("softedge:signed8")))
    assert abs(workload.score(answers, workload.run()).loss) < 0.01
    with pytest.raises(ValueError, match="In integers u must have a code"):
        workload.in_integers().run()


def test_sequences_know_nothing_of_each_other(monkeypatch):
    model, tokens = integers(), text.sequences("test", 1024)[:, :50]
    expected = model.logits(tokens)
    for row, one in zip(tokens, expected, strict=True):
        assert np.array_equal(model.logits(row[np.newaxis, :30])[0], one[:30])
    floats = floating.forward(NET, tokens)
    assert np.corrcoef(floats.ravel(), expected.ravel() * LOGIT_UNIT)[0, 1] > 0.999


def test_operands_are_what_the_scan_reads():
    code, tokens = parse_code("softedge:signed8"), text.sequences("test", 512)[:, :40]
    for layer in range(3):
        found = scan_operands(NET, tokens, layer, code)
        y, state = selective_scan(*found)
        assert y.shape == (2, 40, 128) and state.shape == (2, 128, 8)
        assert np.array_equal(code.decode(code.encode(found.u)), found.u), "values of codes"
        assert 100 < np.abs(found.u).max() and 500 < found.dt.max(), "of real size"
        assert np.abs(y).max() >> 16 and np.abs(state).max() >> 11
    with pytest.raises(ValueError, match="Layer must be 0 to 2, not 3"):
        scan_operands(NET, tokens, 3, code)
    with pytest.raises(ValueError, match="A percentile must be one of 0.99, .* not 0.5"):
        scan_operands(NET, tokens, 0, code, 0.5)


def test_refusals():
    with pytest.raises(ValueError, match="Each of 3 blocks must have a code, not 1"):
        IntegerMamba(NET, coded(NET, parse_code("int8"))[:1])
    with pytest.raises(ValueError, match="float must have integers"):
        integers("float")
    with pytest.raises(ValueError, match="must be sequences .* of numbers below 63"):
        integers().logits([[63]])
    large = replace(NET.blocks[0], dt_bias=np.full(128, 60_000, np.float32))
    with pytest.raises(ValueError, match="The bias of dt must have at most 23 bits"):
        integers(net=replace(NET, blocks=(large, *NET.blocks[1:])))
    wide = NET.blocks[0]
    wide = replace(wide, norm=np.ones(129, np.float32), in_proj=np.ones((256, 129), np.float32),
                   out_proj=np.ones((129, 128), np.float32))
    ends = np.ones((63, 129), np.float32)
    with pytest.raises(ValueError, match="at most 128 numbers between .* not 129 and 128"):
        IntegerMamba(replace(NET, embedding=ends, norm=wide.norm, head=ends, blocks=(wide,)), [0])
