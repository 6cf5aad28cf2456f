"""Emitted Verilog of `hw.psu.unit.SortingUnit`, any sorter, against `golden.psu.order`."""

import cocotb
import numpy as np

from golden.psu import order
from sim.bench import DEEP, LATENCY, MANIFEST, MIXES, PARAMETERS, PORTS, Bench, rng
from sim.streams import ALWAYS, NEVER, pack, unpack
from sim.vectors import Vectors, vectors

N, WIDTH = PARAMETERS["n"], PARAMETERS["width"]
KEY = {name: PARAMETERS[name] for name in ("width", "key", "buckets", "wires", "descending")}
# The time of a vector grows faster than the unit.
COUNT = (20 if DEEP else 1) * max(40, min(400, int(4e5 / (N * WIDTH) ** 1.5)))
ALL = 1 << N * WIDTH if N * WIDTH <= 12 else 0
FEW = 2 * LATENCY + 6


def packed(x: Vectors) -> list[int]:
    """Pack vectors as the unit takes them."""
    return pack(PORTS["i__payload"], payload=x)


def check(x: Vectors, words: list[int]) -> None:
    """Compare the words that the unit gave for ``x`` with the golden model."""
    expected = order(x, ties=MANIFEST["ties"], **KEY)
    np.testing.assert_array_equal(unpack(PORTS["o__payload"], words, "order", N), expected)
    if PARAMETERS["data"]:
        np.testing.assert_array_equal(unpack(PORTS["o__payload"], words, "data", N),
                                      np.take_along_axis(x, expected, axis=1))


@cocotb.test()
@cocotb.parametrize(MIXES)
async def sorts(dut, idle, stall):
    """The golden order for every mix of idle source and stalling sink, in time.

    Where the sink never stalls, each vector is there after ``latency`` clocks; where the source
    never idles, one is taken per clock and the sink never waits for one.
    """
    x = vectors(N, WIDTH, max(COUNT, ALL) if idle == stall == "never" else COUNT // 4, rng())
    bench = await Bench.start(dut, packed(x), idle, stall)
    check(x, await bench.receive(len(x)))
    taken, sink = np.array(bench.source.taken), bench.sink
    if stall == "never":
        assert set(sink.offered - taken) == {LATENCY}, "not there after the latency"
    if idle == "never":
        assert sink.gaps == 0, f"{sink.gaps} gaps between vectors"
        if stall == "never":
            assert taken[-1] - taken[0] == len(x) - 1, "less than a vector per clock"


@cocotb.test()
async def a_stalled_sink_stops_the_source(dut):
    """Every rank fills, then the input is refused; nothing is lost, and all flows on at once."""
    x = vectors(N, WIDTH, FEW, rng())
    bench = await Bench.start(dut, packed(x))
    bench.sink.pauses = iter(ALWAYS)
    await bench.cycles(3 * LATENCY + 5)
    assert len(bench.source.taken) == LATENCY, f"{len(bench.source.taken)} vectors in {LATENCY}"
    assert (dut.i__ready.value, dut.o__valid.value) == (0, 1)
    bench.sink.pauses = iter(NEVER)
    check(x, await bench.receive(len(x)))
    assert bench.sink.gaps == 0, f"{bench.sink.gaps} gaps between vectors"


@cocotb.test()
@cocotb.parametrize(stalled=[False, True])
async def reset_clears(dut, stalled):
    """A reset forgets what is under way, flowing or stalled; what comes after it is right."""
    x = vectors(N, WIDTH, FEW, rng())
    bench = await Bench.start(dut, packed(x))
    bench.sink.pauses = iter(ALWAYS if stalled else NEVER)
    await bench.cycles(LATENCY + 3)
    bench.source.items.clear()
    await bench.reset()
    bench.sink.pauses = iter(NEVER)
    bench.sink.received.clear()
    await bench.cycles(2 * LATENCY + 3)
    assert not bench.sink.received, "a vector from before the reset"
    bench.source.items.extend(packed(x))
    check(x, await bench.receive(len(x)))
