"""Predictions from the neighbours that are computed first."""

import numpy as np

from skimp.golden.neighbour import Neighbours, predict
from skimp.sim.models.operands import signed
from skimp.sim.models.planes import PlanesModel, narrowed
from skimp.sim.models.words import pack

__all__ = ["NeighbourModel"]


class NeighbourModel(PlanesModel):
    """Operands: ``i``, codes of planes; ``limit``, the limit of each lane, (count, lanes)."""

    golden = staticmethod(predict)

    def __init__(self, manifest):
        super().__init__(manifest)
        self.width = self.port("limit")["width"] // self.lanes

    def random(self, count, rng):
        """Return planes with limits among their sums, and at the ends of the range."""
        codes, high = self.codes(count, rng), 1 << self.width - 1
        limits = rng.integers(-1, 1 << rng.integers(1, self.width, (count, self.lanes)))
        ends = rng.choice([-1, 0, high - 1], limits.shape)
        return {"i": codes, "limit": np.where(rng.random(limits.shape) < 0.2, ends, limits)}

    def drawn(self, drawn):
        limits = signed(drawn["limit"].elements(self.width), self.width)
        codes = self.drawn_codes(drawn)
        return {"i": codes, "limit": limits[:len(codes)]}

    def real(self, **arrays):
        codes, rule = arrays["codes"], self.parameters["rule"]
        seen = narrowed(arrays["seen"].astype(np.int64), self.parameters["bits"]).astype(np.uint8)
        chosen = self.skipping(Neighbours(kind=self.kind, rule=rule, limits=np.zeros(0, int)), seen)
        return {"i": self.real_codes(codes),
                "limit": np.tile(chosen.limits, (len(codes), 1))}

    def sets(self, x):
        return pack(self.port("limit"), payload=x["limit"])

    def keep(self, x):
        planes = narrowed(self.planes(x).astype(np.int64), self.parameters["bits"])
        # Any limit below 0 keeps all.
        limits = np.maximum(x["limit"], -1)
        return np.concatenate([
            predict(plane[np.newaxis].astype(np.uint8), limit, kind=self.kind,
                    rule=self.parameters["rule"])
            for plane, limit in zip(planes, limits, strict=True)])
