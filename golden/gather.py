"""The places of a plane that are still to be computed, in order."""

from typing import NamedTuple

import numpy as np

from skimp.golden.checks import integers

__all__ = ["Gathered", "gather"]


class Gathered(NamedTuple):
    """What is left of planes, place after place."""

    #: Number of a place in its plane, int64 ``(words,)``.
    place: np.ndarray
    #: Which of its outputs are to be computed, bool ``(words, outputs)``.
    keep: np.ndarray
    #: Whether it is the last of its plane, bool ``(words,)``.
    last: np.ndarray


def gather(known, keep):
    """Return the places that were not computed first and have an output that is kept.

    The last place of a plane is always among them, with no output kept if it has none.

    Parameters
    ----------
    known : bool array ``(planes, places)``
        Whether a place was computed first.
    keep : bool array ``(planes, places, outputs)``
        Which outputs are kept; of use where not ``known``.

    Returns
    -------
    Gathered

    Raises
    ------
    TypeError, ValueError
        If there are other values than 0 and 1, or the shapes are not so.

    Examples
    --------
    >>> gathered = gather([[1, 0, 0, 0]], [[[1, 1], [0, 1], [0, 0], [0, 0]]])
    >>> gathered.place.tolist(), gathered.keep.astype(int).tolist(), gathered.last.tolist()
    ([1, 3], [[0, 1], [0, 0]], [False, True])
    """
    known, keep = _bits(known, "Known"), _bits(keep, "Keep bits")
    if keep.ndim != 3 or known.shape != keep.shape[:2] or 0 in keep.shape[1:]:
        raise ValueError("Known and keep bits must have shapes (planes, places) and (planes, "
                         f"places, outputs), not {known.shape} and {keep.shape}")
    keep = keep & ~known[:, :, np.newaxis]
    last = np.zeros_like(known)
    last[:, -1] = True
    plane, place = np.nonzero(keep.any(axis=2) | last)
    return Gathered(place, keep[plane, place], last[plane, place])


def _bits(x, name):
    x = np.asarray(x)
    if x.dtype == bool:
        return x
    x = integers(x, name)
    if x.size and not (0 <= x.min() and x.max() <= 1):
        raise ValueError(f"{name} must be 0 or 1, not in [{x.min()}, {x.max()}]")
    return x.astype(bool)
