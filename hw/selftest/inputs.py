"""The inputs of a unit: the bits that are drawn for each, and how they are encoded.

A component whose ports are encoded has ``encoded``, the bits of the operands of each port, and
``encode(m, port, drawn)``, which returns the value of the port for operands.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from amaranth import Module, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In

__all__ = ["Input", "inputs", "is_stream", "output_width"]

# Fields and ports that begin or end a sum, so that few steps may have them set.
MARKS = ("first", "last")


class Input(NamedTuple):
    """An input stream of a unit, or a port that takes a word in each clock."""

    name: str
    #: Bits of the operands, before they are encoded.
    drawn: int
    #: Whether a bit above them begins or ends a sum.
    marked: bool
    #: Returns the value of the port for the drawn bits.
    encode: Callable[[Module, Value], Value]


def is_stream(member: wiring.Member) -> bool:
    """Return whether a member of a signature is a stream."""
    return member.is_signature and isinstance(member.signature, stream.Signature)


def inputs(unit: wiring.Component) -> list[Input]:
    """Return the inputs of ``unit`` in the order of its signature."""
    return [_input(unit, name, member) for name, member in unit.signature.members.items()
            if member.flow == In]


def output_width(unit: wiring.Component) -> int:
    """Return the bits of all outputs, those of streams without valid and ready."""
    return sum(len(Value.cast(port.payload if is_stream(member) else port))
               for name, member in unit.signature.members.items() if member.flow != In
               for port in [getattr(unit, name)])


def _input(unit: wiring.Component, name: str, member: wiring.Member) -> Input:
    port: Any = getattr(unit, name)
    value = port.payload if is_stream(member) else port
    bits: int | None = getattr(unit, "encoded", {}).get(name)
    if bits is not None:
        encode = unit.encode
        return Input(name, bits, False, lambda m, drawn: encode(m, name, drawn))
    layout = value.shape() if isinstance(value, data.View) else None
    marked = name in MARKS or (isinstance(layout, data.StructLayout)
                               and bool(layout.members.keys() & set(MARKS)))
    return Input(name, len(Value.cast(value)) - marked, marked, lambda _m, drawn: drawn)
