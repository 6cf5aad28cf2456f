"""Emitted Verilog of units of one stream in and one out, against their models."""

import cocotb
import numpy as np

from skimp.sim.bench import (
    DEEP,
    EVERY,
    LATENCY,
    MIXES,
    MODEL,
    REAL,
    WARM_UP,
    Bench,
    Fed,
    check_facts,
    number,
    rng,
)

TAKES, GIVES = MODEL.takes, MODEL.gives     # words of an item
ENOUGH = LATENCY + 6                        # items that fill the unit and come behind


class Stream(Fed):
    """The unit, fed items of the model."""

    def check_timing(self, idle: str, stall: str) -> None:
        """Check, without stalls, that each item came after `LATENCY`; without idling, no gaps.

        If an item gives more words than it takes, others wait for it.
        """
        sink = self.sink
        if stall == "never" and GIVES == TAKES:
            came = np.array(sink.offered[::GIVES]) - self.source.taken[TAKES - 1::TAKES]
            assert set(came) == {LATENCY}, "not there after the latency"
        if idle == "never":
            assert sink.gaps == 0, f"the sink waited {sink.gaps} clocks between words"
            if stall == "never":
                clocks = sink.taken[-1] - sink.taken[0] + 1
                assert clocks == len(sink.taken), "less than a word per clock"


@cocotb.test(skip=not MODEL.facts)
async def facts(_dut):
    """The manifest has the facts of the model."""
    check_facts()


@cocotb.test()
@cocotb.parametrize(MIXES)
async def computes(dut, idle, stall):
    """What the model says, for every mix of idle source and stalling sink, in time.

    If the sink never stalls, each item is there after ``latency`` clocks; if the source never
    idles, a word is taken or given in each clock, and the sink never waits.
    """
    x = MODEL.random(number(MODEL.bits, every=idle == stall == "never"), rng())
    bench = await Stream.of(dut, x, idle, stall)
    await bench.check(x)
    bench.check_timing(idle, stall)


@cocotb.test()
async def takes_nothing_twice(dut):
    """An item is taken once, also if the source holds it while it has no other to offer."""
    x = MODEL.random(ENOUGH, rng())
    bench = await Stream.of(dut, x, "random", "random", holds=True)
    await bench.check(x)


@cocotb.test(skip=not hasattr(MODEL, "corners"))
async def corners(dut):
    """Corners everywhere; if deep, in pairs each with each."""
    x = MODEL.corners(9000 if DEEP else 1200, rng())
    await (await Stream.of(dut, x)).check(x)


@cocotb.test()
async def an_item_alone_is_there_after_the_latency(dut):
    """Its first word is offered ``latency`` clocks after its last was taken, the others follow."""
    x = MODEL.random(5, rng())
    words, bench = MODEL.words(x)["i"], await Bench.start(dut)
    for place in range(0, len(words), TAKES):
        bench.source.items.extend(words[place:place + TAKES])
        await bench.receive((place // TAKES + 1) * GIVES)
        first = bench.source.taken[-1] + LATENCY
        offered = bench.sink.offered[-GIVES:]
        assert offered == list(range(first, first + GIVES)), f"{offered} instead of from {first} on"


@cocotb.test()
@cocotb.parametrize(idle=["never", "random"])
async def a_stalled_sink_stops_the_source(dut, idle):
    """The unit fills, then the input is refused; nothing is lost, and all flows on at once."""
    x = MODEL.random(ENOUGH, rng())
    bench, (least, most) = await Stream.of(dut, x, idle), MODEL.room
    bench.sink.stall("always")
    await bench.cycles(8 * (LATENCY + TAKES) + 20)
    filled = len(bench.source.taken)
    assert least <= filled <= most, f"{filled} words inside, not {least} to {most}"
    assert bench.full(), "the unit does not wait for the sink, full"
    bench.sink.stall("never")
    await bench.check(x)
    if idle == "never" or TAKES == 1:           # what came in part waits for the rest
        taken = bench.sink.taken[:filled // TAKES * GIVES]
        assert taken[-1] - taken[0] == len(taken) - 1, "gaps in what was inside"


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets what is under way, flowing or stalled; what comes after it is right."""
    x = MODEL.random(ENOUGH, rng())
    bench = await Stream.of(dut, x, stall=stall)
    await bench.restart(LATENCY + GIVES + TAKES // 2 + 2)
    bench.source.items.extend(MODEL.words(x)["i"])
    await bench.check(x)


@cocotb.test(skip=not REAL)
async def real_operands(dut):
    """Items that the launcher was given come out right; toggles count from one of them on.

    One comes in every so many clocks, and the source holds it until the next.
    """
    bench = await Stream.of(dut, REAL, EVERY, holds=True)
    await bench.check(REAL)
    taken = bench.source.taken
    # To the last, whose own clocks are not all in the span.
    bench.mark_span(WARM_UP, taken[-1] - taken[WARM_UP], operations=len(taken) - 1 - WARM_UP)
