"""Any policy: a narrow and a wide number for each thread, multiplied by rows of ANDs."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data

from skimp.hw.arith.accumulator import CODE, accumulate
from skimp.hw.arith.element import zeroed
from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.reduce import large_activation, large_weight, reduce_activation, reduce_weight
from skimp.hw.sysmt.structure import Structure, split
from skimp.hw.wires import wire

__all__ = ["Generic"]


class _Share(NamedTuple):
    """What one of two threads multiplies: ``narrow * wide``, times 16 if ``shifted``."""

    narrow: Value
    wide: Value
    shifted: Value


class _Thread(NamedTuple):
    """Both operands of a thread: themselves, a sixteenth of them reduced, whether large."""

    x: Value
    x_reduced: Value
    x_large: Value
    w: Value
    w_reduced: Value
    w_large: Value


class Generic(Structure):
    """Products of any policy and any number of threads.

    Each of two threads has a unit, which multiplies a narrow number, a nibble or a reduced operand,
    by a wide number, all of the other operand. A thread alone has both units: its own for the low
    nibble, the other for the high nibble. Four threads have half a unit each.
    """

    def __init__(self, params: SysmtPeParams):
        self.looks = params.sparsity and params.threads > 1
        self.four = params.threads == 4
        self.latency = 2 + self.four
        # A small operand of the other kind takes the narrow port.
        self.swaps = params.policy in ("wA", "aW") and (params.sparsity or not self.four)
        large = not params.always
        narrow = params.narrow_activation
        self._activation_fields, self._weight_fields = ({
            "value": 8, "nonzero": int(self.looks),
            "reduced": (4 + params.overflows) * (reduced or self.four),
            "large": int(large and (reduced or self.four or self.swaps))}
            for reduced in (narrow, not narrow))
        super().__init__(params, *(
            data.ArrayLayout(data.StructLayout(fields), params.threads)
            for fields in (self._activation_fields, self._weight_fields)),
            step_bits=17 if self.four else 16)

    def encode_activation(self, m: Module, activations: Sequence[Value]) -> Value:
        return Cat(_tag(self._activation_fields, x, reduce_activation(m, x, self.params),
                        large_activation(m, x)) for x in activations)

    def encode_weight(self, m: Module, weights: Sequence[Value]) -> Value:
        return Cat(_tag(self._weight_fields, w, reduce_weight(m, w, self.params),
                        large_weight(m, w)) for w in weights)

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        threads = [_Thread(activation[t].value, activation[t].reduced, activation[t].large,
                           weight[t].value, weight[t].reduced, weight[t].large)
                   for t in range(self.params.threads)]
        active: list[Value] = [
            wire(m, activation[t].nonzero & weight[t].nonzero, "active") if self.looks
            else Const(1, 1) for t in range(self.params.threads)]
        if self.four:
            self._four(m, heap, threads, active)
            return
        for share in self._share(m, threads, active):
            product = BitHeap(m, 13, "product")
            _multiply(product, share.narrow, share.wide)
            number = wire(m, product.total().as_signed(), "product")
            shifted = wire(m, Mux(share.shifted, number.shift_left(4), number), "shifted")
            heap.add_number(shifted, signed=True, arrival=6.0)

    def accumulated(self, m: Module, activation: Any, weight: Any, first: Value,
                    advance: Value | None = None, keep: Value | None = None) -> data.View:
        """Accumulate; of four threads, a clock later, from a register of the step's total."""
        if not self.four:
            return super().accumulated(m, activation, weight, first, keep=keep)
        if keep is not None:
            activation = zeroed(m, activation, keep)
        adds, later_adds = self.adds(m, activation, weight), None
        if adds is None:
            adds = keep
        heap = BitHeap(m, self.step_bits + CODE, "heap")
        self.products(m, heap, activation.operand if self.tagged else activation, weight)
        step = Signal(heap.width, name="step_register", reset_less=True)
        later = Signal(name="first_later", reset_less=True)
        m.d.sync += later.eq(first)
        with nullcontext() if adds is None else m.If(adds | first):
            m.d.sync += step.eq(heap.total())
        if adds is not None:
            later_adds = Signal(name="adds_later", reset_less=True)
            m.d.sync += later_adds.eq(adds)
        heap = BitHeap(m, self.step_bits + CODE, "sum")
        heap.add_number(step, signed=True)
        return accumulate(m, heap, later, self.sum_width, later_adds)

    def _share(self, m: Module, threads: Sequence[_Thread],
               active: Sequence[Value]) -> list[_Share]:
        """Return what either unit multiplies."""
        params = self.params
        # A thread alone has its high nibble go to the other unit.
        collision, alone = split(m, active)
        shares = []
        for place, (own, other) in enumerate((threads, threads[::-1])):
            crosses = alone[1 - place]
            if params.narrow_activation:
                large, other_large = own.x_large, own.w_large
                narrow, reduced, wide = own.x[:4], own.x_reduced, own.w.as_signed()
                cross_narrow, cross_wide = other.x[4:], other.w.as_signed()
            else:
                large, other_large = own.w_large, own.x_large
                # In a collision the low nibble is all of a small weight.
                narrow = Cat(own.w[:4], own.w[3] & collision).as_signed()
                reduced, wide = own.w_reduced.as_signed(), own.x
                cross_narrow, cross_wide = other.w[4:].as_signed(), other.x
            big = collision if params.always else collision & large
            chosen = Mux(big, reduced, narrow)
            if self.swaps:
                swap = wire(m, collision & ~other_large, "swap")
                big = big & ~swap
                small = own.w[:4].as_signed() if params.narrow_activation else own.x[:4]
                chosen = Mux(swap, small, chosen)
                wide = Mux(swap, own.x if params.narrow_activation else own.w.as_signed(), wide)
            shares.append(_Share(wire(m, Mux(crosses, cross_narrow, chosen), "narrow"),
                                 wire(m, Mux(crosses, cross_wide, wide), "wide"),
                                 wire(m, crosses | big, "shifted")))
        return shares

    def _four(self, m: Module, heap: BitHeap, threads: Sequence[_Thread],
              active: Sequence[Value]) -> None:
        """Four halves of units: one for each thread, or two for each of at most two threads."""
        params = self.params
        low, high = active[0] & active[1], active[2] & active[3]
        any_low, any_high = active[0] | active[1], active[2] | active[3]
        crowd = wire(m, (low & any_high) | (any_low & high), "crowd")
        pair = wire(m, low | high | (any_low & any_high), "pair")
        firsts = self._pick(m, threads, active)
        lasts = self._pick(m, threads[::-1], active[::-1])
        # The first thread is active unless none is.
        shares = self._share(m, (firsts, lasts), (Const(1, 1), pair))
        for place, own in enumerate(threads):
            share = shares[place // 2]
            odd = place % 2
            wide = share.wide
            half = wide[4:].as_signed() if wide.shape().signed else wide[4:]
            x, w = own.x_reduced, own.w_reduced.as_signed()
            x_big, w_big = own.x_large, own.w_large
            if params.always:
                x_big = w_big = Const(1, 1)
            else:
                x = Mux(x_big, x, own.x[:4])
                w = Mux(w_big, w, own.w[:4].as_signed())
            ours, theirs = (x, w) if params.narrow_activation else (w, x)
            first = wire(m, Mux(crowd, ours, share.narrow), "first")
            second = wire(m, Mux(crowd, theirs, half if odd else wide[:4]), "second")
            product = BitHeap(m, 10, "product")
            _multiply(product, first, second)
            number = wire(m, product.total().as_signed(), "product")
            once = wire(m, Mux(crowd, x_big | w_big, share.shifted | odd), "once")
            twice = wire(m, Mux(crowd, x_big & w_big, share.shifted & odd), "twice")
            shifted = wire(m, Mux(once, number.shift_left(4), number), "shifted")
            shifted = wire(m, Mux(twice, number.shift_left(8), shifted), "shifted")
            heap.add_number(shifted, signed=True, arrival=6.0)

    def _pick(self, m: Module, threads: Sequence[_Thread], active: Sequence[Value]) -> _Thread:
        """Return the first active thread, or the last one if none is."""
        fields = []
        for name, values in zip(_Thread._fields, zip(*threads, strict=True), strict=True):
            result = values[-1]
            for flag, value in zip(active[-2::-1], values[-2::-1], strict=True):
                result = Mux(flag, value, result)
            fields.append(wire(m, result, name))
        return _Thread(*fields)


def _tag(fields: dict[str, int], value: Value, reduced: Value, large: Value) -> Value:
    """Return the ``fields`` of an operand."""
    parts = {"value": value, "nonzero": value.any(), "reduced": reduced, "large": large}
    return Cat(parts[name][:width] for name, width in fields.items())


def _multiply(heap: BitHeap, first: Value, second: Value) -> None:
    """Add ``first * second`` to ``heap``."""
    for row, bit in enumerate(first):
        for place, other in enumerate(second):
            negative = (first.shape().signed and row == len(first) - 1) ^ (
                second.shape().signed and place == len(second) - 1)
            (heap.subtract if negative else heap.add)(bit & other, row + place)
