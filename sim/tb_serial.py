"""Claims of units whose vectors come element by element, beside those of `tb_stream`."""

import cocotb

from skimp.sim.bench import LATENCY, MODEL, rng
from skimp.sim.tb_stream import Stream

N = MODEL.takes


@cocotb.test()
@cocotb.parametrize(part=[0, 1, N - 1])
async def a_source_may_stop(dut, part):
    """A vector leaves with none behind it; one that waits for the next does when that goes on."""
    x = MODEL.random(4, rng())
    words = MODEL.words(x)["i"]
    bench = await Stream.start(dut, words[:2 * N + part])
    await bench.cycles(4 * N + 4 * LATENCY)
    assert len(bench.source.taken) == 2 * N + part, "a source that nothing stops was stopped"
    assert len(bench.sink.received) >= (N + part if part else 2 * N), "a vector does not leave"
    bench.source.items.extend(words[2 * N + part:])
    await bench.check(x)
