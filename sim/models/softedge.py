"""Units of soft-edge codes: encoder, decoder, to INT8, and what multiplies them."""

from dataclasses import dataclass

import numpy as np

from skimp.golden.array import exact
from skimp.golden.softedge import CODES, SoftEdge, decode, encode, to_int8
from skimp.sim.models.array import ArrayModel
from skimp.sim.models.base import Integers, Model
from skimp.sim.models.element import PlainPeModel
from skimp.sim.models.operands import Activations, signed

__all__ = ["DecodeModel", "EncodeModel", "SoftEdgeArrayModel", "SoftEdgePeModel", "ToInt8Model"]

FEW = 16            # bits of an input of which all words are tried


class ToInt8Model(Model):
    """Operands: ``i``, each code, (count, 1)."""

    benches = ("skimp.sim.tb_combinational",)
    golden = staticmethod(to_int8)

    def __init__(self, manifest):
        super().__init__(manifest)
        self.code = CODES[self.parameters["code"]]

    def random(self, count, rng):
        """Return all codes."""
        return {"i": np.arange(1 << self.code.bits)[:, None]}

    def drawn(self, drawn):
        return {"i": drawn["i"].elements(self.code.bits)}

    def result(self, i: Integers) -> Integers:
        """Return what comes out for each word."""
        return self.code.to_int8(i).astype(np.int64)

    def expected(self, x):
        mask = (1 << self.port("o")["width"]) - 1
        return {"o": (self.result(x["i"]) & mask).ravel().tolist()}


class DecodeModel(ToInt8Model):
    """As `ToInt8Model`, to the value."""

    golden = staticmethod(decode)

    def result(self, i):
        value, bits = self.code.decode(i), self.code.bits
        if self.parameters["form"] != "sign-magnitude":
            return value
        # A code that is minus zero keeps its sign.
        negative = value < 0 if self.code.negative else i >> bits - 1 == 1
        return np.abs(value) | negative.astype(np.int64) << self.port("o")["width"] - 1


class EncodeModel(ToInt8Model):
    """Operands: ``i``, each number, (count, 1)."""

    golden = staticmethod(encode)

    def __init__(self, manifest):
        super().__init__(manifest)
        self.width, self.fraction = self.parameters["width"], self.parameters["fraction"]

    def random(self, count, rng):
        """Return all numbers of few bits; of more, random ones and what is beside each threshold.

        Those are the values of codes and the middles between them, of either sign.
        """
        half = 1 << self.width - 1
        if self.width <= FEW:
            return {"i": np.arange(-half, half)[:, None]}
        values = self.code.values << self.fraction
        middles = values[:-1] + values[1:] >> 1
        near = (np.concatenate([values, middles])[:, None] + np.arange(-1, 2)).ravel()
        few = rng.integers(-half, half, count) >> rng.integers(0, self.width, count)
        found = np.concatenate([near, -near, few]).astype(np.int64)
        return {"i": np.clip(found, -half, half - 1).reshape(-1, 1)}

    def drawn(self, drawn):
        return {"i": signed(drawn["i"].elements(self.width), self.width)}

    def result(self, i):
        return self.code.encode(i, self.fraction)


@dataclass(frozen=True)
class Codes(Activations):
    """The codes that a unit takes as activations."""

    code: SoftEdge = CODES["paper"]

    @property
    def extreme(self):
        return int(np.abs(self.code.decode(self.every)).argmax())


def _product(code: SoftEdge, x: Integers, w: Integers) -> Integers:
    """Multiply (M, K) codes and (K, N) weights."""
    return exact(code.decode(x), w, activation_width=13, signed=True)


class SoftEdgePeModel(PlainPeModel):
    """As `PlainPeModel`, of codes."""

    def __init__(self, manifest):
        self.code = CODES[manifest["parameters"]["code"]]
        super().__init__(manifest | {"parameters": manifest["parameters"] | {"lanes": 1}})

    @property
    def taken(self):
        return Codes(self.code.bits, code=self.code)

    def encoded(self, activations):
        if self.parameters["decoded"] == "element":
            return activations, self.code.bits
        port = self.port("activation")
        return self.code.decode(activations), port.get("fields", {}).get(
            "operand", (0, port["width"]))[1]

    def multiplied(self, activations):
        return self.code.decode(activations)

    def product(self, a, w):
        return _product(self.code, a, w)


class SoftEdgeArrayModel(ArrayModel):
    """Arrays of processing elements for codes."""

    golden = staticmethod(exact)
    fed = ""

    def __init__(self, manifest):
        self.code = CODES[manifest["parameters"]["code"]]
        super().__init__(manifest)

    @property
    def taken(self):
        return Codes(self.code.bits, code=self.code)

    def product(self, x, w):
        return _product(self.code, x, w)
