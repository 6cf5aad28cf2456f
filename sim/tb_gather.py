"""Emitted Verilog of units that pass on some of their words, against their models."""

import cocotb

from skimp.sim.bench import EVERY, LATENCY, MIXES, MODEL, REAL, WARM_UP, number, rng
from skimp.sim.tb_stream import Stream

FEW = 6             # planes, where many would show nothing more


@cocotb.test()
@cocotb.parametrize(MIXES)
async def computes(dut, idle, stall):
    """What the model says, for every mix of idle source and stalling sink, in time.

    If the sink never stalls, a word is there after ``latency`` clocks, and a place is taken in
    each clock in which there is one.
    """
    x = MODEL.random(number(MODEL.bits, every=idle == stall == "never"), rng())
    bench = await Stream.of(dut, x, idle, stall)
    await bench.check(x)
    taken = bench.source.taken
    if stall == "never":
        came = [taken[word] + LATENCY for word in MODEL.passed(x)]
        assert bench.sink.offered == came, "not there after the latency"
        if idle == "never":
            assert taken[-1] - taken[0] == len(taken) - 1, "less than a place per clock"


@cocotb.test()
async def takes_nothing_twice(dut):
    """A place is taken once, also if the source holds it while it has no other to offer."""
    x = MODEL.random(FEW, rng())
    await (await Stream.of(dut, x, "random", "random", holds=True)).check(x)


@cocotb.test()
@cocotb.parametrize(idle=["never", "random"])
async def a_stalled_sink_stops_the_source(dut, idle):
    """At the first survivor, and not before; then all flows on at once."""
    x = MODEL.random(FEW, rng())
    bench, first = await Stream.of(dut, x, idle), MODEL.passed(x)[0]
    bench.sink.stall("always")
    await bench.cycles(8 * (int(first) + LATENCY) + 80)
    assert len(bench.source.taken) == first + LATENCY, "not stopped by the first survivor"
    assert bench.full(), "the unit does not wait for the sink, full"
    bench.sink.stall("never")
    await bench.check(x)


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset in the middle of a plane forgets it; the next place is the first of a plane."""
    x = MODEL.random(FEW, rng())
    bench = await Stream.of(dut, x, stall=stall)
    await bench.restart(LATENCY + MODEL.takes // 2 + 2)
    bench.source.items.extend(MODEL.words(x)["i"])
    await bench.check(x)


@cocotb.test(skip=not REAL)
async def real_operands(dut):
    """Planes that the launcher was given come out right; toggles count from one of them on."""
    bench = await Stream.of(dut, REAL, EVERY, holds=True)
    await bench.check(REAL)
    taken, first = bench.source.taken, WARM_UP * MODEL.takes
    bench.mark_span(first, taken[-1] - taken[first], operations=len(taken) - 1 - first)
