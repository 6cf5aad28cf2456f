"""Tensors of 8-bit codes, and the layers between matrix products."""

from typing import NamedTuple

import numpy as np

from skimp.golden.nets.patches import average_pool, max_pool

__all__ = ["Codes", "apply_plain", "as_reals", "code"]


class Codes(NamedTuple):
    """A tensor of unsigned 8-bit codes, and what a unit of them is worth."""

    codes: np.ndarray
    step: float

    @property
    def reals(self):
        """The numbers that the codes stand for, float64."""
        return self.codes * np.float64(self.step)


def as_reals(value):
    """Return the numbers of a tensor, coded or not."""
    return value.reals if isinstance(value, Codes) else value


def code(x, step):
    """Code real numbers with the step of their tensor; what is negative becomes 0."""
    x = x / step
    np.rint(x, out=x)
    np.clip(x, 0, 255, out=x)
    return Codes(x.astype(np.uint8), step)


def apply_plain(node, reads, step):
    """Return what a ReLU, sum, pooling or flattening gives.

    Parameters
    ----------
    node : golden.nets.nodes.Node
    reads : list of Codes or float64 array
    step : float or None
        Of what the node gives, if that is never negative.

    Returns
    -------
    Codes if there is a step, else float64 array
    """
    x = reads[0]
    if node.op == "relu":
        real = as_reals(x)
        return code(real if node.maximum is None else np.minimum(real, node.maximum), step)
    if node.op == "add":
        real = as_reals(x) + as_reals(reads[1])
        return real if step is None else code(real, step)
    if node.op == "maxpool":
        return Codes(max_pool(x.codes, node), x.step) if step else max_pool(x, node)
    if node.op == "flatten":
        return Codes(x.codes.reshape(len(x.codes), -1), x.step) if step else x.reshape(
            len(x), -1)
    total, count = average_pool(x.codes if step else x, node)
    return code(total * (x.step / count), step) if step else total / count
