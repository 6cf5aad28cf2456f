"""Emitted Verilog of the systolic arrays, `hw.array`, of any processing element.

Products of matrices are cut into tiles, which follow each other. What they should be the function
says that the manifest names as ``golden``; in which clock, `golden.array.schedule`, and with idling
sources and a stalling sink `Clocks`, which goes along.
"""

import inspect
import itertools
import random
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from numpy.random import Generator

from skimp.golden.array import Schedule, schedule
from skimp.sim.bench import DEEP, LATENCY, MANIFEST, PARAMETERS, PORTS, Bench, rng
from skimp.sim.named import function_named
from skimp.sim.operands import Operands, random_activations, random_weights, signed
from skimp.sim.streams import pack, pauses, unpack

ROWS, COLS = PARAMETERS["rows"], PARAMETERS["cols"]
ACTIVATION_WIDTH = PARAMETERS.get("activation_width", 8)
WEIGHT_WIDTH = PARAMETERS.get("weight_width", 8)
ACTIVATIONS, WEIGHTS = PORTS["activation__payload"], PORTS["weight__payload"]
SUMS = PORTS["sum__payload"]
SUM_WIDTH = SUMS["fields"]["data"][1] // COLS
# Operands of a step, for each row and column.
THREADS = ACTIVATIONS["fields"]["data"][1] // (ROWS * ACTIVATION_WIDTH)
PARTS = {"neighbours": False, "parts": True}[MANIFEST.get("step_operands", "neighbours")]
MIXES = (("idle", "stall"), [
    (("never", "never"), "never"), (("random", "never"), "never"), (("never", "bursts"), "never"),
    (("never", "never"), "random"), (("never", "never"), "bursts"),
    (("random", "random"), "random"), (("bursts", "random"), "bursts")])


def planned(steps: Operands) -> Schedule:
    """Give the clocks of tiles of these numbers of steps."""
    return schedule(steps, rows=ROWS, cols=COLS, group=PARAMETERS["group"],
                    element_latency=MANIFEST["element_latency"])


def _golden() -> tuple[Callable[..., Operands], dict[str, Any]]:
    function = function_named(MANIFEST["golden"])
    return function, {key: value for key, value in PARAMETERS.items()
                      if key in inspect.signature(function).parameters}


GOLDEN, KEYWORDS = _golden()


class Tiles(NamedTuple):
    """Tiles that follow each other.

    Of each step its activations, its weights, and whether it is the last of a tile; of each tile
    `ROWS` rows of sums.
    """

    activations: Operands
    weights: Operands
    last: Operands
    sums: Operands

    def words(self) -> tuple[list[int], list[int]]:
        """Pack the steps for either stream."""
        return (pack(ACTIVATIONS, data=self.activations, last=self.last),
                pack(WEIGHTS, data=self.weights))

    def ends(self) -> Operands:
        """Give the places of the last steps."""
        return np.flatnonzero(self.last)

    def steps(self) -> Operands:
        """Give the number of steps of each tile."""
        return np.diff(self.ends(), prepend=-1)


def joined(parts: list[Tiles]) -> Tiles:
    """Put tiles behind each other."""
    return Tiles(*(np.concatenate(field) for field in zip(*parts, strict=True)))


def by_steps(operands: Operands, count: int) -> Operands:
    """Turn operands, a row of K for each row or column of a tile, into a row for each step."""
    split = (THREADS, count) if PARTS else (count, THREADS)
    operands = operands.reshape(len(operands), *split)
    return operands.transpose((2, 0, 1) if PARTS else (1, 0, 2)).reshape(count, -1)


def cut(x: Operands, w: Operands) -> Tiles:
    """Cut the product of ``x`` and ``w`` into tiles; those at the edges are filled with zeros."""
    product = GOLDEN(x, w, **KEYWORDS)
    below, right = -len(x) % ROWS, -w.shape[1] % COLS
    steps = -(-len(w) // THREADS)
    more = steps * THREADS - len(w)
    x, w = np.pad(x, [(0, below), (0, more)]), np.pad(w, [(0, more), (0, right)])
    product = np.pad(product, [(0, below), (0, right)])
    last = (np.arange(steps) == steps - 1).astype(np.int64)
    return joined([
        Tiles(by_steps(x[row:row + ROWS], steps), by_steps(w[:, col:col + COLS].T, steps), last,
              product[row:row + ROWS, col:col + COLS])
        for row in range(0, len(x), ROWS) for col in range(0, w.shape[1], COLS)])


def random_tiles(m: int, k: int, n: int, generator: Generator) -> Tiles:
    """Give the tiles of a random product."""
    return cut(generator.permutation(random_activations(m, k, ACTIVATION_WIDTH, generator)),
               random_weights(n, k, WEIGHT_WIDTH, generator).T)


def of_steps(steps: list[int], generator: Generator) -> Tiles:
    """Give random tiles of these numbers of steps; their K are not always full."""
    return joined([random_tiles(ROWS, int(generator.integers((count - 1) * THREADS + 1,
                                                             count * THREADS + 1)), COLS, generator)
                   for count in steps])


def products(generator: Generator) -> Tiles:
    """Give the tiles of random products of all sorts of shapes, one after the other."""
    inner = [1, 1, 2, 3, 4, max(ROWS * THREADS - 1, 1), ROWS * THREADS + 1, 9, 7 * THREADS + 2, 25]
    if DEEP:
        inner += [*range(5, 50), 577]
    return joined([
        random_tiles(int(generator.integers(1, ROWS + 3)), k, int(generator.integers(1, COLS + 3)),
                     generator) for k in generator.permutation(inner).tolist()])


class Clocks:
    """What an array does in each clock, given what the streams around it do.

    It has a time of its own, which stands still while two rows of sums wait and one more has come.
    A row comes `LATENCY` - 1 of its clocks after the last step of its tile, then one after the
    other.
    """

    def __init__(self) -> None:
        self.last: deque[bool] = deque()        # of the steps to come
        self.now, self.free = 0, 0              # free: for the next last step
        self.due: set[int] = set()
        self.waiting, self.advance = 0, True

    def clock(self, valid: bool, ready: bool) -> tuple[bool, bool]:
        """Go on by one clock, with both sources ``valid`` or not; tell if it takes and offers."""
        takes = self.advance and valid and not (self.last[0] and self.now < self.free)
        offers = self.waiting > 0
        self.waiting += (self.advance and self.now in self.due) - (offers and ready)
        if takes and self.last.popleft():
            self.free = self.now + ROWS
            self.due.update(range(self.now + LATENCY - 1, self.now + LATENCY - 1 + ROWS))
        self.now += self.advance
        self.advance = not (self.waiting == 2 and self.now in self.due)
        return takes, offers


class Array(Bench):
    """The array, a source at either of its inputs and a sink at its sums."""

    inputs, output = ("activation", "weight"), "sum"
    settling = 2 * LATENCY + ROWS + 4

    async def reset(self) -> None:
        """Reset the array, and `Clocks` with it."""
        await super().reset()
        self.clocks = Clocks()
        if not hasattr(self, "watching"):
            self.watching = cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        """See in each clock that the array does what `Clocks` says."""
        while True:
            await RisingEdge(self.dut.clk)
            if self.dut.rst.value != 0:
                continue
            valid = [source.valid.value == 1 for source in self.sources]
            takes, offers = self.clocks.clock(all(valid), self.sink.ready.value == 1)
            for source in self.sources:
                got = source.ready.value == 1
                assert got == takes, f"{source.name} {'not ' * (not got)}taken, against the rule"
            got = self.sink.valid.value == 1
            assert got == offers, f"a row {'not ' * (not got)}offered, against the rule"

    def feed(self, tiles: Tiles, idle: tuple[str, str] = ("never", "never")) -> None:
        """Give the sources the steps of ``tiles``, and let them idle, each on its own."""
        for source, words, kind in zip(self.sources, tiles.words(), idle, strict=True):
            source.pauses = pauses(kind, random.Random(f"{cocotb.RANDOM_SEED} {source.name}"))
            source.items.extend(words)
        self.clocks.last.extend(tiles.last == 1)

    def forget(self) -> None:
        """Forget what was taken and received."""
        sink = self.sink
        for record in sink.received, sink.taken, sink.offered, *(s.taken for s in self.sources):
            record.clear()

    async def check(self, tiles: Tiles, *, disturbed: bool = False) -> None:
        """Receive the sums of ``tiles``; see that they are right, and those of their tiles.

        Unless ``disturbed`` by a source that idles or a sink that stalls, see that all comes in the
        clocks that the golden model says.
        """
        words = await self.receive(len(tiles.sums))
        got = signed(unpack(SUMS, words, "data", COLS), SUM_WIDTH)
        np.testing.assert_array_equal(got, signed(tiles.sums, SUM_WIDTH), err_msg="sums")
        last = np.arange(len(words)) % ROWS == ROWS - 1
        np.testing.assert_array_equal(unpack(SUMS, words, "last"), last, err_msg="last of a tile")
        if not disturbed:
            last, rows = planned(tiles.steps())
            taken, offered = np.array(self.source.taken), np.array(self.sink.offered)
            np.testing.assert_array_equal(taken[tiles.ends()] - taken[0], last, err_msg="schedule")
            np.testing.assert_array_equal(offered - taken[0], rows.ravel(), err_msg="schedule")
        self.forget()


@cocotb.test()
async def facts(_dut):
    """The manifest has the numbers that the other tests rely on."""
    assert MANIFEST["macs"] == ROWS * COLS * THREADS
    assert LATENCY == planned(np.array([1])).rows[0, 0]


@cocotb.test()
@cocotb.parametrize(MIXES)
async def multiplies(dut, idle, stall):
    """Products of all shapes, for every mix of idle sources and stalling sink, to the clock."""
    tiles = products(rng())
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
    """The array stands still, and only when a row has no place. Nothing is lost."""
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
    last, rows = planned(np.array(steps))
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

    If deep, where it takes not too long, sums go beyond all bits; so does what clocks leave in
    them.
    """
    array, most = await Array.start(dut), (1 << ACTIVATION_WIDTH) - 1
    steps = (1 << SUM_WIDTH) // (most * abs(weight) * THREADS) + 100
    beyond = DEEP and steps * ROWS * COLS < 200_000
    tiles = joined([cut(np.full((ROWS, k), most), np.full((k, COLS), weight))
                    for k in ((steps if beyond else 400) * THREADS, 1)] + [of_steps([2], rng())])
    array.feed(Tiles(*(field[:300] for field in tiles)))
    await array.cycles(150_000 if beyond else 600)
    array.feed(Tiles(*(field[300:] for field in tiles)))
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
    if max(activations[-1]) >> ACTIVATION_WIDTH or max(weights[-1]) >> WEIGHT_WIDTH - 1:
        return                                  # operands too narrow to be large
    kinds = list(itertools.product(activations, weights))
    if THREADS <= 2:
        kinds = [([x], [w]) for xs, ws in kinds for x in xs for w in ws]
    steps = list(itertools.product(kinds, repeat=THREADS))
    steps = [steps[place] for place in generator.permutation(len(steps))[:most]]
    # Each a row of the array, whose columns all have its weights.
    x = np.array([[generator.choice(xs) for xs, _ in step] for step in steps])
    w = np.array([[generator.choice(ws) for _, ws in step] for step in steps])
    parts = [cut(np.repeat(a[None], ROWS, axis=0), np.repeat(b[:, None], COLS, axis=1))
             for a, b in zip(x, w, strict=True)]
    array, tiles = await Array.start(dut), joined(parts)
    array.feed(tiles)
    await array.check(tiles)
