"""Operands of the multiply-accumulate units: corners, random ones, and the words they travel in."""

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from skimp.golden.arithmetic.sparq import encode, footprint, pair
from skimp.golden.booth import digits
from skimp.sim.streams import pack

__all__ = [
    "Operands", "activation_codes", "activation_corners", "corner_steps", "random_activations",
    "random_weights", "signed", "weight_codes", "weight_corners", "words",
]

Operands = NDArray[np.int64]


def signed(values: Operands, width: int) -> Operands:
    """Read codes of ``width`` bits as two's complement."""
    half = 1 << width - 1
    return (values + half) % (2 * half) - half


def activation_corners(width: int) -> Operands:
    """Give zero, the ends of the windows, all that rounding may carry to the top."""
    top = (1 << width) - 1
    return np.unique([0, 1, *(near for bit in (4, 7) for near in ((1 << bit) - 1, 1 << bit)
                              if near <= top), *range(max(top - 8, 0), top + 1)])


def weight_corners(width: int) -> Operands:
    """Give zero, the ones, the ends of the range."""
    half = 1 << width - 1
    return np.array([-half, 1 - half, -1, 0, 1, half - 1])


def corner_steps(lanes: int, activation_width: int, weight_width: int, count: int,
                 rng: Generator) -> tuple[Operands, Operands]:
    """Give ``count`` steps with a corner on every lane, in random order.

    Of one lane and of two, every combination comes before any comes twice.

    Returns
    -------
    activations, weights : (count, lanes) arrays
    """
    single = np.array(list(itertools.product(activation_corners(activation_width),
                                             weight_corners(weight_width))))
    if lanes > 2:
        chosen = rng.integers(0, len(single), (count, lanes))
    else:
        every = np.indices([len(single)] * lanes).reshape(lanes, -1).T
        chosen = np.vstack([rng.permutation(every) for _ in range(-(-count // len(every)))])[:count]
    return single[chosen, 0], single[chosen, 1]


def random_activations(count: int, k: int, width: int, rng: Generator) -> Operands:
    """Give ``count`` rows of ``k``, dealt from four distributions.

    Uniform; uniform in their number of bits, so that every window is in use; sparse, as behind
    ReLU; corners.
    """
    shape = (-(-count // 4), k)
    uniform = rng.integers(0, 1 << width, shape)
    by_bits = uniform >> rng.integers(0, width + 1, shape)
    sparse = rng.permutation(uniform) * (rng.random(shape) < rng.random((shape[0], 1)))
    corners = rng.choice(activation_corners(width), shape)
    return np.stack([uniform, by_bits, sparse, corners], axis=1).reshape(-1, k)[:count]


def random_weights(count: int, k: int, width: int, rng: Generator) -> Operands:
    """Give ``count`` rows of ``k``: a third uniform, a third sparse, a third corners."""
    shape = (count, k)
    uniform = rng.integers(-1 << width - 1, 1 << width - 1, shape)
    kind = rng.integers(0, 3, (count, 1))
    sparse = uniform * (rng.random(shape) < 0.5)
    return np.choose(kind, [uniform, sparse, rng.choice(weight_corners(width), shape)])


def activation_codes(activations: Operands, *, config: Mapping[str, Any], rounding: str = "round",
                     width: int = 8) -> tuple[Operands, int]:
    """Give (n, k) activations as a unit takes them, and the bits of each.

    With ``config``, a window and shifts, they are encoded pairs of neighbours, (n, k / 2); else the
    ``width`` bits.
    """
    if not config:
        return activations, width
    lanes = pair(activations[:, ::2], activations[:, 1::2], **config, rounding=rounding)
    return encode(lanes, **config), footprint(**config)


def weight_codes(weights: Operands, *, width: int, encoding: str) -> tuple[Operands, int]:
    """Give weights as a unit takes them, and the bits of each.

    ``binary`` is two's complement, ``complement`` has all its bits inverted. ``booth`` are
    `golden.booth.digits`, the lowest first: two bits each, ``plain`` and ``flip``; of the last
    three, whether its magnitude is one, whether two, and its sign.
    """
    if encoding in ("binary", "complement"):
        return (weights if encoding == "binary" else ~weights) & (1 << width) - 1, width
    if encoding != "booth":
        raise ValueError(f"Encoding must be binary, complement or booth, not {encoding!r}")
    *lower, last = np.moveaxis(digits(weights, width=width), -1, 0)
    codes = (abs(last) == 1) | (abs(last) == 2) << 1 | (last < 0) << 2
    for digit in reversed(lower):
        codes = codes << 2 | (digit > -1) & (digit < 2) | ((digit < 1) << 1)
    return codes, width + 1


def words(port: Mapping[str, Any], codes: Operands, bits: int) -> list[int]:
    """Pack rows of codes of ``bits`` bits, the first lowest, in words that fill ``port``."""
    width = codes.shape[1] * bits
    if port["width"] != width:
        raise ValueError(f"Port must have {width} bits, not {port['width']}")
    return pack({"width": width}, payload=codes)      # as one, whatever its fields
