"""Count the ones of a word."""

from dataclasses import dataclass

from amaranth import Cat, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import bits_for

from skimp.hw.arith.adder import full_adder
from skimp.hw.parameters import Params, parameter
from skimp.hw.wires import wire

__all__ = ["Popcount", "PopcountParams", "count_ones"]


def count_ones(m: Module, bits: list[Value], *, name: str = "ones") -> Value:
    """Add up single ``bits`` by carry-save addition.

    Three bits of equal weight become a sum bit and a carry bit until each weight has a single bit:
    ``len(bits) - popcount`` full adders, the fewest possible, at logarithmic depth. Bits are added
    in the order they were made, so early ones never wait for late ones. The result is as wide as
    the largest sum needs.
    """
    width = bits_for(len(bits))
    columns = [[*bits], *([] for _ in range(width))]
    total = []
    for column, carries in zip(columns, columns[1:], strict=False):
        while len(column) > 1:
            a, b, *rest = column
            if rest:
                c, *rest = rest
                bit, carry = full_adder(m, a, b, c, name)
                column = [*rest, bit]
                carries.append(carry)
            else:
                column = [wire(m, a ^ b, f"{name}_sum")]
                carries.append(wire(m, a & b, f"{name}_carry"))
        total += column
    return wire(m, Cat(total)[:width], name)


@dataclass(frozen=True, kw_only=True)
class PopcountParams(Params):
    """Parameters of :class:`Popcount`."""

    width: int = parameter(8, "bits of the word, 1 to 64", range(1, 65))


class Popcount(wiring.Component):
    """Number of ones of a word, combinational.

    The carry-save tree of :func:`count_ones`; the paper adds two table entries of four bits each,
    which synthesis turns into a larger circuit.

    Source: Han et al., "'1'-bit Count-based Sorting Unit to Reduce Link Power in DNN Accelerators",
    arXiv 2601.14087.

    Members
    -------
    i : ``In(width)``
        The word.
    o : ``Out(range(width + 1))``
        How many of its bits are one.
    """

    i: Signal
    o: Signal

    def __init__(self, params: PopcountParams):
        self.params = params
        self.latency = 0
        super().__init__({"i": In(params.width), "o": Out(bits_for(params.width))})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(count_ones(m, list(self.i)))
        return m
