"""Four threads, of which a collision of two reduces activations: policies A, A0 and wA."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from amaranth import Cat, Const, Module, Mux, Value
from amaranth.lib import data

from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.reduce import (
    large_activation,
    large_weight,
    reduce_activation,
    reduce_weight,
    round_up,
)
from skimp.hw.sysmt.structure import Structure
from skimp.hw.wires import gate, wire

__all__ = ["FourThreads"]

PRODUCT = 8             # bits of what a unit of 4b-4b multiplies
# Arrivals in ns, as in `BitHeap`: of products, of what negates them, of shifted sums.
OPERAND, FLAG, SHIFTED = 2.2, 1.5, 0.3


class _Operand(NamedTuple):
    narrow: Value
    low: Value              # zero if small
    tag: Value
    large: Value


class FourThreads(Structure):
    """Four units of 4b-4b; reduced operands have 4 bits.

    The first and the last active thread have two units each, one for either half of the weight. A
    thread alone is both, with its low and with its high nibble. In a crowd, of three or four, those
    two keep the units for the high half, so only the other two units choose between two kinds of
    operands: the spare threads are the second, unless it is the first active one, and the third,
    unless it is the last.

    Operands come as ``16 * narrow + low`` if they are large, else ``narrow`` is all of them.
    ``narrow`` is what a crowd takes. ``low`` is but the low bits; where ``narrow`` is rounded up,
    16 of a weight is taken off its ``low``, by a unit that may be signed, but one off ``narrow`` of
    an activation, in here.

    There is a single tag, for each bit takes a register that stalls, 143 um2 in OSU 0.18 um. If
    bit 3 of ``low`` is set the operand is large, and ``tag`` is whether it is rounded up; otherwise
    ``tag`` is whether it is large, and if it is not, bit 0 of ``low`` is whether it is not zero.
    Without that bit ``low`` of a small operand is zero, and nothing else in here must treat it in
    another way. ``A0`` takes all operands for large: ``tag`` then is whether they are not zero.

    ``wA`` keeps an activation of 8 bits with a small weight: ``low``, which is zero, then takes the
    place of the weight, times ``low`` of the activation.

    No register stands between products and accumulator: a carry that goes past columns of the heap
    takes less, and meets 8 ns in OSU 0.18 um.
    """

    halts = True
    takes_tag = False       # operands tell themselves whether they are zero
    skip = 7, 13

    def __init__(self, params: SysmtPeParams):
        layout = data.ArrayLayout(data.StructLayout({"low": 4, "narrow": 4, "tag": 1}), 4)
        super().__init__(params, layout, layout, step_bits=17)

    def encode_activation(self, m: Module, activations: Sequence[Value]) -> Value:
        return Cat(self._encode(m, x, large_activation(m, x), reduce_activation(m, x, self.params),
                                round_up(m, x, self.params, 15)) for x in activations)

    def encode_weight(self, m: Module, weights: Sequence[Value]) -> Value:
        return Cat(self._encode(m, w, large_weight(m, w), reduce_weight(m, w, self.params),
                                round_up(m, w, self.params, 7)) for w in weights)

    def _encode(self, m: Module, value: Value, large: Value, reduced: Value, up: Value) -> Value:
        if self.params.always:
            return Cat(value[:4], reduced, Mux(value[3], up, value.any()))
        return Cat(Mux(large, value[:4], value.any()), Mux(large, reduced, value[:4])[:4],
                   large & (up | ~value[3]))

    def nonzero(self, operand: data.View) -> Value:
        """Return whether an operand is not zero."""
        large = operand.tag | operand.low[3]
        return large if self.params.always else large | operand.low[0]

    def active(self, m: Module, activation: Any, weight: Any) -> list[Value]:
        return [wire(m, self.nonzero(activation[t]) & self.nonzero(weight[t]), "active")
                for t in range(4)]

    def load(self, m: Module, register: Any, activation: Any, first: Value) -> None:
        if not self.stale or self.params.always:
            m.d.sync += register.eq(activation)
            return
        for own, new in ((register[t], activation[t]) for t in range(4)):
            m.d.sync += [own.tag.eq(new.tag), own.low[0].eq(new.low[0]), own.low[3].eq(new.low[3])]
            with m.If(self.nonzero(new)):
                m.d.sync += [own.narrow.eq(new.narrow), own.low[1:3].eq(new.low[1:3])]

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        large, low = [], []
        for operands in (activation, weight):
            tags = [wire(m, operands[t].tag | operands[t].low[3], "tag") for t in range(4)]
            lows = [operands[t].low for t in range(4)]
            large.append(tags)
            low.append(lows if self.params.always else [
                Cat(number[0] & tag, number[1:]) for tag, number in zip(tags, lows, strict=True)])
        active = self.active(m, activation, weight)
        ends = (active[0], active[1]), (active[3], active[2])
        both = [wire(m, outer & inner, "both") for outer, inner in ends]
        some = [wire(m, outer | inner, "some") for outer, inner in ends]
        crowd = wire(m, (both[0] & some[1]) | (some[0] & both[1]), "crowd")
        several = wire(m, both[0] | both[1] | (some[0] & some[1]), "several")
        for end, order in enumerate(((0, 1, 2, 3), (3, 2, 1, 0))):
            outer, inner = ends[end]
            far = ends[1 - end][1]
            # Where none is active any will do, unless operands are stale.
            last = ~(some[end] | far) & (ends[1 - end][0] if self.stale else Const(1, 1))
            chosen = [outer, wire(m, ~outer & inner, "chosen"),
                      wire(m, ~some[end] & far, "chosen"), wire(m, last, "chosen")]
            spare = wire(m, crowd & (both[end] if self.stale else outer), "spare")
            x, w = ([_Operand(operands[t].narrow, low[kind][t], operands[t].tag, large[kind][t])
                     for t in order] for kind, operands in enumerate((activation, weight)))
            self._half(m, heap, bool(end), crowd, several, spare, chosen, x, w, enable)

    def _half(self, m: Module, heap: BitHeap, last: bool, crowd: Value, several: Value,
              spare: Value, chosen: Sequence[Value], activations: Sequence[_Operand],
              weights: Sequence[_Operand], enable: Value | None) -> None:
        """Multiply the chosen thread, the first or the ``last``, and in a crowd the spare one."""
        always, swaps = self.params.always, self.params.policy == "wA"
        calm = wire(m, ~crowd, "calm")

        def pick(values: Sequence[Value]) -> Value:
            result: Value = Const(0, len(values[0]))
            for flag, value in zip(chosen, values, strict=False):
                result = result | gate(flag, value)
            return wire(m, result, "picked")

        def large(operands: Sequence[_Operand]) -> Value:
            return Const(1, 1) if always else pick([operand.large for operand in operands])

        w_low, w_narrow = pick([w.low for w in weights]), pick([w.narrow for w in weights])
        w_signed, w_large = pick([w.tag for w in weights]), large(weights)
        # Alone, the first takes its low nibble; so it never takes the high one of the last thread.
        few = activations if last else activations[:3]
        x_large, narrow = large(few), pick([x.narrow for x in few])
        pair = wire(m, several & calm, "pair")
        swap = wire(m, pair & ~w_large, "swap") if swaps else Const(0, 1)
        if self.params.rounding == "nearest" and (swaps or last):
            # Chosen while it is not known yet whether there is a swap.
            ups = [wire(m, x.tag & x.low[3], "up") for x in few]
            borrow = ~several & pick(ups) if last else Const(0, 1)
            if swaps:
                borrow = borrow | (pair & pick([up & ~w.large for up, w in
                                                zip(ups, weights, strict=False)]))
            narrow = _decrement(m, narrow, borrow)
        x_low = pick([x.low for x in activations]) if swaps or not last else Const(0, 4)
        if not last:
            narrow = wire(m, Mux(several, narrow, x_low), "narrow")
            x_large = wire(m, several & x_large, "x_large")
        _unit(m, heap, narrow, w_narrow, None, x_large ^ w_large, x_large & w_large,
              enable)

        x, w = activations[1], weights[1]
        rest = wire(m, calm & ~swap, "rest")
        spare_x, spare_w = (Const(1, 1), Const(1, 1)) if always else (x.large, w.large)
        _unit(m, heap,
              wire(m, gate(spare, x.narrow) | gate(rest, narrow) | gate(swap, x_low), "x"),
              wire(m, gate(crowd, w.narrow) | gate(rest, w_low) | gate(swap, w_narrow), "w"),
              wire(m, w_signed | crowd | swap, "signed"),
              (crowd & (spare_x ^ spare_w)) | (rest & x_large), crowd & spare_x & spare_w,
              enable)


def _decrement(m: Module, number: Value, borrow: Value) -> Value:
    """Subtract ``borrow`` from ``number``."""
    bits = []
    for bit in number:
        borrow = wire(m, borrow, "borrow")
        bits.append(wire(m, bit ^ borrow, "decremented"))
        borrow = ~bit & borrow
    return Cat(bits)


def _unit(m: Module, heap: BitHeap, x: Value, w: Value, signed: Value | None, once: Value,
          twice: Value, enable: Value | None) -> None:
    """Add ``x * w`` to ``heap``, shifted ``once`` or ``twice`` by 4 bits.

    With ``enable`` nothing is added unless it is one. ``w`` is signed, or if there is ``signed``,
    signed only if it is one.
    """
    # Complements, for the shift inverts.
    product = BitHeap(m, PRODUCT, "product", inverted=PRODUCT)
    for row, bit in enumerate(x):
        for place, other in enumerate(w):
            if place < 3:
                product.add(bit & other, row + place, OPERAND)
            elif signed is None:
                product.subtract(bit & other, row + place, OPERAND)
            else:
                product.add((bit & other) ^ signed, row + place, OPERAND)
    if signed is not None:
        # Each of the four rows: -b = ~b - 1.
        product.add(signed, 3, FLAG)
        product.add(signed, 7, FLAG)
    total = wire(m, product.total() ^ ((1 << PRODUCT) - 1), "product")
    sign = total[7] if signed is None else wire(m, total[7] & signed, "sign")
    once, twice = wire(m, once, "once"), wire(m, twice, "twice")
    never, rest = wire(m, ~(once | twice), "never"), wire(m, ~twice, "rest")
    if enable is not None:
        never, once, twice, rest = (wire(m, flag & enable, "placed")
                                    for flag in (never, once, twice, rest))
    for column in range(PRODUCT + 8):
        arrival = product.arrivals[min(column, PRODUCT - 1)] + SHIFTED
        places = [total[column - shift] if column - shift < PRODUCT else sign
                  for shift in (0, 4, 8) if shift <= column]
        if column == PRODUCT + 7:
            heap.subtract(sign if enable is None else sign & enable, column, arrival)
        elif column >= PRODUCT + 4:
            heap.add((rest & sign) | (twice & places[2]), column, arrival)
        else:
            bit: Value = Const(0, 1)
            for flag, value in zip((never, once, twice), places, strict=False):
                bit = bit | (flag & value)
            heap.add(bit, column, arrival)
