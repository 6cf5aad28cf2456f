"""Matrix products ("GEMMs") of unsigned activations by weights, which multipliers compute."""

import math
from typing import NamedTuple

import numpy as np

from skimp.golden.nets.ops.base import Op, Tensor
from skimp.golden.nets.ops.windows import Windowed

__all__ = ["Conv", "Depthwise", "Linear", "Product", "Shape"]


class Shape(NamedTuple):
    """A layer's matrix product for one image: ``groups`` products of (m, k) by (k, n)."""

    m: int
    k: int
    n: int
    #: More than one for a depthwise layer, whose n is 1: its channels.
    groups: int

    @property
    def products(self):
        """Multiplications, those by zero included."""
        return self.m * self.k * self.n * self.groups


class Product(Op):
    """A layer of filters; what it reads must never be negative."""

    optional = {"bias": 1}
    by_channel = False

    @property
    def kernel(self):
        """The weights as a matrix ``(filters, k)``."""
        return self.arrays["weights"].reshape(len(self.arrays["weights"]), -1)

    def cut(self, x):
        """Return what is multiplied: ``(M, K)``, or ``(M, channels, K)`` by channel.

        ``x`` is ``(images, rows, columns, channels)``, or ``(images, inputs)`` of a linear layer.
        """
        raise NotImplementedError

    def shape(self, given):
        """Return the `Shape` of the product that makes the tensor ``given`` of an image."""
        m, (filters, k) = math.prod(given.shape[:-1]), self.kernel.shape
        return Shape(m, k, 1, filters) if self.by_channel else Shape(m, k, filters, 1)

    def infer(self, tensor):
        if not tensor.unsigned:
            raise ValueError(f"What {self} reads must never be negative, but {self.inputs[0]} may "
                             f"be: a ReLU is missing before it")
        if tensor.bits > 8:
            raise ValueError(f"What {self} reads must have at most 8 bits, but {self.inputs[0]} "
                             f"has {tensor.bits}")
        return Tensor(self.results(tensor), False)

    def results(self, tensor):
        """Return the shape of its result for a tensor; raise a ValueError if it does not fit."""
        raise NotImplementedError


class Conv(Product, Windowed):
    """A convolution (a correlation, as networks have it): weights by row, column and channel."""

    op = "conv"
    needed = {"weights": 4}
    attributes = ("stride", "pad")

    @property
    def window(self):
        return self.arrays["weights"].shape[1:3]

    def results(self, tensor):
        windows = self.count(tensor)
        self.check_channels(tensor, self.arrays["weights"].shape[3])
        return (*windows, len(self.kernel))

    def _columns(self, x):
        """Taps row-major, channels fastest within a tap."""
        windows = self.windows(x).transpose(0, 1, 2, 4, 5, 3)
        return windows.reshape(*windows.shape[:3], -1)

    def cut(self, x):
        columns = self._columns(x)
        return columns.reshape(-1, columns.shape[-1])

    def real(self, x):
        return self._columns(x) @ self.kernel.T + self.arrays.get("bias", 0)

    @staticmethod
    def channels_last(arrays, order):
        return arrays | {"weights": arrays["weights"].transpose(0, 2, 3, 1)}


class Depthwise(Product, Windowed):
    """A convolution of each channel by itself: weights by row and column."""

    op = "depthwise"
    needed = {"weights": 3}
    attributes = ("stride", "pad")
    by_channel = True

    @property
    def window(self):
        return self.arrays["weights"].shape[1:]

    def results(self, tensor):
        windows = self.count(tensor)
        self.check_channels(tensor, len(self.kernel))
        return (*windows, len(self.kernel))

    def cut(self, x):
        taps = self.taps(x)
        return taps.reshape(-1, *taps.shape[3:])

    def real(self, x):
        return (np.einsum("...ck,ck->...c", self.taps(x), self.kernel)
                + self.arrays.get("bias", 0))

    @staticmethod
    def channels_last(arrays, order):
        return arrays | {"weights": arrays["weights"][:, 0]}


class Linear(Product):
    """A dense layer: a weight per filter and feature."""

    op = "linear"
    needed = {"weights": 2}

    def results(self, tensor):
        if tensor.shape != self.kernel.shape[1:]:
            raise ValueError(f"{self} must read {self.kernel.shape[1]} features, "
                             f"not the shape {tensor.shape}")
        return (len(self.kernel),)

    def cut(self, x):
        return x

    def taps(self, x):
        return x[:, np.newaxis, np.newaxis, :, np.newaxis]

    def real(self, x):
        return x @ self.kernel.T + self.arrays.get("bias", 0)

    @staticmethod
    def channels_last(arrays, order):
        if order is None or arrays["weights"].shape[1] != len(order):
            return arrays
        return arrays | {"weights": arrays["weights"][:, list(order)]}

    def order(self, shape, *orders):
        return None
