"""A self-test on a board."""

from collections.abc import Callable
from typing import Any

from amaranth import ClockSignal, Elaboratable, Instance, Module, ResetSignal
from amaranth.lib import io

__all__ = ["OnBoard"]


class OnBoard(Elaboratable):
    """The module of a self-test; its LED is the only output on a pin.

    Parameters
    ----------
    module : str
        Name of the module, whose Verilog the platform has among its files.
    led : callable
        Requests the LED's port from the platform.
    """

    def __init__(self, module: str, led: Callable[[Any], Any]):
        self.module, self.led = module, led

    def elaborate(self, platform):
        m = Module()
        m.submodules.led = led = io.Buffer(io.Direction.Output, self.led(platform))
        # A device may start with its registers initialised, and its board have no reset.
        m.submodules.selftest = Instance(
            self.module, i_clk=ClockSignal(), i_rst=ResetSignal(allow_reset_less=True),
            o_led=led.o)
        return m
