"""Static quantisation: fewer bits for every operand, chosen beforehand."""

from dataclasses import dataclass

import numpy as np

from skimp.golden.arithmetic.base import Arithmetic, Exact, Layer, read_number, read_words

__all__ = ["Static"]

WORDS = {"pow2": ("power_of_two", True), "tensor": ("per_tensor", True)}


@dataclass(frozen=True)
class Static(Arithmetic):
    """Fewer bits for every operand.

    An activation of ``b`` bits has the code ``rint(a * (2**b - 1) / 255)`` of its 8-bit code ``a``;
    the step grows by ``255 / (2**b - 1)``, so that the largest codes mean the same. Weights are
    coded from real numbers as `golden.quantize.quantize_weights` says.
    """

    family, label = "static", "static"

    activation_width: int = 8
    weight_width: int = 8
    #: Whether steps of the weights are powers of two.
    power_of_two: bool = False
    #: Whether all filters of a layer have one step.
    per_tensor: bool = False

    def __post_init__(self):
        for what, bits, least in (("activations", self.activation_width, 1),
                                  ("weights", self.weight_width, 2)):
            if not least <= bits <= 8:
                raise ValueError(f"Static {what} must have {least} to 8 bits, not {bits}")

    def __str__(self):
        words = ("pow2",) * self.power_of_two + ("tensor",) * self.per_tensor
        weights = (self.weight_width,) if self.weight_width < 8 or words else ()
        return ":".join(map(str, ("static", self.activation_width, *weights, *words)))

    @classmethod
    def from_parts(cls, text, parts):
        bits = [read_number(text, part) for part in parts[:2] if part not in WORDS]
        activations, weights = [*bits, 8, 8][:2]
        return cls(activations, weights, **read_words(text, parts[len(bits):], WORDS))

    @property
    def products_per_step(self):
        return (8 // self.activation_width) * (8 // self.weight_width)

    def layer(self, weights, *, channels, depthwise=False, large_counts=None):
        return StaticLayer(self, weights, depthwise)

    def on_hardware(self):
        bits = self.activation_width, self.weight_width
        return Exact() if bits == (8, 8) else Static(*bits)


class StaticLayer(Layer):
    """Products of operands of fewer bits."""

    def __init__(self, arithmetic, weights, depthwise):
        super().__init__(weights, depthwise=depthwise, bits=arithmetic.weight_width,
                         power_of_two=arithmetic.power_of_two, per_tensor=arithmetic.per_tensor)
        self.arithmetic = arithmetic
        top = 2**arithmetic.activation_width - 1
        self._codes = np.rint(np.arange(256) * top / 255).astype(np.uint8)
        self.steps = self.steps * (255 / top)

    def replace(self, x):
        return self._codes.take(x)

    read = replace

    def _reduced(self, x, filters):
        products = x.size * filters
        return (products * (self.arithmetic.activation_width < 8),
                products * (self.arithmetic.weight_width < 8))
