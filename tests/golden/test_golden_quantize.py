"""`golden.quantize`: the rules of the 8-bit baseline at their corners."""

import numpy as np
import pytest

from skimp.golden.nets.codes import code
from skimp.golden.quantize import activation_step, quantize_bias, quantize_weights


def test_activation_step_is_the_mean_of_the_maxima_not_the_maximum():
    samples = np.zeros((4, 2, 3))
    samples[:, 1, 2] = [1.0, 2.0, 3.0, 94.0]
    assert activation_step(samples) == 25 / 255
    assert activation_step(samples.astype(np.float32)) == 25 / 255


def test_activations_round_half_to_even_and_saturate():
    x = [-np.finfo(float).max, -0.6, -0.0, 0.5, 0.51, 1.5, 2.5, 254.5, 255.4, 1e9]
    codes = code(np.array(x), 1.0).codes
    assert codes.dtype == np.uint8
    np.testing.assert_array_equal(codes, [0, 0, 0, 0, 1, 2, 2, 254, 255, 255])


@pytest.mark.parametrize("shape", [(0, 3), (2, 3, 4)])
def test_activations_keep_their_shape(shape):
    assert code(np.ones(shape), 0.5).codes.shape == shape


def test_activations_are_off_by_at_most_half_a_step():
    x = np.random.default_rng(0).uniform(0, 1, 10_000)
    step = activation_step(x.reshape(1, -1))
    assert np.abs(code(x, step).reals - x).max() <= step / 2 * (1 + 1e-12)


def test_weights_have_a_symmetric_step_for_every_channel():
    w = np.array([[255.0, -1.0, 0.0], [-510.0, 2.0, 3.0], [0.25, 0.125, -0.125]])
    codes, steps = quantize_weights(w)
    np.testing.assert_array_equal(steps, [2.0, 4.0, 0.5 / 255])
    assert codes.dtype == np.int8
    # The largest lies at 127.5: clamped if positive, -128 if negative. Halves go to even.
    np.testing.assert_array_equal(codes, [[127, 0, 0], [-128, 0, 1], [127, 64, -64]])


def test_weights_of_any_rank_are_off_by_at_most_half_a_step():
    w = np.random.default_rng(1).normal(size=(5, 3, 3, 2))
    codes, steps = quantize_weights(w)
    assert codes.shape == w.shape
    assert (np.abs(codes * steps[:, None, None, None] - w).max(axis=(1, 2, 3))
            <= steps / 2 * (1 + 1e-12)).all()


def test_a_channel_of_zeros_takes_the_finest_step_of_the_others():
    codes, steps = quantize_weights([[0.0, 0.0], [255.0, 0.0], [0.0, 25.5]])
    assert steps[0] == steps[2] < steps[1]
    np.testing.assert_array_equal(codes[0], 0)
    np.testing.assert_array_equal(quantize_weights(np.zeros((2, 3)))[1], [1.0, 1.0])
    np.testing.assert_array_equal(quantize_weights([[0.0], [1e6]])[1][0], 1.0)


def test_biases_are_in_units_of_the_accumulator():
    codes = quantize_bias([1.0, -0.3, 0.75, 0.0], [0.5, 0.25, 0.5, 1e-9])
    assert codes.dtype == np.int32
    np.testing.assert_array_equal(codes, [2, -1, 2, 0])
    assert quantize_bias([2.0**31 - 1], [1.0]) == 2**31 - 1


@pytest.mark.parametrize("call, error, sentence", [
    (lambda: activation_step(["a"]), TypeError, "samples must be real numbers, not <U1"),
    (lambda: activation_step([1.0, 2.0]), ValueError, r"shape \(samples, \.\.\.\), not \(2,\)"),
    (lambda: activation_step(np.zeros((0, 3))), ValueError, r"needs samples .* not \(0, 3\)"),
    (lambda: activation_step(np.zeros((2, 3))), ValueError, "maxima must be positive, not 0.0"),
    (lambda: activation_step([[np.nan]]), ValueError, "samples must be finite, not nan"),
    (lambda: quantize_weights([1j]), TypeError, "Weights must be real numbers, not complex128"),
    (lambda: quantize_weights([1.0]), ValueError, r"shape \(channels, \.\.\.\), not \(1,\)"),
    (lambda: quantize_weights(np.zeros((2, 0))), ValueError, r"not \(2, 0\)"),
    (lambda: quantize_weights([[np.nan]]), ValueError, "Weights must be finite, not nan"),
    (lambda: quantize_bias([1.0], [1.0, 2.0]), ValueError, r"one a channel, not \(1,\) and \(2,\)"),
    (lambda: quantize_bias([1.0], [-1.0]), ValueError, "steps must be positive, not -1.0"),
    (lambda: quantize_bias([-(2.0**31)], [1.0]), ValueError, "32 bits, not be 2147483648 units"),
])
def test_errors(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
