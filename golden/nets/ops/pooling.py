"""Pooling: the largest value or the mean of a window, each channel by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from skimp.golden.nets.codes import Codes, code
from skimp.golden.nets.ops.base import Op, Tensor
from skimp.golden.nets.ops.windows import Windowed

__all__ = ["AvgPool", "GlobalAvgPool", "MaxPool"]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Pool(Windowed):
    """Windows side by side by default; padding must not change the result."""

    #: Side of a window.
    size: int = 0

    def __post_init__(self):
        self.check_integer("size", self.size, 1)
        if self.stride is None:
            object.__setattr__(self, "stride", self.size)
        super().__post_init__()

    @property
    def window(self):
        return self.size, self.size

    def infer(self, tensor):
        if any(self.pad) and not tensor.unsigned:
            raise ValueError(f"{self.name} pads with zeros, so what it reads must never be "
                             f"negative, but {self.inputs[0]} may be")
        return Tensor((*self.count(tensor), tensor.shape[-1]), tensor.unsigned)


class MaxPool(_Pool):
    """The largest value of each window."""

    op = "maxpool"
    attributes = ("size", "stride", "pad")
    keeps_codes = True

    def real(self, x):
        return self.windows(x).max(axis=(4, 5))


class _Mean(Op):
    """Means; `sums` returns the sums and the number of values of each."""

    sums: ClassVar[Callable[..., Any]]

    def real(self, x):
        total, count = self.sums(x, x.dtype)
        return total / np.float32(count)

    def coded(self, *reads, step):
        x = reads[0]
        if not isinstance(x, Codes):
            return self.real(x)
        total, count = self.sums(x.codes, np.int64)         # exact
        return code(total * (x.step / count), step)


class AvgPool(_Mean, _Pool):
    """The mean of each window."""

    op = "avgpool"
    attributes = ("size", "stride")

    def sums(self, x, kind):
        return self.windows(x).sum(axis=(4, 5), dtype=kind), self.size**2


class GlobalAvgPool(_Mean):
    """The mean of each channel."""

    op = "globalavgpool"

    def infer(self, tensor):
        if len(tensor.shape) != 3:
            raise ValueError(f"{self.name} must read rows, columns and channels, "
                             f"not {tensor.shape}")
        return Tensor(tensor.shape[-1:], tensor.unsigned)

    def sums(self, x, kind):
        return x.sum(axis=(1, 2), dtype=kind), x.shape[1] * x.shape[2]

    def taps(self, x):
        """Return each channel as one window: ``(images, 1, 1, channels, taps)``."""
        return x.reshape(len(x), 1, 1, -1, x.shape[-1]).swapaxes(3, 4)
