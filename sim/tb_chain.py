"""Emitted Verilog of a predictor of pixels, what gathers survivors, and what deals these out."""

import cocotb

from skimp.sim.bench import MIXES, MODEL, rng
from skimp.sim.tb_planes import Planes

FEW = 3         # rounds of all blocks


@cocotb.test()
@cocotb.parametrize(MIXES)
async def computes(dut, idle, stall):
    """What the models say one after the other, for every mix of idle sources and stalling sink."""
    x = MODEL.random(FEW, rng())
    await (await Planes.of(dut, x, idle, stall)).check(x)


@cocotb.test()
async def reset_clears(dut):
    """A reset in whatever phase begins with the first place of a plane, in all three."""
    x = MODEL.random(FEW, rng())
    bench = await Planes.of(dut, x)
    for clocks in 3, MODEL.places, 2 * MODEL.places + 2, 4 * MODEL.places:
        await bench.cycles(clocks)
        for source in bench.sources:
            source.items.clear()
        await bench.reset()
        bench.sink.received.clear()
        bench.feed(x)
    await bench.check(x)
