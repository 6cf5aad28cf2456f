"""Operands of the multiply-accumulate units: corners, and random ones."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from skimp.sim.models.base import Integers, Operands

__all__ = ["Activations", "at", "corner_steps", "firsts", "random_activations", "random_weights",
           "signed"]


def signed(values: Integers, width: int) -> Integers:
    """Read codes of ``width`` bits as two's complement."""
    half = 1 << width - 1
    return (values + half) % (2 * half) - half


def activation_corners(width: int) -> Integers:
    """Return zero, the ends of windows, and the values that rounding may carry to the top."""
    top = (1 << width) - 1
    return np.unique([0, 1, *(near for bit in (4, 7) for near in ((1 << bit) - 1, 1 << bit)
                              if near <= top), *range(max(top - 8, 0), top + 1)])


def weight_corners(width: int) -> Integers:
    """Return zero, the ones, the ends of the range."""
    half = 1 << width - 1
    return np.array([-half, 1 - half, -1, 0, 1, half - 1])


@dataclass(frozen=True)
class Activations:
    """The activations that a unit takes, of ``width`` bits, ``signed`` or not."""

    width: int
    signed: bool = False

    def read(self, codes: Integers) -> Integers:
        """Return the activations that words of ``width`` bits mean."""
        return signed(codes, self.width) if self.signed else codes

    @property
    def every(self) -> Integers:
        """All of them, by their codes."""
        return self.read(np.arange(1 << self.width))

    @property
    def corners(self) -> Integers:
        """Those that matter most."""
        return weight_corners(self.width) if self.signed else activation_corners(self.width)

    @property
    def extreme(self) -> int:
        """That of the largest magnitude."""
        return int(self.every[np.abs(self.every).argmax()])

    def random(self, count: int, k: int, rng: Generator) -> Integers:
        """Return ``count`` rows of ``k``, as `random_activations` deals them, of either sign."""
        if not self.signed:
            return random_activations(count, k, self.width, rng)
        x = random_activations(count, k, self.width - 1, rng)
        x = np.where(rng.random(x.shape) < 0.5, x, -x)
        x[3::4] = rng.choice(self.corners, x[3::4].shape)
        return x


def corner_steps(lanes: int, activations: Activations, weight_width: int, count: int,
                 rng: Generator) -> tuple[Integers, Integers]:
    """Return ``count`` steps with a corner on every lane, in random order.

    With one or two lanes every combination comes before any repeats. Returns activations and
    weights, (count, lanes) each.
    """
    single = np.array(list(itertools.product(activations.corners, weight_corners(weight_width))))
    if lanes > 2:
        chosen = rng.integers(0, len(single), (count, lanes))
    else:
        every = np.indices([len(single)] * lanes).reshape(lanes, -1).T
        chosen = np.vstack([rng.permutation(every) for _ in range(-(-count // len(every)))])[:count]
    return single[chosen, 0], single[chosen, 1]


def random_activations(count: int, k: int, width: int, rng: Generator) -> Integers:
    """Return ``count`` rows of ``k``, dealt from four distributions.

    Uniform; uniform in their number of bits, so that every window is in use; sparse, as behind
    ReLU; corners.
    """
    shape = (-(-count // 4), k)
    uniform = rng.integers(0, 1 << width, shape)
    by_bits = uniform >> rng.integers(0, width + 1, shape)
    sparse = rng.permutation(uniform) * (rng.random(shape) < rng.random((shape[0], 1)))
    corners = rng.choice(activation_corners(width), shape)
    return np.stack([uniform, by_bits, sparse, corners], axis=1).reshape(-1, k)[:count]


def random_weights(count: int, k: int, width: int, rng: Generator) -> Integers:
    """Return ``count`` rows of ``k``: a third uniform, a third sparse, a third corners."""
    shape = (count, k)
    uniform = rng.integers(-1 << width - 1, 1 << width - 1, shape)
    kind = rng.integers(0, 3, (count, 1))
    sparse = uniform * (rng.random(shape) < 0.5)
    return np.choose(kind, [uniform, sparse, rng.choice(weight_corners(width), shape)])


def firsts(count: int, often: float, rng: Generator) -> NDArray[np.bool_]:
    """Choose steps that restart the sum: the first, and a share ``often`` of the others."""
    return (rng.random(count) < often) | (np.arange(count) == 0)


def at(x: Operands, places: Integers) -> Operands:
    """Return the steps at ``places``, and idle ones where those are -1."""
    return {name: np.where((places < 0).reshape(-1, *[1] * (field.ndim - 1)), 0, field[places])
            for name, field in x.items()}
