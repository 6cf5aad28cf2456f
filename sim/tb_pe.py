"""Emitted Verilog of the processing elements, `hw.sparq.pe` and `hw.plain.pe`, every clock.

A step is what a PE is given in a clock. A PE cannot be stalled: who has no step for it sends an
idle one, all zeros, which adds nothing but the bias.
"""

import random
from typing import Any, NamedTuple

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge, Timer
from numpy.random import Generator
from numpy.typing import NDArray

from skimp.golden.arithmetic.sparq import effective, matmul
from skimp.sim.bench import DEEP, LATENCY, MANIFEST, PARAMETERS, PORTS, rng
from skimp.sim.operands import (
    Operands,
    activation_codes,
    corner_steps,
    random_activations,
    random_weights,
    signed,
    weight_codes,
    words,
)
from skimp.sim.streams import pauses

CONFIG = ({name: PARAMETERS[name] for name in ("window", "shifts")} if "window" in PARAMETERS
          else {})
LANES = 2 if CONFIG else PARAMETERS["lanes"]
ACTIVATION_WIDTH = 8 if CONFIG else PARAMETERS["activation_width"]
WEIGHT_WIDTH = PARAMETERS["weight_width"]
BIAS = MANIFEST["bias"]
SUM_WIDTH = PORTS["sum"]["width"]
PERIOD = 10
IDLE = 0, 0, 0
# A PE takes encoded pairs: how they were rounded is nothing to it, but changes which there are.
ROUNDINGS = ("round", "trim") if CONFIG else ("round",)
MIXES = (("idle", "rounding"), [("never", "round"), *(
    (idle, ROUNDINGS[-1]) for idle in ("random", "bursts"))])


class Steps(NamedTuple):
    """Activations and weights, a row a step, and whether the sum starts anew with it."""

    activations: Operands
    weights: Operands
    first: NDArray[np.bool_]
    rounding: str = "round"

    def at(self, places: Operands) -> "Steps":
        """Give the steps at ``places``, and idle ones where those are -1."""
        idle = places < 0
        a, w = (np.where(idle[:, None], 0, x[places]) for x in (self.activations, self.weights))
        return Steps(a, w, ~idle & self.first[places], self.rounding)

    def ports(self) -> list[tuple[int, int, int]]:
        """Give what the inputs are given: activation, weight, first."""
        a = activation_codes(self.activations, config=CONFIG, rounding=self.rounding,
                             width=ACTIVATION_WIDTH)
        w = weight_codes(self.weights, width=WEIGHT_WIDTH, encoding=MANIFEST["weight_encoding"])
        return list(zip(words(PORTS["activation"], *a), words(PORTS["weight"], *w),
                        self.first.astype(int).tolist(), strict=True))

    def products(self) -> Operands:
        """Give the dot product of each step."""
        a = self.activations
        if CONFIG:
            a = effective(a, **CONFIG, rounding=self.rounding)
        return (a * self.weights).sum(axis=1)

    def starts(self) -> Operands:
        """Give for each step the one with which its sum started."""
        return np.maximum.accumulate(np.where(self.first, np.arange(len(self.first)), 0))

    def sums(self) -> Operands:
        """Give the sum after each step."""
        total = np.cumsum(self.products() + BIAS)
        before = np.concatenate([[0], total[:-1]])
        return (total - before[self.starts()]) % (1 << SUM_WIDTH)


def firsts(count: int, often: float, generator: Generator) -> NDArray[np.bool_]:
    """Choose steps that start the sum anew: the first, and of the others a part ``often``."""
    return (generator.random(count) < often) | (np.arange(count) == 0)


def random_steps(count: int, often: float, rounding: str, generator: Generator) -> Steps:
    """Give random steps, of which a part ``often`` start the sum anew."""
    return Steps(random_activations(count, LANES, ACTIVATION_WIDTH, generator),
                 random_weights(count, LANES, WEIGHT_WIDTH, generator),
                 firsts(count, often, generator), rounding)


def places(count: int, idle: str) -> Operands:
    """Tell for each clock which of ``count`` steps is taken, -1 if none is."""
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

    @classmethod
    async def start(cls, dut: Any) -> "Pe":
        """Start the clock; reset the unit if it can be."""
        Clock(dut.clk, PERIOD, unit="ns", impl="gpi").start(start_high=False)
        pe = cls(dut)
        for reset in 1, 0:
            if hasattr(dut, "rst"):
                dut.rst.value = reset
            await pe.take([IDLE] * 2)
        return pe

    async def step(self, step: tuple[int, int, int]) -> list[str]:
        """Take a step; give what the outputs showed until then, the sum last."""
        for port, value in zip(self.inputs, step, strict=True):
            port.value = value
        await self.edge                         # the values are still those from before it
        return [str(port.value) for port in self.outputs]

    async def take(self, steps: list[tuple[int, int, int]]) -> list[str]:
        """Take a step a clock, then `LATENCY` idle ones; give the bits of the sum after each step.

        Fails if the operands for the neighbours are not those of the clock before.
        """
        shown = [await self.step(step) for step in [*steps, *[IDLE] * LATENCY]]
        for place, (step, got) in enumerate(zip(steps, shown[1:], strict=False)):
            given = [f"{value:0{len(bits)}b}" for value, bits in zip(step, got, strict=False)]
            assert got[:3] == given, f"step {place}: {got[:3]} for the neighbours, not {given}"
        return [outputs[-1] for outputs in shown[LATENCY:]]

    async def hold(self, step: tuple[int, int, int], clocks: int) -> str:
        """Take the same step in each of ``clocks``, two at least; else as `take`.

        Nothing is looked at in between, so many clocks cost little.
        """
        await self.step(step)
        await Timer(PERIOD * (clocks - 1) - PERIOD // 2, unit="ns")
        await self.edge
        return [await self.step(IDLE) for _ in range(LATENCY)][-1][-1]


async def check(pe: Pe, steps: Steps) -> None:
    """Take ``steps`` and compare every sum."""
    starts = steps.starts()
    sums = zip(await pe.take(steps.ports()), steps.sums().tolist(), strict=True)
    for place, (got, value) in enumerate(sums):
        assert got == bits(value), (
            f"sum {got}, not {bits(value)}, {place - starts[place]} steps after the first, with "
            f"{steps.activations[place].tolist()} x {steps.weights[place].tolist()}")


def bits(value: int) -> str:
    """Give a sum as the port shows it."""
    return f"{value % (1 << SUM_WIDTH):0{SUM_WIDTH}b}"


@cocotb.test()
async def facts(_dut):
    """The manifest has the number of products and the clocks that the other tests rely on."""
    assert (MANIFEST["macs"], LATENCY) == (LANES, 2)


@cocotb.test()
@cocotb.parametrize(MIXES)
async def accumulates(dut, idle, rounding):
    """Random steps and idle ones among them, in long sums and in short ones."""
    pe, generator = await Pe.start(dut), rng()
    count = 10_000 if DEEP else 400
    for often in 0.01, 0.5:
        steps = random_steps(count, often, rounding, generator)
        await check(pe, steps.at(places(count, idle)))


@cocotb.test()
async def corners(dut):
    """Corners on every lane; if deep, on two lanes each with each."""
    pe, generator = await Pe.start(dut), rng()
    count = 10_000 if DEEP else 2000
    operands = corner_steps(LANES, ACTIVATION_WIDTH, WEIGHT_WIDTH, count, generator)
    await check(pe, Steps(*operands, firsts(count, 0.3, generator)))


@cocotb.test(skip=not CONFIG)
@cocotb.parametrize(rounding=ROUNDINGS)
async def every_word(dut, rounding):
    """Every word that a pair can be, up to 3000 of them; if deep, the words of every pair."""
    pe, generator = await Pe.start(dut), rng()
    index = np.arange(1 << 16)
    pairs = np.stack([index & 255, index >> 8], axis=1)
    if not DEEP:
        codes, _ = activation_codes(pairs, config=CONFIG, rounding=rounding)
        pairs = generator.permutation(pairs[np.unique(codes, return_index=True)[1]])[:3000]
    steps = random_steps(len(pairs), 0.1, rounding, generator)
    await check(pe, steps._replace(activations=pairs))


@cocotb.test(skip=bool(CONFIG))
async def every_product(dut):
    """Every activation with every weight on every lane; of many only 3000, unless deep."""
    pe, generator = await Pe.start(dut), rng()
    both = np.arange(1 << ACTIVATION_WIDTH + WEIGHT_WIDTH)
    both = np.stack([generator.permutation(both) for _ in range(LANES)], axis=1)
    both = both[:len(both) if DEEP else 3000]
    await check(pe, Steps(both >> WEIGHT_WIDTH, signed(both % (1 << WEIGHT_WIDTH), WEIGHT_WIDTH),
                          firsts(len(both), 0.1, generator)))


@cocotb.test()
@cocotb.parametrize(MIXES)
async def rows(dut, idle, rounding):
    """Rows of a product of matrices; of an odd K the last activation has no partner.

    From a row's last step until the next row's first, the sum less the bias of every clock is the
    dot product, wherever there were idle steps.
    """
    pe, generator = await Pe.start(dut), rng()
    lengths = generator.permutation([*range(1, 13), 49, *([576, 2401] if DEEP else [])]).tolist()
    activations, weights, first, last, dots = [], [], [], [], []
    for k in lengths:
        a = random_activations(4, k, ACTIVATION_WIDTH, generator)[k % 4:][:1]
        w = random_weights(1, k, WEIGHT_WIDTH, generator)
        dot = matmul(a, w.T, **CONFIG, rounding=rounding) if CONFIG else a @ w.T
        count = -(-k // LANES)
        for x, parts in (a, activations), (w, weights):
            parts.append(np.pad(x, [(0, 0), (0, count * LANES - k)]).reshape(count, LANES))
        first += [True] + [False] * (count - 1)
        last += [False] * (count - 1) + [True]
        dots += [int(dot[0, 0])] * count
    taken = places(len(dots), idle)
    steps = Steps(np.vstack(activations), np.vstack(weights), np.array(first), rounding).at(taken)
    sums = await pe.take(steps.ports())
    newest = np.maximum.accumulate(taken).tolist()
    for clock, (step, start) in enumerate(zip(newest, steps.starts().tolist(), strict=True)):
        if last[step]:
            clocks = clock - start + 1
            got = int(signed(np.array(int(sums[clock], 2) - BIAS * clocks), SUM_WIDTH))
            assert got == dots[step], f"dot product {got}, not {dots[step]}, after {clocks} clocks"


@cocotb.test()
@cocotb.parametrize(top=[False, True], alone=[False, True] if LANES > 1 else [False])
async def long_sums(dut, top, alone):
    """An extreme product for thousands of clocks, with idle times, then a new start.

    Where it takes not too long, that is when the sum is just below 2**32, its high bits all ones;
    if deep, the next sum goes beyond.
    """
    pe = await Pe.start(dut)
    a, half = np.full((1, LANES), (1 << ACTIVATION_WIDTH) - 1), 1 << WEIGHT_WIDTH - 1
    a[:, 1:] *= not alone
    steps = Steps(a, np.full((1, LANES), half - 1 if top else -half), np.array([False]))
    (step,), each = steps.ports(), int(steps.products()[0]) + BIAS
    limit = 1_000_000 if DEEP else 80_000 if top and not alone else 0
    total = 0

    async def first() -> None:
        nonlocal total
        total = each
        (got,) = await pe.take([(*step[:2], 1)])
        assert got == bits(total), f"sum {got}, not {bits(total)}, with the first step"
        total += LATENCY * BIAS

    async def hold(clocks: int, *, idle: bool = False) -> None:
        nonlocal total
        total += clocks * (BIAS if idle else each)
        got = await pe.hold(IDLE if idle else step, clocks)
        assert got == bits(total), f"sum {got}, not {bits(total)}, {clocks} clocks later"
        total += LATENCY * BIAS

    def left(holds: int) -> int:
        """Give the clocks that it takes to 2**32, in some ``holds``."""
        return ((1 << SUM_WIDTH) - 1 - total - holds * LATENCY * BIAS) // max(each, 1)

    await first()
    for clocks, idle in (1000, False), (300, True), (2, False), (1000, True):
        await hold(clocks, idle=idle)
    far = left(1) < limit
    for parts in range(64, 0, -1):              # to see the high bits in all their combinations
        await hold(left(parts) // parts if far else 50)
    await first()
    if DEEP and far:
        await hold(left(1) * 9 // 8 + 5000)
