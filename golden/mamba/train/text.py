"""The King James Bible from Debian's package, cut into blocks that train, test and calibrate."""

import subprocess

import numpy as np

from skimp.golden.mamba.text import BLOCK, FILE, LENGTH
from skimp.golden.nets.npz import write_npz

__all__ = ["COMMAND", "Blocks", "read_bible", "windows"]

#: Of Debian's packages bible-kjv and bible-kjv-text: a verse a line, behind its reference.
COMMAND = ("bible", "-f", "Gen1:1-Rev22:21")
#: Of so many blocks the last one tests, and the one before calibrates.
EVERY = 20


def read_bible():
    """Return the text: a verse a line, without the references.

    Raises
    ------
    FileNotFoundError
        If there is no command ``bible``.
    subprocess.CalledProcessError
        If it fails.
    """
    lines = subprocess.run(COMMAND, check=True, capture_output=True, text=True).stdout.splitlines()
    return "".join(f"{line.partition(' ')[2]}\n" for line in lines)


class Blocks:
    """The text as numbers of characters, in blocks of `BLOCK`.

    Attributes
    ----------
    alphabet : str
        The characters that occur, in the order of their code points.
    test, calibration : uint8 arrays ``(blocks, 8192)``
    training : list of uint8 arrays
        What lies between, each piece contiguous; the text's rest is in the last one.
    """

    def __init__(self, text):
        self.alphabet = "".join(sorted(set(text)))
        number = {character: index for index, character in enumerate(self.alphabet)}
        codes = np.array([number[character] for character in text], np.uint8)
        whole = codes[:len(codes) // BLOCK * BLOCK].reshape(-1, BLOCK)
        self.test, self.calibration = whole[EVERY - 1::EVERY], whole[EVERY - 2::EVERY]
        group = EVERY * BLOCK
        self.training = [codes[start:start + group - 2 * BLOCK]
                         for start in range(0, len(codes), group)]

    def write(self, path=FILE):
        """Write what is shipped: alphabet, test blocks and calibration blocks."""
        write_npz(path, {"alphabet": np.array(self.alphabet), "test": self.test,
                         "calibration": self.calibration})


def windows(pieces, rng):
    """Return all training windows in random order: uint8 ``(windows, 257)``.

    They begin at a random place below `LENGTH` and share a character with the next: the last one
    of a window is only to be predicted.
    """
    start = int(rng.integers(LENGTH))
    cut = [piece[begin:begin + LENGTH + 1] for piece in pieces
           for begin in range(start, len(piece) - LENGTH, LENGTH)]
    return np.array(cut)[rng.permutation(len(cut))]
