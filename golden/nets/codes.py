"""Tensors of 8-bit codes."""

from typing import NamedTuple

import numpy as np

__all__ = ["Codes", "as_reals", "code"]


class Codes(NamedTuple):
    """A tensor of unsigned 8-bit codes, and what a unit of them is worth."""

    codes: np.ndarray
    step: float
    #: Where a predictor was at work: which of its units were kept, bool.
    keep: np.ndarray | None = None

    @property
    def reals(self):
        """The numbers that the codes stand for, float64."""
        return self.codes * np.float64(self.step)


def as_reals(value):
    """Return the numbers of a tensor, coded or not."""
    return value.reals if isinstance(value, Codes) else value


def code(x, step):
    """Code real numbers with the step of their tensor; what is negative becomes 0."""
    x = x / step
    np.rint(x, out=x)
    np.clip(x, 0, 255, out=x)
    return Codes(x.astype(np.uint8), step)
