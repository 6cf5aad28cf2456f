"""Processing elements, which take a step in each clock."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from skimp.golden.arithmetic.sparq import effective, matmul
from skimp.golden.array import exact
from skimp.sim.models.base import Integers, Model, Operands
from skimp.sim.models.booth import weight_codes
from skimp.sim.models.operands import Activations, random_weights, signed
from skimp.sim.models.sparq import encoded_pairs, options
from skimp.sim.models.sums import held, parts
from skimp.sim.models.words import fields_of, pack

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
        self.activations = self.taken
        self.weight_width = self.parameters["weight_width"]
        self.sum_width = sum(width for name, (_, width) in fields_of(self.port("sum")).items()
                             if name != "carry")

    @property
    def taken(self) -> Activations:
        """The activations that it takes."""
        return Activations(self.parameters.get("activation_width", 8),
                           self.parameters.get("signed", False))

    def random(self, count, rng):
        """Return steps of which half start the sum anew."""
        return {"activation": self.activations.random(count, self.lanes, rng),
                "weight": random_weights(count, self.lanes, self.weight_width, rng),
                "first": (rng.random(count) < 0.5) | (np.arange(count) == 0)}

    def drawn(self, drawn):
        drew = drawn["activation"].elements(self.activations.width)
        return {"activation": self.activations.read(drew),
                "weight": signed(drawn["weight"].elements(self.weight_width), self.weight_width),
                "first": (drawn["first"].marks == 1) | (np.arange(len(drawn["first"].marks)) == 0)}

    def encoded(self, activations):
        """Return activations as the port takes them, and the bits of each."""
        return activations, self.activations.width

    def multiplied(self, activations):
        """Return the values that weights are multiplied by."""
        return activations

    def product(self, a, w):
        """Multiply (M, K) activations and (K, N) weights, whatever K."""
        return exact(a, w, activation_width=self.activations.width, signed=self.activations.signed)

    def words(self, x):
        codes = {"activation": self.encoded(x["activation"]),
                 "weight": weight_codes(x["weight"], width=self.weight_width,
                                        encoding=self.manifest["weight_encoding"])}
        words = {"first": x["first"].astype(int).tolist()}
        for name, (code, bits) in codes.items():
            port = self.port(name)
            width = fields_of(port)["operand"][1] if self.tags(name) else port["width"]
            assert width == code.shape[1] * bits, f"{name} has not {width} bits"
            packed = pack({"width": width}, payload=code)          # as one, whatever its fields
            tags = [int(tag) << width for tag in self.adds(x)] if self.tags(name) else [0] * len(
                packed)
            words[name] = [tag | word for tag, word in zip(tags, packed, strict=True)]
        return words

    def tags(self, name: str) -> bool:
        """Return whether a port has a bit beside its operands, ``nonzero``."""
        return "nonzero" in fields_of(self.port(name))

    def adds(self, x: Operands) -> NDArray[np.bool_]:
        """Return whether each step has something to add, as far as the element looks."""
        if self.tags("activation"):
            return (x["activation"] != 0).any(axis=1)
        return np.ones(len(x["first"]), bool)

    def passed_on(self, words: Mapping[str, list[int]]) -> dict[str, list[int]]:
        """Return ``words`` of operands as registers have them a clock later."""
        activation = words["activation"]
        if self.tags("activation"):
            low, width = fields_of(self.port("activation"))["operand"]
            mask = (1 << width) - 1 << low
            places = held(np.array([word > mask or first == 1 for word, first in zip(
                activation, words["first"], strict=True)]))
            activation = [word & ~mask | activation[place] & mask
                          for word, place in zip(activation, places.tolist(), strict=True)]
        return {**words, "activation": activation}

    def products(self, x: Operands) -> Integers:
        """Return what each step adds to the sum."""
        return (self.multiplied(x["activation"]) * x["weight"]).sum(axis=1)

    def expected(self, x):
        sums = parts(self.products(x), x["first"] == 1, self.adds(x), self.port("sum"))
        passed_on = {f"{name}_next": words[self.latency - 1:]
                     for name, words in self.passed_on(self.words(x)).items()}
        return {**passed_on, "sum": pack(self.port("sum"), **sums)}


class SparqPeModel(PlainPeModel):
    """As `PlainPeModel`, of encoded pairs."""

    golden = staticmethod(effective)

    def encoded(self, activations):
        return encoded_pairs(activations, **options(self.parameters))

    def multiplied(self, activations):
        return effective(activations, **options(self.parameters))

    def product(self, a, w):
        return matmul(a, w, **options(self.parameters))
