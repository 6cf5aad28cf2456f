"""The 8-bit baseline: how real numbers become the integers that the hardware sees.

An unsigned code per activation, with a step per tensor; a signed code per weight, with a step per
output channel: the rules of SPARQ's released front end (Shomron et al., NeurIPS 2021), restated.
A code ``q`` stands for the real number ``q * step``. Rounding is to nearest, half to even.
"""

import numpy as np

__all__ = ["activation_step", "quantize_bias", "quantize_weights"]


def _reals(name, x):
    x = np.asarray(x)
    if x.dtype.kind not in "fiu":
        raise TypeError(f"{name} must be real numbers, not {x.dtype}")
    x = x.astype(np.float64)
    if not np.isfinite(x).all():
        raise ValueError(f"{name} must be finite, not {x[~np.isfinite(x)].flat[0]}")
    return x


def _steps(name, steps):
    steps = _reals(name, steps)
    if not (steps > 0).all():
        raise ValueError(f"{name} must be positive, not {steps.min()}")
    return steps


def activation_step(samples):
    """Return the step of a tensor: the mean of the per-sample maxima, divided by 255.

    The mean, not the maximum, so that one outlier does not coarsen every other activation.

    Parameters
    ----------
    samples : array of reals, ``(samples, ...)``
        The tensor as calibration samples produce it, samples first.

    Returns
    -------
    float
        What a unit of the code is worth.

    Raises
    ------
    TypeError
        If ``samples`` are not real numbers.
    ValueError
        If there is no sample, or a value is not finite, or the mean maximum is not positive.

    Examples
    --------
    >>> activation_step([[0.0, 1.0], [3.0, 2.0]]) == 2.0 / 255
    True
    """
    samples = _reals("Calibration samples", samples)
    if samples.ndim < 2 or not samples.size:
        raise ValueError(f"Calibration needs samples of shape (samples, ...), not {samples.shape}")
    top = samples.reshape(len(samples), -1).max(axis=1).mean()
    if top <= 0:
        raise ValueError(f"The mean of the calibration samples' maxima must be positive, not {top}")
    return float(top / 255)


def quantize_weights(w, *, bits=8, power_of_two=False, per_tensor=False):
    """Code weights in signed bits, symmetrically, each output channel with a step of its own.

    With 8 bits the step is ``2 * max|w| / 255``, so the largest weight of a channel lies at code
    127.5: it becomes 127 if positive (clamped) and -128 if negative, up to the rounding of the
    division. A channel of zeros takes the finest step of the others, and never more than 1: any
    step codes its zeros, and its bias keeps a fine unit.

    Parameters
    ----------
    w : array of reals, ``(channels, ...)``
        Weights, output channels first.
    bits : int
        2 to 8, the step being ``2 * max|w| / (2**bits - 1)``.
    power_of_two : bool
        Take the power of two nearest to each step, by ratio, so that requantising is a shift.
    per_tensor : bool
        Code all channels with one step, that of the largest weight.

    Returns
    -------
    codes : int8 array of the shape of ``w``
    steps : float64 array ``(channels,)``
        What a unit of each channel's code is worth.

    Raises
    ------
    TypeError
        If ``w`` is not of real numbers.
    ValueError
        If ``w`` is empty or without a channel axis, a weight is not finite, or there are not 2 to 8
        bits.

    Examples
    --------
    >>> codes, steps = quantize_weights([[255.0, 3.0], [-1.0, 0.5]])
    >>> codes
    array([[ 127,    2],
           [-128,   64]], dtype=int8)
    """
    w = _reals("Weights", w)
    if w.ndim < 2 or not w.size:
        raise ValueError(f"Weights must have the shape (channels, ...), not {w.shape}")
    if bits not in range(2, 9):
        raise ValueError(f"Weights must have 2 to 8 bits, not {bits!r}")
    steps = 2 * np.abs(w.reshape(len(w), -1)).max(axis=1) / (2**bits - 1)
    if per_tensor:
        steps[:] = steps.max()
    steps[steps == 0] = steps[steps > 0].min(initial=1.0)
    if power_of_two:
        steps = 2 ** np.rint(np.log2(steps))
    codes = np.rint(w / steps.reshape(-1, *[1] * (w.ndim - 1)))
    return np.clip(codes, -2**(bits - 1), 2**(bits - 1) - 1).astype(np.int8), steps


def quantize_bias(bias, steps):
    """Code biases in units of the accumulator they are added to.

    Parameters
    ----------
    bias : array of reals, ``(channels,)``
    steps : array of reals, ``(channels,)``
        What a unit of each channel's accumulator is worth: activation step times weight step.

    Returns
    -------
    int32 array ``(channels,)``

    Raises
    ------
    TypeError
        If an argument is not of real numbers.
    ValueError
        If the shapes differ, a step is not positive, or a code does not fit in 32 bits.

    Examples
    --------
    >>> quantize_bias([1.0, -0.3], [0.5, 0.25])
    array([ 2, -1], dtype=int32)
    """
    bias, steps = _reals("Biases", bias), _steps("Accumulator steps", steps)
    if bias.ndim != 1 or bias.shape != steps.shape:
        raise ValueError(f"Biases and accumulator steps must be one a channel, "
                         f"not {bias.shape} and {steps.shape}")
    codes = np.rint(bias / steps)
    if codes.size and np.abs(codes).max() >= 1 << 31:
        raise ValueError(f"A bias must fit in 32 bits, not be {np.abs(codes).max():.0f} units")
    return codes.astype(np.int32)
