"""Emitted Verilog of `hw.arith.popcount.Popcount` against Python's own count."""

import random

import cocotb
from cocotb.triggers import Timer

from skimp.sim.bench import DEEP, PARAMETERS

WIDTH = PARAMETERS["width"]


def words() -> list[int]:
    """Give all words up to 12 bits; else blocks of ones, single ones and zeros, random words."""
    if WIDTH <= 12:
        return list(range(1 << WIDTH))
    rng, top = random.Random(cocotb.RANDOM_SEED), (1 << WIDTH) - 1
    blocks = [(1 << high) - (1 << low) for high in range(WIDTH + 1) for low in range(high)]
    alternating = [top // 3, top // 5, top // 15]
    chosen = [sum(1 << bit for bit in rng.sample(range(WIDTH), rng.randint(0, WIDTH)))
              for _ in range(40_000 if DEEP else 2000)]
    edge = [0, *blocks, *alternating]
    return [*edge, *(top ^ word for word in edge), *chosen]


@cocotb.test()
async def counts(dut):
    """Every word's number of ones."""
    for word in words():
        dut.i.value = word
        await Timer(1, unit="ns")
        got = str(dut.o.value)                  # bits, X among them maybe
        assert got == f"{word.bit_count():0{len(got)}b}", f"{got} ones in {word:0{WIDTH}b}"
