"""Emitted Verilog of `hw.selftest.unit.SelfTest`, a unit inside, as it runs on a board."""

import json
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, First, RisingEdge

BLINK = 1 << json.loads(Path("bench.json").read_text())["manifest"]["parameters"]["blink_bits"]
# A real board blinks for millions of clocks; then the LED is looked at for a few.
WATCHED = BLINK if BLINK <= 1 << 14 else 64


@cocotb.test()
async def the_led_shows_that_the_unit_passes(dut):
    """Low until the test has finished, then high for good."""
    Clock(dut.clk, 10, unit="ns").start(start_high=False)
    dut.rst.value = 1
    await ClockCycles(dut.clk, 3)
    dut.rst.value = 0
    await ClockCycles(dut.clk, 1)
    assert dut.led.value == 0, "the LED is lit before the test has finished"
    await First(RisingEdge(dut.finished), ClockCycles(dut.clk, BLINK + 2))
    assert dut.finished.value == 1, "the test does not finish"
    await ClockCycles(dut.clk, 1)
    shown = {str(dut.led.value)}
    for _ in range(16):
        await ClockCycles(dut.clk, WATCHED // 16)
        shown.add(str(dut.led.value))
    state = {"1": "on", "0": "off"}[shown.pop()] if len(shown) == 1 else "blinking"
    assert dut.passed.value == (state == "on"), f"the LED is {state}, against the flag"
    assert state == "on", f"the LED is {state}"
