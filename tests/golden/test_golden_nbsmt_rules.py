"""One step of the NB-SMT golden model: corners, every class of operands, steps by hand."""

import itertools

import numpy as np
import pytest
from nbsmt_loops import WAYS, name, slow_r, slow_step

from skimp.golden.arithmetic.nbsmt import ROUNDINGS, matmul, step


@pytest.mark.parametrize("way", WAYS, ids=name)
def test_every_pair_of_corners_in_two_threads(way):
    states = list(itertools.product([0, 1, 9, 15, 16, 24, 247, 248, 255],
                                    [-128, -9, -8, -1, 0, 7, 8, 120, 127]))
    pairs = np.array(list(itertools.product(states, states)))       # (pairs, thread, operand)
    x, w = pairs[..., 0], pairs[..., 1]
    expected = [slow_step(xs, ws, **way)[0] for xs, ws in zip(x.tolist(), w.tolist(), strict=True)]
    got = step(x, w, **way)
    assert got.dtype == np.int64
    assert got.tolist() == expected


@pytest.mark.parametrize("way", WAYS, ids=name)
def test_every_class_of_four_threads(way):
    """Zero, small and large operands in all combinations, each class by different values."""
    rng = np.random.default_rng(len(name(way)))
    classes = list(itertools.product([[0], [1, 9, 15], [16, 24, 248]],
                                     [[0], [-8, -1, 7], [-128, 8, 121]]))
    states = [[(rng.choice(a), rng.choice(b)) for a, b in classes] for _ in range(4)]
    fours = np.array(list(itertools.product(*states)))
    x, w = fours[..., 0], fours[..., 1]
    expected = [slow_step(xs, ws, **way)[0] for xs, ws in zip(x.tolist(), w.tolist(), strict=True)]
    assert step(x, w, **way).tolist() == expected


@pytest.mark.parametrize("rounding", ROUNDINGS)
@pytest.mark.parametrize("saturate", [False, True])
def test_rounding_of_every_operand(rounding, saturate):
    """The partner adds 1; a zero among the operands is exact and would hide it."""
    x, w, ones = np.arange(1, 256), np.array([*range(-128, 0), *range(1, 128)]), np.ones(255, int)
    how = {"rounding": rounding, "saturate": saturate}
    got = step(np.stack([x, ones], -1), np.stack([ones, ones], -1), policy="A0", **how)
    one = slow_r(1, 15, rounding, saturate)
    assert got.tolist() == [slow_r(v, 15, rounding, saturate) + one for v in x.tolist()]
    got = step(np.stack([ones, ones], -1), np.stack([w, ones], -1), policy="W0", **how)
    assert got.tolist() == [slow_r(v, 7, rounding, saturate) + one for v in w.tolist()]


@pytest.mark.parametrize(("x", "w", "way", "expected"), [
    ([90, 3], [9, 1], {}, 96 * 9 + 3),
    ([90, 3], [7, 1], {}, 90 * 7 + 3),                              # a small weight of its own
    ([90, 3], [7, 1], {"policy": "A"}, 96 * 7 + 3),
    ([90, 9], [7, 1], {"policy": "A0"}, 96 * 7 + 16),
    ([90, 3], [9, 1], {"policy": "aW"}, 90 * 16 + 3),
    ([15, 3], [9, 1], {"policy": "aW"}, 15 * 9 + 3),
    ([15, 3], [9, 1], {"policy": "W"}, 15 * 16 + 3),
    ([15, 3], [7, 9], {"policy": "W0"}, 0 + 3 * 16),
    ([15, 3], [-1, 9], {"policy": "W0", "rounding": "floor"}, 15 * -16),
    ([90, 0], [9, 1], {}, 90 * 9),
    ([90, 3], [9, 0], {}, 90 * 9),
    ([90, 0], [9, 1], {"sparsity": False}, 96 * 9),
    ([248, 1], [8, 1], {}, 256 * 8 + 1),                            # the rounding trap
    ([248, 1], [8, 1], {"saturate": True}, 240 * 8 + 1),
    ([247, 1], [8, 1], {}, 240 * 8 + 1),
    ([1, 1], [120, 119], {"policy": "W"}, 128 + 112),               # 7.5 is nearest to 8
    ([1, 1], [120, 119], {"policy": "W", "saturate": True}, 112 + 112),
    ([24, 40], [8, 8], {"policy": "A"}, 32 * 8 + 32 * 8),           # halves to even
    ([90, 0, 3, 0], [9, 1, 1, 1], {}, 96 * 9 + 3),
    ([90, 0, 3, 1], [9, 1, 1, 1], {}, 96 * 16 + 3 + 1),             # three: both operands
    ([90, 0, 3, 1], [9, 1, 1, 0], {"policy": "W"}, 90 * 16 + 3),
    ([90, 9, 9, 0], [9, 1, 9, 5], {"policy": "W0"}, 96 * 16 + 0 + 16 * 16),
    ([90], [9], {"sparsity": False, "policy": "A0"}, 90 * 9),
])
def test_steps_by_hand(x, w, way, expected):
    assert step(x, w, **way) == expected
    assert slow_step(x, w, **way)[0] == expected
    assert matmul([x], np.array([w]).T, threads=len(x), **way).tolist() == [[expected]]


@pytest.mark.parametrize("shape", [(1,), (2,), (4,), (0, 2), (3, 0, 4), (2, 3, 4)])
def test_steps_of_any_shape(shape):
    got = step(np.ones(shape, np.uint8), np.ones(shape, np.int8))
    assert isinstance(got, np.ndarray)
    assert (got.shape, got.dtype) == (shape[:-1], np.int64)
    assert (got == shape[-1]).all()
