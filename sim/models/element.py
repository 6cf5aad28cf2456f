"""Processing elements, which take a step in each clock."""

import numpy as np

from skimp.golden.arithmetic.sparq import effective, matmul
from skimp.golden.array import exact
from skimp.sim.models.base import Model
from skimp.sim.models.booth import weight_codes
from skimp.sim.models.operands import random_activations, random_weights, signed
from skimp.sim.models.sparq import encoded_pairs, options
from skimp.sim.models.words import pack

__all__ = ["PlainPeModel", "SparqPeModel"]


class PlainPeModel(Model):
    """Operands: ``activation`` and ``weight`` of each step, (count, lanes); ``first``, (count,).

    The sum restarts with a step that is ``first``. `expected` lacks the first `latency` - 1 words
    of operands that are passed on: these leave a clock after they came.
    """

    benches = ("skimp.sim.tb_pe",)
    golden = staticmethod(exact)
    inputs = ("activation", "weight", "first")
    outputs = ("activation_next", "weight_next", "first_next", "sum")

    def __init__(self, manifest):
        super().__init__(manifest)
        self.lanes = self.parameters.get("lanes", 2)
        self.facts = {"macs": self.lanes, "latency": 2}
        self.activation_width = self.parameters.get("activation_width", 8)
        self.weight_width = self.parameters["weight_width"]
        self.sum_width: int = self.port("sum")["width"]

    def random(self, count, rng):
        """Return steps of which half start the sum anew."""
        return {"activation": random_activations(count, self.lanes, self.activation_width, rng),
                "weight": random_weights(count, self.lanes, self.weight_width, rng),
                "first": (rng.random(count) < 0.5) | (np.arange(count) == 0)}

    def drawn(self, drawn):
        return {"activation": drawn["activation"].elements(self.activation_width),
                "weight": signed(drawn["weight"].elements(self.weight_width), self.weight_width),
                "first": (drawn["first"].marks == 1) | (np.arange(len(drawn["first"].marks)) == 0)}

    def encoded(self, activations):
        """Return activations as the port takes them, and the bits of each."""
        return activations, self.activation_width

    def multiplied(self, activations):
        """Return the values that weights are multiplied by."""
        return activations

    def product(self, a, w):
        """Multiply (M, K) activations and (K, N) weights, whatever K."""
        return exact(a, w)

    def words(self, x):
        codes = {"activation": self.encoded(x["activation"]),
                 "weight": weight_codes(x["weight"], width=self.weight_width,
                                        encoding=self.manifest["weight_encoding"])}
        words = {"first": x["first"].astype(int).tolist()}
        for name, (code, bits) in codes.items():
            width = code.shape[1] * bits
            assert width == self.port(name)["width"], f"{name} has not {width} bits"
            words[name] = pack({"width": width}, payload=code)     # as one, whatever its fields
        return words

    def sums(self, x):
        """Return the sum after each step, the bias of each clock included."""
        total = np.cumsum((self.multiplied(x["activation"]) * x["weight"]).sum(axis=1)
                          + self.manifest["bias"])
        starts = np.maximum.accumulate(np.where(x["first"], np.arange(len(total)), 0))
        return (total - np.concatenate([[0], total])[starts]) % (1 << self.sum_width)

    def expected(self, x):
        passed_on = {f"{name}_next": words[self.latency - 1:]
                     for name, words in self.words(x).items()}
        return {**passed_on, "sum": self.sums(x).tolist()}


class SparqPeModel(PlainPeModel):
    """As `PlainPeModel`, of encoded pairs."""

    golden = staticmethod(effective)

    def encoded(self, activations):
        return encoded_pairs(activations, **options(self.parameters))

    def multiplied(self, activations):
        return effective(activations, **options(self.parameters))

    def product(self, a, w):
        return matmul(a, w, **options(self.parameters))
