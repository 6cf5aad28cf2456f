"""What every bench needs: the unit under test, its clock and reset, its streams."""

import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge

from sim.streams import Sink, Source, pauses

__all__ = ["DEEP", "LATENCY", "MANIFEST", "MIXES", "PARAMETERS", "PORTS", "Bench", "rng"]

# Written by `sim.launch`, in whose folder the simulator runs.
_RUN = json.loads(Path("bench.json").read_text())
MANIFEST: dict[str, Any] = _RUN["manifest"]
DEEP: bool = _RUN["depth"] == "deep"
PARAMETERS: dict[str, Any] = MANIFEST["parameters"]
PORTS: dict[str, Any] = MANIFEST["ports"]
LATENCY: int = MANIFEST["latency"]

# How the source idles and the sink stalls, for `cocotb.parametrize`.
MIXES = (("idle", "stall"), [("never", "never"), ("random", "never"), ("never", "random"),
                             ("random", "random"), ("bursts", "bursts")])


def rng() -> np.random.Generator:
    """Give the random numbers of a test: those of the run's seed."""
    return np.random.default_rng(cocotb.RANDOM_SEED)


class Bench:
    """Clock, reset, a `Source` at ``i`` and a `Sink` at ``o``."""

    def __init__(self, dut: Any, source: Source, sink: Sink):
        self.dut, self.source, self.sink = dut, source, sink

    @classmethod
    async def start(cls, dut: Any, items: Iterable[int] = (), idle: str = "never",
                    stall: str = "never") -> "Bench":
        """Reset the unit, then feed it ``items``."""
        random_pauses = random.Random(cocotb.RANDOM_SEED)
        Clock(dut.clk, 10, unit="ns").start(start_high=False)
        dut.rst.value = 1
        bench = cls(dut, Source(dut, "i", items, pauses(idle, random_pauses), use_x=_RUN["use_x"]),
                    Sink(dut, "o", pauses(stall, random_pauses)))
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

    async def receive(self, count: int, patience: int = 500) -> list[int]:
        """Wait until the sink has ``count`` words, and some clocks more for any too many.

        Fails when nothing has been taken or received for ``patience`` clocks.
        """
        progress, quiet = (0, 0), 0
        while len(self.sink.received) < count:
            await RisingEdge(self.dut.clk)
            now = len(self.source.taken), len(self.sink.received)
            progress, quiet = now, 0 if now != progress else quiet + 1
            assert quiet < patience, (f"nothing for {patience} clocks: {now[0]} items taken, "
                                      f"{now[1]} of {count} words received")
        await ClockCycles(self.dut.clk, 2 * LATENCY + 4)
        got = len(self.sink.received)
        assert got == count, f"{got} words for {count}"
        return self.sink.received
