"""What the golden models refuse, with its sentences."""

import numpy as np

__all__ = [
    "as_activations", "as_matrices", "as_packets", "as_weights", "as_words", "at_least_one",
    "check_shapes", "check_width", "integers", "one_of",
]


def integers(x, name):
    """Return ``x`` as an array; refuse anything but integers: nothing is rounded here."""
    x = np.asarray(x)
    if not np.issubdtype(x.dtype, np.integer):
        raise TypeError(f"{name} must be integers, not {x.dtype}")
    return x


def check_width(width):
    """Refuse a word of no bits, and of more than 32."""
    if not 1 <= width <= 32:
        raise ValueError(f"Width must be 1 to 32 bits, not {width!r}")


def as_words(x, width, name="Elements"):
    """Return ``x`` as unsigned ``width``-bit words, in the smallest type that holds them.

    An array that holds negative numbers is signed as a whole and becomes two's complement.
    """
    check_width(width)
    x = integers(x, name)
    full, half = 1 << width, 1 << width - 1
    if x.size:
        low, high = int(x.min()), int(x.max())
        if not (0 <= low and high < full or -half <= low and high < half):
            raise ValueError(f"{name} must be in [0, {full}), or signed in [-{half}, {half}), "
                             f"not [{low}, {high}]")
    return x.astype(np.min_scalar_type(full - 1)) & (full - 1)


def one_of(name, value, choices):
    """Refuse a ``value`` that is not among ``choices``."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(str, choices))}, "
                         f"not {value!r}")


def at_least_one(name, value):
    """Refuse a count below 1."""
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value!r}")


def as_packets(x, width, name="Elements"):
    """Return ``x`` as unsigned words; refuse any shape but ``(packets, n)``, ``n`` at least 1."""
    words = as_words(x, width, name)
    if words.ndim != 2:
        raise ValueError(f"{name} must have shape (packets, n), not {words.shape}")
    at_least_one("Elements of a packet", words.shape[1])
    return words


def as_activations(x, width=8, *, signed=False):
    """Return ``x`` as an array; refuse anything but integers of 8 unsigned bits, or as said."""
    x = integers(x, "Activations")
    if signed:
        half = 1 << width - 1
        if x.size and not (-half <= x.min() and x.max() < half):
            raise ValueError(f"Activations must be in [{-half}, {half}), "
                             f"not [{x.min()}, {x.max()}]")
    # The OR of all is in range exactly if each is; it takes one pass instead of two.
    elif not 0 <= int(np.bitwise_or.reduce(x, axis=None)) < 1 << width:
        raise ValueError(f"Activations must be in [0, {1 << width}), not [{x.min()}, {x.max()}]")
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


def as_matrices(x, w, **activations):
    """Return activations and weights as arrays; refuse what cannot be multiplied.

    ``activations`` are keywords of `as_activations`.
    """
    x, w = as_activations(x, **activations), as_weights(w)
    check_shapes(x, w)
    return x, w
