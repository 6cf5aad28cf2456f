"""What a block's arithmetic costs in accuracy: its error on the operands of a real layer."""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skimp.catalogue.selection import Selected
from skimp.golden.nets.dataset import measuring_images
from skimp.golden.workloads.images import in_hardware

__all__ = ["relative_error"]

IMAGES = 50


@cache
def _operands() -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Return activations (M, K) and weights (K, N) of LeNet-5's second convolution, on test images.

    The first layer of which schemes reduce anything: its activations are sparse, as those of
    most layers, and channels are fastest within a tap.
    """
    found = in_hardware("lenet5").operands("conv2", measuring_images(IMAGES)[0])
    return found.x, found.w


def relative_error(one: Selected) -> float | None:
    """Return the root mean square of the errors on a real layer, as a part of that of the sums.

    None of units that others are compared with, and where no arithmetic says what it computes.
    """
    if one.arithmetic is None or one.baseline is None or one.baseline.block == one.block:
        return None
    x, w = _operands()
    exact = x.astype(np.int64) @ w.astype(np.int64)
    wrong: Any = one.arithmetic.matmul(x, w) - exact
    return float(np.sqrt(np.mean(wrong.astype(float) ** 2) / np.mean(exact.astype(float) ** 2)))
