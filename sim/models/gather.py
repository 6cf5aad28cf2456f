"""Survivors of planes, with their numbers."""

import numpy as np

from skimp.golden.gather import gather
from skimp.golden.masks import mask
from skimp.golden.neighbour import Neighbours
from skimp.golden.skip.choose import skipping
from skimp.sim.models.base import Model
from skimp.sim.models.planes import skipped
from skimp.sim.models.words import pack

__all__ = ["GatherModel"]

KIND = 5                    # the mask of real operands


class GatherModel(Model):
    """Operands: ``known`` and ``keep`` of places, (count, 1) and (count, cols); planes in a row.

    An item is a plane, whose words at the output are as many as it has survivors.
    """

    benches = ("skimp.sim.tb_gather",)
    golden = staticmethod(gather)
    handshake = True
    fed = "planes"

    def __init__(self, manifest):
        super().__init__(manifest)
        self.takes, self.cols = self.parameters["places"], self.parameters["cols"]
        self.bits = self.takes * (1 + self.cols)

    def random(self, count, rng):
        """Return planes of every kind: each has its own shares of places known and outputs kept."""
        shape = count, self.takes, self.cols
        share = rng.choice([0, 0.02, 0.3, 1], (2, count, 1, 1))
        known = rng.random(shape[:2]) < share[0, :, :, 0]
        # Outputs of a place are alike, so that places without any are frequent.
        keep = (rng.random(shape) < share[1]) & (rng.random(shape[:2]) < 0.5)[:, :, np.newaxis]
        return {"known": known.reshape(-1, 1).astype(np.int64),
                "keep": keep.reshape(-1, self.cols).astype(np.int64)}

    def drawn(self, drawn):
        return {"known": drawn["i"].elements(1, 0, 1), "keep": drawn["i"].elements(1, 1)}

    def real(self, **arrays):
        """Return what the neighbour rule keeps of planes."""
        rule = skipping(Neighbours(kind=KIND, limits=np.zeros(0, int)), arrays["seen"],
                        skipped(KIND))
        keep = rule.keep(arrays["codes"])
        known = np.broadcast_to(mask(KIND, *keep.shape[1:3]), keep.shape[:3])
        return {"known": known.reshape(-1, 1).astype(np.int64),
                "keep": keep.reshape(-1, self.cols).astype(np.int64)}

    def gathered(self, x):
        """Return what is left of the planes."""
        return gather(x["known"].reshape(-1, self.takes),
                      x["keep"].reshape(-1, self.takes, self.cols))

    def passed(self, x):
        """Return the numbers of the input words that are passed on."""
        found = self.gathered(x)
        return found.place + self.takes * (np.cumsum(found.last) - found.last)

    def expected(self, x):
        return {"o": pack(self.port("o"), **self.gathered(x)._asdict())}
