"""A layer of each network, its real activations and weights, through the Verilog of arrays.

The engine's integers are what the array should give, in as many clocks as the golden model says.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from skimp.golden.nets import network
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.engine import Model
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.schemes import parse
from skimp.hw.emit import emit
from skimp.hw.sparq.pe import SparqArray, SparqArrayParams
from skimp.hw.sysmt.pe import SysmtArray, SysmtArrayParams
from skimp.sim.launch import run_bench

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

LAYERS = {"lenet5": "conv2", "resnet8": "stack2.conv1", "dscnn": "pointwise2"}


@cache
def operands(name, scheme):
    """Activations, weights and result of a layer for a test image."""
    quantized = quantize(network.shipped(name), training_images(50)[0])
    return Model(quantized, parse(scheme)).operands(LAYERS[name], measuring_images(1)[0])


def run(folder, unit, layer, count):
    """Multiply the first ``count`` rows of a layer."""
    np.savez(folder / "layer.npz", x=layer.x[:count], w=layer.w, product=layer.result[:count])
    manifest = unit.manifest | {"layer": str(folder / "layer.npz")}
    assert run_bench(replace(unit, manifest=manifest), "skimp.sim.tb_layer", folder / "run") == 1


def threads(**parameters):
    return emit(SysmtArray(SysmtArrayParams(**parameters)), "array",
    golden="golden.arithmetic.nbsmt.matmul")


@pytest.mark.parametrize("name", LAYERS)
def test_rows_of_a_layer_with_two_threads(tmp_path, name):
    run(tmp_path, threads(rows=4, cols=4), operands(name, "nbsmt:2:A:saturate"), 4)


@pytest.mark.parametrize("name", LAYERS)
def test_rows_of_a_layer_with_sparq(tmp_path, name):
    array = SparqArray(SparqArrayParams(rows=4, cols=4))
    unit = emit(array, "array", golden="golden.arithmetic.sparq.matmul")
    run(tmp_path, unit, operands(name, "sparq:5opt"), 4)


@pytest.mark.deep
@pytest.mark.parametrize("name", LAYERS)
def test_an_image_on_a_large_array(tmp_path, name):
    run(tmp_path, threads(rows=16, cols=16), operands(name, "nbsmt:2:A:saturate"), 100)
