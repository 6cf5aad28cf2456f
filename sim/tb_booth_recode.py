"""Emitted Verilog of `hw.arith.booth.BoothRecode` against `golden.booth.digits`."""

import cocotb
import numpy as np
from cocotb.triggers import Timer

from golden.booth import digits
from sim.bench import PARAMETERS

WIDTH = PARAMETERS["weight_width"]


@cocotb.test()
async def recodes(dut):
    """Every weight: magnitude and sign of each digit, and no negative zero."""
    weights = np.arange(-1 << WIDTH - 1, 1 << WIDTH - 1)
    for weight, expected in zip(weights, digits(weights, width=WIDTH), strict=True):
        dut.i.value = int(weight) % (1 << WIDTH)
        await Timer(1, unit="ns")
        bits = str(dut.o.value)[::-1]
        got = [(int(one) + 2 * int(two)) * (-1 if negative == "1" else 1)
               for one, two, negative in zip(bits[::3], bits[1::3], bits[2::3], strict=True)]
        assert got == list(expected), f"{got}, not {expected}, for {weight}"
        assert "001" not in [bits[low:low + 3] for low in range(0, len(bits), 3)], "negative zero"
