"""What every bench needs: the unit under test and its model, its clock and reset, its streams."""

import importlib
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge

from skimp.sim.models.base import Operands
from skimp.sim.models.words import fields_of
from skimp.sim.streams import Sink, Source, pauses

__all__ = ["DEEP", "EVERY", "LATENCY", "MANIFEST", "MIXES", "MODEL", "PARAMETERS", "PERIOD",
           "PORTS", "REAL", "WARM_UP", "Bench", "Fed", "check_facts", "number", "rng"]

# Written by `sim.launch`, in whose folder the simulator runs.
_RUN = json.loads(Path("bench.json").read_text())
DEEP: bool = _RUN["depth"] == "deep"
MANIFEST: dict[str, Any] = _RUN["manifest"]
PARAMETERS: dict[str, Any] = MANIFEST["parameters"]
PORTS: dict[str, Any] = MANIFEST["ports"]
LATENCY: int = MANIFEST["latency"]
PERIOD: int = _RUN["period_ns"]


def _model() -> Any:
    module, _, name = _RUN["model"].rpartition(".")
    return getattr(importlib.import_module(module), name)(MANIFEST)


MODEL = _model()
# Operands to run instead of random ones, and the items after which toggles count.
REAL: dict[str, Any] = {} if _RUN["warm_up"] is None else {
    name: array.astype(np.int64) for name, array in np.load("operands.npz").items()}
WARM_UP: int = _RUN["warm_up"] or 0
# Clocks from one of them to the next, at least.
EVERY: int = _RUN["every"]

# Idling of the source and stalls of the sink, for `cocotb.parametrize`.
MIXES = (("idle", "stall"), [("never", "never"), ("random", "never"), ("never", "random"),
                             ("random", "random"), ("bursts", "bursts")])


def rng() -> np.random.Generator:
    """Return the random numbers of a test: those of the run's seed."""
    return np.random.default_rng(cocotb.RANDOM_SEED)


def check_facts() -> None:
    """Check that the manifest has the facts of the model."""
    for name, value in MODEL.facts.items():
        assert MANIFEST[name] == value, f"{name} is {MANIFEST[name]}, not {value}"


def number(bits: int, *, every: bool = False) -> int:
    """Return how many items of ``bits`` bits to try: fewer of longer items, whose units are slower.

    With ``every``, all, if they are at most 4096.
    """
    count = max(24, min(400, int(3e6 / bits ** 1.9))) * (20 if DEEP else 1)
    if every and bits <= 12:
        return max(count, 1 << bits)
    return count if every else count // 4


class Bench:
    """Clock, reset, a `Source` at ``i`` and a `Sink` at ``o``.

    A subclass may name other streams; the first of ``inputs`` is fed at the start.
    """

    inputs: tuple[str, ...] = ("i",)
    output = "o"
    settling = 2 * LATENCY + 4          # clocks after which nothing more comes

    def __init__(self, dut: Any, sources: list[Source], sink: Sink):
        self.dut, self.sources, self.sink = dut, sources, sink
        self.source = sources[0]

    @classmethod
    async def start(cls, dut: Any, items: Iterable[int | None] = (), idle: str | int = "never",
                    stall: str = "never", *, holds: bool = False) -> Self:
        """Reset the unit, then feed it ``items``; sources that hold keep the last one between."""
        random_pauses = random.Random(cocotb.RANDOM_SEED)
        # Low at first: at time 0 the reset is not there yet.
        Clock(dut.clk, PERIOD, unit="ns", impl="gpi").start(start_high=False)
        sources = [Source(dut, name, (), pauses(idle, random_pauses), use_x=_RUN["use_x"],
                          holds=holds) for name in cls.inputs]
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
        """Return the words of the sink once they are ``count``, and no more after some clocks.

        Fails if for long no item is taken and no word received.
        """
        progress: list[int] = []
        quiet, patience = 0, 200 + 10 * LATENCY
        while len(self.sink.received) < count:
            await RisingEdge(self.dut.clk)
            now = [len(source.taken) for source in self.sources] + [len(self.sink.received)]
            progress, quiet = now, 0 if now != progress else quiet + 1
            assert quiet < patience, (f"nothing moves: {now[0]} items taken, "
                                      f"{now[-1]} of {count} words received")
        await self.cycles(self.settling)
        got = len(self.sink.received)
        assert got == count, f"{got} words instead of {count}"
        return self.sink.received

    def mark_span(self, first: int, clocks: int, operations: int) -> None:
        """Write the span in which toggles count, from the clock that takes item ``first``."""
        Path("span.json").write_text(json.dumps({
            "begin_ns": PERIOD * self.source.taken[first] - PERIOD / 2, "clocks": clocks,
            "operations": operations}))

    def full(self) -> bool:
        """Return whether the unit offers something and takes nothing."""
        return self.sink.valid.value == 1 and all(
            source.ready.value == 0 for source in self.sources)

    async def restart(self, cycles: int) -> None:
        """Run for ``cycles``, reset with work under way, and check that nothing of it comes out."""
        await self.cycles(cycles)
        for source in self.sources:
            source.items.clear()
        await self.reset()
        self.sink.stall("never")
        self.sink.received.clear()
        await self.cycles(self.settling)
        assert not self.sink.received, "something from before the reset"


class Fed(Bench):
    """A unit whose streams are fed the words of the model's operands."""

    inputs = MODEL.inputs

    @classmethod
    async def of(cls, dut: Any, x: Operands, idle: str | int = "never", stall: str = "never", *,
                 holds: bool = False) -> Self:
        """Reset the unit, then feed it items; sources that hold keep the last word between."""
        bench = await cls.start(dut, (), idle, stall, holds=holds)
        bench.feed(x)
        return bench

    def feed(self, x: Operands) -> None:
        """Feed items, to each stream its words."""
        words = MODEL.words(x)
        for source in self.sources:
            source.items.extend(words[source.name])

    async def check(self, x: Operands) -> None:
        """Receive the words of items, and compare them field by field."""
        expected, port = MODEL.expected(x)["o"], MODEL.port("o")
        received = await self.receive(len(expected))
        for name, (low, width) in fields_of(port).items():
            got, right = ([word >> low & (1 << width) - 1 for word in words]
                          for words in (received, expected))
            np.testing.assert_array_equal(np.array(got, object), np.array(right, object), name)
