"""What ranks of a pipeline load."""

import random

import pytest
from amaranth import Module
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from skimp.hw.pipeline import Choice, Gated, Gating, Pipeline

WIDTH = 8


class Ranks(wiring.Component):
    """Two ranks of the three kinds of values; the payload is what stands in the registers."""

    def __init__(self, gating):
        self.gating = gating
        layout = {name: WIDTH for name in ("plain", "choice", "gated")}
        super().__init__({"i": In(stream.Signature(WIDTH)),
                          "o": Out(stream.Signature(data.StructLayout(layout)))})

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.gating)
        [value] = pipeline.register(value=self.i.payload)
        factor = pipeline.gate(value[0])
        pipeline.finish(plain=value, choice=Choice(value[0], value, ~value),
                        gated=Gated(factor.replicate(WIDTH) & value))
        return m


def run(gating, clocks=400):
    """Send odd and even words, in between anything; give those sent, received, and the changes."""
    unit, rng = Ranks(gating), random.Random(1)
    sent, received, changes = [], [], []

    async def both_ends(ctx):
        offered, before = None, None
        for _ in range(clocks):
            if offered is None and rng.random() < 0.3:
                offered = rng.randrange(1 << WIDTH)
            ctx.set(unit.i.valid, offered is not None)
            ctx.set(unit.i.payload, rng.randrange(1 << WIDTH) if offered is None else offered)
            ctx.set(unit.o.ready, rng.random() < 0.8)
            now = tuple(ctx.get(unit.o.payload[name]) for name in ("plain", "choice", "gated"))
            if now != before:
                changes.append(ctx.get(unit.o.valid))
            before = now
            if ctx.get(unit.o.valid) and ctx.get(unit.o.ready):
                received.append(now)
            if offered is not None and ctx.get(unit.i.ready):
                sent.append(offered)
                offered = None
            await ctx.tick()

    simulator = Simulator(unit)
    simulator.add_clock(1e-6)
    simulator.add_testbench(both_ends)
    simulator.run()
    return sent, received, changes[1:]


@pytest.mark.parametrize("gating", Gating)
def test_ranks_pass_on_what_they_took(gating):
    sent, received, _ = run(gating)
    top = (1 << WIDTH) - 1
    assert len(received) > 50
    for word, (plain, choice, gated) in zip(sent, received, strict=False):
        assert plain == word and choice == (word if word & 1 else top - word)
        assert gated == (word if word & 1 else 0)


def test_with_gating_only_valid_items_are_loaded():
    assert not all(run(Gating.NONE)[2])
    assert all(run(Gating.VALID)[2])
