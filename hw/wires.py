"""Names for intermediate values."""

from amaranth import Const, Module, Signal, Value

__all__ = ["gate", "wire"]


def wire(m: Module, value: Value, name: str) -> Value:
    """Return a wire for ``value``, called ``name`` in the Verilog; constants stay constants.

    Amaranth writes an expression out wherever it is used, so whatever is used twice needs a wire.
    """
    if isinstance(value, Const):
        return value
    if not len(value):
        return Const(0, 0)
    signal = Signal(value.shape(), name=name)
    m.d.comb += signal.eq(value)
    return signal


def gate(flag: Value, value: Value) -> Value:
    """Return ``value``, or zero unless ``flag``."""
    return value & flag.replicate(len(value))
