"""Elementwise layers: batch norm, ReLU, sum."""

from dataclasses import dataclass

import numpy as np

from skimp.golden.nets.ops.base import Op, Tensor

__all__ = ["Add", "BatchNorm", "Relu"]


@dataclass(frozen=True, kw_only=True, eq=False)
class BatchNorm(Op):
    """A scale and an offset per channel, from the mean and variance of its training."""

    op = "batchnorm"
    needed = {"gamma": 1, "beta": 1, "mean": 1, "var": 1}
    attributes = ("eps",)

    eps: float = 1e-5

    def __post_init__(self):
        super().__post_init__()
        self.check_positive("eps", self.eps)
        if self.arrays["var"].min() < 0:
            raise ValueError(f"{self.name}.var must not be negative, "
                             f"not {self.arrays['var'].min()}")

    def infer(self, tensor):
        self.check_channels(tensor, len(self.arrays["gamma"]))
        return Tensor(tensor.shape, False)

    def real(self, x):
        factor = self.arrays["gamma"] / np.sqrt(self.arrays["var"] + np.float32(self.eps))
        return (x - self.arrays["mean"]) * factor + self.arrays["beta"]

    def affine(self, mean, var):
        """Return scale and offset under other statistics: float64 ``(channels,)``."""
        scale = self.arrays["gamma"] / np.sqrt(var + self.eps)
        return scale, self.arrays["beta"] - mean * scale

    @staticmethod
    def channels_last(arrays, order):
        if order is None:
            return arrays
        return {name: array[list(order)] if len(array) == len(order) else array
                for name, array in arrays.items()}


@dataclass(frozen=True, kw_only=True, eq=False)
class Relu(Op):
    """Negative numbers become 0."""

    op = "relu"
    attributes = ("maximum",)

    #: The largest result; None: no limit.
    maximum: float | None = None

    def __post_init__(self):
        super().__post_init__()
        if self.maximum is not None:
            self.check_positive("maximum", self.maximum)

    def infer(self, tensor):
        return Tensor(tensor.shape, True)

    def real(self, x):
        return np.clip(x, 0, self.maximum)


class Add(Op):
    """The sum of two tensors."""

    op = "add"
    reads = 2

    def infer(self, first, second):
        if second.shape != first.shape:
            raise ValueError(f"{self.name} must add tensors of one shape, not {first.shape} "
                             f"and {second.shape}")
        return Tensor(first.shape, first.unsigned and second.unsigned)

    def real(self, x, y):
        return x + y

    def order(self, shape, *orders):
        if orders[0] != orders[1]:
            raise ValueError(f"{self.name} must not add flattened features to others, whose order "
                             f"differs once channels come last")
        return orders[0]
