"""The matrix products of a layer, as the multipliers of a scheme make them.

A unit is one layer's weights, with all that depends on them alone made once. It takes 8-bit codes
of activations after `golden.nets.patches`: ``(M, K)``, or ``(M, channels, K)`` in a depthwise
layer, where each channel is a product by itself.
"""

import functools

import numpy as np

from skimp.golden.arithmetic import nbsmt, sparq
from skimp.golden.nets.schemes import Nbsmt, Sparq, Static
from skimp.golden.quantize import quantize_weights

__all__ = ["Unit", "make_unit"]

ROWS = 256      # multiplied at a time: float copies stay in the cache, and BLAS on one core


class Unit:
    """Exact products; also the base of those that replace activations before exact products.

    Parameters
    ----------
    weights : array of reals ``(N, K)``
        One row a filter, or in a depthwise layer a channel.
    depthwise : bool
    coding
        Keywords of `golden.quantize.quantize_weights`.
    """

    #: Whether `replace` may be done before windows are cut: it looks at one activation, or at
    #: neighbours that windows keep together.
    local = True
    #: Threads that share a multiplier.
    threads = 1

    def __init__(self, weights, *, depthwise=False, **coding):
        codes, self.weight_steps = quantize_weights(weights, **coding)
        self.w = np.ascontiguousarray(codes.T)          # int8 (K, N)
        self.depthwise = depthwise
        # No partial sum, in whatever order BLAS adds, is larger; float32 has integers to 2**24.
        largest = 255 * np.abs(self.w.astype(np.int64)).sum(axis=0).max()
        self._real = self.w.astype(np.float32 if largest <= 1 << 24 else np.float64)

    @property
    def steps(self):
        """What a unit of each filter's accumulator is worth, in steps of the 8-bit activations."""
        return self.weight_steps

    def replace(self, x):
        """Return what activations count as, along the last axis; uint8."""
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
        if self.depthwise:
            return x[:, channel], self.w[:, channel:channel + 1]
        return x, self.w


class _StaticUnit(Unit):
    """Products of activations with fewer bits; weights too, by the coding."""

    def __init__(self, weights, scheme, **kind):
        super().__init__(weights, bits=scheme.weights, power_of_two=scheme.power_of_two,
                         per_tensor=scheme.per_tensor, **kind)
        top = 2**scheme.activations - 1
        self._codes = np.rint(np.arange(256) * top / 255).astype(np.uint8)
        self._gain = 255 / top

    @property
    def steps(self):
        return self.weight_steps * self._gain

    def replace(self, x):
        return self._codes.take(x)

    def operands(self, x, channel=0):
        return super().operands(self.replace(x), channel)


@functools.cache
def _pairs(config, rounding, paired):
    """Tabulate both effective activations of a pair, as it lies in memory: first + 256 * second."""
    first, second = np.arange(1 << 16) & 255, np.arange(1 << 16) >> 8
    if paired:
        both = sparq.effective(np.stack([first, second], axis=-1), **sparq.CONFIGS[config],
                               rounding=rounding)
        first, second = both[:, 0], both[:, 1]
    else:
        kept, shift = sparq.window(np.arange(256), **sparq.CONFIGS[config], rounding=rounding)
        alone = kept << shift
        first, second = alone[first], alone[second]
    return (first | second << 8).astype("<u2")


class _SparqUnit(Unit):
    """Products of windows. Hardware reads raw activations and selects windows itself."""

    def __init__(self, weights, scheme, *, channels, depthwise=False):
        super().__init__(weights, depthwise=depthwise)
        self._table = _pairs(scheme.config, scheme.rounding, scheme.paired)
        # A tap of even channels is whole pairs: so are those of an image.
        self.local = not depthwise and channels % 2 == 0

    def replace(self, x):
        k = x.shape[-1]
        if k % 2:
            x = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(0, 1)])
        # 16 bits are never out of range; "wrap" spares the check.
        pairs = self._table.take(np.ascontiguousarray(x).view("<u2"), mode="wrap")
        return pairs.view(np.uint8)[..., :k]


class _ThreadedUnit(Unit):
    """Products of threads that collide. Hardware reads K in the order chosen."""

    local = False

    def __init__(self, weights, scheme, threads, *, statistics, depthwise=False):
        super().__init__(weights, depthwise=depthwise)
        self.threads = threads
        self._pad = -len(self.w) % threads
        w = np.pad(self.w, [(0, self._pad), (0, 0)])
        # One product; or one for each channel, with an order of its own.
        parts = [w[:, c:c + 1] for c in range(w.shape[1])] if depthwise else [w]
        self._orders = [None] * len(parts)
        if statistics is not None:
            stats = np.pad(np.atleast_2d(statistics), [(0, 0), (0, self._pad)])
            self._orders = [nbsmt.reorder(one, threads) for one in stats]
        self.how = {"policy": scheme.policy, "sparsity": scheme.sparsity}
        self._stationary = [
            nbsmt.Stationary(part if order is None else part[order], threads=threads,
                             rounding=scheme.rounding, saturate=scheme.saturate, **self.how)
            for part, order in zip(parts, self._orders, strict=True)]

    def _arranged(self, x, part):
        """Return ``x`` ``(M, K)`` with zeros at the end, in the order of one product."""
        if self._pad:
            x = np.pad(x, [(0, 0), (0, self._pad)])
        order = self._orders[part]
        return x if order is None else x.take(order, axis=1)

    def product(self, x):
        if self.depthwise:
            return np.concatenate([one.product(self._arranged(x[:, part], part))
                                   for part, one in enumerate(self._stationary)], axis=1)
        return self._stationary[0].product(self._arranged(x, 0))

    def operands(self, x, channel=0):
        part = channel if self.depthwise else 0
        x = x[:, channel] if self.depthwise else x
        return self._arranged(x, part), self._stationary[part].w


def make_unit(scheme, weights, *, channels, depthwise=False, threads=1, statistics=None):
    """Return the unit of one layer.

    Parameters
    ----------
    scheme : golden.nets.schemes.Scheme
    weights : array of reals ``(N, K)``
    channels : int
        Those of a kernel tap, which SPARQ pairs.
    depthwise : bool
    threads : int
        Of this layer, under NB-SMT.
    statistics : integers ``(K,)``, of a depthwise layer ``(channels, K)``, optional
        What to reorder by under NB-SMT.
    """
    if isinstance(scheme, Static):
        return _StaticUnit(weights, scheme, depthwise=depthwise)
    if isinstance(scheme, Sparq):
        return _SparqUnit(weights, scheme, channels=channels, depthwise=depthwise)
    if isinstance(scheme, Nbsmt) and threads > 1:
        return _ThreadedUnit(weights, scheme, threads, statistics=statistics, depthwise=depthwise)
    return Unit(weights, depthwise=depthwise)
