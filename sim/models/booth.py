"""Booth digits of a weight, and the other ways that weights come encoded."""

import numpy as np

from skimp.golden.booth import digits
from skimp.sim.models.base import Integers, Model
from skimp.sim.models.operands import signed

__all__ = ["BoothModel", "weight_codes"]


def weight_codes(weights: Integers, *, width: int, encoding: str) -> tuple[Integers, int]:
    """Return weights as a unit takes them, and the bits of each.

    ``binary`` is two's complement, ``complement`` has all its bits inverted. ``booth`` are
    `golden.booth.digits`, the lowest first: two bits each, ``plain`` and ``flip``; of the last
    three, whether its magnitude is one, whether two, and its sign.
    """
    if encoding in ("binary", "complement"):
        return (weights if encoding == "binary" else ~weights) & (1 << width) - 1, width
    if encoding != "booth":
        raise ValueError(f"Encoding must be binary, complement or booth, not {encoding!r}")
    *lower, last = np.moveaxis(digits(weights, width=width), -1, 0)
    codes = (abs(last) == 1) | (abs(last) == 2) << 1 | (last < 0) << 2
    for digit in reversed(lower):
        codes = codes << 2 | (digit > -1) & (digit < 2) | ((digit < 1) << 1)
    return codes, width + 1


class BoothModel(Model):
    """Operands: ``i``, each weight, (count,)."""

    benches = ("skimp.sim.tb_combinational",)
    golden = staticmethod(digits)

    def __init__(self, manifest):
        super().__init__(manifest)
        self.width = self.parameters["weight_width"]

    def random(self, count, rng):
        return {"i": np.arange(-1 << self.width - 1, 1 << self.width - 1)}

    def drawn(self, drawn):
        return {"i": signed(drawn["i"].elements(self.width)[:, 0], self.width)}

    def expected(self, x):
        return {"o": weight_codes(x["i"], width=self.width, encoding="booth")[0].tolist()}
