"""NB-SMT as the arithmetic of a network's layers."""

from dataclasses import dataclass, replace

import numpy as np

from skimp.golden.arithmetic.base import (
    Arithmetic,
    Exact,
    Layer,
    Usage,
    read_number,
    read_words,
)
from skimp.golden.arithmetic.mixed import Threads
from skimp.golden.arithmetic.nbsmt.counts import collisions, reorder
from skimp.golden.arithmetic.nbsmt.matrices import Stationary
from skimp.golden.arithmetic.nbsmt.rules import POLICIES, ROUNDINGS
from skimp.golden.checks import one_of

__all__ = ["Nbsmt"]

WORDS = {**{policy: ("policy", policy) for policy in POLICIES},
         **{rounding: ("rounding", rounding) for rounding in ROUNDINGS},
         "saturate": ("saturate", True), "dense": ("sparsity", False),
         "reorder": ("reordered", True), "depthwise": ("depthwise", True)}


@dataclass(frozen=True)
class Nbsmt(Arithmetic):
    """Threads that collide: see `golden.arithmetic.nbsmt`.

    The K of a depthwise layer is one channel's taps, 9 for a 3 x 3 kernel. An array takes such a
    product no faster with threads, for a tile stays at least as many clocks as the array has rows;
    so of a whole network depthwise layers run on one thread, exactly, unless ``depthwise`` is set.
    """

    family, label = "nbsmt", "NB-SMT"

    #: 1, 2 or 4.
    threads: int = 2
    policy: str = "wA"
    rounding: str = "nearest"
    saturate: bool = False
    sparsity: bool = True
    #: Whether K is permuted so that large activations meet small ones.
    reordered: bool = False
    depthwise: bool = False

    def __post_init__(self):
        if self.threads not in (1, 2, 4):
            raise ValueError(f"Threads must be 1, 2 or 4, not {self.threads}")
        one_of("The NB-SMT policy", self.policy, POLICIES)
        one_of("NB-SMT's rounding", self.rounding, ROUNDINGS)

    def __str__(self):
        words = (("floor", self.rounding == "floor"), ("saturate", self.saturate),
                 ("dense", not self.sparsity), ("reorder", self.reordered),
                 ("depthwise", self.depthwise))
        return ":".join(["nbsmt", str(self.threads), self.policy,
                         *(word for word, said in words if said)])

    @classmethod
    def from_parts(cls, text, parts):
        return cls(read_number(text, parts[0]), **read_words(text, parts[1:], WORDS))

    @property
    def products_per_step(self):
        return self.threads

    def over(self, layers):
        return {name: self for name, depthwise in layers.items() if self.depthwise or not depthwise}

    def with_threads(self, counts):
        return Threads(tuple(replace(self, threads=count) for count in counts))

    def with_order(self):
        return replace(self, reordered=True)

    def on_hardware(self):
        return Exact() if self.threads == 1 else replace(self, reordered=False, depthwise=False)

    def stationary(self, w):
        """Return the weights ``(K, N)`` that products share."""
        return Stationary(w, threads=self.threads, policy=self.policy, rounding=self.rounding,
                          saturate=self.saturate, sparsity=self.sparsity)

    def matmul(self, x, w):
        return self.stationary(w).product(x)

    def layer(self, weights, *, channels, depthwise=False, large_counts=None):
        if self.threads == 1:
            return Layer(weights, depthwise=depthwise)
        return NbsmtLayer(self, weights, depthwise, large_counts if self.reordered else None)


class NbsmtLayer(Layer):
    """Products of threads that collide. Hardware reads K in the order chosen."""

    local = False

    def __init__(self, arithmetic, weights, depthwise, large_counts):
        super().__init__(weights, depthwise=depthwise)
        self.arithmetic, threads = arithmetic, arithmetic.threads
        self._pad = -len(self.w) % threads
        w = np.pad(self.w, [(0, self._pad), (0, 0)])
        # One product; or one for each channel, with an order of its own.
        parts = [w[:, c:c + 1] for c in range(w.shape[1])] if depthwise else [w]
        self._orders = [None] * len(parts)
        if large_counts is not None:
            counts = np.pad(np.atleast_2d(large_counts()), [(0, 0), (0, self._pad)])
            self._orders = [reorder(each, threads) for each in counts]
        self._stationary = [arithmetic.stationary(part if order is None else part[order])
                            for part, order in zip(parts, self._orders, strict=True)]

    def _arranged(self, x, part):
        """Return what one product reads, with zeros at the end, in its order: ``(M, K)``."""
        x = x[:, part] if self.depthwise else x
        if self._pad:
            x = np.pad(x, [(0, 0), (0, self._pad)])
        order = self._orders[part]
        return x if order is None else x.take(order, axis=1)

    def product(self, x):
        return np.concatenate([one.product(self._arranged(x, part))
                               for part, one in enumerate(self._stationary)], axis=1)

    def operands(self, x, channel=0):
        return self._arranged(x, channel), self._stationary[channel].w

    def usage(self, x):
        one = self.arithmetic
        met = [collisions(*self.operands(x, part), threads=one.threads, policy=one.policy,
                          sparsity=one.sparsity) for part in range(len(self._stationary))]
        active = np.sum([part.active for part in met], axis=0)
        return Usage(x.size * (1 if self.depthwise else self.w.shape[1]),
                     sum(part.activations for part in met), sum(part.weights for part in met),
                     np.pad(active, (0, 4 - one.threads)))
