"""Emitted Verilog of `hw.psu.link.LinkOrderer` against `golden.psu.order` and `golden.link`."""

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from skimp.golden.link import flits, transitions
from skimp.golden.psu import order
from skimp.sim.bench import KEY, LATENCY, MANIFEST, MIXES, PARAMETERS, PORTS, Bench, number, rng
from skimp.sim.streams import pack, unpack
from skimp.sim.vectors import Vectors, vectors

N, WIDTH, LANES = PARAMETERS["n"], PARAMETERS["width"], PARAMETERS["lanes"]
STREAMS = ("activation", "weight") if PARAMETERS["pairs"] else ("activation",)
FLITS = -(-N // LANES)                                      # of a packet
LAYOUT = {name: PARAMETERS[name] for name in ("lanes", "width", "snake", "pads")}
PLACES = PORTS["o__payload"]["fields"]
WIRES = sum((1 << PLACES[name][1]) - 1 << PLACES[name][0] for name in STREAMS)

Packets = dict[str, Vectors]


def packets(count: int) -> Packets:
    """Give packets whose keys are interesting, beside partners that are dealt out anew."""
    keys = vectors(N, WIDTH, count, rng())
    others = rng().permutation(vectors(N, WIDTH, len(keys), rng()))
    partner = {"activation": "weight", "weight": "activation"}[PARAMETERS["by"]]
    both = {PARAMETERS["by"]: keys, partner: others}
    return {name: both[name] for name in STREAMS}


def packed(x: Packets) -> list[int]:
    """Pack packets as the unit takes them."""
    return pack(PORTS["i__payload"], **x)


def expected(x: Packets) -> dict[str, Vectors]:
    """Flits of each stream, by the golden model."""
    ranked = order(x[PARAMETERS["by"]], ties=MANIFEST["ties"], **KEY)
    return {name: flits(x[name], ranked, **LAYOUT) for name in STREAMS}


def check(x: Packets, words: list[int]) -> None:
    """Compare the flits that the unit gave for ``x`` with the golden model."""
    for name, sent in expected(x).items():
        np.testing.assert_array_equal(unpack(PORTS["o__payload"], words, name, LANES), sent)
    np.testing.assert_array_equal(unpack(PORTS["o__payload"], words, "last"),
                                  ([0] * (FLITS - 1) + [1]) * len(x["activation"]))


class Meter:
    """Count the toggles of the wires that carry elements, in every clock since a reset."""

    def __init__(self, dut):
        self.dut, self.transitions = dut, 0
        cocotb.start_soon(self._run())

    async def _run(self):
        before = 0
        while True:
            await RisingEdge(self.dut.clk)
            if self.dut.rst.value == 1:
                before = self.transitions = 0
            else:
                now = self.dut.o__payload.value.to_unsigned() & WIRES       # raises on X
                self.transitions += (before ^ now).bit_count()
                before = now

    def check(self, x: Packets) -> None:
        """Compare with the golden model's count for packets ``x``."""
        golden = transitions(np.hstack(list(expected(x).values())))
        assert self.transitions == golden, f"{self.transitions} transitions, golden {golden}"


@cocotb.test()
@cocotb.parametrize(MIXES)
async def sends_flits(dut, idle, stall):
    """The golden flits, and not a toggle more, for every mix of idle source and stalling sink.

    Where the source never idles, the sink never waits for a flit, within packets or between them.
    """
    x = packets(number(N * WIDTH, every=idle == stall == "never"))
    bench, meter = await Bench.start(dut, packed(x), idle, stall), Meter(dut)
    words = await bench.receive(FLITS * len(x["activation"]))
    check(x, words)
    meter.check(x)
    if idle == "never":
        sink = bench.sink
        assert sink.gaps == 0, f"the sink waited {sink.gaps} clocks between flits"
        if stall == "never":
            assert sink.taken[-1] - sink.taken[0] == len(words) - 1, "less than a flit per clock"


@cocotb.test()
async def a_packet_alone_is_there_after_the_latency(dut):
    """The first flit is offered ``latency`` clocks after the packet, the others follow at once."""
    x = packets(5)
    bench = await Bench.start(dut)
    for sent, word in enumerate(packed(x), 1):
        bench.source.items.append(word)
        await bench.receive(sent * FLITS)
        first = bench.source.taken[-1] + LATENCY
        offered = bench.sink.offered[-FLITS:]
        assert offered == list(range(first, first + FLITS)), f"{offered} instead of from {first} on"
    check(x, bench.sink.received)


@cocotb.test()
async def a_stalled_sink_stops_the_source(dut):
    """The queue fills, then the input is refused; nothing is lost, and all flows on at once."""
    x = packets(LATENCY + 6)
    bench, meter = await Bench.start(dut, packed(x)), Meter(dut)
    bench.sink.stall("always")
    await bench.cycles(4 * LATENCY + 10)
    assert 1 <= len(bench.source.taken) <= LATENCY + 1, f"{len(bench.source.taken)} packets taken"
    assert bench.full(), "the unit does not wait for the sink, full"
    bench.sink.stall("never")
    check(x, await bench.receive(FLITS * len(x["activation"])))
    meter.check(x)
    assert bench.sink.gaps == 0, f"the sink waited {bench.sink.gaps} clocks between flits"


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets packets, wires and the snake's turn; what comes after it is right."""
    x = packets(LATENCY + 6)
    bench, meter = await Bench.start(dut, packed(x), stall=stall), Meter(dut)
    await bench.restart(LATENCY + FLITS + 2)
    assert meter.transitions == 0, "the wires are not zero after a reset"
    bench.source.items.extend(packed(x))
    check(x, await bench.receive(FLITS * len(x["activation"])))
    meter.check(x)
