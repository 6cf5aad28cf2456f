"""Checks of operands, which the models of multipliers share."""

import numpy as np

from skimp.golden.link import integers

__all__ = ["as_activations", "as_matrices", "as_weights", "check_shapes"]


def as_activations(x):
    """Return ``x`` as an array; refuse anything but integers of 8 unsigned bits."""
    x = integers(x, "Activations")
    # The OR of all is in range exactly if each one is, and takes one pass instead of two.
    if not 0 <= int(np.bitwise_or.reduce(x, axis=None)) < 256:
        raise ValueError(f"Activations must be in [0, 256), not [{x.min()}, {x.max()}]")
    return x


def as_weights(w):
    """Return ``w`` as an array; refuse anything but integers of 8 signed bits."""
    w = integers(w, "Weights")
    if w.size and not (-128 <= w.min() and w.max() < 128):
        raise ValueError(f"Weights must be in [-128, 128), not [{w.min()}, {w.max()}]")
    return w


def check_shapes(x, w):
    """Refuse what cannot be multiplied."""
    if x.ndim != 2 or w.ndim != 2:
        raise ValueError(f"Activations and weights must have shapes (M, K) and (K, N), "
                         f"not {x.shape} and {w.shape}")
    if x.shape[1] != w.shape[0]:
        raise ValueError(f"Activations and weights must have the same K, "
                         f"not {x.shape[1]} and {w.shape[0]}")


def as_matrices(x, w):
    """Return activations and weights as arrays; refuse what cannot be multiplied."""
    x, w = as_activations(x), as_weights(w)
    check_shapes(x, w)
    return x, w
