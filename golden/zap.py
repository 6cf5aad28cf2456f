"""ZAP: two small depthwise convolutions predict which activations are zero.

Shomron, Banner, Shkolnik, Weiser, "Thanks for Nothing: Predicting Zero-Valued Activations with
Lightweight CNNs", ECCV 2020, arXiv 1909.07636. Each channel by itself: 3 x 3, batch norm, ReLU,
3 x 3, batch norm. It reads the places that are computed first (`golden.masks`), all others taken as
0. Where it gives more than a threshold the activation is computed, elsewhere it is 0 and never
computed. The integers, of which hardware is made, are this project's.
"""

from dataclasses import dataclass, replace

import numpy as np

from skimp.golden.checks import integers
from skimp.golden.masks import as_codes, check_kind, mask, share, shifted
from skimp.golden.predictor import Predictor as Base

__all__ = ["EPS", "STAGES", "Predictor", "forward", "predict", "quantize", "read", "scores"]

#: Of the paper's batch norms.
EPS = 1e-5
#: Arrays of the float parameters, by stage: weights ``(channels, 3, 3)``, others ``(channels,)``.
ARRAYS = ("weight", "bias", "gamma", "beta", "mean", "var")
STAGES = ("1", "2")
INPUT_BITS, WEIGHT_BITS, HIDDEN_BITS, SHIFTS = (1, 8), (3, 8), (1, 8), (0, 15)
#: Of calibration places, at most so many percent have hidden values that are clipped.
FITTING = 99.9


@dataclass(frozen=True, kw_only=True, eq=False)
class Predictor(Base):
    """The integers of a layer's ZAP; an activation is kept if ``sum of w2 y + b2 > 0``.

    Raises
    ------
    TypeError
        If an array is not of integers.
    ValueError
        If the mask does not exist, bits or an array are out of range, or channels differ.
    """

    #: Of `golden.masks.KINDS`.
    kind: int
    #: Bits of an activation as it is read (1 to 8), a weight (3 to 8), a hidden value (1 to 8).
    input_bits: int
    weight_bits: int
    hidden_bits: int
    #: ``(channels, 3, 3)``, symmetric.
    w1: np.ndarray
    #: ``(channels,)``, signed, ``input_bits + weight_bits + 4`` bits.
    b1: np.ndarray
    #: ``(channels,)``, by which hidden values are shifted right, 0 to 15.
    shift: np.ndarray
    #: ``(channels, 3, 3)``, symmetric.
    w2: np.ndarray
    #: ``(channels,)``, signed, ``hidden_bits + weight_bits + 4`` bits; the extremes always decide.
    b2: np.ndarray
    #: float64 ``(channels,)``: the float network gives ``unit * score + offset``.
    unit: np.ndarray
    offset: np.ndarray

    def __post_init__(self):
        check_kind(self.kind)
        for name, bits, (least, most) in (("Input", self.input_bits, INPUT_BITS),
                                          ("Weight", self.weight_bits, WEIGHT_BITS),
                                          ("Hidden", self.hidden_bits, HIDDEN_BITS)):
            if not least <= bits <= most:
                raise ValueError(f"{name} bits of a ZAP must be {least} to {most}, not {bits!r}")
        most = (1 << self.weight_bits - 1) - 1
        first, second = (1 << bits + self.weight_bits + 3
                         for bits in (self.input_bits, self.hidden_bits))
        channels = np.shape(self.w1)[:1]
        for name, shape, low, high in (
                ("w1", (3, 3), -most, most), ("w2", (3, 3), -most, most), ("shift", (), *SHIFTS),
                ("b1", (), -first, first - 1), ("b2", (), -second, second - 1)):
            array = integers(getattr(self, name), name)
            if array.shape != (*channels, *shape):
                raise ValueError(f"{name} of a ZAP must have shape {(*channels, *shape)}, "
                                 f"not {array.shape}")
            if array.size and not (low <= array.min() and array.max() <= high):
                raise ValueError(f"{name} of a ZAP must be in [{low}, {high}], "
                                 f"not [{array.min()}, {array.max()}]")
            object.__setattr__(self, name, array.astype(np.int64))
        for name in ("unit", "offset"):
            array = np.asarray(getattr(self, name), np.float64)
            if array.shape != channels or not np.isfinite(array).all():
                raise ValueError(f"{name} of a ZAP must be a finite number for each channel")
            object.__setattr__(self, name, array)
        if (self.unit <= 0).any():
            raise ValueError(f"unit of a ZAP must be positive, not {self.unit.min()}")
        object.__setattr__(self, "limits", -self.b2)
        # Nine taps whatever the mask: at places not computed first stage 1 reads 0, and stage 2 is
        # needed there alone.
        known = share(self.kind)
        bits = known * self.input_bits + (1 - known) * self.hidden_bits
        object.__setattr__(self, "macs", float(9 * self.weight_bits * bits) / 64)

    @property
    def extreme(self):
        """The largest ``b2``; its negative less 1 is the smallest."""
        return (1 << self.hidden_bits + self.weight_bits + 3) - 1

    def with_limits(self, limits):
        """Return the ZAP that keeps what scores above ``limits``, integers ``(channels,)``."""
        limits = integers(limits, "Limits")
        return replace(self, b2=np.clip(-limits, -self.extreme - 1, self.extreme))

    def scores(self, x):
        return scores(x, self)

    def with_threshold(self, threshold):
        """Return the ZAP that keeps what the float network gives more for than ``threshold``."""
        if not np.isfinite(threshold):
            raise ValueError(f"A threshold must be finite, not {threshold!r}")
        limits = np.floor((threshold - self.offset) / self.unit)
        return self.with_limits(np.clip(limits, -self.extreme, self.extreme + 1).astype(np.int64))


def scores(x, predictor):
    """Return what is compared, without ``b2``: int64, of the shape of ``x``.

    Parameters
    ----------
    x : uint8 array ``(images, rows, columns, channels)``
        A layer's output; what is not computed first is not looked at.
    predictor : Predictor

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not so, or has other channels than the predictor.
    """
    x, channels = as_codes(x), len(predictor.b1)
    if x.shape[-1] != channels:
        raise ValueError(f"A ZAP of {channels} channels must not read {x.shape[-1]}")
    shift = predictor.shift.astype(np.int32)
    half = (1 << shift) >> 1
    hidden = (np.maximum(_first(x, predictor), 0) + half) >> shift
    hidden = np.minimum(hidden, (1 << predictor.hidden_bits) - 1)
    return _stage(hidden, predictor.w2).astype(np.int64)


def read(x, kind, input_bits):
    """Return codes as a ZAP reads them, int32; only what is not computed first becomes 0."""
    down = 8 - input_bits
    x = np.minimum((x.astype(np.int32) + (1 << down) - 1) >> down, (1 << input_bits) - 1)
    return x * mask(kind, *x.shape[1:3])[:, :, np.newaxis]


def _first(x, predictor):
    """Return what the first stage adds up for codes ``x``, int32."""
    x = read(x, predictor.kind, predictor.input_bits)
    return _stage(x, predictor.w1) + predictor.b1.astype(np.int32)


def _stage(x, weights):
    """Return a depthwise 3 x 3, in the type of ``x``."""
    taps = weights.reshape(len(weights), 9).T.astype(x.dtype)
    return sum(tap * shift for tap, shift in zip(taps, shifted(x), strict=True))


def predict(x, predictor):
    """Return which activations are kept, bool; parameters and errors are those of `scores`."""
    return predictor.keep(x)


def forward(x, parameters, *, kind, threshold=None):
    """Return the float network's output for ``x``; with a threshold, ``x`` where it is kept.

    Parameters
    ----------
    x : array ``(images, rows, columns, channels)``
        Never negative.
    parameters : dict of str to array
        `ARRAYS` of both stages: ``weight1`` and so on.
    kind : int
        The mask.
    threshold : float, optional

    Returns
    -------
    array of the shape of ``x``
        float64; of the type of ``x`` with a threshold.

    Raises
    ------
    ValueError
        If there is no such mask.
    """
    known = mask(kind, *x.shape[1:3])[:, :, np.newaxis]
    (first, bias1), (second, bias2) = (_folded(parameters, stage) for stage in STAGES)
    hidden = np.maximum(_stage(np.where(known, x, 0.0), first) + bias1, 0)
    given = _stage(hidden, second) + bias2
    return given if threshold is None else np.where(known | (given > threshold), x, 0)


def _folded(parameters, stage):
    """Return weights and bias of a stage with its batch norm in them, float64."""
    weight, bias, gamma, beta, mean, var = (
        np.asarray(parameters[name + stage], np.float64) for name in ARRAYS)
    scale = gamma / np.sqrt(var + EPS)
    return weight * scale[:, np.newaxis, np.newaxis], (bias - mean) * scale + beta


def quantize(parameters, x, *, step, kind, input_bits=2, weight_bits=4, hidden_bits=4):
    """Return the integers of a float network, its threshold 0.

    Parameters
    ----------
    parameters : dict of str to array
        As `forward` takes them.
    x : uint8 array ``(images, rows, columns, channels)``
        Codes of calibration images.
    step : float
        What a unit of a code is worth.
    kind, input_bits, weight_bits, hidden_bits : int
        As `Predictor` has them.

    Raises
    ------
    TypeError, ValueError
        If codes, bits or the mask are not as they must be.
    """
    x = as_codes(x)
    (first, bias1), (second, bias2) = (_folded(parameters, stage) for stage in STAGES)
    known = mask(kind, *x.shape[1:3])
    if input_bits == 1:                 # a unit stands for any activation that is not 0
        seen = x[:, known][x[:, known] > 0]
        worth = step * (float(seen.mean()) if seen.size else 1.0)
    else:
        worth = step * (1 << 8 - input_bits)
    top = (1 << weight_bits - 1) - 1
    edge = 1 << input_bits + weight_bits + 3
    # Where all weights are 0 the bias alone decides, and takes the bits that it has.
    w1, unit1 = _coded(first, top, np.abs(bias1) / (worth * (edge - 1)))
    b1 = np.clip(np.rint(bias1 / (unit1 * worth)), -edge, edge - 1).astype(np.int64)
    zeros = np.zeros(len(w1), np.int64)
    rough = Predictor(kind=kind, input_bits=input_bits, weight_bits=weight_bits,
                      hidden_bits=hidden_bits, w1=w1, b1=b1, shift=zeros, w2=np.zeros_like(w1),
                      b2=zeros, unit=np.ones(len(w1)), offset=bias2)
    high = np.percentile(np.maximum(_first(x, rough), 0), FITTING, axis=(0, 1, 2))
    least = np.ceil(np.log2((np.floor(high) + 1) / (1 << hidden_bits)))      # under 2^hidden_bits
    shift = np.clip(least, *SHIFTS).astype(np.int64)
    w2, unit2 = _coded(second * (unit1 * worth * 2.0 ** shift)[:, np.newaxis, np.newaxis], top,
                       np.abs(bias2) / top)
    return replace(rough, shift=shift, w2=w2, unit=unit2).with_threshold(0.0)


def _coded(weights, top, alone):
    """Return weights ``(channels, 3, 3)`` as integers up to ``top``, and what a unit is worth.

    That is ``alone`` where all weights are 0, or 1 if that is 0, too.
    """
    largest = np.abs(weights).max(axis=(1, 2))
    unit = np.where(largest > 0, largest / top, np.where(alone > 0, alone, 1.0))
    return np.rint(weights / unit[:, np.newaxis, np.newaxis]).astype(np.int64), unit
