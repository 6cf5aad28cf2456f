"""Selectors of SPARQ: of one activation, and of a pair; and what a pair becomes."""

import numpy as np

from skimp.golden.arithmetic.sparq import encode, footprint, pair, window
from skimp.sim.models.base import Model
from skimp.sim.models.words import pack

__all__ = ["PairModel", "WindowModel", "encoded_pairs", "options"]


def options(parameters):
    """Return the keywords of `golden.arithmetic.sparq` among parameters."""
    return {name: parameters[name] for name in ("window", "shifts", "rounding")}


def encoded_pairs(activations, *, rounding, **cut):
    """Return the words of pairs of neighbours, (n, k / 2), of (n, k) activations; their bits."""
    lanes = pair(activations[:, ::2], activations[:, 1::2], **cut, rounding=rounding)
    return encode(lanes, **cut), footprint(**cut)


class WindowModel(Model):
    """Operands: ``i``, each activation, (count, 1)."""

    benches = ("skimp.sim.tb_combinational",)
    golden = staticmethod(window)

    def random(self, count, rng):
        return {"i": np.arange(256)[:, None]}

    def drawn(self, drawn):
        return {"i": drawn["i"].elements(8)}

    def expected(self, x):
        kept, shift = window(x["i"], **options(self.parameters))
        return {"o": pack(self.port("o"), kept=kept,
                          code=np.searchsorted(self.parameters["shifts"], shift))}


class PairModel(WindowModel):
    """Operands: ``i``, the two activations of each pair, (count, 2)."""

    golden = staticmethod(pair)

    def __init__(self, manifest):
        super().__init__(manifest)
        cut = {name: self.parameters[name] for name in ("window", "shifts")}
        self.facts = {"footprint_bits": footprint(**cut)}

    def random(self, count, rng):
        index = np.arange(1 << 16)
        return {"i": np.stack([index & 255, index >> 8], axis=1)}

    def expected(self, x):
        return {"o": encoded_pairs(x["i"], **options(self.parameters))[0][:, 0].tolist()}
