"""What a block's arithmetic costs in accuracy: its error on the operands of a real layer."""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skimp.catalogue.selection import Selected
from skimp.golden.nets import fashion_mnist
from skimp.golden.nets.layers import im2col
from skimp.golden.nets.lenet5 import load
from skimp.sim.named import function_named

__all__ = ["product_of", "relative_error"]

IMAGES = 50


@cache
def _operands() -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Activations (M, K) and weights (K, N) of LeNet-5's second convolution, on test images.

    The first layer of which the schemes reduce anything: its activations are sparse, as those of
    most layers, and channels are fastest within a tap.
    """
    network = load()
    layer = network.layers["conv2"]
    x = network.activations(fashion_mnist().test_images[:IMAGES])["conv2"]
    rows = im2col(x, layer.weights.shape[1], pad=layer.pad)
    return rows.reshape(-1, rows.shape[-1]), layer.weights.reshape(len(layer.weights), -1).T


def product_of(one: Selected) -> Callable[..., NDArray[np.int64]] | None:
    """Give the function that multiplies matrices ``x`` and ``w`` as ``one`` does, if it has one."""
    if not one.block.product:
        return None
    function = function_named(one.block.product)
    keywords = {key: getattr(one.params, key) for key in inspect.signature(function).parameters
                if hasattr(one.params, key)}
    return lambda x, w: function(x, w, **keywords)


def relative_error(one: Selected) -> float | None:
    """Root mean square of what ``one`` gets wrong on a real layer, as a part of the sums' own.

    None if it is exact by construction, or takes other operands than 8 bits each.
    """
    multiply = product_of(one)
    if multiply is None or getattr(one.params, "weight_width", 8) != 8:
        return None
    x, w = _operands()
    exact = x.astype(np.int64) @ w.astype(np.int64)
    wrong: Any = multiply(x, w) - exact
    return float(np.sqrt(np.mean(wrong.astype(float) ** 2) / np.mean(exact.astype(float) ** 2)))
