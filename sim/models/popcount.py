"""Number of ones of a word."""

import numpy as np

from skimp.golden.psu import keys
from skimp.sim.models.base import Model
from skimp.sim.models.vectors import exhaustive, random_vectors

__all__ = ["PopcountModel"]


class PopcountModel(Model):
    """Operands: ``i``, the bits of each word, (count, width)."""

    benches = ("skimp.sim.tb_combinational",)
    golden = staticmethod(keys)

    def random(self, count, rng):
        """Return all words of up to 12 bits; of more every run of ones, its complement, and others.
        """
        width = self.parameters["width"]
        if width <= 12:
            return {"i": exhaustive(width, 1)}
        place, (low, high) = np.arange(width), np.triu_indices(width + 1, 1)
        runs = np.vstack([(place >= low[:, None]) & (place < high[:, None]),
                          *(place % every == 0 for every in (2, 3, 4))])
        return {"i": np.vstack([runs, ~runs, random_vectors(count, width, 1, rng)])}

    def drawn(self, drawn):
        return {"i": drawn["i"].bits}

    def expected(self, x):
        # A key has 32 bits at most.
        parts = np.pad(x["i"], [(0, 0), (0, -x["i"].shape[1] % 32)]).reshape(len(x["i"]), -1, 32)
        return {"o": keys(parts @ (1 << np.arange(32)), width=32).sum(axis=1).tolist()}
