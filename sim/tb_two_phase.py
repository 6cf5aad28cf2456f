"""Emitted Verilog of the unit that deals out places to tiles, against its model."""

import cocotb
import numpy as np

from skimp.sim.bench import MIXES, MODEL, rng
from skimp.sim.tb_stream import Stream

FEW = 4         # planes


@cocotb.test()
@cocotb.parametrize(MIXES)
async def computes(dut, idle, stall):
    """What the model says, for every mix of idle source and stalling sink, in time.

    Undisturbed, each word comes in its clock.
    """
    x = MODEL.random(FEW, rng())
    bench = await Stream.of(dut, x, idle, stall)
    await bench.check(x)
    if idle == stall == "never":
        clocks, offered = MODEL.clocks(x), np.array(bench.sink.offered)
        np.testing.assert_array_equal(offered - offered[0], clocks - clocks[0], "in other clocks")


@cocotb.test()
async def takes_nothing_twice(dut):
    """A word is taken once, also if the source holds it while it has no other to offer."""
    x = MODEL.random(FEW, rng())
    await (await Stream.of(dut, x, "random", "random", holds=True)).check(x)


@cocotb.test()
async def a_stalled_sink_stops_all(dut):
    """The first word stays, and no survivor is taken; then all flows on."""
    x = MODEL.random(FEW, rng())
    bench = await Stream.of(dut, x)
    bench.sink.stall("always")
    await bench.cycles(2 * MODEL.places + 20)
    assert bench.full() and not bench.source.taken, "something moves"
    bench.sink.stall("never")
    await bench.check(x)


@cocotb.test()
async def reset_clears(dut):
    """A reset in whatever phase begins with the first place of a plane."""
    x = MODEL.random(FEW, rng())
    bench = await Stream.of(dut, x)
    for clocks in 3, MODEL.places + 1, 2 * MODEL.places + MODEL.rows + 2, 4 * MODEL.places:
        await bench.cycles(clocks)
        bench.source.items.clear()
        await bench.reset()
        bench.sink.received.clear()
        bench.source.items.extend(MODEL.words(x)["i"])
    await bench.check(x)
