"""Emitted Verilog of lanes of a selective scan, against their model."""


import cocotb
import numpy as np

from skimp.sim.bench import (
    EVERY,
    LATENCY,
    MIXES,
    MODEL,
    REAL,
    WARM_UP,
    Fed,
    check_facts,
    number,
    rng,
)
from skimp.sim.models.base import Operands
from skimp.sim.models.words import unpack

STATES, LANES = MODEL.states, MODEL.lanes
FEW = 6                     # steps, where more would show nothing more
PORT = MODEL.port("o")


class Scan(Fed):
    """The lanes, fed steps of the model."""

    settling = 4 * STATES + 20

    async def check(self, x: Operands) -> None:
        """Receive the sums of steps, and compare them."""
        expected = MODEL.expected(x)["o"]
        received = await self.receive(len(expected))
        got, right = (unpack(PORT, words, elements=LANES) for words in (received, expected))
        np.testing.assert_array_equal(got, right, "sums")

    def check_latency(self) -> None:
        """Check that each sum was offered `LATENCY` after the last state of its step was taken."""
        came = np.array(self.sink.offered) - self.sources[1].taken[STATES - 1::STATES]
        assert set(came) == {LATENCY}, f"there after {set(came)} clocks, not after the latency"


@cocotb.test(skip=not MODEL.facts)
async def facts(_dut):
    """The manifest has the facts of the model."""
    check_facts()


@cocotb.test()
@cocotb.parametrize(MIXES)
async def computes(dut, idle, stall):
    """What the model says, for every mix of idle sources and stalling sink, in time.

    If the sink never stalls, a sum is there after the latency; if the sources never idle either, a
    state is taken in each clock.
    """
    x = MODEL.random(number(MODEL.bits, every=idle == stall == "never"), rng())
    bench = await Scan.of(dut, x, idle, stall)
    await bench.check(x)
    if stall == "never":
        bench.check_latency()
        taken = bench.sources[1].taken
        if idle == "never":
            assert taken[-1] - taken[0] == len(taken) - 1, "less than a state per clock"


@cocotb.test()
async def takes_nothing_twice(dut):
    """A word is taken once, also if its source holds it while it has no other to offer."""
    x = MODEL.random(FEW, rng())
    await (await Scan.of(dut, x, "random", "random", holds=True)).check(x)


@cocotb.test()
async def a_step_alone_comes_out(dut):
    """A sum leaves without a next step behind it, after the latency; states wait for their step."""
    x = MODEL.random(FEW, rng())
    bench, words = await Scan.start(dut), MODEL.words(x)
    steps, states = bench.sources
    for step in range(FEW):
        first = step % 2        # the other waits for it
        parts = [(steps, words["i"][step:step + 1]),
                 (states, words["states"][step * STATES:(step + 1) * STATES])]
        for source, part in (parts[first], parts[1 - first]):
            source.items.extend(part)
            await bench.cycles(2 * STATES + 10)
            if part is parts[1][1] and first:
                assert len(states.taken) == step * STATES, "states taken without their step"
        await bench.receive(step + 1)
    await bench.check(x)
    bench.check_latency()


@cocotb.test()
@cocotb.parametrize(idle=["never", "random"])
async def a_stalled_sink_stops_the_sources(dut, idle):
    """The lanes fill, then take nothing; nothing is lost, and all flows on."""
    x = MODEL.random(FEW, rng())
    bench, (least, most) = await Scan.of(dut, x, idle), MODEL.room
    bench.sink.stall("always")
    await bench.cycles(12 * STATES + 60)
    filled = len(bench.sources[1].taken)
    assert least <= filled <= most, f"{filled} states inside, not {least} to {most}"
    assert len(bench.source.taken) == 2, "other steps inside than the one at work and the next"
    assert bench.full(), "the lanes do not wait for the sink, full"
    bench.sink.stall("never")
    await bench.check(x)


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets what is under way, states too; the step behind it begins a sequence."""
    x = dict(MODEL.random(FEW, rng()))
    x["first"][0] = 0
    bench = await Scan.of(dut, x, stall=stall)
    for clocks in 2, 5, STATES + 3, 2 * STATES + 4, 3 * STATES + 6:
        await bench.restart(clocks)
        bench.feed(x)
        bench.sink.stall(stall)
    await bench.restart(STATES)
    bench.feed(x)
    await bench.check(x)


@cocotb.test(skip=not REAL)
async def real_operands(dut):
    """Steps that the launcher was given come out right; toggles count from one of them on."""
    bench = await Scan.of(dut, REAL, EVERY, holds=True)
    await bench.check(REAL)
    taken = bench.source.taken
    bench.mark_span(WARM_UP, taken[-1] - taken[WARM_UP],
                    operations=(len(taken) - 1 - WARM_UP) * LANES)
