"""The error of a block's arithmetic on the operands of a real layer."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skimp.catalogue.selection import Design
from skimp.golden.nets.dataset import measuring_images
from skimp.golden.workloads.images import in_hardware

__all__ = ["relative_error"]

IMAGES = 50


@cache
def _operands() -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Return activations (M, K) and weights (K, N) of LeNet-5's second convolution, on test images.

    It is the first layer that schemes reduce. Its activations are sparse, as in most layers.
    """
    found = in_hardware("lenet5").operands("conv2", measuring_images(IMAGES)[0])
    return found.x, found.w


def relative_error(one: Design) -> float | None:
    """Return the RMS of the errors on a real layer relative to the RMS of the exact sums.

    Return None for a baseline, and for a unit without an arithmetic.
    """
    if one.arithmetic is None or one.baseline is None or one.baseline.block == one.block:
        return None
    x, w = _operands()
    exact = x.astype(np.int64) @ w.astype(np.int64)
    wrong: Any = one.arithmetic.matmul(x, w) - exact
    return float(np.sqrt(np.mean(wrong.astype(float) ** 2) / np.mean(exact.astype(float) ** 2)))
