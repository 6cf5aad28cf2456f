"""A pair of activations on two SPARQ lanes: what each keeps, and the word that says so.

The rules are those of the package; the word is this project's own.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from skimp.golden.checks import as_activations, integers, one_of

__all__ = [
    "CONFIGS", "ROUNDINGS", "Config", "Lanes", "decode", "encode", "footprint", "pair", "window",
]

Config = str | tuple[int, Sequence[int]]

CONFIGS: dict[str, tuple[int, tuple[int, ...]]] = {
    "5opt": (4, (0, 1, 2, 3, 4)),
    "3opt": (4, (0, 2, 4)),
    "2opt": (4, (0, 4)),
    "6opt": (3, (0, 1, 2, 3, 4, 5)),
    "7opt": (2, (0, 1, 2, 3, 4, 5, 6)),
}
ROUNDINGS = ("trim", "round")

OWN = np.array([0, 1])      # the weight of each lane, unless it steals


class Lanes(NamedTuple):
    """What the two multipliers of a pair are given.

    Parameters
    ----------
    kept : (..., 2) array of int64
        The window's bits, in ``[0, 2**window)``.
    shift : (..., 2) array of int64
        Left shift of the product, in bits.
    weight : (..., 2) array of int64
        Which weight of the pair the lane takes, 0 or 1. A lane with its partner's *steals*.
    """
    kept: np.ndarray
    shift: np.ndarray
    weight: np.ndarray


# A check that `golden.arithmetic.sparq` shares; it is not part of the interface.

def scheme(config, rounding="round") -> tuple[int, tuple[int, ...]]:
    """Check how activations are cut; return the window in bits and the shifts."""
    one_of("Rounding", rounding, ROUNDINGS)
    if isinstance(config, str) and config in CONFIGS:
        return CONFIGS[config]
    if not isinstance(config, tuple | list) or len(config) != 2:
        raise ValueError(f"Config must be one of {', '.join(CONFIGS)} or a pair (window, shifts), "
                         f"not {config!r}")
    bits, shifts = integers(config[0], "Window"), integers(config[1], "Shifts")
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


# Windows

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


def _split(bits, shifts):
    """Return how far apart the halves of a lone activation lie, and shifts for the low one."""
    step = min(bits, 8 - bits)
    return step, tuple(s for s in shifts if s + step in shifts)


def window(x, *, config: Config = "5opt", rounding="round"):
    """Put activations through the window, each alone.

    Parameters
    ----------
    x : array of integers, any shape
        Activations in ``[0, 256)``.
    config : str or (int, sequence of int)
        Name in `CONFIGS`, or window and shifts in bits: see `golden.arithmetic.sparq`.
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
        If an activation does not fit in 8 bits, or ``config`` or ``rounding`` is not as described.

    Examples
    --------
    >>> [part.tolist() for part in window([11, 90, 255])]
    [[11, 11, 15], [0, 3, 4]]
    """
    bits, shifts = scheme(config, rounding)
    return _select(as_activations(x).astype(np.int64), bits, shifts, rounding)


def pair(first, second, *, config: Config = "5opt", rounding="round"):
    """Give pairs of activations to their two lanes.

    If exactly one of a pair is zero, the other takes both lanes: its own the low half, the zero's
    the high half. With 4 bits and more that is exact; with fewer it is a window of twice the bits,
    wherever two windows can lie side by side. Otherwise each goes through the window.

    Parameters
    ----------
    first, second : arrays of integers, of one shape
        Activations in ``[0, 256)``.
    config, rounding
        As for `window`.

    Returns
    -------
    Lanes
        The pair contributes ``(kept << shift) * weights[weight]``, summed over its lanes.

    Raises
    ------
    TypeError, ValueError
        As `window`; also if the shapes differ.

    Examples
    --------
    >>> [part.tolist() for part in pair(90, 3)], [part.tolist() for part in pair(90, 0)]
    ([[11, 3], [3, 0], [0, 1]], [[10, 5], [0, 4], [0, 0]])
    """
    bits, shifts = scheme(config, rounding)
    first, second = as_activations(first), as_activations(second)
    if first.shape != second.shape:
        raise ValueError(f"Both activations of a pair must have one shape, "
                         f"not {first.shape} and {second.shape}")
    x = np.stack([first, second], axis=-1).astype(np.int64)
    kept, shift = _select(x, bits, shifts, rounding)

    lone = (x == 0).sum(axis=-1, keepdims=True) == 1
    steals = lone & (x == 0)
    step, lows = _split(bits, shifts)
    survivor = np.where(lone, x.sum(axis=-1, keepdims=True), 0)
    wide, low = _select(survivor, bits + step, lows, rounding)
    kept = np.where(lone, np.where(steals, wide >> step, wide % (1 << step)), kept)
    shift = np.where(lone, np.where(steals, low + step, low), shift)
    return Lanes(kept, shift, np.where(steals, 1 - OWN, OWN))


# Words

def _code(shifts):
    """Return the bits of a shift code, and whether all of its values are indices of shifts."""
    bits = (len(shifts) - 1).bit_length()
    return bits, len(shifts) == 1 << bits


def _encodable(lanes, bits, shifts):
    """Tell which pairs are whole, or split in halves as `pair` does it."""
    kept, shift, weight = lanes
    known = (kept >= 0) & (kept < 1 << bits) & np.isin(shift, shifts) & np.isin(weight, OWN)
    steals = weight != OWN
    apart = np.where(steals, shift, -shift).sum(axis=-1)        # from the low half to the high one
    split = ~steals.all(axis=-1) & (apart == _split(bits, shifts)[0])
    return known.all(axis=-1) & (split | ~steals.any(axis=-1))


def footprint(config: Config = "5opt"):
    """Return the bits of a word of `encode`: what a pair takes in a memory.

    Raises
    ------
    TypeError, ValueError
        As `window`.

    Examples
    --------
    >>> {name: footprint(name) for name in CONFIGS}
    {'5opt': 14, '3opt': 12, '2opt': 11, '6opt': 12, '7opt': 10}
    """
    bits, shifts = scheme(config)
    code, full = _code(shifts)
    return 2 * (bits + code) + full


def encode(lanes, *, config: Config = "5opt"):
    """Pack the lanes of pairs in words.

    From the lowest bit: what lane 0 keeps and what lane 1 keeps, ``window`` bits each, then the
    shift code of lane 0 and that of lane 1. A code is the index of a shift in ``shifts``, in as few
    bits as hold them all. If all ones is no index, it is the code of a lane that steals, whose
    shift is understood: its partner's and ``window``, or ``8 - window`` if that is less. Otherwise
    one more bit on top is 1 if a lane steals, the one with the larger shift.

    Parameters
    ----------
    lanes : Lanes
        As `pair` gives them.
    config : str or (int, sequence of int)
        As for `window`.

    Returns
    -------
    array of int64
        Words in ``[0, 2**footprint(config))``, one a pair.

    Raises
    ------
    TypeError, ValueError
        As `window`; also if lanes are not integers of one shape ``(..., 2)``, or not of a pair.

    Examples
    --------
    >>> f"{encode(pair(90, 3)):_b}", f"{encode(pair(90, 0)):_b}"
    ('11_0011_1011', '11_1000_0101_1010')
    """
    bits, shifts = scheme(config)
    code, full = _code(shifts)
    lanes = Lanes(*(integers(part, "Lanes").astype(np.int64) for part in lanes))
    shapes = [part.shape for part in lanes]
    if len(set(shapes)) > 1 or shapes[0][-1:] != (2,):
        raise ValueError(f"Lanes must have one shape (..., 2), not {shapes}")
    wrong = ~_encodable(lanes, bits, shifts)
    if wrong.any():
        kept, shift, weight = (part[wrong][0].tolist() for part in lanes)
        raise ValueError(f"Lanes must be those of a pair, not kept {kept}, shift {shift}, "
                         f"weight {weight}")
    steals = lanes.weight != OWN
    codes = np.searchsorted(shifts, lanes.shift)
    if not full:
        codes = np.where(steals, (1 << code) - 1, codes)
    fields = lanes.kept << bits * OWN | codes << 2 * bits + code * OWN
    words = fields[..., 0] | fields[..., 1]
    return np.asarray(words | (full & steals.any(axis=-1)) << 2 * (bits + code))


def decode(words, *, config: Config = "5opt"):
    """Unpack what `encode` packed.

    Parameters
    ----------
    words : array of integers, any shape
    config : str or (int, sequence of int)
        As for `window`.

    Returns
    -------
    Lanes

    Raises
    ------
    TypeError, ValueError
        As `window`; also if a word is not an integer, or is one that `encode` never makes.

    Examples
    --------
    >>> [part.tolist() for part in decode(0b11_1000_0101_1010)]
    [[10, 5], [0, 4], [0, 0]]
    """
    bits, shifts = scheme(config)
    code, full = _code(shifts)
    words = integers(words, "Words").astype(np.int64)
    kept = words[..., None] >> bits * OWN & (1 << bits) - 1
    codes = words[..., None] >> 2 * bits + code * OWN & (1 << code) - 1
    top = words >> 2 * (bits + code)
    shift = np.append(shifts, np.full((1 << code) - len(shifts), -1))[codes]    # -1 is never right
    if full:
        steals = (top == 1)[..., None] & (shift > shift[..., ::-1])
        right = (top == 0) | (top == 1) & steals.any(axis=-1)
    else:
        steals = codes == (1 << code) - 1
        shift = np.where(steals, shift[..., ::-1] + _split(bits, shifts)[0], shift)
        right = top == 0
    lanes = Lanes(kept, shift, np.where(steals, 1 - OWN, OWN))
    wrong = ~(right & _encodable(lanes, bits, shifts))
    if wrong.any():
        raise ValueError(f"Words must be such as encode makes, not {words[wrong][0]:#x}")
    return lanes
