"""Layers of an 8-bit network in exact integers, with NumPy alone.

Activations are uint8 with channels last, ``(images, rows, columns, channels)``. Weights are int8,
``(filters, rows, columns, channels)`` for a convolution and ``(filters, inputs)`` for a dense
layer. Channels are fastest within a kernel tap, which is the pair order of SPARQ.
"""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["Layer", "convolve", "gemm", "im2col", "max_pool", "requantize", "windows"]


def _typed(name, x, dtype, ndim):
    x = np.asarray(x)
    if x.dtype != dtype:
        raise TypeError(f"{name} must be {np.dtype(dtype)}, not {x.dtype}")
    if x.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes, not the shape {x.shape}")
    return x


def windows(x, size, *, pad=0, stride=1):
    """Cut square windows out of every channel, taps row-major.

    Parameters
    ----------
    x : uint8 array ``(images, rows, columns, channels)``
    size, stride : int
        Side of a window, and distance of neighbouring windows, in pixels; at least 1.
    pad : int
        Zeros added on every side of the image; at least 0.

    Returns
    -------
    uint8 array ``(images, rows, columns, channels, size * size)``
        Rows and columns now count windows; what is left over at the far sides is dropped.

    Raises
    ------
    TypeError
        If ``x`` is not uint8.
    ValueError
        If ``x`` does not have four axes, or a parameter is out of its range, or no window fits.
    """
    x = _typed("Activations", x, np.uint8, 4)
    if size < 1 or stride < 1 or pad < 0:
        raise ValueError(f"A window needs size >= 1, stride >= 1, pad >= 0, "
                         f"not size {size}, stride {stride}, pad {pad}")
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    if min(x.shape[1:3]) < size:
        raise ValueError(f"A {size} x {size} window must fit in the padded image, "
                         f"not in {x.shape[1]} x {x.shape[2]}")
    taps = sliding_window_view(x, (size, size), axis=(1, 2))[:, ::stride, ::stride]
    return taps.reshape(*taps.shape[:4], size * size)


def im2col(x, size, *, pad=0, stride=1):
    """Cut the windows that a convolution reads: all channels, channels fastest within a tap.

    Parameters and errors are those of `windows`; the result is a uint8 array ``(images, rows,
    columns, size * size * channels)``.
    """
    taps = windows(x, size, pad=pad, stride=stride)
    return taps.swapaxes(-1, -2).reshape(*taps.shape[:3], taps.shape[3] * taps.shape[4])


def gemm(x, w):
    """Multiply activations by weights, exactly.

    Parameters
    ----------
    x : uint8 array ``(rows, k)``
    w : int8 array ``(filters, k)``

    Returns
    -------
    int64 array ``(rows, filters)``
        ``x @ w.T``; its magnitude is at most ``k * 255 * 128``.

    Raises
    ------
    TypeError
        If ``x`` is not uint8 or ``w`` is not int8.
    ValueError
        If an argument does not have two axes, or the lengths of the dot products differ.
    """
    x, w = _typed("Activations", x, np.uint8, 2), _typed("Weights", w, np.int8, 2)
    if x.shape[1] != w.shape[1]:
        raise ValueError(f"Activations and weights must have dot products of one length, "
                         f"not {x.shape[1]} and {w.shape[1]}")
    # NumPy multiplies integer matrices without BLAS. In floating point every partial sum is an
    # integer that the format holds, so the result is exact in whatever order BLAS adds.
    real = np.float32 if x.shape[1] * 255 * 128 <= 1 << 24 else np.float64
    return (x.astype(real) @ w.astype(real).T).astype(np.int64)


def convolve(x, weights, *, pad=0, stride=1):
    """Convolve (correlate, as networks do) as one exact GEMM.

    Parameters
    ----------
    x : uint8 array ``(images, rows, columns, channels)``
    weights : int8 array ``(filters, size, size, channels)``
    pad, stride : int
        As of `windows`.

    Returns
    -------
    int64 array ``(images, rows, columns, filters)``

    Raises
    ------
    TypeError, ValueError
        As `windows` and `gemm`; also if a kernel is not square.
    """
    weights = _typed("Weights", weights, np.int8, 4)
    filters, size, width, _ = weights.shape
    if size != width:
        raise ValueError(f"A kernel must be square, not {size} x {width}")
    columns = im2col(x, size, pad=pad, stride=stride)
    acc = gemm(columns.reshape(-1, columns.shape[-1]), weights.reshape(filters, -1))
    return acc.reshape(*columns.shape[:3], filters)


def max_pool(x, size=2):
    """Keep the largest activation of every ``size`` x ``size`` window, windows side by side.

    ``x`` and the result are uint8 ``(images, rows, columns, channels)``; errors as of `windows`.
    """
    return windows(x, size, stride=size).max(axis=-1)


def requantize(acc, scale):
    """Turn accumulators into the next layer's activations, ReLU included.

    ``clamp(round_half_even(acc * scale), 0, 255)``, with one float64 multiplication: IEEE 754
    leaves no freedom in it, so every machine gets the same bits.

    Parameters
    ----------
    acc : array of integers ``(..., channels)``
    scale : float64 array ``(channels,)``
        Accumulator step divided by the step of the next layer's activations; positive.

    Returns
    -------
    uint8 array of the shape of ``acc``

    Raises
    ------
    TypeError
        If the accumulators are not integers.
    ValueError
        If the scales are not one a channel, positive and finite.
    """
    acc, scale = np.asarray(acc), np.asarray(scale, dtype=np.float64)
    if not np.issubdtype(acc.dtype, np.integer):
        raise TypeError(f"Accumulators must be integers, not {acc.dtype}")
    if acc.ndim < 1 or scale.shape != acc.shape[-1:]:
        raise ValueError(f"Scales must be one for each channel of accumulators of shape "
                         f"{acc.shape}, not of shape {scale.shape}")
    if not (np.isfinite(scale) & (scale > 0)).all():
        raise ValueError(f"Scales must be positive and finite, not {scale}")
    return np.clip(np.rint(acc * scale), 0, 255).astype(np.uint8)


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A convolution or a dense layer, quantised as `golden.quantize` says."""

    #: int8 ``(filters, size, size, channels)``, or ``(filters, inputs)`` for a dense layer.
    weights: np.ndarray
    #: int32 ``(filters,)``, in units of the accumulator.
    bias: np.ndarray
    #: float64 ``(filters,)``: what a unit of each filter's weights is worth.
    weight_steps: np.ndarray
    #: What a unit of the layer's activations, and of its requantised results, is worth.
    input_step: float
    output_step: float
    #: Zeros around the image; 0 for a dense layer.
    pad: int = 0

    @property
    def scale(self):
        """What `requantize` multiplies by: float64 ``(filters,)``."""
        return self.input_step * self.weight_steps / self.output_step

    def accumulate(self, x):
        """Return the int64 accumulators, bias included, in the shape of `convolve` or `gemm`."""
        if self.weights.ndim == 4:
            return convolve(x, self.weights, pad=self.pad) + self.bias
        return gemm(x, self.weights) + self.bias

    def apply(self, x):
        """Return what the next layer reads: the accumulators, requantised to uint8."""
        return requantize(self.accumulate(x), self.scale)
