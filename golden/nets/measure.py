"""What its arithmetics cost a network in accuracy, and what they gain on an array."""

from typing import NamedTuple

import numpy as np

from skimp.golden.arithmetic.base import Usage
from skimp.golden.array import gemm

__all__ = ["Accuracy", "Cost", "accuracy", "cost", "kurtosis", "usage"]


class Accuracy(NamedTuple):
    """Right answers, beside those of a reference on the same images; shares from 0 to 1.

    Parameters
    ----------
    top1 : float
    loss : float
        Top-1 of the reference less that of the model.
    error : float
        Standard error of ``loss``. Most images are answered alike, so it is much smaller than that
        of a difference of two independent accuracies.
    """

    top1: float
    loss: float
    error: float


class Cost(NamedTuple):
    """What an image costs on an array of multipliers.

    Parameters
    ----------
    products, cycles : int
    speed_up : float
        Cycles in exact 8 bits, divided by ``cycles``.
    ideal_speed_up : float
        sum(products) / sum(products / threads) over layers: what there would be without edges.
    utilisation : float
        Products made, of those that all threads could make in so many cycles.
    """

    products: int
    cycles: int
    speed_up: float
    ideal_speed_up: float
    utilisation: float


def accuracy(logits, labels, reference):
    """Compare answers: the class of the largest of ``logits``, the first if several are.

    Parameters
    ----------
    logits, reference : arrays ``(images, classes)``
    labels : integers ``(images,)``

    Returns
    -------
    Accuracy

    Raises
    ------
    ValueError
        If there is no image, or lengths differ.
    """
    labels = np.asarray(labels)
    if not len(labels) or not len(labels) == len(logits) == len(reference):
        raise ValueError(f"Accuracy needs at least one image, and a label and a reference for "
                         f"each, not {len(logits)}, {len(labels)} and {len(reference)}")
    right = logits.argmax(axis=1) == labels
    lost = (reference.argmax(axis=1) == labels).astype(np.int64) - right
    spread = lost.std(ddof=1) if len(lost) > 1 else 0.0
    return Accuracy(float(right.mean()), float(lost.mean()), float(spread / np.sqrt(len(lost))))


def usage(model, images):
    """Count what becomes of the operands of all layers, for ``images``, which run all at once.

    Returns
    -------
    golden.arithmetic.base.Usage
    """
    found = [model.layers[name].usage(x) for name, x in model.windows(images)]
    return Usage(sum(one.products for one in found), sum(one.activations for one in found),
                 sum(one.weights for one in found), np.sum([one.active for one in found], axis=0))


def cost(model, *, rows=16, cols=16):
    """Return how long an array takes for an image, by `golden.array.gemm`, layer after layer.

    An arithmetic says how many products a multiplier makes in a step. Each channel of a depthwise
    layer is a product of its own, with one column.

    Parameters
    ----------
    model : golden.nets.engine.Model
    rows, cols : int
        Multipliers of the array.

    Returns
    -------
    Cost
    """
    products, steps, cycles, plain, room = 0, 0.0, 0, 0, 0
    for node in model.network.gemms:
        shape = model.quantized.shape(node)
        count = model.chosen[node.name].products_per_step
        # Tiles at the edges are as long as others: a group is a tile's columns.
        n = shape.n if shape.groups == 1 else shape.groups * cols
        each, alone = (gemm(shape.m, shape.k, n, rows=rows, cols=cols, threads=threads).cycles
                       for threads in (count, 1))
        products, steps = products + shape.products, steps + shape.products / count
        cycles, plain = cycles + each, plain + alone
        room += each * rows * cols * count
    return Cost(products, cycles, plain / cycles, products / steps, products / room)


def kurtosis(network):
    """Return the kurtosis of each layer's weights: 1.8 if uniform, 3 if normal.

    ``mean(((w - mean) / deviation)**4)`` with the unbiased deviation, as KURE (Shkolnik et al.,
    NeurIPS 2020, arXiv 2002.07686) trains it.

    Returns
    -------
    dict of str to float
    """
    found = {}
    for node in network.gemms:
        w = node.kernel.astype(np.float64).ravel()
        deviation = w.std(ddof=1) if w.size > 1 else 0.0
        found[node.name] = float(np.mean(((w - w.mean()) / deviation) ** 4)) if deviation else 0.0
    return found
