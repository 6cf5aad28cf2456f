"""Emitted Verilog of the processing elements, `hw.sparq.pe` and `hw.plain.pe`, every clock.

A step is the operands of a clock. A PE cannot stall: in a clock without operands it takes an idle
step, all zeros, which adds nothing.
"""

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge, Timer

from skimp.sim.bench import DEEP, LATENCY, MANIFEST, MODEL, PARAMETERS, check_facts, rng
from skimp.sim.models.base import Integers, Operands
from skimp.sim.models.operands import at, corner_steps, firsts, random_weights, signed
from skimp.sim.models.sums import settled
from skimp.sim.streams import pauses

LANES, SUM_WIDTH = MODEL.lanes, MODEL.sum_width
ACTIVATIONS, WEIGHT_WIDTH = MODEL.activations, MODEL.weight_width
PORT = MODEL.port("sum")
PERIOD = 10
IDLE, START = (0, 0, 0), (0, 0, 1)
# A PE takes encoded pairs: rounding does not change the PE, but the pairs that occur.
MODELS = {rounding: type(MODEL)(MANIFEST | {"parameters": PARAMETERS | {"rounding": rounding}})
          for rounding in (("round", "trim") if "rounding" in PARAMETERS else ("round",))}
MIXES = (("idle", "rounding"), [("never", "round"), *(
    (idle, list(MODELS)[-1]) for idle in ("random", "bursts"))])


def ports(x: Operands, rounding: str) -> list[tuple[int, int, int]]:
    """Return the words of the inputs per step: activation, weight, first."""
    words = MODELS[rounding].words(x)
    return list(zip(*(words[name] for name in MODEL.inputs), strict=True))


def places(count: int, idle: str) -> Integers:
    """Return per clock which of ``count`` steps is taken, -1 if none."""
    paused, taken = pauses(idle, random.Random(cocotb.RANDOM_SEED)), [0]
    for place in range(1, count):
        while next(paused):
            taken.append(-1)
        taken.append(place)
    return np.array([*taken, -1, -1])


class Pe:
    """The unit and its clock."""

    def __init__(self, dut: Any):
        self.edge = RisingEdge(dut.clk)
        self.inputs = dut.activation, dut.weight, dut.first
        self.outputs = dut.activation_next, dut.weight_next, dut.first_next, dut.sum
        self.shown = START                      # what went to the neighbours last

    @classmethod
    async def start(cls, dut: Any) -> "Pe":
        """Start the clock; reset the unit if it can be."""
        Clock(dut.clk, PERIOD, unit="ns", impl="gpi").start(start_high=False)
        pe = cls(dut)
        for reset in 1, 0:
            if hasattr(dut, "rst"):
                dut.rst.value = reset
            await pe.take([START] * 2)
        return pe

    async def step(self, step: tuple[int, int, int]) -> list[str]:
        """Take a step; return what the outputs showed until then, the sum last."""
        for port, value in zip(self.inputs, step, strict=True):
            port.value = value
        await self.edge                         # the values are still those from before it
        return [str(port.value) for port in self.outputs]

    async def take(self, steps: list[tuple[int, int, int]]) -> list[str]:
        """Take a step a clock, then `LATENCY` idle ones; return the bits of the sum after each.

        Fails if the operands for the neighbours are not those of the clock before.
        """
        steps = [*steps, *[IDLE] * LATENCY]
        shown = [await self.step(step) for step in steps]
        for place, (step, got) in enumerate(zip(self.passed_on(steps), shown[1:], strict=False)):
            given = [f"{value:0{len(bits)}b}" for value, bits in zip(step, got, strict=False)]
            assert got[:3] == given, f"step {place}: {got[:3]} for the neighbours, not {given}"
        return [outputs[-1] for outputs in shown[LATENCY:]]

    def passed_on(self, steps: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Return what goes to the neighbours after each step."""
        words = MODEL.passed_on(dict(zip(
            MODEL.inputs, map(list, zip(self.shown, *steps, strict=True)), strict=True)))
        found = list(zip(*(words[name] for name in MODEL.inputs), strict=True))[1:]
        self.shown = found[-1]
        return found

    async def hold(self, step: tuple[int, int, int], clocks: int) -> str:
        """Take the same step in each of ``clocks``, two at least; else as `take`.

        Outputs are not read in between, so many clocks cost little.
        """
        self.passed_on([step, *[IDLE] * LATENCY])
        await self.step(step)
        await Timer(PERIOD * (clocks - 1) - PERIOD // 2, unit="ns")
        await self.edge
        return [await self.step(IDLE) for _ in range(LATENCY)][-1][-1]


async def check(pe: Pe, x: Operands, rounding: str = "round") -> None:
    """Take steps and compare every sum, part by part."""
    starts = np.maximum.accumulate(np.where(x["first"], np.arange(len(x["first"])), 0))
    sums = [f"{word:0{PORT['width']}b}" for word in MODELS[rounding].expected(x)["sum"]]
    for place, (got, right) in enumerate(zip(await pe.take(ports(x, rounding)), sums, strict=True)):
        assert got == right, (
            f"sum {got}, not {right}, {place - starts[place]} steps after the first, with "
            f"{x['activation'][place].tolist()} x {x['weight'][place].tolist()}")


def read(bits: str) -> int:
    """Return the value of a sum that the port shows."""
    return int(settled(PORT, [int(bits, 2)])[0])


@cocotb.test()
async def facts(_dut):
    """The manifest has the number of products and the clocks that the other tests rely on."""
    check_facts()


@cocotb.test()
@cocotb.parametrize(MIXES)
async def accumulates(dut, idle, rounding):
    """Random steps and idle ones among them, in long sums and in short ones."""
    pe, generator = await Pe.start(dut), rng()
    count = 10_000 if DEEP else 400
    for often in 0.01, 0.5:
        x = {**MODEL.random(count, generator), "first": firsts(count, often, generator)}
        await check(pe, at(x, places(count, idle)), rounding)


@cocotb.test()
async def corners(dut):
    """Corners on every lane; if deep, on two lanes each with each."""
    pe, generator = await Pe.start(dut), rng()
    count = 10_000 if DEEP else 2000
    a, w = corner_steps(LANES, ACTIVATIONS, WEIGHT_WIDTH, count, generator)
    await check(pe, {"activation": a, "weight": w, "first": firsts(count, 0.3, generator)})


@cocotb.test(skip=len(MODELS) == 1)
@cocotb.parametrize(rounding=list(MODELS))
async def every_word(dut, rounding):
    """Every word that a pair can be, up to 3000 of them; if deep, the words of every pair."""
    pe, generator = await Pe.start(dut), rng()
    index = np.arange(1 << 16)
    pairs = np.stack([index & 255, index >> 8], axis=1)
    if not DEEP:
        codes, _ = MODELS[rounding].encoded(pairs)
        pairs = generator.permutation(pairs[np.unique(codes, return_index=True)[1]])[:3000]
    x = {**MODEL.random(len(pairs), generator), "activation": pairs,
         "first": firsts(len(pairs), 0.1, generator)}
    await check(pe, x, rounding)


@cocotb.test(skip=len(MODELS) > 1)
async def every_product(dut):
    """Every activation with every weight on every lane; of many only 3000, unless deep."""
    pe, generator = await Pe.start(dut), rng()
    both = np.arange(1 << ACTIVATIONS.width + WEIGHT_WIDTH)
    both = np.stack([generator.permutation(both) for _ in range(LANES)], axis=1)
    both = both[:len(both) if DEEP else 3000]
    await check(pe, {"activation": ACTIVATIONS.every[both >> WEIGHT_WIDTH],
                     "weight": signed(both % (1 << WEIGHT_WIDTH), WEIGHT_WIDTH),
                     "first": firsts(len(both), 0.1, generator)})


@cocotb.test()
@cocotb.parametrize(MIXES)
async def rows(dut, idle, rounding):
    """Rows of a product of matrices; of an odd K the last activation has no partner.

    From a row's last step until the next row's first, the sum is the dot product, wherever there
    were idle steps.
    """
    pe, generator = await Pe.start(dut), rng()
    lengths = generator.permutation([*range(1, 13), 49, *([576, 2401] if DEEP else [])]).tolist()
    activations, weights, first, last, dots = [], [], [], [], []
    for k in lengths:
        a = ACTIVATIONS.random(4, k, generator)[k % 4:][:1]
        w = random_weights(1, k, WEIGHT_WIDTH, generator)
        dots += [int(MODELS[rounding].product(a, w.T)[0, 0])] * -(-k // LANES)
        for x, parts in (a, activations), (w, weights):
            parts.append(np.pad(x, [(0, 0), (0, -k % LANES)]).reshape(-1, LANES))
        first += [True] + [False] * (len(parts[-1]) - 1)
        last += [False] * (len(parts[-1]) - 1) + [True]
    taken = places(len(dots), idle)
    x = at({"activation": np.vstack(activations), "weight": np.vstack(weights),
            "first": np.array(first)}, taken)
    sums = await pe.take(ports(x, rounding))
    for clock, step in enumerate(np.maximum.accumulate(taken).tolist()):
        if last[step]:
            got = read(sums[clock])
            assert got == dots[step], f"dot product {got}, not {dots[step]}, in clock {clock}"


@cocotb.test()
@cocotb.parametrize(top=[False, True], alone=[False, True] if LANES > 1 else [False])
async def long_sums(dut, top, alone):
    """An extreme product for thousands of clocks, with idle times, then a new start.

    If it does not take too long, the new start comes when the sum is just within 2**31, its high
    bits all alike; if deep, the next sum overflows.
    """
    pe = await Pe.start(dut)
    a, half = np.full((1, LANES), ACTIVATIONS.extreme), 1 << WEIGHT_WIDTH - 1
    a[:, 1:] *= not alone
    w = np.full((1, LANES), half - 1 if top else -half)
    (step,) = ports({"activation": a, "weight": w, "first": np.array([False])}, "round")
    each = int(MODELS["round"].product(a, w.T)[0, 0])
    limit = 1_000_000 if DEEP else 80_000 if top and not alone else 0
    total = 0

    async def first() -> None:
        nonlocal total
        total = each
        (got,) = await pe.take([(*step[:2], 1)])
        assert read(got) == total, f"sum {read(got)}, not {total}, with the first step"

    async def hold(clocks: int, *, idle: bool = False) -> None:
        nonlocal total
        total += 0 if idle else clocks * each
        got = read(await pe.hold(IDLE if idle else step, clocks))
        right = signed(np.array(total), SUM_WIDTH)
        assert got == right, f"sum {got}, not {right}, {clocks} clocks later"

    def left(holds: int) -> int:
        """Return the clocks, two at least, that are left to the end of the range, in ``holds``."""
        return max(((1 << SUM_WIDTH - 1) - 1 - abs(total)) // abs(each), 2 * holds)

    await first()
    for clocks, idle in (1000, False), (300, True), (2, False), (1000, True):
        await hold(clocks, idle=idle)
    far = left(1) < limit
    for holds in range(64, 0, -1):              # to see the high bits in all their combinations
        await hold(left(holds) // holds if far else 50)
    await first()
    if DEEP and far:
        await hold(left(1) * 9 // 8 + 5000)
