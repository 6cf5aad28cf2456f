"""Booth recoding: signed numbers as radix-4 digits of -1 to 2, the last of -2 to 2."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skimp.golden.checks import integers

__all__ = ["digits"]


def digits(x: ArrayLike, *, width: int = 8) -> NDArray[np.int64]:
    """Recode signed numbers of an even number of bits.

    Parameters
    ----------
    x : array of integers
        In ``-2**(width - 1)`` to ``2**(width - 1) - 1``.
    width : int
        Their bits, even.

    Returns
    -------
    array of shape ``(*x.shape, width / 2)``
        ``x == sum(digits[..., i] * 4**i)``.

    Raises
    ------
    TypeError
        If ``x`` is not of integers.
    ValueError
        If the width is odd, or a number out of its range.
    """
    numbers = integers(x, "Numbers")
    if width < 2 or width % 2:
        raise ValueError(f"Width must be even, not {width}")
    half = 1 << width - 1
    outside = numbers[(numbers < -half) | (numbers >= half)]
    if outside.size:
        raise ValueError(f"Numbers of {width} bits must be {-half} to {half - 1}, not {outside[0]}")
    found, rest = [], numbers.astype(np.int64)
    for _ in range(width // 2 - 1):
        found.append((rest + 1) % 4 - 1)
        rest = (rest - found[-1]) // 4
    return np.stack([*found, rest], axis=-1)
