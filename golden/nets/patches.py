"""The windows of an image, for convolution and pooling, as one copy of it.

`golden.nets.layers` has the plain forms, for square windows of 8-bit activations; these take any
kernel of a `golden.nets.network.Network`, and any type.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["average_pool", "columns", "max_pool", "taps"]


def _windows(x, size, stride, pad):
    """Return a view ``(images, rows, columns, channels, *size)``, zeros around the image."""
    top, left, bottom, right = pad
    if any(pad):
        images, rows, width, channels = x.shape
        padded = np.zeros((images, top + rows + bottom, left + width + right, channels), x.dtype)
        padded[:, top:top + rows, left:left + width] = x
        x = padded
    return sliding_window_view(x, size, axis=(1, 2))[:, ::stride, ::stride]


def columns(x, size, *, stride=1, pad=(0, 0, 0, 0)):
    """Cut out what a convolution reads: taps row-major, channels fastest within a tap.

    Parameters
    ----------
    x : array ``(images, rows, columns, channels)``
    size : (int, int)
        Rows and columns of a window.
    stride : int
    pad : tuple of int
        Zeros added at the top, left, bottom and right.

    Returns
    -------
    array ``(images, rows, columns, size * channels)`` of the type of ``x``
        Rows and columns now count windows.
    """
    windows = _windows(x, size, stride, pad).transpose(0, 1, 2, 4, 5, 3)
    return windows.reshape(*windows.shape[:3], -1)


def taps(x, size, *, stride=1, pad=(0, 0, 0, 0)):
    """Cut out what a depthwise convolution reads: taps row-major, each channel by itself.

    Parameters are those of `columns`; the result is ``(images, rows, columns, channels, size)``.
    """
    windows = _windows(x, size, stride, pad)
    return windows.reshape(*windows.shape[:4], -1)


def max_pool(x, node):
    """Keep the largest of each window of the pooling ``node``; padding must not decide it."""
    return _windows(x, (node.size,) * 2, node.stride, node.pad).max(axis=(4, 5))


def average_pool(x, node):
    """Return the sums of the windows of ``node``, or of whole channels, and of how many values.

    Sums of integers are exact: they are int64.
    """
    kind = np.int64 if x.dtype.kind == "u" else x.dtype
    if node.op == "globalavgpool":
        return x.sum(axis=(1, 2), dtype=kind), x.shape[1] * x.shape[2]
    windows = _windows(x, (node.size,) * 2, node.stride, node.pad)
    return windows.sum(axis=(4, 5), dtype=kind), node.size**2
