"""Emitted Verilog of `hw.psu.unit.SortingUnit`, any parallel sorter, against `golden.psu.order`."""

import cocotb
import numpy as np

from skimp.golden.psu import order
from skimp.sim.bench import KEY, LATENCY, MANIFEST, MIXES, PARAMETERS, PORTS, Bench, number, rng
from skimp.sim.streams import pack, unpack
from skimp.sim.vectors import Vectors, vectors

N, WIDTH = PARAMETERS["n"], PARAMETERS["width"]


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
    x = vectors(N, WIDTH, number(N * WIDTH, every=idle == stall == "never"), rng())
    bench = await Bench.start(dut, packed(x), idle, stall)
    check(x, await bench.receive(len(x)))
    bench.check_timing(idle, stall, "vector")


@cocotb.test()
@cocotb.parametrize(idle=["never", "random"])
async def a_stalled_sink_stops_the_source(dut, idle):
    """Every rank fills, then the input is refused; nothing is lost, and all flows on at once."""
    x = vectors(N, WIDTH, LATENCY + 6, rng())
    bench = await Bench.start(dut, packed(x), idle)
    await bench.fill("vector")
    check(x, await bench.receive(len(x)))
    bench.check_flow()


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets what is under way, flowing or stalled; what comes after it is right."""
    x = vectors(N, WIDTH, LATENCY + 6, rng())
    bench = await Bench.start(dut, packed(x), stall=stall)
    await bench.restart(LATENCY + 3)
    bench.source.items.extend(packed(x))
    check(x, await bench.receive(len(x)))
