"""Which places of a layer's output are computed first, and the places around a place.

The rest is predicted from these. Masks are those of Shomron et al., "Thanks for Nothing: Predicting
Zero-Valued Activations with Lightweight CNNs", ECCV 2020, arXiv 1909.07636: a pattern for all
channels, repeated from the top left corner and cut at the edges.
"""

from fractions import Fraction

import numpy as np

from skimp.golden.checks import at_least_one, integers

__all__ = ["KINDS", "as_codes", "check_kind", "mask", "share", "shifted", "tile"]

#: By the number that the paper gives a mask: rows from the top, 1 is computed first.
TILES = {5: ("10", "01"), 6: ("11010", "10101", "01011", "10110", "01101"),
         7: ("110", "101", "011"), 8: ("11", "10"), 9: ("111", "101", "011"),
         10: ("111", "101", "111")}
#: Masks that have what these do not.
COMPLEMENTS = {4: 6, 3: 7, 2: 8, 1: 9}
KINDS = tuple(sorted((*TILES, *COMPLEMENTS)))


def check_kind(kind):
    """Refuse a mask that does not exist."""
    if kind not in KINDS:
        raise ValueError(f"A mask is one of {', '.join(map(str, KINDS))}, not {kind!r}")


def tile(kind):
    """Return the pattern that a mask repeats: bool ``(rows, columns)``.

    Examples
    --------
    >>> tile(3).astype(int).tolist()
    [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    """
    check_kind(kind)
    rows = TILES[COMPLEMENTS[kind] if kind in COMPLEMENTS else kind]
    return np.array([[pixel == "1" for pixel in row] for row in rows]) ^ (kind in COMPLEMENTS)


def share(kind):
    """Return the share of places that a mask computes first, a `Fraction`."""
    pattern = tile(kind)
    return Fraction(int(pattern.sum()), pattern.size)


def mask(kind, rows, columns):
    """Return which places of a plane are computed first: bool ``(rows, columns)``.

    Raises
    ------
    ValueError
        If there is no such mask, or no place.
    """
    pattern = tile(kind)
    at_least_one("Rows of a plane", rows)
    at_least_one("Columns of a plane", columns)
    return pattern[np.ix_(np.arange(rows) % len(pattern), np.arange(columns) % len(pattern))]


def as_codes(x):
    """Return 8-bit codes of planes; refuse any shape but ``(images, rows, columns, channels)``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is not of integers in ``[0, 256)``, or not of that shape.
    """
    x = integers(x, "Codes")
    if x.ndim != 4 or 0 in x.shape[1:]:
        raise ValueError(f"Codes must have shape (images, rows, columns, channels), not {x.shape}")
    if x.dtype != np.uint8 and x.size and not (0 <= x.min() and x.max() < 256):
        raise ValueError(f"Codes must be in [0, 256), not [{x.min()}, {x.max()}]")
    return x


def shifted(x):
    """Yield the nine neighbours of every place, row by row, that itself among them.

    What lies outside of the plane is 0. ``x`` is ``(images, rows, columns, channels)``.
    """
    rows, columns = x.shape[1:3]
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    for row in range(3):
        for column in range(3):
            yield padded[:, row:row + rows, column:column + columns]
