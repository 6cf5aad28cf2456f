"""Layers that only reshape their input."""

import math

import numpy as np

from skimp.golden.nets.ops.base import Op, Tensor

__all__ = ["Flatten"]


class Flatten(Op):
    """All of an image as features: rows, columns, channels, channels fastest."""

    op = "flatten"
    keeps_codes = True

    def infer(self, tensor):
        return Tensor((math.prod(tensor.shape),), tensor.unsigned)

    def real(self, x):
        return x.reshape(len(x), -1)

    def order(self, shape, *orders):
        if len(shape) < 3 or min(math.prod(shape[:2]), shape[2]) == 1:
            return orders[0]
        *plane, channels = shape
        features = np.arange(math.prod(shape)).reshape(channels, *plane)
        return tuple(features.transpose(1, 2, 0).ravel().tolist())
