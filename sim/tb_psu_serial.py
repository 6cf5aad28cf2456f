"""Emitted Verilog of `hw.psu.unit.SortingUnit` with a serial sorter, against `golden.psu.order`."""

import cocotb
import numpy as np

from skimp.golden.psu import order
from skimp.sim.bench import KEY, LATENCY, MANIFEST, MIXES, PARAMETERS, PORTS, Bench, number, rng
from skimp.sim.streams import pack, unpack
from skimp.sim.vectors import Vectors, vectors

N, WIDTH = PARAMETERS["n"], PARAMETERS["width"]


def packed(x: Vectors) -> list[int]:
    """Pack vectors as the unit takes them: one element after the other."""
    return pack(PORTS["i__payload"], payload=x.reshape(-1))


def check(x: Vectors, words: list[int]) -> None:
    """Compare the words that the unit gave for ``x`` with the golden model."""
    expected = order(x, ties=MANIFEST["ties"], **KEY)
    got = {name: unpack(PORTS["o__payload"], words, name).reshape(x.shape)
           for name in PORTS["o__payload"]["fields"]}
    np.testing.assert_array_equal(got["order"], expected)
    np.testing.assert_array_equal(got["last"], [[0] * (N - 1) + [1]] * len(x))
    if PARAMETERS["data"]:
        np.testing.assert_array_equal(got["data"], np.take_along_axis(x, expected, axis=1))


@cocotb.test()
@cocotb.parametrize(MIXES)
async def sorts(dut, idle, stall):
    """The golden order for every mix of idle source and stalling sink, in time.

    Where the sink never stalls, the first index of a vector is there ``latency`` clocks after its
    last element was taken; where the source never idles, an element is taken per clock and the
    sink never waits for an index.
    """
    x = vectors(N, WIDTH, number(N * WIDTH, every=idle == stall == "never"), rng())
    bench = await Bench.start(dut, packed(x), idle, stall)
    check(x, await bench.receive(x.size))
    taken, sink = np.array(bench.source.taken), bench.sink
    if stall == "never":
        first, last = np.array(sink.offered)[::N], taken[N - 1::N]
        assert set(first - last) == {LATENCY}, "not there after the latency"
    if idle == "never":
        assert sink.gaps == 0, f"the sink waited {sink.gaps} clocks between indices"
        if stall == "never":
            assert taken[-1] - taken[0] == x.size - 1, "less than an element per clock"


@cocotb.test()
@cocotb.parametrize(part=[0, 1, N - 1])
async def a_source_may_stop(dut, part):
    """A vector leaves with none behind it; one that waits for the next does when that goes on."""
    x = vectors(N, WIDTH, 4, rng())
    words = packed(x)
    bench = await Bench.start(dut, words[:2 * N + part])
    await bench.cycles(4 * N + 4 * LATENCY)
    assert len(bench.source.taken) == 2 * N + part, "a source that nothing stops was stopped"
    assert len(bench.sink.received) >= (N + part if part else 2 * N), "a vector does not leave"
    bench.source.items.extend(words[2 * N + part:])
    check(x, await bench.receive(x.size))


@cocotb.test()
async def a_stalled_sink_stops_the_source(dut):
    """At most two vectors are inside, then the input is refused; nothing is lost."""
    x = vectors(N, WIDTH, 5, rng())
    bench = await Bench.start(dut, packed(x))
    bench.sink.stall("always")
    await bench.cycles(3 * N + 2 * LATENCY)
    assert N <= len(bench.source.taken) <= 2 * N, f"{len(bench.source.taken)} elements taken"
    assert bench.full(), "the unit does not wait for the sink, full"
    bench.sink.stall("never")
    check(x, await bench.receive(x.size))
    assert bench.sink.gaps == 0, f"the sink waited {bench.sink.gaps} clocks between indices"


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets whole vectors and parts of them; what comes after it is right."""
    x = vectors(N, WIDTH, 4, rng())
    bench = await Bench.start(dut, packed(x), stall=stall)
    await bench.restart(N + N // 2 + 3)
    bench.source.items.extend(packed(x))
    check(x, await bench.receive(x.size))
