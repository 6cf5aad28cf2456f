"""Systolic arrays of any processing element: tiles that follow each other."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skimp.golden.arithmetic import nbsmt, sparq
from skimp.golden.array import Schedule, exact, schedule
from skimp.sim.models.base import Integers, Model, Operands
from skimp.sim.models.operands import Activations, random_weights, signed
from skimp.sim.models.words import pack

__all__ = ["ArrayModel", "PlainArrayModel", "SparqArrayModel", "SysmtArrayModel", "joined"]


def joined(parts: list[Operands]) -> Operands:
    """Put tiles behind each other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class ArrayModel(Model):
    """Operands: ``activation``, (steps, rows x threads), and ``weight``, (steps, cols x threads).

    ``last``, (steps,), is whether a step is the last of a tile. A tile gives ``rows`` words, those
    of `product` under the parameters in ``keywords``. Of an array that skips, ``keep``, (tiles x
    rows, cols), is whether a sum is computed; the others are zero.
    """

    benches = ("skimp.sim.tb_array",)
    keywords: tuple[str, ...] = ()
    inputs, outputs = ("activation", "weight"), ("sum",)
    handshake = True
    fed = "layer"

    def __init__(self, manifest):
        self.skips = "keep__payload" in manifest["ports"]
        if self.skips:
            self.inputs = (*self.inputs, "keep")
        super().__init__(manifest)
        self.rows, self.cols = self.parameters["rows"], self.parameters["cols"]
        self.activations = self.taken
        self.weight_width = self.parameters.get("weight_width", 8)
        self.sum_width: int = self.port("sum")["fields"]["data"][1] // self.cols
        # Operands of a step, for each row and column.
        self.threads: int = (self.port("activation")["fields"]["data"][1]
                             // (self.rows * self.activations.width))
        self.parts = {"neighbours": False, "parts": True}[
            manifest.get("step_operands", "neighbours")]
        self.facts = {"macs": self.rows * self.cols * self.threads,
                      "latency": int(self.schedule(np.array([1])).rows[0, 0])}

    @property
    def taken(self) -> Activations:
        """The activations that it takes."""
        return Activations(self.parameters.get("activation_width", 8),
                           self.parameters.get("signed", False))

    def product(self, x: Integers, w: Integers) -> Integers:
        """Multiply (M, K) activations and (K, N) weights as the array does."""
        return type(self).golden(x, w, **{name: self.parameters[name] for name in self.keywords})

    def schedule(self, steps: Integers) -> Schedule:
        """Return the clocks of tiles of these numbers of steps."""
        return schedule(steps, rows=self.rows, cols=self.cols, group=self.parameters["group"],
                        element_latency=self.manifest["element_latency"], skip=self.skips)

    def _by_steps(self, operands: Integers, count: int) -> Integers:
        """Turn operands, a row of K per row or column of a tile, into a row per step."""
        split = (self.threads, count) if self.parts else (count, self.threads)
        operands = operands.reshape(len(operands), *split)
        return operands.transpose((2, 0, 1) if self.parts else (1, 0, 2)).reshape(count, -1)

    def _by_places(self, steps: Integers, places: int) -> Integers:
        """Turn steps into operands, a row of K per row or column of a tile."""
        axes = (1, 2, 0) if self.parts else (1, 0, 2)
        return steps.reshape(len(steps), places, -1).transpose(axes).reshape(places, -1)

    def cut(self, x: Integers, w: Integers, keep: NDArray[Any] | None = None) -> Operands:
        """Cut the product of ``x`` and ``w`` into tiles; zeros fill those at the edges.

        An array that skips computes the sums to ``keep``, (M, N), by default all.
        """
        steps = -(-len(w) // self.threads)
        more = steps * self.threads - len(w)
        x = np.pad(x, [(0, -len(x) % self.rows), (0, more)])
        w = np.pad(w, [(0, more), (0, -w.shape[1] % self.cols)])
        every = np.ones((len(x), w.shape[1]), bool)
        if keep is not None:
            every[:keep.shape[0], :keep.shape[1]] = keep
        return joined([
            {"activation": self._by_steps(x[row:row + self.rows], steps),
             "weight": self._by_steps(w[:, col:col + self.cols].T, steps),
             "last": np.arange(steps) == steps - 1,
             **({"keep": every[row:row + self.rows, col:col + self.cols]} if self.skips else {})}
            for row in range(0, len(x), self.rows) for col in range(0, w.shape[1], self.cols)])

    def real(self, **arrays):
        return self.cut(arrays["x"], arrays["w"], arrays.get("keep"))

    def random_product(self, m: int, k: int, n: int, rng: np.random.Generator) -> Operands:
        """Return the tiles of a random product."""
        return self.cut(rng.permutation(self.activations.random(m, k, rng)),
                        random_weights(n, k, self.weight_width, rng).T,
                        rng.random((m, n)) < rng.random() if self.skips else None)

    def random(self, count, rng):
        """Return the tiles of ``count`` products, at most 56, of all sorts of shapes."""
        most = self.rows * self.threads
        inner = [1, 1, 2, 3, 4, max(most - 1, 1), most + 1, 9, 7 * self.threads + 2, 25,
                 *range(5, 50), 577]
        return joined([
            self.random_product(int(rng.integers(1, self.rows + 3)), k,
                                int(rng.integers(1, self.cols + 3)), rng)
            for k in rng.permutation(inner[:count]).tolist()])

    def drawn(self, drawn):
        count = len(drawn["activation"].marks)
        width = self.weight_width
        drew = drawn["activation"].elements(self.activations.width)
        x = {"activation": self.activations.read(drew),
             "weight": signed(drawn["weight"].elements(width), width),
             "last": (drawn["activation"].marks == 1) | (np.arange(count) == count - 1)}
        if not self.skips:
            return x
        # A tile without keep bits never starts.
        ends = np.flatnonzero(x["last"])[:count // self.rows]
        x = {name: field[:ends[-1] + 1] for name, field in x.items()}
        return {**x, "keep": drawn["keep"].elements(1)[:len(ends) * self.rows]}

    def words(self, x):
        keep = {"keep": pack(self.port("keep"), data=x["keep"])} if self.skips else {}
        return {"activation": pack(self.port("activation"), data=x["activation"], last=x["last"]),
                "weight": pack(self.port("weight"), data=x["weight"]), **keep}

    def expected(self, x):
        ends = np.flatnonzero(x["last"]) + 1
        tiles = (np.split(x[name], ends[:-1]) for name in ("activation", "weight"))
        sums = np.concatenate([
            self.product(self._by_places(a, self.rows), self._by_places(w, self.cols).T)
            for a, w in zip(*tiles, strict=True)])
        if self.skips:
            sums = sums * x["keep"]
        last = np.arange(len(sums)) % self.rows == self.rows - 1
        return {"sum": pack(self.port("sum"), data=sums, last=last)}


class PlainArrayModel(ArrayModel):
    """Arrays of plain processing elements."""

    golden = staticmethod(exact)
    keywords = ("activation_width", "signed")


class SparqArrayModel(ArrayModel):
    """Arrays of processing elements for pairs."""

    golden = staticmethod(sparq.matmul)
    keywords = ("window", "shifts", "rounding")


class SysmtArrayModel(ArrayModel):
    """Arrays of processing elements of several threads."""

    golden = staticmethod(nbsmt.matmul)
    keywords = ("threads", "policy", "rounding", "saturate", "sparsity")
