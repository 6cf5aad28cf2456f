"""What its arithmetics cost a network in accuracy, and what they gain on an array."""

from typing import NamedTuple

import numpy as np

from skimp.golden.arithmetic.base import Usage
from skimp.golden.array import gemm
from skimp.golden.workloads.base import Score

__all__ = ["Cost", "accuracy", "cost", "kurtosis", "usage"]


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


def accuracy(logits, labels, reference) -> Score:
    """Score answers: the class of the largest of ``logits``, the first if several are.

    Shares are from 0 to 1. Most images are answered alike, so the error of the loss, taken in
    pairs, is much smaller than that of a difference of two independent accuracies.

    Parameters
    ----------
    logits, reference : arrays ``(images, classes)``
    labels : integers ``(images,)``

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
    return Score(float(right.mean()), float(lost.mean()), float(spread / np.sqrt(len(lost))))


def usage(model, images) -> Usage:
    """Count what becomes of the operands of all layers, for ``images``, which run all at once."""
    found = [model.layers[name].usage(x) for name, x in model.windows(images)]
    return Usage(sum(one.products for one in found), sum(one.activations for one in found),
                 sum(one.weights for one in found), np.sum([one.active for one in found], axis=0))


def cost(model, *, rows=16, cols=16) -> Cost:
    """Return how long an array takes for an image, by `golden.array.gemm`, layer after layer.

    An arithmetic says how many products a multiplier makes in a step. Each channel of a depthwise
    layer is a product of its own, with one column.

    Parameters
    ----------
    model : golden.nets.engine.Model
    rows, cols : int
        Multipliers of the array.
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


def kurtosis(network) -> dict[str, float]:
    """Return the kurtosis of each layer's weights: 1.8 if uniform, 3 if normal.

    ``mean(((w - mean) / deviation)**4)`` with the unbiased deviation, as KURE (Shkolnik et al.,
    NeurIPS 2020, arXiv 2002.07686) trains it.
    """
    found = {}
    for node in network.gemms:
        w = node.kernel.astype(np.float64).ravel()
        deviation = w.std(ddof=1) if w.size > 1 else 0.0
        found[node.name] = float(np.mean(((w - w.mean()) / deviation) ** 4)) if deviation else 0.0
    return found
