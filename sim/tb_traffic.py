"""Emitted Verilog of a sorting unit or a link orderer: packets of real traffic go through it.

The manifest names a file of packets, ``activations`` (packets, n) and maybe ``weights``, as
``packets``; and ``warm_up``, the packets after which toggles count. Its bench, `sim.tb_psu` or
`sim.tb_link_orderer`, says how they are sent and what should come.
"""

import importlib
from typing import Any

import cocotb
import numpy as np

from skimp.sim.bench import MANIFEST, PARAMETERS, Bench

LINK = "lanes" in PARAMETERS
UNIT: Any = importlib.import_module("skimp.sim.tb_link_orderer" if LINK else "skimp.sim.tb_psu")


@cocotb.test()
async def traffic(dut):
    """Every packet comes out as it should."""
    with np.load(MANIFEST["packets"]) as file:
        x = {name.removesuffix("s"): file[name].astype(np.int64) for name in file}
    packets = {name: x[name] for name in UNIT.STREAMS} if LINK else x["activation"]
    words = UNIT.packed(packets)
    bench = await Bench.start(dut, words)
    received = await bench.receive(len(words) * (UNIT.FLITS if LINK else 1))
    taken, first = bench.source.taken, MANIFEST["warm_up"]
    # From a packet on, to the last, whose own clocks are not all in the span.
    bench.mark_span(first, taken[-1] - taken[first], operations=len(taken) - 1 - first)
    UNIT.check(packets, received)
