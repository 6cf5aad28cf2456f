"""What predictors have in common: what they compare, and what they put in place of activations."""

from copy import copy
from typing import ClassVar

import numpy as np

from skimp.golden.checks import integers
from skimp.golden.masks import as_codes, mask

__all__ = ["Predictor", "blocks"]


def blocks(x, cols):
    """Return sums over blocks of ``cols`` channels, the last axis; the last may be smaller."""
    x = x.astype(np.int64)
    return x if cols == 1 else np.add.reduceat(x, np.arange(0, x.shape[-1], cols), axis=-1)


class Predictor:
    """A rule that predicts a layer's output from the places that are computed first.

    Each unit, a channel or a block of channels, is kept where its score is above its limit.
    """

    #: Of `golden.masks.KINDS`.
    kind: int
    #: Channels that are kept or predicted together.
    cols: int = 1
    #: Integers ``(units,)``.
    limits: np.ndarray
    #: Of a limit, both included; the first keeps everything.
    least: ClassVar[int]
    most: ClassVar[int]
    #: Products of 8 x 8 bits that a predicted activation costs, whatever comes of it.
    macs: float = 0.0

    def check_limits(self):
        """Refuse limits that are not integers in their range; make them int64."""
        limits = integers(self.limits, "Limits")
        if limits.ndim != 1 or limits.size and not (
                self.least <= limits.min() and limits.max() <= self.most):
            raise ValueError(f"Limits must be a row of integers in [{self.least}, {self.most}], "
                             f"not of shape {limits.shape} in [{limits.min()}, {limits.max()}]")
        object.__setattr__(self, "limits", limits.astype(np.int64))

    def with_limits(self, limits):
        """Return the predictor with other limits, cut to their range."""
        other = copy(self)
        object.__setattr__(other, "limits", np.clip(limits, self.least, self.most))
        return other

    def scores(self, x):
        """Return what is compared: int64 ``(images, rows, columns, units)``.

        ``x`` is uint8 ``(images, rows, columns, channels)``, a layer's output; what is not computed
        first is not looked at. Raise TypeError or ValueError if it is not so.
        """
        raise NotImplementedError

    def values(self, x):
        """Return what is put where nothing is computed: of the shape of ``x``, or one for all."""
        return np.zeros((), np.uint8)

    def both(self, x):
        """Return `scores` and `values`."""
        return self.scores(x), self.values(x)

    def keep(self, x):
        """Return which units are computed, those computed first among them: bool, as `scores`."""
        return self._kept(self.scores(x))

    def _kept(self, found):
        if self.limits.shape != found.shape[-1:]:
            raise ValueError(f"Limits must be one for each of {found.shape[-1]} units, "
                             f"not {self.limits.size}")
        return (found > self.limits) | mask(self.kind, *found.shape[1:3])[:, :, np.newaxis]

    def apply(self, x):
        """Return which units are kept, and the output with all others predicted, uint8."""
        scores, values = self.both(x)
        keep = self._kept(scores)
        return keep, np.where(self.each(keep, x.shape[-1]), x, values).astype(np.uint8)

    def each(self, keep, channels):
        """Return for each channel whether its unit is kept: bool ``(..., channels)``."""
        return keep.repeat(self.cols, axis=-1)[..., :channels]

    def sizes(self, channels):
        """Return the channels of each unit, the last of which may have fewer: ``(units,)``."""
        return np.minimum(self.cols, channels - np.arange(0, channels, self.cols))

    def lost(self, x):
        """Return the squares of prediction's errors, in codes, int64 of the shape of `scores`.

        Squared, for what is lost on the average, batch norm that is recalibrated gives back.
        """
        return blocks((as_codes(x).astype(np.int64) - self.values(x)) ** 2, self.cols)
