"""The text that ships: blocks of the King James Bible, as numbers of characters.

4.14 million characters, 63 different, in blocks of 8,192: every 20th tests, the one before it
calibrates, the others train (`golden.mamba.train`). The first two kinds are in the file beside
this one, 25 blocks each; the note ``LICENSE-king-james`` says where the text is from.
"""

from functools import cache
from pathlib import Path

import numpy as np

__all__ = ["BLOCK", "FILE", "KINDS", "LENGTH", "alphabet", "sequences"]

#: Characters of a block, and of a sequence: the network knows nothing of what is before it.
BLOCK, LENGTH = 8192, 256
FILE = Path(__file__).with_name("king_james.npz")
#: What the shipped blocks are for: choosing goes by ``calibration``, figures come from ``test``.
KINDS = ("test", "calibration")


@cache
def _shipped():
    with np.load(FILE) as file:
        return {name: file[name] for name in file.files}


def alphabet():
    """Return the characters that occur, a str; a character's number is its place."""
    return str(_shipped()["alphabet"])


def sequences(kind="test", characters=None):
    """Return shipped text in sequences: uint8 ``(sequences, 256)``, numbers of characters.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    characters : int, optional
        Round up to whole sequences, of the first ones; all 204,800 by default.

    Raises
    ------
    ValueError
        If there is no such kind, or ``characters`` is not 1 to 204,800.
    """
    if kind not in KINDS:
        raise ValueError(f"Text must be one of {', '.join(KINDS)}, not {kind!r}")
    text = _shipped()[kind].reshape(-1, LENGTH)
    if characters is None:
        return text
    if not 1 <= characters <= text.size:
        raise ValueError(f"Characters must be 1 to {text.size}, not {characters}")
    return text[:-(-characters // LENGTH)]
