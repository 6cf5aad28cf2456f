"""Which place each row of each tile computes if an array works in two phases."""

from typing import NamedTuple

import numpy as np

from skimp.golden.checks import at_least_one
from skimp.golden.masks import mask

__all__ = ["Dealt", "deal"]


class Dealt(NamedTuple):
    """Words for the rows of tiles, ``rows`` for each tile."""

    #: Number of a place in its plane, int64 ``(words,)``.
    place: np.ndarray
    #: Which of its outputs are computed, bool ``(words, cols)``; none where a tile is not full.
    keep: np.ndarray
    #: Number of the block of ``cols`` channels, int64 ``(words,)``.
    block: np.ndarray


def deal(survivors, *, shape, rows, blocks, kind):
    """Deal out places to tiles: the first phase of a block, then the second of the one before.

    Parameters
    ----------
    survivors : golden.gather.Gathered
        Of each block of each plane, block by block, as `golden.gather.gather` returns them.
    shape : (int, int)
        Rows and columns of a plane.
    rows, blocks : int
        Rows of the array, and blocks of channels.
    kind : int
        The mask of the places that are computed first.

    Returns
    -------
    Dealt
        All words until survivors are missing: behind the last, places of the next plane. Words
        that only fill a tile are zero, but for the block.

    Raises
    ------
    ValueError
        If there is no such mask, or a count is below 1.

    Examples
    --------
    >>> from skimp.golden.gather import Gathered
    >>> one = Gathered(np.array([1]), np.array([[True]]), np.array([True]))
    >>> dealt = deal(one, shape=(1, 3), rows=2, blocks=1, kind=5)
    >>> dealt.place.tolist(), dealt.keep[:, 0].astype(int).tolist()
    ([0, 2, 1, 0, 0, 2], [1, 1, 1, 0, 1, 1])
    """
    for name, count in (("Rows", rows), ("Blocks", blocks)):
        at_least_one(name, count)
    early = np.flatnonzero(mask(kind, *shape))
    every = np.ones((len(early), survivors.keep.shape[1]), bool)
    ends = np.flatnonzero(survivors.last) + 1
    dealt = []
    # The last part is what has no end yet, if there is any.
    for number, (place, keep) in enumerate(zip(*(np.split(field, ends)
                                                 for field in survivors[:2]), strict=True)):
        block, kept = number % blocks, keep.any(axis=1)
        dealt += [_tiles(early, every, first, rows)
                  for first in (range(2) if block == 0 else [block + 1]) if first < blocks]
        dealt.append(_tiles(place[kept], keep[kept], block, rows if number < len(ends) else 1))
    return Dealt(*map(np.concatenate, zip(*dealt, strict=True)))


def _tiles(place, keep, block, rows):
    """Return words of a phase, filled up to a multiple of ``rows``."""
    more = -len(place) % rows
    return (np.pad(place, (0, more)), np.pad(keep, ((0, more), (0, 0))),
            np.full(len(place) + more, block))
