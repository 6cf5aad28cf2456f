"""A layer of each network, its real activations and weights, through the Verilog of arrays.

The engine's integers are what the array should give, in as many clocks as the golden model says.
"""

from functools import cache

import numpy as np
import pytest

from skimp.golden.arithmetic import parse
from skimp.golden.nets import network
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.engine import Model, assign
from skimp.golden.nets.quantized import quantize
from skimp.hw.emit import emit
from skimp.hw.sparq.pe import SparqArray, SparqArrayParams
from skimp.hw.sysmt.pe import SysmtArray, SysmtArrayParams
from skimp.sim.launch import run_bench
from skimp.sim.models.array import SparqArrayModel, SysmtArrayModel
from skimp.sim.models.operands import signed
from skimp.sim.models.words import unpack

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

LAYERS = {"lenet5": "conv2", "resnet8": "stack2.conv1", "dscnn": "pointwise2"}


@cache
def operands(name, scheme):
    """Activations, weights and result of a layer for a test image."""
    quantized = quantize(network.shipped(name), training_images(50)[0])
    model = Model(quantized, assign(quantized, parse(scheme)))
    return model.operands(LAYERS[name], measuring_images(1)[0])


def run(folder, array, model, layer, count):
    """Multiply the first ``count`` rows of a layer, which give its own integers."""
    unit = emit(array, "array")
    arithmetic = model(unit.manifest)
    x, w = (operand.astype(np.int64) for operand in (layer.x[:count], layer.w))
    tiles = arithmetic.cut(x, w)
    words = arithmetic.expected(tiles)["sum"]
    sums = signed(unpack(arithmetic.port("sum"), words, "data", arithmetic.cols), 32)
    down, right = -(-len(x) // arithmetic.rows), -(-w.shape[1] // arithmetic.cols)
    sums = sums.reshape(down, right, arithmetic.rows, arithmetic.cols).swapaxes(1, 2)
    sums = sums.reshape(down * arithmetic.rows, -1)[:len(x), :w.shape[1]]
    np.testing.assert_array_equal(sums, layer.result[:count])
    assert run_bench(unit, model, folder, operands=tiles) == 1


def threads(**parameters):
    return SysmtArray(SysmtArrayParams(**parameters)), SysmtArrayModel


@pytest.mark.parametrize("name", LAYERS)
def test_rows_of_a_layer_with_two_threads(tmp_path, name):
    run(tmp_path, *threads(rows=4, cols=4), operands(name, "nbsmt:2:A:saturate"), 4)


@pytest.mark.parametrize("name", LAYERS)
def test_rows_of_a_layer_with_sparq(tmp_path, name):
    array = SparqArray(SparqArrayParams(rows=4, cols=4))
    run(tmp_path, array, SparqArrayModel, operands(name, "sparq:5opt"), 4)


@pytest.mark.deep
@pytest.mark.parametrize("name", LAYERS)
def test_an_image_on_a_large_array(tmp_path, name):
    run(tmp_path, *threads(rows=16, cols=16), operands(name, "nbsmt:2:A:saturate"), 100)
