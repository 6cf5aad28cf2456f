"""Units that take planes in raster order, with what each plane needs from a second stream."""

import numpy as np

from skimp.golden.masks import mask, share
from skimp.golden.skip.choose import skipping
from skimp.sim.models.base import Model
from skimp.sim.models.words import pack

__all__ = ["SKIPPED", "PlanesModel", "held", "narrowed", "skipped"]

#: What predictors skip of all places of real operands.
SKIPPED = 0.3


def skipped(kind):
    """Return what that is of the places that mask ``kind`` does not compute first."""
    return float(SKIPPED / (1 - share(kind)))


def narrowed(x, bits):
    """Return codes of 8 bits as the highest ``bits``, rounded up, at most all ones."""
    down = 8 - bits
    return np.minimum((x + (1 << down) - 1) >> down, (1 << bits) - 1)


def held(codes, known):
    """Return codes in which a place that is not computed first has those of the last one that is.

    So an input moves that nobody drives anew before there is something to compute.

    Parameters
    ----------
    codes : array ``(planes, rows, columns, lanes)``
    known : bool array ``(rows x columns,)``
        The places that are computed first.
    """
    pixels = codes.reshape(-1, codes.shape[-1])
    known = np.tile(known, len(codes))
    last = np.maximum.accumulate(np.where(known, np.arange(len(known)), 0))
    return pixels[last].reshape(codes.shape)


class PlanesModel(Model):
    """Operands: ``i``, the codes of each plane, (count, rows x columns x lanes), and its set.

    An item is a plane. A set, a few words at `second`, is what a plane needs.
    """

    benches = ("skimp.sim.tb_planes",)
    handshake = True
    fed = "planes"
    #: The stream of sets.
    second = "limit"

    def __init__(self, manifest):
        super().__init__(manifest)
        names = ("rows", "columns", "lanes", "kind")
        self.rows, self.columns, self.lanes, self.kind = (self.parameters[name] for name in names)
        self.takes = self.gives = self.rows * self.columns
        self.bits = self.takes * max(8 * self.lanes, 24)        # a few planes suffice
        self.inputs = ("i", self.second)

    #: Whether sets come in time between planes back to back.
    in_time = True

    @property
    def known(self):
        """Which places of a plane are computed first, (rows x columns,)."""
        return mask(self.kind, self.rows, self.columns).ravel()

    def free(self, x):
        """Return which pixels may have any value: those that are not computed first."""
        return np.tile(~self.known, len(x["i"]))

    def planes(self, x):
        """Return the codes as the golden functions take them."""
        return x["i"].reshape(-1, self.rows, self.columns, self.lanes).astype(np.uint8)

    def codes(self, count, rng):
        """Return planes as behind a ReLU: each has its own share of zeros, and its own range."""
        shape = count, self.takes, self.lanes
        some, top = rng.random((count, 1, 1)), rng.integers(1, 9, (count, 1, 1))
        codes = rng.integers(0, 1 << top, shape) * (rng.random(shape) < some)
        ones = rng.random((count, 1, 1)) < 0.1
        return np.where(ones, 255 * (codes > 0), codes).reshape(count, -1).astype(np.int64)

    def drawn_codes(self, drawn):
        """Return the planes that a self-test has drawn."""
        return drawn["i"].elements(8).reshape(-1, self.takes * self.lanes)

    def real_codes(self, codes):
        """Return real planes as the unit sees them: its input holds what is not computed first."""
        return held(codes, self.known).reshape(len(codes), -1).astype(np.int64)

    def skipping(self, predictor, seen):
        """Return a predictor that skips `SKIPPED` of what it has seen, as far as it can."""
        return skipping(predictor, seen, skipped(self.kind))

    def sets(self, x):
        """Return the words of the sets."""
        raise NotImplementedError

    def keep(self, x):
        """Return what is kept, bool of the shape of `planes`."""
        raise NotImplementedError

    def words(self, x):
        return {"i": pack(self.port("i"), payload=x["i"].reshape(-1, self.lanes)),
                self.second: self.sets(x)}

    def expected(self, x):
        keep = self.keep(x).reshape(-1, self.lanes)
        known = np.tile(self.known, len(keep) // self.takes)
        return {"o": pack(self.port("o"), known=known, keep=keep)}
