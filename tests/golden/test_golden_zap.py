"""ZAP: the integers against loops over places, and against the float network they are made of."""

import itertools

import numpy as np
import pytest

from skimp.golden.masks import KINDS, mask
from skimp.golden.zap import Predictor, forward, predict, quantize, scores

CHANNELS = 3


def integers(rng, kind=3, bits=(2, 4, 4), channels=CHANNELS):
    """Return random integers of a ZAP."""
    inputs, weights, hidden = bits
    most = (1 << weights - 1) - 1
    return Predictor(
        kind=kind, input_bits=inputs, weight_bits=weights, hidden_bits=hidden,
        w1=rng.integers(-most, most + 1, (channels, 3, 3)), b1=rng.integers(-9, 10, channels),
        shift=rng.integers(0, 4, channels), w2=rng.integers(-most, most + 1, (channels, 3, 3)),
        b2=rng.integers(-20, 20, channels), unit=np.ones(channels), offset=np.zeros(channels))


def slow(plane, zap, channel):
    """Return which places of a plane are kept, place by place, as the rule says."""
    rows, columns = plane.shape
    known, down = mask(zap.kind, rows, columns), 8 - zap.input_bits
    hidden = {}
    for row, column in np.ndindex(rows, columns):
        total = int(zap.b1[channel])
        for a, b in itertools.product(range(3), repeat=2):
            at = row + a - 1, column + b - 1
            if 0 <= at[0] < rows and 0 <= at[1] < columns and known[at]:
                code = min(-(-int(plane[at]) // 2 ** down), 2 ** zap.input_bits - 1)
                total += int(zap.w1[channel, a, b]) * code
        shift = int(zap.shift[channel])
        total = max(total, 0) + (2 ** (shift - 1) if shift else 0)
        hidden[row, column] = min(total >> shift, 2 ** zap.hidden_bits - 1)
    keep = known.copy()
    for row, column in np.ndindex(rows, columns):
        total = sum(int(zap.w2[channel, a, b]) * hidden.get((row + a - 1, column + b - 1), 0)
                    for a, b in itertools.product(range(3), repeat=2))
        keep[row, column] |= total + int(zap.b2[channel]) > 0
    return keep


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bits", [(2, 4, 4), (8, 8, 8), (1, 3, 1)])
def test_predictions_are_the_rules(kind, bits):
    rng = np.random.default_rng(kind)
    zap = integers(rng, kind, bits)
    x = rng.integers(0, 256, (2, 5, 7, CHANNELS)).astype(np.uint8)
    x[rng.random(x.shape) < 0.4] = 0
    keep = predict(x, zap)
    for image, channel in itertools.product(range(2), range(CHANNELS)):
        np.testing.assert_array_equal(keep[image, :, :, channel],
                                      slow(x[image, :, :, channel], zap, channel))


def test_places_that_are_not_computed_first_are_not_looked_at():
    rng = np.random.default_rng(1)
    zap = integers(rng)
    x = rng.integers(0, 256, (1, 6, 6, CHANNELS)).astype(np.uint8)
    other = np.where(mask(3, 6, 6)[:, :, np.newaxis], x, 255 - x).astype(np.uint8)
    np.testing.assert_array_equal(predict(x, zap), predict(other, zap))


def test_extremes_of_the_second_bias_decide_always():
    rng = np.random.default_rng(2)
    zap = integers(rng, bits=(8, 8, 8))
    x = rng.integers(0, 256, (1, 9, 9, CHANNELS)).astype(np.uint8)
    known = np.broadcast_to(mask(3, 9, 9)[:, :, np.newaxis], (9, 9, CHANNELS))
    assert predict(x, zap.with_limits(np.full(CHANNELS, -(1 << 62)))).all()
    np.testing.assert_array_equal(predict(x, zap.with_limits(np.full(CHANNELS, 1 << 62)))[0], known)


def parameters(rng):
    """Return a float network with norms that are not plain, a negative scale among them."""
    found = {}
    for stage in "12":
        found |= {f"weight{stage}": rng.normal(size=(CHANNELS, 3, 3)),
                  f"bias{stage}": rng.normal(size=CHANNELS),
                  f"gamma{stage}": np.array([-0.7, 1.2, 0.9]),
                  f"beta{stage}": rng.normal(size=CHANNELS) / 4,
                  f"mean{stage}": rng.normal(size=CHANNELS),
                  f"var{stage}": rng.random(CHANNELS) + 0.5}
    return found


@pytest.mark.parametrize("kind", [3, 5])
@pytest.mark.parametrize("threshold", [0.0, 0.4])
def test_eight_bits_decide_nearly_as_the_float_network(kind, threshold):
    rng = np.random.default_rng(kind)
    floats, step = parameters(rng), 0.02
    x = rng.integers(0, 256, (4, 11, 12, CHANNELS)).astype(np.uint8)
    x[rng.random(x.shape) < 0.5] = 0
    zap = quantize(floats, x, step=step, kind=kind, input_bits=8, weight_bits=8, hidden_bits=8)
    wanted = forward(x * step, floats, kind=kind) > threshold
    places = ~mask(kind, 11, 12)
    assert (predict(x, zap.with_threshold(threshold)) == wanted)[:, places].mean() > 0.98
    given = scores(x, zap) * zap.unit + zap.offset
    error = np.abs(given - forward(x * step, floats, kind=kind))
    assert np.quantile(error, 0.99) < 0.1 * np.ptp(given)


def test_a_threshold_masks_the_output():
    rng = np.random.default_rng(5)
    floats, x = parameters(rng), rng.random((1, 6, 7, CHANNELS))
    given = forward(x, floats, kind=5, threshold=0.2)
    keep = mask(5, 6, 7)[:, :, np.newaxis] | (forward(x, floats, kind=5) > 0.2)
    np.testing.assert_array_equal(given, np.where(keep, x, 0))


def test_weights_that_are_all_zero_are_quantised():
    rng = np.random.default_rng(6)
    floats = parameters(rng)
    floats["weight1"][0] = floats["weight2"][1] = 0
    zap = quantize(floats, np.zeros((1, 4, 4, CHANNELS), np.uint8), step=1.0, kind=3, input_bits=1)
    assert not zap.w1[0].any() and not zap.w2[1].any()
    assert abs(zap.b1[0]) == 255                        # the bias alone decides


BAD = [("kind", 0, "A mask is one of"), ("input_bits", 9, "Input bits of a ZAP must be 1 to 8"),
       ("weight_bits", 2, "Weight bits of a ZAP must be 3 to 8"),
       ("hidden_bits", 0, "Hidden bits of a ZAP must be 1 to 8"),
       ("w1", np.full((CHANNELS, 3, 3), -8), r"w1 of a ZAP must be in \[-7, 7\]"),
       ("b1", np.full(CHANNELS, 512), r"b1 of a ZAP must be in \[-512, 511\]"),
       ("shift", np.full(CHANNELS, 16), r"shift of a ZAP must be in \[0, 15\]"),
       ("w2", np.zeros((2, 3, 3), int), r"w2 of a ZAP must have shape \(3, 3, 3\)"),
       ("unit", np.zeros(CHANNELS), "unit of a ZAP must be positive, not 0.0"),
       ("unit", np.full(CHANNELS, np.nan), "unit of a ZAP must be a finite number")]


@pytest.mark.parametrize(("name", "value", "sentence"), BAD)
def test_wrong_integers_are_refused(name, value, sentence):
    zap = integers(np.random.default_rng(0))
    given = {each: getattr(zap, each) for each in Predictor.__dataclass_fields__}
    with pytest.raises(ValueError, match=sentence):
        Predictor(**(given | {name: value}))


def test_other_types_channels_and_thresholds_are_refused():
    zap = integers(np.random.default_rng(0))
    with pytest.raises(ValueError, match="A ZAP of 3 channels must not read 4"):
        predict(np.zeros((1, 4, 4, 4), np.uint8), zap)
    with pytest.raises(ValueError, match="A threshold must be finite, not nan"):
        zap.with_threshold(float("nan"))
    with pytest.raises(TypeError, match="Limits must be integers"):
        zap.with_limits(np.zeros(CHANNELS))
