"""What units take and give, in words: models against each other and the golden functions."""

import numpy as np
import pytest
from test_sim_array import plain_array, sparq_array, sysmt_array
from test_sim_sparq import sparq_dot

from skimp.golden.arithmetic.sparq import matmul
from skimp.golden.booth import digits
from skimp.sim.models.array import PlainArrayModel, SparqArrayModel, SysmtArrayModel
from skimp.sim.models.booth import weight_codes
from skimp.sim.models.dot import SparqDotModel
from skimp.sim.models.operands import signed
from skimp.sim.models.words import unpack

DIGITS = {"01": -1, "11": 0, "10": 1, "00": 2}          # plain, flip


@pytest.mark.parametrize("width", [4, 8])
def test_codes_of_weights_say_their_digits(width):
    """Each digit's code, and no negative zero."""
    weights = np.arange(-1 << width - 1, 1 << width - 1)
    codes, size = weight_codes(weights, width=width, encoding="booth")
    for weight, code, expected in zip(weights, codes, digits(weights, width=width), strict=True):
        bits = f"{code:0{size}b}"[::-1]
        lower, (one, two, negative) = bits[:-3], bits[-3:]
        got = [DIGITS[lower[low:low + 2]] for low in range(0, len(lower), 2)]
        got.append((int(one) + 2 * int(two)) * (-1 if negative == "1" else 1))
        assert got == list(expected), f"{got}, not {expected}, for {weight}"
        assert bits[-3:] not in ("001", "110", "111"), "a code that is no digit"


def test_codes_of_no_known_kind():
    with pytest.raises(ValueError, match="binary, complement or booth, not 'gray'"):
        weight_codes(np.array([1]), width=8, encoding="gray")


@pytest.mark.parametrize("options", [{}, {"window": 2, "shifts": (0, 1, 2, 3, 4, 5, 6)},
                                     {"window": 4, "shifts": (0, 4), "rounding": "trim"}])
def test_sparse_weights_are_those_of_the_golden_product(options):
    """Slots that name their activations, against dense weights of which two in four are not zero.
    """
    unit = sparq_dot(input="sparse24", pairs=3, **options)
    model = SparqDotModel(unit.manifest)
    x = model.random(100, np.random.default_rng(1))
    groups = 100, -1, 2, 1
    # An empty slot adds zero, wherever it points.
    dense = x["weight"].reshape(groups) * (x["index"].reshape(groups) == np.arange(4))
    dense = dense.sum(axis=2).reshape(x["activation"].shape)
    how = {name: unit.manifest["parameters"][name] for name in ("window", "shifts", "rounding")}
    products = matmul(x["activation"], dense.T, **how, sparse24=True).diagonal()
    port = model.port("o")
    got = signed(unpack(port, model.expected(x)["o"], "sum"), port["fields"]["sum"][1])
    np.testing.assert_array_equal(got, products)


@pytest.mark.parametrize("make, kind, parameters", [
    (plain_array, PlainArrayModel, {"lanes": 2}), (sparq_array, SparqArrayModel, {}),
    (sysmt_array, SysmtArrayModel, {}), (sysmt_array, SysmtArrayModel, {"threads": 4})])
def test_tiles_are_those_of_the_whole_product(make, kind, parameters):
    """An inner dimension that threads do not divide, and edges that no tile fills."""
    model = kind(make(rows=2, cols=3, **parameters).manifest)
    rng = np.random.default_rng(1)
    x, w = rng.integers(0, 256, (3, 11)), rng.integers(-128, 128, (11, 4))
    words = model.expected(model.cut(x, w))["sum"]
    sums = signed(unpack(model.port("sum"), words, "data", 3), 32)
    sums = sums.reshape(2, 2, 2, 3).swapaxes(1, 2).reshape(4, 6)
    np.testing.assert_array_equal(sums[:3, :4], model.product(x, w))
    assert not sums[3].any() and not sums[:, 4:].any()
