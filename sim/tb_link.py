"""Claims of a link orderer, beside those of `tb_stream`: the toggles of the golden model."""

import cocotb
from cocotb.triggers import RisingEdge

from skimp.sim.bench import LATENCY, MIXES, MODEL, number, rng
from skimp.sim.tb_stream import GIVES, Stream

PLACES = MODEL.port("o")["fields"]
WIRES = sum((1 << PLACES[name][1]) - 1 << PLACES[name][0] for name in MODEL.streams)


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

    def check(self, x) -> None:
        """Compare with the golden model's count for packets ``x``."""
        golden = MODEL.transitions(x)
        assert self.transitions == golden, f"{self.transitions} transitions, golden {golden}"


@cocotb.test()
@cocotb.parametrize(MIXES)
async def toggles(dut, idle, stall):
    """The golden toggles, for every mix; a reset clears the wires, and the snake's turn."""
    x = MODEL.random(number(MODEL.bits), rng())
    bench, meter = await Stream.of(dut, x, idle, stall), Meter(dut)
    await bench.check(x)
    meter.check(x)
    bench.source.items.extend(MODEL.words(x)["i"])
    bench.sink.stall("always" if stall == "bursts" else "never")
    await bench.restart(LATENCY + GIVES + 2)
    assert meter.transitions == 0, "the wires are not zero after a reset"
    bench.source.items.extend(MODEL.words(x)["i"])
    await bench.check(x)
    meter.check(x)
