"""The word of a pair of activations: what a memory holds of its two SPARQ lanes.

The lanes are the paper's; the word is this project's own.
"""

import numpy as np

from skimp.golden.arithmetic.sparq.lanes import OWN, Lanes, as_cut, split
from skimp.golden.checks import integers

__all__ = ["decode", "encode", "footprint"]


def _code(shifts):
    """Return the bits of a shift code, and whether all of its values are indices of shifts."""
    bits = (len(shifts) - 1).bit_length()
    return bits, len(shifts) == 1 << bits


def _encodable(lanes, bits, shifts):
    """Return which pairs are whole, or split in halves as `pair` does it."""
    kept, shift, weight = lanes
    known = (kept >= 0) & (kept < 1 << bits) & np.isin(shift, shifts) & np.isin(weight, OWN)
    steals = weight != OWN
    apart = np.where(steals, shift, -shift).sum(axis=-1)        # from the low half to the high one
    halves = ~steals.all(axis=-1) & (apart == split(bits, shifts)[0])
    return known.all(axis=-1) & (halves | ~steals.any(axis=-1))


def footprint(*, window=4, shifts=(0, 1, 2, 3, 4)):
    """Return the bits of a word of `encode`: what a pair takes in a memory.

    Parameters and errors are those of `window`.

    Examples
    --------
    >>> from skimp.golden.arithmetic.sparq import CONFIGS
    >>> {name: footprint(**cut) for name, cut in CONFIGS.items()}
    {'5opt': 14, '3opt': 12, '2opt': 11, '6opt': 12, '7opt': 10}
    """
    bits, shifts = as_cut(window, shifts)
    code, full = _code(shifts)
    return 2 * (bits + code) + full


def encode(lanes, *, window=4, shifts=(0, 1, 2, 3, 4)):
    """Pack the lanes of pairs in words.

    From the lowest bit: what lane 0 keeps and what lane 1 keeps, ``window`` bits each, then the
    shift code of lane 0 and that of lane 1. A code is the index of a shift in ``shifts``, in as few
    bits as hold them all. If all ones is no index, it is the code of a lane that steals, whose
    shift is understood: its partner's and ``window``, or ``8 - window`` if that is less. Otherwise
    a bit on top is 1 if a lane steals, which is that with the larger shift.

    Parameters
    ----------
    lanes : Lanes
        As `pair` returns them.
    window, shifts
        As for `window`, whose errors these are, too.

    Returns
    -------
    array of int64
        Words in ``[0, 2**bits)`` with the bits of `footprint`, one for each pair.

    Raises
    ------
    TypeError, ValueError
        If lanes are not integers of one shape ``(..., 2)``, or not of a pair.

    Examples
    --------
    >>> from skimp.golden.arithmetic.sparq import pair
    >>> f"{encode(pair(90, 3)):_b}", f"{encode(pair(90, 0)):_b}"
    ('11_0011_1011', '11_1000_0101_1010')
    """
    bits, shifts = as_cut(window, shifts)
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


def decode(words, *, window=4, shifts=(0, 1, 2, 3, 4)) -> Lanes:
    """Unpack what `encode` packed.

    ``words`` are integers of any shape. Other parameters and errors are those of `window`; so are
    refused words that are not integers, or that `encode` never makes.

    Examples
    --------
    >>> [part.tolist() for part in decode(0b11_1000_0101_1010)]
    [[10, 5], [0, 4], [0, 0]]
    """
    bits, shifts = as_cut(window, shifts)
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
        shift = np.where(steals, shift[..., ::-1] + split(bits, shifts)[0], shift)
        right = top == 0
    lanes = Lanes(kept, shift, np.where(steals, 1 - OWN, OWN))
    wrong = ~(right & _encodable(lanes, bits, shifts))
    if wrong.any():
        raise ValueError(f"Words must be such as encode makes, not {words[wrong][0]:#x}")
    return lanes
