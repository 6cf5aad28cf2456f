"""A layer of LeNet-5, its real activations and weights, through the Verilog of arrays."""

from dataclasses import replace

import numpy as np
import pytest

from golden.nbsmt import matmul
from hw.array.params import SysmtArray, SysmtArrayParams
from hw.emit import emit
from sim.launch import run_bench
from skimp.error import operands

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]


def run(folder, count, **parameters):
    """Multiply ``count`` rows of the layer on an array of two threads."""
    params = SysmtArrayParams(**parameters)
    unit = emit(SysmtArray(params), "array", golden="golden.nbsmt.matmul")
    x, w = operands()
    x = x[:count]
    product = matmul(x, w, policy=params.policy, saturate=params.saturate)
    np.savez(folder / "layer.npz", x=x, w=w, product=product)
    manifest = unit.manifest | {"layer": str(folder / "layer.npz")}
    assert run_bench(replace(unit, manifest=manifest), "sim.tb_layer", folder / "run") == 1


def test_rows_of_a_layer_on_a_small_array(tmp_path):
    run(tmp_path, 9, rows=4, cols=4)


@pytest.mark.deep
@pytest.mark.parametrize("policy", ["A", "wA"])
def test_an_image_on_a_large_array(tmp_path, policy):
    run(tmp_path, 100, rows=16, cols=16, policy=policy)
