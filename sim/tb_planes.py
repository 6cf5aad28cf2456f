"""Emitted Verilog of units that planes of pixels pass in raster order, against their models.

Beside the pixels there may be streams of parameters, each with the words of a plane after those of
the plane before. A model has ``free(x)``: which pixels may have any value; and ``in_time``: whether
parameters can come fast enough for planes back to back.
"""

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

PLACES = MODEL.takes
FEW = 4                     # planes, where more would show nothing more
SETTLED = 100               # clocks in which a set of parameters has come


def pixels(x: Operands) -> list[int | None]:
    """Return the pixels of planes; None, which is anything, where they are free."""
    words = MODEL.words(x)["i"]
    return words if REAL else [None if free else word
                               for word, free in zip(words, MODEL.free(x), strict=True)]


class Planes(Fed):
    """The unit, fed planes of the model."""

    def feed(self, x: Operands) -> None:
        """Feed planes and their parameters."""
        self.source.items.extend(pixels(x))
        self.feed_parameters(x)

    def feed_parameters(self, x: Operands) -> None:
        """Feed the parameters of planes."""
        words = MODEL.words(x)
        for name, source in zip(self.inputs[1:], self.sources[1:], strict=True):
            source.items.extend(words[name])


@cocotb.test(skip=not MODEL.facts)
async def facts(_dut):
    """The manifest has the facts of the model."""
    check_facts()


@cocotb.test()
@cocotb.parametrize(MIXES)
async def computes(dut, idle, stall):
    """What the model says, for every mix of idle sources and stalling sink, in time.

    If nothing idles or stalls, each word is offered ``latency`` clocks after its pixel was taken,
    those of the last plane, too.
    """
    x = MODEL.random(number(MODEL.bits, every=idle == stall == "never"), rng())
    bench = await Planes.of(dut, x, idle, stall)
    await bench.check(x)
    taken, sink = bench.source.taken, bench.sink
    if idle == "never" and MODEL.in_time:
        assert sink.gaps == 0, f"the sink waited {sink.gaps} clocks between words"
        if stall == "never":
            assert taken[-1] - taken[0] == len(taken) - 1, "less than a pixel per clock"
            came = set(np.array(sink.offered) - taken)
            assert came == {LATENCY}, "not there after the latency"


@cocotb.test()
async def takes_nothing_twice(dut):
    """A pixel is taken once, also if the source holds it while it has no other to offer."""
    x = MODEL.random(FEW, rng())
    await (await Planes.of(dut, x, "random", "random", holds=True)).check(x)


@cocotb.test()
async def a_plane_alone_comes_out(dut):
    """A plane leaves with none behind it, after the latency, and so does the next one then."""
    x = MODEL.random(FEW, rng())
    bench, words = await Planes.start(dut), pixels(x)
    bench.feed_parameters(x)
    await bench.cycles(SETTLED)
    for place in range(0, len(words), PLACES):
        bench.source.items.extend(words[place:place + PLACES])
        await bench.receive(place + PLACES)
        first = bench.source.taken[place] + LATENCY
        assert not MODEL.in_time or bench.sink.offered[place:] == list(
            range(first, first + PLACES)), "not one by one from the latency on"
    await bench.check(x)


@cocotb.test(skip=len(MODEL.inputs) == 1)
async def a_plane_waits_for_its_parameters(dut):
    """Without them no pixel is taken, and the plane before comes out; each plane has its own."""
    x = MODEL.random(FEW, rng())
    bench, words = await Planes.start(dut, pixels(x)), MODEL.words(x)
    for plane in range(FEW):
        await bench.cycles(SETTLED + 2 * LATENCY + PLACES)
        taken = len(bench.source.taken)
        assert taken == plane * PLACES, f"{taken} pixels taken with {plane} sets of parameters"
        assert len(bench.sink.received) == taken, "the plane before does not come out"
        for name, source in zip(bench.inputs[1:], bench.sources[1:], strict=True):
            each = len(words[name]) // FEW
            source.items.extend(words[name][plane * each:(plane + 1) * each])
    await bench.check(x)


@cocotb.test()
@cocotb.parametrize(idle=["never", "random"])
async def a_stalled_sink_stops_the_source(dut, idle):
    """The unit fills, then the input is refused; nothing is lost, and all flows on at once."""
    x = MODEL.random(FEW, rng())
    bench, (least, most) = await Planes.of(dut, x, idle), MODEL.room
    bench.sink.stall("always")
    await bench.cycles(8 * LATENCY + SETTLED)
    filled = len(bench.source.taken)
    least = least if MODEL.in_time else 0
    assert least <= filled <= most, f"{filled} pixels inside, not {least} to {most}"
    assert bench.sink.valid.value == 1 and bench.source.ready.value == 0, (
        "the unit does not wait for the sink, full")
    bench.sink.stall("never")
    await bench.check(x)


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets all that is inside, flowing or stalled; what comes next is right.

    It comes in a set of parameters, before the first word, with one plane and with two inside, and
    while the unit drains.
    """
    x = MODEL.random(FEW, rng())
    bench = await Planes.of(dut, x, stall=stall)
    for clocks in 3, LATENCY // 2, LATENCY + PLACES // 2 + 2, LATENCY + PLACES + 2:
        await bench.restart(clocks)
        bench.feed(x)
        bench.sink.stall(stall)
    bench.sink.stall("never")
    for _ in range(FEW * (PLACES + LATENCY + SETTLED)):
        if not bench.source.items:
            break
        await bench.cycles(1)
    assert not bench.source.items, "nothing moves"
    await bench.restart(LATENCY // 2)
    bench.feed(x)
    await bench.check(x)


@cocotb.test(skip=not REAL)
async def real_operands(dut):
    """Planes that the launcher was given come out right; toggles count from one of them on."""
    bench = await Planes.of(dut, REAL, EVERY, holds=True)
    await bench.check(REAL)
    taken, first = bench.source.taken, WARM_UP * PLACES
    bench.mark_span(first, taken[-1] - taken[first],
                    operations=(len(taken) - 1 - first) * MODEL.lanes)
