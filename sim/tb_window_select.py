"""Emitted Verilog of `hw.sparq.window.WindowSelect` against `golden.arithmetic.sparq.window`."""

import cocotb
import numpy as np
from cocotb.triggers import Timer

from skimp.golden.arithmetic.sparq import window
from skimp.sim.bench import PARAMETERS, PORTS
from skimp.sim.streams import pack

SHIFTS = PARAMETERS["shifts"]


@cocotb.test()
async def selects(dut):
    """The window of every activation."""
    x = np.arange(256)
    kept, shift = window(x, **PARAMETERS)
    words = pack(PORTS["o"], kept=kept, code=np.searchsorted(SHIFTS, shift))
    for activation, word in enumerate(words):
        dut.i.value = activation
        await Timer(1, unit="ns")
        got = str(dut.o.value)                  # bits, X among them maybe
        assert got == f"{word:0{len(got)}b}", (
            f"{got} for {activation}, not {kept[activation]} << {shift[activation]} ({word:b})")
