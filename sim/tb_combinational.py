"""Emitted Verilog of combinational units against their models."""

import cocotb
from cocotb.triggers import Timer

from skimp.sim.bench import DEEP, MODEL, PORTS, check_facts, rng


@cocotb.test(skip=not MODEL.facts)
async def facts(_dut):
    """The manifest has the facts of the model."""
    check_facts()


@cocotb.test()
async def computes(dut):
    """The output of every input word that the model gives."""
    x = MODEL.random(40_000 if DEEP else 2000, rng())
    words, results = MODEL.words(x)["i"], MODEL.expected(x)["o"]
    i, o, soon, width = dut.i, dut.o, Timer(1, unit="ns"), PORTS["o"]["width"]
    for word, result in zip(words, results, strict=True):
        i.value = word
        await soon
        got = str(o.value)                      # bits, X among them maybe
        assert got == f"{result:0{width}b}", f"{got} for {word}, not {result:0{width}b}"
