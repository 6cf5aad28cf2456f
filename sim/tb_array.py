"""Emitted Verilog of the systolic arrays, `hw.array`, of any processing element.

Tiles follow each other. The model has their sums. `golden.array.schedule` has their clocks; with
idling sources and a stalling sink, `golden.array.Clocks` runs beside the array.
"""

import itertools
import random

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from numpy.random import Generator

from skimp.golden.array import Clocks, keeps_after
from skimp.sim.bench import (
    DEEP,
    LATENCY,
    MANIFEST,
    MODEL,
    PARAMETERS,
    REAL,
    WARM_UP,
    Bench,
    check_facts,
    rng,
)
from skimp.sim.models.array import joined
from skimp.sim.models.base import Integers, Operands
from skimp.sim.models.operands import signed
from skimp.sim.models.words import unpack
from skimp.sim.streams import high, pauses

ROWS, COLS, THREADS, SUM_WIDTH = MODEL.rows, MODEL.cols, MODEL.threads, MODEL.sum_width
ACTIVATIONS, WEIGHT_WIDTH = MODEL.activations, MODEL.weight_width
KEEPS_AFTER = keeps_after(COLS, PARAMETERS["group"]) if MODEL.skips else None
MIXES = (("idle", "stall"), [
    (("never", "never"), "never"), (("random", "never"), "never"), (("never", "bursts"), "never"),
    (("never", "never"), "random"), (("never", "never"), "bursts"),
    (("random", "random"), "random"), (("bursts", "random"), "bursts")])


def ends(tiles: Operands) -> Integers:
    """Return the places of the last steps."""
    return np.flatnonzero(tiles["last"])


def of_steps(steps: list[int], generator: Generator) -> Operands:
    """Return random tiles of these numbers of steps; their K are not always full."""
    return joined([MODEL.random_product(
        ROWS, int(generator.integers((count - 1) * THREADS + 1, count * THREADS + 1)), COLS,
        generator) for count in steps])


class Array(Bench):
    """The array, a source at either of its inputs and a sink at its sums."""

    inputs, output = MODEL.inputs, "sum"
    settling = 2 * LATENCY + ROWS + 4

    async def reset(self) -> None:
        """Reset the array, and `Clocks` with it."""
        await super().reset()
        self.clocks = Clocks(ROWS, LATENCY, KEEPS_AFTER)
        if not hasattr(self, "watching"):
            self.watching = cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        """Check in each clock that the array does what `Clocks` says."""
        while True:
            await RisingEdge(self.dut.clk)
            if high(self.dut.rst):
                continue
            valid = [high(source.valid) for source in self.sources]
            takes, offers, room = self.clocks.step(
                all(valid[:2]), high(self.sink.ready), all(valid[2:]))
            for source, right in zip(self.sources, (takes, takes, room), strict=False):
                got = high(source.ready)
                assert got == right, f"{source.name} {'not ' * (not got)}taken, against the rule"
            got = high(self.sink.valid)
            assert got == offers, f"a row {'not ' * (not got)}offered, against the rule"

    def feed(self, tiles: Operands, idle: tuple[str, str] = ("never", "never"), *,
             first: int = 0, stop: int | None = None) -> None:
        """Queue steps of ``tiles`` at the sources, keep bits with the first; each idles by itself.
        """
        words = MODEL.words(tiles)
        for source, kind in zip(self.sources, itertools.chain(idle, idle), strict=False):
            source.pauses = pauses(kind, random.Random(f"{cocotb.RANDOM_SEED} {source.name}"))
            source.items.extend(words[source.name][first:stop] if source.name != "keep"
                                else () if first else words["keep"])
        self.clocks.last.extend(tiles["last"][first:stop] == 1)

    def forget(self) -> None:
        """Forget what was taken and received."""
        sink = self.sink
        for record in sink.received, sink.taken, sink.offered, *(s.taken for s in self.sources):
            record.clear()

    async def check(self, tiles: Operands, *, disturbed: bool = False) -> None:
        """Receive the sums of ``tiles``; check them, and the marks of the last rows.

        Unless ``disturbed`` by a source that idles or a sink that stalls, check their clocks
        against the golden model.
        """
        expected, port = MODEL.expected(tiles)["sum"], MODEL.port("sum")
        words = await self.receive(len(expected))
        for field, count, what in ("data", COLS, "sums"), ("last", 1, "last of a tile"):
            got, right = (signed(unpack(port, side, field, count), SUM_WIDTH)
                          for side in (words, expected))
            np.testing.assert_array_equal(got, right, err_msg=what)
        if not disturbed:
            places = ends(tiles)
            last, rows = MODEL.schedule(np.diff(places, prepend=-1))
            taken, offered = np.array(self.source.taken), np.array(self.sink.offered)
            np.testing.assert_array_equal(taken[places] - taken[0], last, err_msg="schedule")
            np.testing.assert_array_equal(offered - taken[0], rows.ravel(), err_msg="schedule")
        self.forget()


@cocotb.test()
async def facts(_dut):
    """The manifest has the numbers that the other tests rely on."""
    check_facts()


@cocotb.test()
@cocotb.parametrize(MIXES)
async def multiplies(dut, idle, stall):
    """Products of all shapes, for every mix of idle sources and stalling sink, to the clock."""
    tiles = MODEL.random(56 if DEEP else 10, rng())
    array = await Array.start(dut, stall=stall)
    array.feed(tiles, idle)
    await array.check(tiles, disturbed=(idle, stall) != (("never", "never"), "never"))


@cocotb.test()
async def keeps_the_schedule(dut):
    """Tiles alone and back to back: of one step, of as many as rows, of one more or less."""
    generator, array = rng(), await Array.start(dut)
    for steps in ([1], [1, 1], [1] * 5, [ROWS] * 3, [ROWS + 1, ROWS], [max(ROWS - 1, 1)] * 3,
                  [2 * ROWS + 3, 1, 1, ROWS + 2, 2, 30, 1]):
        tiles = of_steps(steps, generator)
        array.feed(tiles)
        await array.check(tiles)


@cocotb.test()
@cocotb.parametrize(idle=[("never", "never"), ("random", "bursts")])
async def a_stalled_sink_stops_both_sources(dut, idle):
    """The array stalls, and only when a row has no place. Nothing is lost."""
    tiles = of_steps([ROWS + 2, 4 * LATENCY, *[1, 2] * 4, LATENCY + ROWS], rng())
    array = await Array.start(dut, stall="always")
    array.feed(tiles, idle)
    await array.cycles(40 * (ROWS + LATENCY) + 100)
    assert array.full(), "the array does not wait for the sink, full"
    array.sink.stall("never")
    await array.check(tiles, disturbed=True)


@cocotb.test()
@cocotb.parametrize(stall=["never", "always"])
async def reset_clears(dut, stall):
    """A reset forgets what is under way, in whatever clock; what comes after it is right."""
    generator, array = rng(), await Array.start(dut)
    steps = [ROWS + 1, 2, 2 * (LATENCY + ROWS)]
    last, rows = MODEL.schedule(np.array(steps))
    for clocks in 2, ROWS + 1, *(last[:2] + 2).tolist(), *(rows[0] + 2).tolist():
        array.sink.stall(stall)
        array.feed(of_steps(steps, generator))
        await array.restart(clocks)
        array.forget()
        tiles = of_steps([1, 3], generator)
        array.feed(tiles)
        await array.check(tiles)


@cocotb.test()
@cocotb.parametrize(weight=[-1 << WEIGHT_WIDTH - 1, (1 << WEIGHT_WIDTH - 1) - 1])
async def long_tiles(dut, weight):
    """The extreme product in each of many steps, and many clocks without a step among them.

    If deep, and if it does not take too long, sums overflow.
    """
    array, most = await Array.start(dut), ACTIVATIONS.extreme
    steps = (1 << SUM_WIDTH) // (abs(most * weight) * THREADS) + 100
    beyond = DEEP and steps * ROWS * COLS < 200_000
    tiles = joined([MODEL.cut(np.full((ROWS, k), most), np.full((k, COLS), weight))
                    for k in ((steps if beyond else 400) * THREADS, 1)] + [of_steps([2], rng())])
    array.feed(tiles, stop=300)
    await array.cycles(150_000 if beyond else 600)
    array.feed(tiles, first=300)
    await array.check(tiles, disturbed=True)


@cocotb.test()
async def every_decision(dut):
    """Steps with every combination of operands that are zero, small or large, each a tile.

    Two threads meet every combination of the values that bound them; more, one of each kind. Large
    arrays, where that takes long, see a part of them unless deep.
    """
    generator, most = rng(), 20_000 if DEEP else 20_000 // (ROWS * COLS) ** 2
    activations = [[0], [1, 8, 15], [16, 24, 40, 247, 248, 255]]
    weights = [[0], [-8, -1, 7], [-128, -120, -24, -9, 8, 24, 119, 120, 127]]
    if (max(activations[-1]) > ACTIVATIONS.every.max()
            or max(weights[-1]) >> WEIGHT_WIDTH - 1):
        return                                  # operands too narrow to be large
    kinds = list(itertools.product(activations, weights))
    if THREADS <= 2:
        kinds = [([x], [w]) for xs, ws in kinds for x in xs for w in ws]
    steps = list(itertools.product(kinds, repeat=THREADS))
    steps = [steps[place] for place in generator.permutation(len(steps))[:most]]
    # Each a row of the array, whose columns all have its weights.
    x = np.array([[generator.choice(xs) for xs, _ in step] for step in steps])
    w = np.array([[generator.choice(ws) for _, ws in step] for step in steps])
    parts = [MODEL.cut(np.repeat(a[None], ROWS, axis=0), np.repeat(b[:, None], COLS, axis=1))
             for a, b in zip(x, w, strict=True)]
    array, tiles = await Array.start(dut), joined(parts)
    array.feed(tiles)
    await array.check(tiles)


@cocotb.test(skip=not REAL)
async def real_operands(dut):
    """Tiles that the launcher was given come out right; toggles count from one of them on."""
    array = await Array.start(dut)
    array.feed(REAL)
    await array.receive(len(ends(REAL)) * ROWS)
    first = int(ends(REAL)[WARM_UP - 1]) + 1 if WARM_UP else 0
    steps = len(REAL["last"]) - first
    assert array.source.taken[-1] - array.source.taken[first] == steps - 1, "a clock idle"
    array.mark_span(first, steps, operations=steps * MANIFEST["macs"])
    await array.check(REAL)
