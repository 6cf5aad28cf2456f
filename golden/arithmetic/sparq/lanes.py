"""A pair of activations on two SPARQ lanes: what each keeps of them."""

from typing import Any, NamedTuple

import numpy as np

from skimp.golden.checks import as_activations, integers, one_of

__all__ = ["CONFIGS", "ROUNDINGS", "Lanes", "pair", "window"]

CONFIGS: dict[str, dict[str, Any]] = {
    "5opt": {"window": 4, "shifts": (0, 1, 2, 3, 4)},
    "3opt": {"window": 4, "shifts": (0, 2, 4)},
    "2opt": {"window": 4, "shifts": (0, 4)},
    "6opt": {"window": 3, "shifts": (0, 1, 2, 3, 4, 5)},
    "7opt": {"window": 2, "shifts": (0, 1, 2, 3, 4, 5, 6)},
}
ROUNDINGS = ("trim", "round")

OWN = np.array([0, 1])      # the weight of each lane, unless it steals


class Lanes(NamedTuple):
    """What the two multipliers of a pair take: int64 ``(..., 2)`` each."""

    #: The window's bits, in ``[0, 2**window)``.
    kept: np.ndarray
    #: Left shift of the product, in bits.
    shift: np.ndarray
    #: Which weight of the pair the lane takes, 0 or 1. A lane with its partner's *steals*.
    weight: np.ndarray


# Shared within `golden.arithmetic.sparq`; not part of the interface.

def as_cut(window, shifts, rounding="round") -> tuple[int, tuple[int, ...]]:
    """Return window and shifts as plain integers; refuse a cut that `window` does not know."""
    one_of("Rounding", rounding, ROUNDINGS)
    bits, shifts = integers(window, "Window"), integers(shifts, "Shifts")
    if bits.ndim or not 1 <= bits <= 7:
        raise ValueError(f"Window must be 1 to 7 bits, not {bits}")
    bits, last = int(bits), 8 - int(bits)
    if (shifts.ndim != 1 or not shifts.size or shifts[0] != 0 or shifts[-1] != last
            or (shifts[1:] <= shifts[:-1]).any()):
        raise ValueError(f"Shifts of a {bits}-bit window must ascend from 0 to {last}, "
                         f"not be {shifts.tolist()}")
    # Two windows side by side must reach either end of a lone activation.
    if bits < 4 and not {bits, last - bits} <= set(shifts.tolist()):
        raise ValueError(f"Shifts of a {bits}-bit window must contain {bits} and {last - bits} "
                         f"for lone activations, unlike {shifts.tolist()}")
    return bits, tuple(shifts.tolist())


def _select(x, bits, shifts, rounding):
    options = np.array(shifts)
    fits = x[..., None] >> options < 1 << bits
    shift = options[fits.argmax(axis=-1)]                       # the first that fits
    kept = x >> shift
    if rounding == "round":
        twice, unit = 2 * (x - (kept << shift)), 1 << shift     # what is dropped, against one half
        up = (twice > unit) | (twice == unit) & (kept % 2 == 1)
        kept = np.minimum(kept + up, (1 << bits) - 1)
    return np.asarray(kept), np.asarray(shift)


def split(bits, shifts):
    """Return how far apart the halves of a lone activation lie, and shifts for the low one."""
    step = min(bits, 8 - bits)
    return step, tuple(s for s in shifts if s + step in shifts)


def window(x, *, window=4, shifts=(0, 1, 2, 3, 4), rounding="round"):
    """Put activations through the window, each alone.

    Parameters
    ----------
    x : array of integers, any shape
        Activations in ``[0, 256)``.
    window : int
        Bits that are kept, 1 to 7.
    shifts : sequence of int
        Places of the window, as right shifts in bits: see `golden.arithmetic.sparq`.
    rounding : {"trim", "round"}
        What becomes of the bits below the window: dropped, or rounded to nearest, half to even. A
        result that no longer fits saturates; it keeps its shift.

    Returns
    -------
    kept, shift : int64 arrays of the shape of ``x``
        The activation becomes ``kept << shift``, the shift being the smallest with which it fits.

    Raises
    ------
    TypeError
        If activations, window or shifts are not integers.
    ValueError
        If an activation does not fit in 8 bits, or window, shifts or rounding are not as described.

    Examples
    --------
    >>> [part.tolist() for part in window([11, 90, 255])]
    [[11, 11, 15], [0, 3, 4]]
    """
    bits, shifts = as_cut(window, shifts, rounding)
    return _select(as_activations(x).astype(np.int64), bits, shifts, rounding)


def pair(first, second, *, window=4, shifts=(0, 1, 2, 3, 4), rounding="round") -> Lanes:
    """Return the two lanes of pairs of activations.

    If exactly one of a pair is zero, the other takes both lanes: its own the low half, the zero's
    the high half. With 4 bits and more that is exact; with fewer it is a window of twice the bits,
    wherever two windows can lie side by side. Otherwise each goes through the window.

    Parameters
    ----------
    first, second : arrays of integers, of one shape
        Activations in ``[0, 256)``.
    window, shifts, rounding
        As for `window`, whose errors these are, too; also a ValueError if the shapes differ.

    Returns
    -------
    Lanes
        The pair contributes ``(kept << shift) * weights[weight]``, summed over its lanes.

    Examples
    --------
    >>> [part.tolist() for part in pair(90, 3)], [part.tolist() for part in pair(90, 0)]
    ([[11, 3], [3, 0], [0, 1]], [[10, 5], [0, 4], [0, 0]])
    """
    bits, shifts = as_cut(window, shifts, rounding)
    first, second = as_activations(first), as_activations(second)
    if first.shape != second.shape:
        raise ValueError(f"Both activations of a pair must have one shape, "
                         f"not {first.shape} and {second.shape}")
    x = np.stack([first, second], axis=-1).astype(np.int64)
    kept, shift = _select(x, bits, shifts, rounding)

    lone = (x == 0).sum(axis=-1, keepdims=True) == 1
    steals = lone & (x == 0)
    step, lows = split(bits, shifts)
    survivor = np.where(lone, x.sum(axis=-1, keepdims=True), 0)
    wide, low = _select(survivor, bits + step, lows, rounding)
    kept = np.where(lone, np.where(steals, wide >> step, wide % (1 << step)), kept)
    shift = np.where(lone, np.where(steals, low + step, low), shift)
    return Lanes(kept, shift, np.where(steals, 1 - OWN, OWN))
