"""What the structures of the NB-SMT processing element share."""

from collections.abc import Sequence
from typing import Any

from amaranth import Const, Module, Signal, Value
from amaranth.lib import data

from skimp.hw.arith.accumulator import accumulate
from skimp.hw.arith.element import ProcessingElement
from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.wires import wire

__all__ = ["Structure", "add_shifted", "split"]

PRODUCT = 12            # bits of what a unit of 4b-8b multiplies, signed
SHIFTED = 0.25          # delay of a shift in ns, as in `BitHeap`


class Structure(ProcessingElement):
    """A processing element of several threads: a way to build the products of a step.

    Attributes
    ----------
    width : int
        Bits of the products of a step plus ``bias``.
    skips : tuple of int
        Columns of the accumulator at which the carry is early, see
        :func:`~hw.arith.accumulator.accumulate`.
    registered : bool
        Whether there is a register between the products and the accumulator.
    """

    width = PRODUCT + 5
    skips: tuple[int, ...] = ()
    registered = False

    def __init__(self, params: SysmtPeParams, activation: data.ArrayLayout,
                 weight: data.ArrayLayout, bias: int = 2 << PRODUCT + 3):
        self.params = params
        self.latency = 2 + self.registered
        super().__init__(activation, weight, bias=bias, macs=params.threads,
                         sum_width=params.sum_width, weight_encoding="tagged",
                         step_operands="parts", edges={"sysmt-activation": 1, "sysmt-weight": 1})

    def accumulated(self, m: Module, activation: Any, weight: Any, first: Value,
                    advance: Value | None = None) -> Value:
        heap = BitHeap(m, self.width + (not self.registered), "heap", inverted=self.inverted)
        self.products(m, heap, activation, weight, advance)
        assert heap.constant == -self.facts["bias"]
        if self.registered:
            heap.constant = 0
            step = Signal(self.width, name="step_register", reset_less=True)
            later = Signal(name="first_later", reset_less=True)
            m.d.sync += [step.eq(heap.total()), later.eq(first)]
            first, heap = later, BitHeap(m, self.width + 1, "sum")
            heap.add_number(step)
        return accumulate(m, heap, first, self.sum_width, self.skips, advance)


def split(m: Module, active: Sequence[Value]) -> tuple[Value, tuple[Value, Value]]:
    """Return whether two threads collide, and of each whether it is alone.

    If none is active, the first counts as alone: then all products are zero anyway.
    """
    if not active:
        return Const(1, 1), (Const(0, 1), Const(0, 1))
    return wire(m, active[0] & active[1], "collision"), (
        wire(m, ~active[1], "alone"), wire(m, active[1] & ~active[0], "alone"))


def add_shifted(heap: BitHeap, product: Value, arrivals: Sequence[float], shift: Value,
                stay: Value, fill: Value, advance: Value | None = None) -> None:
    """Add a signed ``product`` to ``heap``: 16 times, with ``fill`` below, if ``shift``.

    ``stay`` is the complement of ``shift``. With ``advance`` nothing is added unless it is one.
    """
    sign = product[-1]
    if advance is not None:
        shift, stay = (wire(heap.m, flag & advance, "placed") for flag in (shift, stay))
    for column in range(len(product) + 4):
        arrival = arrivals[min(column, len(product) - 1)] + SHIFTED
        if column == len(product) + 3:
            heap.subtract(sign if advance is None else sign | ~advance, column, arrival)
        else:
            high = product[column - 4] if column >= 4 else fill
            low = product[column] if column < len(product) else sign
            heap.add((shift & high) | (stay & low), column, arrival)
