"""Facts of an operand, found at the edge of an array."""

from amaranth import Const, Module, Value

from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.wires import wire

__all__ = ["large_activation", "large_weight", "reduce_activation", "reduce_weight", "round_up"]


def large_activation(m: Module, x: Value) -> Value:
    """Return whether an activation exceeds 4 bits, unsigned."""
    return wire(m, x[4:].any(), "large")


def large_weight(m: Module, w: Value) -> Value:
    """Return whether a weight exceeds 4 bits, signed."""
    return wire(m, (w[3:] != 0) & ~w[3:].all(), "large")


def round_up(m: Module, number: Value, params: SysmtPeParams, most: int) -> Value:
    """Return whether the reduced ``number`` is above ``number >> 4``, at most ``most``."""
    if params.rounding == "floor":
        return Const(0, 1)
    up = number[3] & (number[:3].any() | number[4])
    if params.saturate:
        up = up & (number[4:] != most)
    return wire(m, up, "up")


def reduce_activation(m: Module, x: Value, params: SysmtPeParams) -> Value:
    """Return a sixteenth of a reduced activation: 4 bits, 5 if it may be 16."""
    return wire(m, (x[4:] + round_up(m, x, params, 15))[:4 + params.overflows], "reduced")


def reduce_weight(m: Module, w: Value, params: SysmtPeParams) -> Value:
    """Return a sixteenth of a reduced weight: 4 bits, 5 if it may be 8, in two's complement."""
    return wire(m, (w[4:].as_signed() + round_up(m, w, params, 7))[:4 + params.overflows],
                "reduced")
