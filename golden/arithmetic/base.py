"""What an arithmetic is: how a multiplier treats its operands, in a layer and in a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from skimp.golden.array import exact
from skimp.golden.quantize import quantize_weights

__all__ = ["Arithmetic", "Exact", "Layer", "Scheme", "Usage", "read_number", "read_words"]

ROWS = 256      # multiplied at a time: float copies stay in the cache, and BLAS on one core


class Usage(NamedTuple):
    """What happens to the operands of matrix products."""

    #: Multiplications, those by zero included.
    products: int
    #: Products whose operand is reduced: under NB-SMT, by a rule, whether or not that changes it;
    #: under SPARQ, changed; under static quantisation, every one of fewer bits.
    activations: int
    weights: int
    #: Steps of the multipliers by how many of their threads have two nonzero operands, int64 (5,).
    active: np.ndarray


class Layer:
    """The weights of a layer, and what depends on them alone: exact products, and the base class.

    It takes 8-bit codes of activations as windows of them are cut: ``(M, K)``, or
    ``(M, channels, K)`` in a depthwise layer, where each channel is a product by itself.

    Parameters
    ----------
    weights : array of reals ``(N, K)``
        A row per filter, or in a depthwise layer per channel.
    coding
        Keywords of `golden.quantize.quantize_weights`.

    Attributes
    ----------
    w : int8 array ``(K, N)``
    steps : float64 array ``(N,)``
        What a unit of each filter's sum is worth, in steps of the 8-bit activations.
    local : bool
        Whether `replace` may be done before windows are cut: it looks at one activation, or at
        neighbours that windows keep together.
    """

    local = True

    def __init__(self, weights, *, depthwise=False, **coding):
        codes, self.steps = quantize_weights(weights, **coding)
        self.w = np.ascontiguousarray(codes.T)
        self.depthwise = depthwise
        # No partial sum, in whatever order BLAS adds, is larger; float32 has integers to 2**24.
        largest = 255 * np.abs(self.w.astype(np.int64)).sum(axis=0).max()
        self._real = self.w.astype(np.float32 if largest <= 1 << 24 else np.float64)

    def replace(self, x):
        """Replace activations by the values that count, along the last axis; uint8."""
        return x

    def read(self, x):
        """Return activations as hardware reads them; uint8."""
        return x

    def product(self, x):
        """Multiply activations, replaced before, by the weights: ``(M, N)``, integers as floats."""
        if self.depthwise:
            return np.einsum("mck,kc->mc", x.astype(self._real.dtype), self._real)
        out = np.empty((len(x), self.w.shape[1]), self._real.dtype)
        for start in range(0, len(x), ROWS):
            rows = slice(start, start + ROWS)
            np.matmul(x[rows].astype(self._real.dtype), self._real, out=out[rows])
        return out

    def operands(self, x, channel=0):
        """Return the matrices that hardware reads: x uint8 ``(M, K)`` and w int8 ``(K, N)``.

        ``x`` are 8-bit codes. Of a depthwise layer it is the product of one ``channel``.
        """
        x = self.read(x)
        if self.depthwise:
            return x[:, channel], self.w[:, channel:channel + 1]
        return x, self.w

    def usage(self, x):
        """Return the `Usage` of the products of 8-bit codes."""
        filters = 1 if self.depthwise else self.w.shape[1]
        x_used, w_used = np.count_nonzero(self.read(x), axis=0), (self.w != 0).T
        busy = int((x_used * (w_used if self.depthwise else w_used.sum(axis=0))).sum())
        products = x.size * filters
        active = np.array([products - busy, busy, 0, 0, 0])
        return Usage(products, *self._reduced(x, filters), active)

    def _reduced(self, x, filters):
        """Return how many products have a reduced activation, and a reduced weight."""
        return 0, 0


class Scheme:
    """Which arithmetic each layer of a network has; its text can be parsed."""

    #: The first word of its text, and its name in tables and plots.
    family: ClassVar[str]
    label: ClassVar[str]

    def over(self, layers: Mapping[str, bool]) -> "Mapping[str, Arithmetic]":
        """Return the arithmetic of each layer, by name; layers left out stay exact.

        ``layers`` says of each layer that may be reduced, in order, whether it is depthwise.
        """
        raise NotImplementedError

    def with_threads(self, counts: tuple[int, ...]) -> "Scheme | None":
        """Return the scheme with threads layer by layer; None if it has none."""
        return None

    def with_order(self) -> Self | None:
        """Return the scheme with K reordered; None if the order of K does not matter to it."""
        return None


class Arithmetic(Scheme):
    """How a multiplier treats its operands; as a scheme, the same in every reduced layer."""

    @property
    def products_per_step(self) -> int:
        """Products that a multiplier of 8 by 8 bits makes in a step."""
        return 1

    def layer(self, weights: Any, *, channels: int, depthwise: bool = False,
              large_counts: Any = None) -> Layer:
        """Return a layer with weights as `Layer` takes them, and ``channels`` in a kernel's tap.

        ``large_counts()`` returns the large activations at each place of K, by which NB-SMT
        reorders: ``(K,)``, of a depthwise layer ``(channels, K)``.
        """
        return Layer(weights, depthwise=depthwise)

    def matmul(self, x: Any, w: Any) -> np.ndarray:
        """Multiply integers as the hardware reads them, ``(M, K)`` by ``(K, N)``; int64."""
        return exact(x, w)

    def on_hardware(self) -> "Arithmetic":
        """Return what is left to a unit: not what is done to operands before it reads them."""
        return self

    def over(self, layers) -> Mapping[str, "Arithmetic"]:
        return dict.fromkeys(layers, self)

    @classmethod
    def from_parts(cls, text: str, parts: list[str]) -> Self:
        """Return the arithmetic of a text, whose ``parts`` follow its first word."""
        raise NotImplementedError


@dataclass(frozen=True)
class Exact(Arithmetic):
    """Activations and weights of 8 bits, every product exact."""

    family, label = "exact", "exact 8 bits"

    def __str__(self):
        return "exact"


def read_number(text, part):
    """Return the number in a part of a scheme's text."""
    if not (part.isascii() and part.isdigit() and len(part) < 4):
        raise ValueError(f"Scheme {text!r} must have a number where it has {part!r}")
    return int(part)


def read_words(text, parts, choices):
    """Return the fields that the optional words of a scheme set, as a dict."""
    said = {}
    for part in parts:
        if part not in choices:
            raise ValueError(f"Scheme {text!r} must go on with one of {', '.join(choices)}, "
                             f"not {part!r}")
        name, value = choices[part]
        if name in said:
            raise ValueError(f"Scheme {text!r} must say its {name} once, not {part!r} too")
        said[name] = value
    return said
