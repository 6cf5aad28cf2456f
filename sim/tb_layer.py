"""Emitted Verilog of a systolic array, `hw.array`: a layer of a real network runs through it.

The manifest names a file of activations ``x`` (M, K), weights ``w`` (K, N) and of the product that
the layer should get, as ``layer``; and maybe ``warm_up``: the tiles after which toggles count, when
the first ones have filled the array.
"""

import cocotb
import numpy as np

from skimp.golden.array import gemm
from skimp.sim.bench import MANIFEST, PARAMETERS
from skimp.sim.tb_array import COLS, ROWS, THREADS, Array, cut


@cocotb.test()
async def layer(dut):
    """The product is what it should be, and takes as many clocks as the golden model says."""
    with np.load(MANIFEST["layer"]) as file:
        x, w, product = (file[name].astype(np.int64) for name in ("x", "w", "product"))
    (m, k), n = x.shape, w.shape[1]
    tiles = cut(x, w)
    down, right = -(-m // ROWS), -(-n // COLS)
    blocks = tiles.sums.reshape(down, right, ROWS, COLS).swapaxes(1, 2)
    np.testing.assert_array_equal(blocks.reshape(down * ROWS, -1)[:m, :n], product,
                                  err_msg="the layer's own integers")
    array = await Array.start(dut)
    array.feed(tiles)
    start, records = array.source.taken, array.sink.taken
    await array.receive(len(tiles.sums))
    expected = gemm(m, k, n, rows=ROWS, cols=COLS, group=PARAMETERS["group"], threads=THREADS,
                    element_latency=MANIFEST["element_latency"])
    assert records[-1] - start[0] + 1 == expected.cycles
    if "warm_up" in MANIFEST:
        first = int(tiles.ends()[MANIFEST["warm_up"] - 1]) + 1
        steps = len(tiles.last) - first
        assert array.source.taken[-1] - array.source.taken[first] == steps - 1, "a clock idle"
        array.mark_span(first, steps, operations=steps * MANIFEST["macs"])
    await array.check(tiles)
