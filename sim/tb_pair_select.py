"""Emitted Verilog of `hw.sparq.pair.PairSelect` against `golden.arithmetic.sparq`."""

import cocotb
import numpy as np
from cocotb.triggers import Timer

from skimp.golden.arithmetic.sparq import encode, footprint, pair
from skimp.sim.bench import MANIFEST, PARAMETERS, PORTS

CONFIG = {name: PARAMETERS[name] for name in ("window", "shifts")}


@cocotb.test()
async def selects(dut):
    """The word of every pair."""
    index = np.arange(1 << 16)
    words = encode(pair(index & 255, index >> 8, **CONFIG, rounding=PARAMETERS["rounding"]),
                   **CONFIG)
    i, o, soon, width = dut.i, dut.o, Timer(1, unit="ns"), PORTS["o"]["width"]
    for both, word in enumerate(words.tolist()):
        i.value = both
        await soon
        got = str(o.value)                      # bits, X among them maybe
        assert got == f"{word:0{width}b}", (
            f"{got} for {both & 255} and {both >> 8}, not {word:0{width}b}")


@cocotb.test()
async def footprint_is_told(dut):
    """The bits of a word, in the manifest and at the port."""
    bits = footprint(**CONFIG)
    assert (MANIFEST["footprint_bits"], len(dut.o)) == (bits, bits)
