"""The selective scan: against a loop over Python's integers, its rounding and its refusals."""

import numpy as np
import pytest

from skimp.golden.scan import ScanForm, selective_scan

FORMS = [ScanForm(), ScanForm(states=5, u_bits=11, input_shift=7, skip_shift=6),
         ScanForm(states=4, u_bits=4, dt_bits=4, x_bits=12, decay_bits=5, h_bits=9, factor_bits=5,
                  sum_bits=17, input_shift=5, skip_shift=0),
         ScanForm(u_bits=12, dt_bits=16, x_bits=24, decay_bits=16, h_bits=24, factor_bits=12,
                  sum_bits=48, input_shift=16, skip_shift=16)]
SHAPE = (2, 12, 3)


def drawn(form, seed=1, shape=SHAPE):
    """Return operands of which many are at the ends of their ranges: states saturate."""
    rng = np.random.default_rng(seed)
    batch, time, channels = shape

    def numbers(low, high, *size):
        ends = rng.choice([low, high], size)
        return np.where(rng.random(size) < 0.3, ends, rng.integers(low, high + 1, size))

    def signed(bits, *size):
        return numbers(-(1 << bits - 1), (1 << bits - 1) - 1, *size)

    return (signed(form.u_bits, *shape), numbers(0, (1 << form.dt_bits) - 1, *shape),
            signed(form.factor_bits, channels),
            numbers(1, 1 << form.decay_bits, *shape, form.states),
            signed(form.factor_bits, batch, time, form.states),
            signed(form.factor_bits, batch, time, form.states))


def slow(u, dt, skip, decay, b, c, form):
    """Return y and h of one sequence of one channel, from lists of Python's integers."""
    h, most = [0] * form.states, 2 ** (form.h_bits - 1)
    given, saturated = [], 0
    for t in range(len(u)):
        step = 2 ** form.x_shift
        x = (2 * dt[t] * u[t] + step) // (2 * step)
        assert -(2 ** (form.x_bits - 1)) <= x < 2 ** (form.x_bits - 1)
        for n in range(form.states):
            exact = decay[t][n] * h[n] + x * b[t][n] * 2 ** form.input_shift
            one = 2 ** form.decay_bits
            rounded = (2 * exact + one) // (2 * one)
            h[n] = max(-most, min(rounded, most - 1))
            saturated += h[n] != rounded
        given.append(sum(c[t][n] * h[n] for n in range(form.states))
                     + skip * u[t] * 2 ** form.skip_shift)
    return given, h, saturated


@pytest.mark.parametrize("form", FORMS)
def test_a_scan_is_the_loop_over_integers(form):
    u, dt, skip, decay, b, c = drawn(form)
    y, state = selective_scan(u, dt, skip, decay, b, c, form)
    saturated = 0
    for batch, channel in np.ndindex(2, 3):
        given, h, often = slow(u[batch, :, channel].tolist(), dt[batch, :, channel].tolist(),
                               int(skip[channel]), decay[batch, :, channel].tolist(),
                               b[batch].tolist(), c[batch].tolist(), form)
        assert y[batch, :, channel].tolist() == given
        assert state[batch, channel].tolist() == h
        saturated += often
    assert saturated


def test_a_skip_of_each_step_is_its_own():
    u, dt, skip, decay, b, c = drawn(FORMS[0])
    steps = np.broadcast_to(skip, SHAPE) * (np.arange(12)[:, np.newaxis] % 2)
    y, _ = selective_scan(u, dt, steps, decay, b, c, FORMS[0])
    for parity, given in enumerate((skip * 0, skip)):
        other, _ = selective_scan(u, dt, given, decay, b, c, FORMS[0])
        np.testing.assert_array_equal(y[:, parity::2], other[:, parity::2])


def test_a_sequence_in_parts_is_the_whole():
    form = FORMS[1]
    u, dt, skip, decay, b, c = drawn(form)
    whole, last = selective_scan(u, dt, skip, decay, b, c, form)
    parts, state = [], None
    for part in (slice(0, 5), slice(5, 5), slice(5, 12)):
        y, state = selective_scan(u[:, part], dt[:, part], skip, decay[:, part], b[:, part],
                                  c[:, part], form, state)
        parts.append(y)
    np.testing.assert_array_equal(np.concatenate(parts, axis=1), whole)
    np.testing.assert_array_equal(state, last)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("signs", [(-1, -1, -1), (1, 1, 1), (-1, 1, -1), (1, -1, 1)])
def test_the_extremes_fit(form, signs):
    def extreme(sign, bits, *size):
        return np.full(size, -(1 << bits - 1) if sign < 0 else (1 << bits - 1) - 1)

    operands = (extreme(signs[0], form.u_bits, 1, 3, 1),
                np.full((1, 3, 1), (1 << form.dt_bits) - 1), extreme(signs[2], form.factor_bits, 1),
                np.full((1, 3, 1, form.states), 1 << form.decay_bits),
                extreme(signs[1], form.factor_bits, 1, 3, form.states),
                extreme(signs[2], form.factor_bits, 1, 3, form.states))
    y, _ = selective_scan(*operands, form)
    u, dt, skip, decay, b, c = (np.squeeze(one).tolist() for one in operands)
    assert y[0, :, 0].tolist() == slow(u, dt, skip, decay, b, c, form)[0]
    assert np.abs(y).max() < 1 << form.sum_bits - 1


def test_a_decay_of_one_holds_and_halves_go_up():
    form = ScanForm(states=4)
    zeros, held = np.zeros((1, 1, 1), int), np.array([[[-32768, -3, 3, 32767]]])
    factors = np.zeros((1, 1, 4), int)
    for decay, after in ((4096, held), (2048, [[[-16384, -1, 2, 16384]]])):
        decays = np.full((1, 1, 1, 4), decay)
        _, state = selective_scan(zeros, zeros, zeros[0, 0], decays, factors, factors, form, held)
        np.testing.assert_array_equal(state, after)


@pytest.mark.parametrize(("given", "sentence"), [
    ({"states": 3}, "states of a scan must be an integer of 4 to 64, not 3"),
    ({"h_bits": 25}, "h_bits of a scan must be an integer of 6 to 24, not 25"),
    ({"dt_bits": 10.0}, "dt_bits of a scan must be an integer of 4 to 16, not 10.0"),
    ({"x_bits": 8}, "x_bits of a scan must be more than the 8 bits of the narrower of u and dt"),
    ({"sum_bits": 26}, "sum_bits of a scan must be at least 27 to hold every sum, not 26")])
def test_forms_that_cannot_be_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        ScanForm(**given)


@pytest.mark.parametrize(("place", "given", "sentence"), [
    (0, np.full(SHAPE, 128), r"u must be in \[-128, 127\], not \[128, 128\]"),
    (0, np.zeros((2, 12), int), r"u must have shape \(batch, time, channels\), not \(2, 12\)"),
    (1, np.full(SHAPE, -1), r"dt must be in \[0, 1023\], not \[-1, -1\]"),
    (2, np.zeros(4, int), r"skip must have shape \(3,\), not \(4,\)"),
    (3, np.zeros((*SHAPE, 8), int), r"decay must be in \[1, 4096\], not \[0, 0\]"),
    (4, np.zeros((2, 12, 7), int), r"b must have shape \(2, 12, 8\), not \(2, 12, 7\)"),
    (5, np.full((2, 12, 8), -129), r"c must be in \[-128, 127\]"),
    (6, np.full((2, 3, 8), 32768), r"state must be in \[-32768, 32767\]")])
def test_operands_out_of_range_are_refused(place, given, sentence):
    operands = [*drawn(ScanForm()), None]
    operands[place] = given
    *others, state = operands
    with pytest.raises(ValueError, match=sentence):
        selective_scan(*others, form=ScanForm(), state=state)


def test_operands_that_are_no_integers_are_refused():
    operands = list(drawn(ScanForm()))
    operands[4] = operands[4] / 2
    with pytest.raises(TypeError, match="b must be integers, not float64"):
        selective_scan(*operands, form=ScanForm())
