"""Dot-product units."""

import numpy as np

from skimp.golden.arithmetic.sparq import effective, matmul
from skimp.golden.array import exact
from skimp.sim.models.base import Model
from skimp.sim.models.operands import (
    Activations,
    corner_steps,
    random_activations,
    random_weights,
    signed,
)
from skimp.sim.models.sparq import encoded_pairs, options
from skimp.sim.models.words import pack

__all__ = ["PlainDotModel", "SparqDotModel"]


class PlainDotModel(Model):
    """Operands: ``activation`` and ``weight`` of each item, (count, products)."""

    benches = ("skimp.sim.tb_stream",)
    golden = staticmethod(exact)
    handshake = True
    lanes = 1                           # within which corners are combined

    def __init__(self, manifest):
        super().__init__(manifest)
        self.products = self.parameters.get("products") or 2 * self.parameters["pairs"]
        self.facts = {"macs": self.products}
        self.activation_width = self.parameters.get("activation_width", 8)
        self.weight_width = self.parameters["weight_width"]

    def random(self, count, rng):
        """Return random items, the two of the largest and of the smallest product among them."""
        a = random_activations(count, self.products, self.activation_width, rng)
        w = random_weights(count, self.products, self.weight_width, rng)
        half = 1 << self.weight_width - 1
        for place, weight in zip(rng.permutation(count), (-half, half - 1), strict=False):
            a[place], w[place] = (1 << self.activation_width) - 1, weight
        return self.placed(a, w, rng)

    def corners(self, count, rng):
        """Return items with corners everywhere, of at least ``count`` products."""
        count = -(-count // self.products) * self.products
        a, w = corner_steps(self.lanes, Activations(self.activation_width), self.weight_width,
                            count, rng)
        return self.placed(a.reshape(-1, self.products), w.reshape(-1, self.products), rng)

    def placed(self, activations, weights, rng):
        """Return items in which these operands meet."""
        return {"activation": activations, "weight": weights}

    def drawn(self, drawn):
        i, above = drawn["i"], self.products * self.activation_width
        return {"activation": i.elements(self.activation_width, 0, above),
                "weight": signed(i.elements(self.weight_width, above), self.weight_width)}

    def multiplied(self, x):
        """Return the activations that weights are multiplied by, and the weights."""
        return x["activation"], x["weight"]

    def expected(self, x):
        a, w = self.multiplied(x)
        return {"o": pack(self.port("o"), sum=(a * w).sum(axis=1))}


class SparqDotModel(PlainDotModel):
    """As `PlainDotModel`; for 2:4 weights also ``index``, (count, products).

    Then a group of four activations has two weights, each with the index of its activation.
    """

    golden = staticmethod(matmul)
    lanes = 2

    def placed(self, activations, weights, rng):
        """Return items of these operands; with 2:4 weights, empty slots point anywhere."""
        if self.parameters["input"] != "sparse24":
            return super().placed(activations, weights, rng)
        count, pairs = len(weights), self.products // 2
        index = rng.permuted(np.broadcast_to(np.arange(4), (count, pairs, 4)), axis=2)
        index = np.sort(index[:, :, :2], axis=2)
        groups = random_activations(count, 4 * pairs, 8, rng).reshape(count, pairs, 4)
        np.put_along_axis(groups, index, activations.reshape(count, pairs, 2), axis=2)
        anywhere = rng.integers(0, 4, weights.shape)
        return {"activation": groups.reshape(count, -1), "weight": weights,
                "index": np.where(weights == 0, anywhere, index.reshape(weights.shape))}

    def drawn(self, drawn):
        if self.parameters["input"] != "sparse24":
            return super().drawn(drawn)
        i, ends = drawn["i"], np.cumsum([16, self.weight_width, 2]) * self.products
        return {"activation": i.elements(8, 0, ends[0]),
                "weight": signed(i.elements(self.weight_width, *ends[:2]), self.weight_width),
                "index": i.elements(2, *ends[1:])}

    def words(self, x):
        if self.parameters["input"] == "encoded":
            x = {**x, "activation": encoded_pairs(x["activation"], **options(self.parameters))[0]}
        return super().words(x)

    def multiplied(self, x):
        a, w = super().multiplied(x)
        if "index" in x:
            # An empty slot adds zero, wherever it points.
            a = np.take_along_axis(a.reshape(-1, 4), x["index"].reshape(-1, 2), axis=1)
            a = np.where(w == 0, 0, a.reshape(w.shape))
        return effective(a, **options(self.parameters)), w
