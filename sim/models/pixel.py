"""Pixels predicted as the mean of their neighbours."""

import numpy as np

from skimp.golden.masks import mask
from skimp.golden.pixel import KIND, Pixels, means, predict
from skimp.golden.skip.choose import skipping
from skimp.sim.models.base import Model
from skimp.sim.models.planes import held, skipped
from skimp.sim.models.words import pack

__all__ = ["PixelValueModel"]


class PixelValueModel(Model):
    """Operands: ``x``, pixels, (planes * places, cols), and ``limit`` of each plane, (planes, 1).

    An item is a plane.
    """

    benches = ("skimp.sim.tb_planes",)
    golden = staticmethod(predict)
    inputs = ("i", "limit")
    handshake = True
    fed = "planes"
    #: Limits come in time between planes back to back.
    in_time = True
    #: Decisions of a pixel.
    lanes = 1

    def __init__(self, manifest):
        super().__init__(manifest)
        self.cols, self.width = self.parameters["cols"], self.parameters["bits"]
        self.shape = self.parameters["rows"], self.parameters["columns"]
        self.takes = self.gives = self.shape[0] * self.shape[1]
        self.bits = self.takes * max(self.cols * self.width, 24)        # a few planes suffice
        self.known = mask(KIND, *self.shape).ravel()

    def random(self, count, rng):
        """Return planes from flat to noisy, with limits amid their sums of spreads."""
        top, shape = (1 << self.width) - 1, (count, *self.shape, self.cols)
        noise = rng.integers(-top, top, shape, endpoint=True) * rng.random((count, 1, 1, 1)) ** 3
        noise *= rng.random((*shape[:3], 1)) < 0.5
        base = rng.integers(0, top, (count, 1, 1, self.cols), endpoint=True)
        x = np.clip(base + noise, 0, top).astype(np.int64)
        extreme = rng.random(shape) < rng.choice([0, 0.1], (count, 1, 1, 1))
        x = np.where(extreme, rng.choice([0, top], shape), x)
        spread = means(x)[1].sum(axis=3).reshape(count, -1)[:, ~self.known]
        limit = rng.permuted(spread, axis=1)[:, 0] - rng.integers(0, 1, count, endpoint=True)
        limit = np.where(rng.random(count) < 0.1, rng.choice([-1, 0, 2 * self.cols * top], count),
                         limit)
        return {"x": x.reshape(-1, self.cols), "limit": limit.reshape(-1, 1)}

    def drawn(self, drawn):
        x = drawn["i"].elements(self.width)
        limit = drawn["limit"].elements(self.port("limit")["width"])[:len(x) // self.takes]
        negative = limit >> self.port("limit")["width"] - 1 == 1
        return {"x": x, "limit": np.where(negative, -1, limit)}

    def real(self, **arrays):
        """Return planes in which the input holds the last pixel that was computed first.

        Of the codes, which have 8 bits, the highest are taken.
        """
        seen, codes = (arrays[name] >> 8 - self.width for name in ("seen", "codes"))
        pixels = Pixels(cols=self.cols, limits=np.zeros(0, int))
        limit, = skipping(pixels, seen, skipped(KIND)).limits
        x = held(codes, self.known).reshape(-1, self.cols).astype(np.int64)
        return {"x": x, "limit": np.full((len(codes), 1), limit)}

    def free(self, x):
        """Return which pixels may have any value: those that are not computed first."""
        return np.tile(~self.known, len(x["limit"]))

    def words(self, x):
        limit = self.port("limit")
        return {"i": pack(self.port("i"), payload=x["x"]),
                "limit": pack(limit, payload=x["limit"] & (1 << limit["width"]) - 1)}

    def planes(self, x):
        """Return the pixels as the golden functions take them."""
        return x["x"].reshape(-1, *self.shape, self.cols)

    def keep(self, x):
        """Return which pixels are to be computed, (planes * places,)."""
        return np.concatenate([predict(plane[np.newaxis], limit, cols=self.cols)[0].ravel()
                               for plane, limit in zip(self.planes(x), x["limit"], strict=True)])

    def expected(self, x):
        # Values stay where a pixel is computed first; they are zero after a reset.
        known = ~self.free(x)
        latest = np.maximum.accumulate(np.where(known, -1, np.arange(len(known))))
        values = means(self.planes(x))[0].reshape(-1, self.cols)
        values = values[latest] * (latest >= 0)[:, np.newaxis]
        return {"o": pack(self.port("o"), known=known, predicted=~self.keep(x),
                          values=values)}
