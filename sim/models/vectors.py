"""Stimuli: every vector where there are few, else corners and seeded random ones."""

import numpy as np
from numpy.random import Generator

from skimp.sim.models.base import Integers

__all__ = ["corners", "exhaustive", "random_vectors", "vectors"]


def exhaustive(n: int, width: int) -> Integers:
    """Return all vectors of ``n`` elements of ``width`` bits."""
    codes = np.arange(1 << n * width, dtype=np.int64)
    return codes[:, None] >> width * np.arange(n) & (1 << width) - 1


def corners(n: int, width: int) -> Integers:
    """Return vectors at the edges: equal, one-hot, alternating, ascending, descending elements."""
    top, place = (1 << width) - 1, np.arange(n)
    ramp = (1 << np.minimum(place * (width + 1) // n, width)) - 1      # ones: 0 first, most last
    alone = np.eye(n, dtype=np.int64)[sorted({0, n // 2, n - 1})]      # one element differs
    rows = [np.full(n, value) for value in (0, top, 1, 1 << width - 1)]
    rows += [mask * top for mask in (place % 2, 1 - place % 2, place >= n // 2, place < n // 2)]
    rows += [ramp, ramp[::-1], place & top, top - (place & top), 1 << place % width]
    return np.vstack([*rows, *(alone * top), *((1 - alone) * top)]).astype(np.int64)


def random_vectors(count: int, n: int, width: int, rng: Generator) -> Integers:
    """Return ``count`` vectors, dealt from five distributions.

    Uniform words; words uniform in their number of ones, for the rare keys at both ends; mostly
    zeros, as behind ReLU; few distinct words, for ties; words of all zeros or all ones, which
    suffice to find any fault of a comparator network.
    """
    top = (1 << width) - 1
    shape = (-(-count // 5), n)
    uniform = rng.integers(0, top, shape, endpoint=True)
    ones = rng.integers(0, width, shape, endpoint=True)
    chosen = rng.permuted(np.broadcast_to(np.arange(width), (*shape, width)), axis=-1)
    by_ones = ((chosen < ones[..., None]) << np.arange(width)).sum(axis=-1)
    sparse = uniform[::-1] * (rng.random(shape) < rng.random((len(uniform), 1)) / 2)
    few = np.take_along_axis(by_ones, rng.integers(0, min(n, 3), shape), axis=1)
    extreme = (rng.random(shape) < rng.random((len(uniform), 1))) * top
    mixed = np.stack([uniform, by_ones, sparse, few, extreme], axis=1).reshape(-1, n)
    return mixed[:count].astype(np.int64)


def vectors(n: int, width: int, count: int, rng: Generator) -> Integers:
    """Return ``count`` vectors in random order: all vectors if they are so few, else a mixture.

    Half of the mixture, as far as they go, are corners.
    """
    if n * width < 32 and 1 << n * width <= count:
        return rng.permutation(exhaustive(n, width))
    edge = rng.permutation(corners(n, width))[:count // 2]
    return rng.permutation(np.vstack([edge, random_vectors(count - len(edge), n, width, rng)]))
