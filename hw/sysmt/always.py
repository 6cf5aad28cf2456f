"""Two threads, of which a collision always reduces one operand: policies A0 and W0.

Encoding and units are those of the structures for operands that are reduced if large. But as all
reduced operands are shifted, units need not belong to threads, and the first unit need not shift:
it takes the high part of the second thread, or of the first if the second is not active. The other
unit takes the reduced operand of the first thread in a collision, or the low part of a lone thread.
"""

from amaranth import Const, Module, Mux, Value
from amaranth.lib import data

from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.narrow_activation import NarrowActivation
from skimp.hw.sysmt.narrow_weight import FLAG, NarrowWeight, multiply_digits
from skimp.hw.sysmt.structure import PRODUCT, add_shifted, split
from skimp.hw.wires import gate, wire

__all__ = ["AlwaysActivation", "AlwaysWeight"]


class AlwaysActivation(NarrowActivation):
    """Policy A0, with units of :class:`~hw.sysmt.narrow_activation.NarrowActivation`."""

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        active = self.active(m, activation, weight)
        collision, alone = split(m, active, stale=self.stale)
        second = active[1] if active else Const(1, 1)
        x, w = ([operands[t].value for t in range(2)] for operands in (activation, weight))
        high, overflow = self.reduce(
            m, wire(m, Mux(second, x[1][4:], x[0][4:]), "high"), x[1], collision)
        wide = wire(m, Mux(second, w[1], w[0]), "wide")
        works = wire(m, active[0] | active[1], "works") if self.stale else enable
        if works is not None:
            high, overflow = gate(works, high), overflow & works
        total, arrivals = self.multiply(m, wire(m, high, "placed"), wide, overflow)
        for column, bit in enumerate(total[:-1]):
            heap.add(bit, column + 4, arrivals[column])
        heap.subtract(total[-1], PRODUCT + 3, arrivals[-1])

        reduced, overflow = self.reduce(m, x[0][4:], x[0], Const(1, 1))
        narrow = (gate(collision, reduced) | gate(alone[0], x[0][:4]) | gate(alone[1], x[1][:4]))
        wide = wire(m, Mux(alone[1], w[1], w[0]), "wide")
        total, arrivals = self.multiply(m, wire(m, narrow, "narrow"), wide, overflow & collision)
        add_shifted(heap, total, arrivals, collision, wire(m, ~collision, "stay"), Const(0, 1),
                    enable)


class AlwaysWeight(NarrowWeight):
    """Policy W0, with units of :class:`~hw.sysmt.narrow_weight.NarrowWeight`.

    The rows of the unit that does not shift are in the heap of the accumulator.
    """

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        nonzero = [wire(m, weight[t].tag.any(), "nonzero") for t in range(2)]
        active = self.active(m, activation, weight)
        collision, alone = split(m, active, stale=self.stale)
        # The thread of the unit that does not shift: the tag of zero is no digit.
        second, only = nonzero[1], Const(0, 1)
        if active:
            second, only = active[1], wire(m, active[0] & ~active[1], "only")
        x = [activation[t].value for t in range(2)]
        low, high = ([getattr(weight[t], name) for t in range(2)] for name in ("low", "high"))
        reduced = [weight[t].reduced for t in range(2)] if self.apart else high
        tops = [~weight[t].tag for t in range(2)]
        reduced_tops = [weight[t].reduced_upper for t in range(2)] if self.floors else tops
        lower, upper = gate(second, high[1]), gate(second, tops[1])
        if self.apart:
            lower = gate(second & collision, reduced[1]) | gate(alone[1], high[1])
        if self.floors:
            upper = gate(second & collision, reduced_tops[1]) | gate(alone[1], tops[1])
        lower, upper = lower | gate(only, high[0]), upper | gate(only, tops[0])
        if enable is not None:
            lower, upper = gate(enable, lower), gate(enable, upper)
        negative = _multiply(m, heap, Mux(second, x[1], x[0]) if active else x[1], lower, upper,
                             place=4, copies=False)
        heap.add(negative, 4, FLAG)

        reduces = wire(m, collision & nonzero[0], "reduces")
        product = BitHeap(m, PRODUCT, "product", inverted=PRODUCT)
        negative = _multiply(
            m, product, Mux(alone[1], x[1], x[0]),
            gate(reduces, reduced[0]) | gate(alone[0], low[0][:2]) | gate(alone[1], low[1][:2]),
            gate(reduces, reduced_tops[0]) | gate(alone[0], low[0][2:])
            | gate(alone[1], low[1][2:]))
        total = wire(m, product.total() ^ ((1 << PRODUCT) - 1), "product")
        add_shifted(heap, total, product.arrivals, collision, wire(m, ~collision, "stay"), negative,
                    enable)
        heap.add(negative if enable is None else negative & enable, 0, FLAG)


def _multiply(m: Module, heap: BitHeap, number: Value, lower: Value, upper: Value, *,
              place: int = 0, copies: bool = True) -> Value:
    """Multiply, but for what completes a negative lower digit; return whether it is negative."""
    plain, flip = wire(m, ~lower, "lower")
    negative = wire(m, ~plain & flip, "negative")
    multiply_digits(m, heap, wire(m, number, "wide"), (plain, flip), negative,
                    wire(m, upper, "upper"), place, copies=copies)
    return negative
