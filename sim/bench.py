"""What every bench needs: the unit under test, its clock and reset, its streams."""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge

from skimp.sim.streams import Sink, Source, pauses

__all__ = [
    "DEEP", "KEY", "LATENCY", "MANIFEST", "MIXES", "PARAMETERS", "PERIOD", "PORTS", "Bench",
    "number", "rng",
]

# Written by `sim.launch`, in whose folder the simulator runs.
_RUN = json.loads(Path("bench.json").read_text())
DEEP: bool = _RUN["depth"] == "deep"
MANIFEST: dict[str, Any] = _RUN["manifest"]
PARAMETERS: dict[str, Any] = MANIFEST["parameters"]
PORTS: dict[str, Any] = MANIFEST["ports"]
LATENCY: int = MANIFEST["latency"]
PERIOD: int = _RUN["period_ns"]

# The keywords of `golden.psu.order` among the parameters of a unit that sorts.
KEY = {name: PARAMETERS[name] for name in ("width", "key", "buckets", "wires", "descending")
       if name in PARAMETERS}

# How the source idles and the sink stalls, for `cocotb.parametrize`.
MIXES = (("idle", "stall"), [("never", "never"), ("random", "never"), ("never", "random"),
                             ("random", "random"), ("bursts", "bursts")])


def rng() -> np.random.Generator:
    """Give the random numbers of a test: those of the run's seed."""
    return np.random.default_rng(cocotb.RANDOM_SEED)


def number(bits: int, *, every: bool = False) -> int:
    """Say how many vectors of ``bits`` bits to try: fewer of longer ones, whose units are slower.

    With ``every``, all there are, up to 4096.
    """
    count = max(24, min(400, int(3e6 / bits ** 1.9))) * (20 if DEEP else 1)
    if every and bits <= 12:
        return max(count, 1 << bits)
    return count if every else count // 4


class Bench:
    """Clock, reset, a `Source` at ``i`` and a `Sink` at ``o``.

    A subclass may name other streams. The first of ``inputs`` is the one that is fed at the start.
    """

    inputs: tuple[str, ...] = ("i",)
    output = "o"
    settling = 2 * LATENCY + 4          # clocks after which nothing more comes

    def __init__(self, dut: Any, sources: list[Source], sink: Sink):
        self.dut, self.sources, self.sink = dut, sources, sink
        self.source = sources[0]

    @classmethod
    async def start(cls, dut: Any, items: Iterable[int] = (), idle: str = "never",
                    stall: str = "never") -> Self:
        """Reset the unit, then feed it ``items``."""
        random_pauses = random.Random(cocotb.RANDOM_SEED)
        # Low at first: at time 0 the reset is not there yet.
        Clock(dut.clk, PERIOD, unit="ns").start(start_high=False)
        sources = [Source(dut, name, (), pauses(idle, random_pauses), use_x=_RUN["use_x"])
                   for name in cls.inputs]
        sources[0].items.extend(items)
        bench = cls(dut, sources, Sink(dut, cls.output, pauses(stall, random_pauses)))
        await bench.reset()
        return bench

    async def reset(self) -> None:
        """Hold the reset for three clocks: a netlist starts with X everywhere."""
        self.dut.rst.value = 1
        await ClockCycles(self.dut.clk, 3)
        self.dut.rst.value = 0

    async def cycles(self, count: int) -> None:
        """Let ``count`` clocks go by."""
        await ClockCycles(self.dut.clk, count)

    async def receive(self, count: int) -> list[int]:
        """Wait until the sink has ``count`` words, and some clocks more for any too many.

        Fails when for long no item has been taken and no word received.
        """
        progress, quiet, patience = (0, 0), 0, 200 + 10 * LATENCY
        while len(self.sink.received) < count:
            await RisingEdge(self.dut.clk)
            now = len(self.source.taken), len(self.sink.received)
            progress, quiet = now, 0 if now != progress else quiet + 1
            assert quiet < patience, (f"nothing moves: {now[0]} items taken, "
                                      f"{now[1]} of {count} words received")
        await self.cycles(self.settling)
        got = len(self.sink.received)
        assert got == count, f"{got} words instead of {count}"
        return self.sink.received

    def mark_span(self, first: int, clocks: int, operations: int) -> None:
        """Tell who counts toggles where to: from the clock in which item ``first`` was taken on."""
        Path("span.json").write_text(json.dumps({
            "begin_ns": PERIOD * self.source.taken[first] - PERIOD / 2, "clocks": clocks,
            "operations": operations}))

    def check_timing(self, idle: str, stall: str, what: str) -> None:
        """Without stalls, see that each item came after `LATENCY`; without idling, no gaps."""
        taken = np.array(self.source.taken)
        if stall == "never":
            assert set(self.sink.offered - taken) == {LATENCY}, "not there after the latency"
        if idle == "never":
            assert self.sink.gaps == 0, f"the sink waited {self.sink.gaps} clocks between {what}s"
            if stall == "never":
                assert taken[-1] - taken[0] == len(taken) - 1, f"less than a {what} per clock"

    async def fill(self, what: str) -> None:
        """Stall until every rank is full and the input is refused; then take all again."""
        self.sink.stall("always")
        await self.cycles(8 * LATENCY + 20)
        filled = len(self.source.taken)
        assert filled == LATENCY, f"{filled} {what}s in {LATENCY} ranks"
        assert self.full(), "the unit does not wait for the sink, full"
        self.sink.stall("never")

    def check_flow(self) -> None:
        """See that what had filled all ranks came out without a gap."""
        taken = self.sink.taken[:LATENCY]
        assert taken[-1] - taken[0] == LATENCY - 1, "gaps in full ranks"

    def full(self) -> bool:
        """Tell whether the unit offers something and takes nothing."""
        return self.sink.valid.value == 1 and all(
            source.ready.value == 0 for source in self.sources)

    async def restart(self, cycles: int) -> None:
        """Run for ``cycles``, reset with work under way, and see that nothing of it comes out."""
        await self.cycles(cycles)
        for source in self.sources:
            source.items.clear()
        await self.reset()
        self.sink.stall("never")
        self.sink.received.clear()
        await self.cycles(self.settling)
        assert not self.sink.received, "something from before the reset"
