"""Emitted Verilog of `hw.arith.booth.BoothRecode` against `golden.booth.digits`."""

import cocotb
import numpy as np
from cocotb.triggers import Timer

from skimp.golden.booth import digits
from skimp.sim.bench import PARAMETERS

WIDTH = PARAMETERS["weight_width"]
DIGITS = {"01": -1, "11": 0, "10": 1, "00": 2}          # plain, flip


@cocotb.test()
async def recodes(dut):
    """Every weight: each digit's code, and no negative zero."""
    weights = np.arange(-1 << WIDTH - 1, 1 << WIDTH - 1)
    for weight, expected in zip(weights, digits(weights, width=WIDTH), strict=True):
        dut.i.value = int(weight) % (1 << WIDTH)
        await Timer(1, unit="ns")
        bits = str(dut.o.value)[::-1]
        lower, (one, two, negative) = bits[:-3], bits[-3:]
        got = [DIGITS[lower[low:low + 2]] for low in range(0, len(lower), 2)]
        got.append((int(one) + 2 * int(two)) * (-1 if negative == "1" else 1))
        assert got == list(expected), f"{got}, not {expected}, for {weight}"
        assert bits[-3:] not in ("001", "110", "111"), "a code that is no digit"
