"""What a unit takes: of each input the bits that are drawn, and how they become its port's."""

from collections.abc import Callable
from typing import Any, NamedTuple

from amaranth import Cat, Module, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In

from skimp.hw.arith.element import ProcessingElement
from skimp.hw.sparq.dot import SparqDot
from skimp.hw.sparq.pair import select_pair

__all__ = ["Input", "inputs", "is_stream", "output_width"]

# Fields and ports that begin or end a sum, so that few steps may have them set.
MARKS = ("first", "last")


class Input(NamedTuple):
    """An input stream of a unit, or a port that takes something in each clock.

    Attributes
    ----------
    name : str
        Of the stream or port.
    drawn : int
        Bits of the operands, before they are encoded.
    marked : bool
        Whether one more bit above them begins or ends a sum.
    encode : callable
        Makes what the port takes of the drawn bits.
    """

    name: str
    drawn: int
    marked: bool
    encode: Callable[[Module, Value], Value]


def is_stream(member: wiring.Member) -> bool:
    """Tell whether a member of a signature is a stream."""
    return member.is_signature and isinstance(member.signature, stream.Signature)


def inputs(unit: wiring.Component) -> list[Input]:
    """Give the inputs of ``unit`` in the order of its signature."""
    return [_input(unit, name, member) for name, member in unit.signature.members.items()
            if member.flow == In]


def output_width(unit: wiring.Component) -> int:
    """Give the bits of all outputs, those of streams without valid and ready."""
    return sum(len(Value.cast(port.payload if is_stream(member) else port))
               for name, member in unit.signature.members.items() if member.flow != In
               for port in [getattr(unit, name)])


def _input(unit: wiring.Component, name: str, member: wiring.Member) -> Input:
    port: Any = getattr(unit, name)
    value = port.payload if is_stream(member) else port
    width = len(Value.cast(value))
    if name in MARKS:
        return Input(name, width - 1, True, _plain)
    if isinstance(unit, ProcessingElement):
        encode = getattr(unit, f"encode_{name}")
        return _split(name, getattr(unit, f"{name}_width"), unit.macs, encode)
    if isinstance(unit, SparqDot) and unit.params.input == "encoded":
        return _encoded_pairs(name, unit)
    layout = value.shape() if isinstance(value, data.View) else None
    marked = isinstance(layout, data.StructLayout) and bool(layout.members.keys() & set(MARKS))
    return Input(name, width - marked, marked, _plain)


def _plain(_m: Module, drawn: Value) -> Value:
    return drawn


def _split(name: str, width: int, count: int,
           encode: Callable[[Module, list[Value]], Value]) -> Input:
    """Give an input of ``count`` operands that a processing element encodes together."""
    def encoded(m: Module, drawn: Value) -> Value:
        return encode(m, [drawn.word_select(place, width) for place in range(count)])

    return Input(name, width * count, False, encoded)


def _encoded_pairs(name: str, unit: SparqDot) -> Input:
    """Give an input whose activations a pair selector encodes; weights stand above them."""
    pairs = unit.params.pairs

    def encoded(m: Module, drawn: Value) -> Value:
        words = [select_pair(m, drawn[low:low + 8], drawn[low + 8:low + 16], unit.params)
                 for low in range(0, 16 * pairs, 16)]
        return Cat(*words, drawn[16 * pairs:])

    return Input(name, pairs * (16 + 2 * unit.params.weight_width), False, encoded)
