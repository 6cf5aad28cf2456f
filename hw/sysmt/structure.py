"""What the structures of the NB-SMT processing element share."""

from collections.abc import Sequence
from typing import Any

from amaranth import Cat, Const, Module, Value
from amaranth.lib import data

from skimp.hw.arith.element import Gating, ProcessingElement
from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.wires import wire

__all__ = ["Structure", "add_shifted", "split"]

PRODUCT = 12            # bits of what a unit of 4b-8b multiplies, signed
SHIFTED = 0.25          # delay of a shift in ns, as in `BitHeap`


class Structure(ProcessingElement):
    """A processing element of several threads: a way to build the products of a step.

    With gating, a structure that takes no tag has a bit ``nonzero`` for each thread, whose
    activation stands still alone. Then nothing may multiply the operands of a thread that is not
    active: its activation may be ``stale``.
    """

    def __init__(self, params: SysmtPeParams, activation: data.ArrayLayout,
                 weight: data.ArrayLayout, step_bits: int = 16):
        self.params = params
        super().__init__(activation, weight, macs=params.threads, step_bits=step_bits,
                         gating=params.gating, sum_width=params.sum_width,
                         weight_encoding="tagged", step_operands="parts",
                         edges={"sysmt-activation": 1, "sysmt-weight": 1})

    @property
    def stale(self) -> bool:
        """Whether a thread that is not active may have an activation of an earlier step."""
        return self.gating == Gating.ZERO and not self.tagged

    def active(self, m: Module, activation: Any, weight: Any) -> list[Value]:
        """Return which threads are active; nothing if that is not looked at."""
        raise NotImplementedError

    def adds(self, m: Module, activation: Any, weight: Any) -> Value | None:
        if self.stale:
            return wire(m, Cat(self.active(m, activation, weight)).any(), "adds")
        return super().adds(m, activation, weight)

    def load(self, m: Module, register: Any, activation: Any, first: Value) -> None:
        if not self.stale:
            super().load(m, register, activation, first)
            return
        for thread in range(self.params.threads):
            own, new = register[thread], activation[thread]
            m.d.sync += own.nonzero.eq(new.nonzero)
            with m.If(new.nonzero):
                m.d.sync += own.value.eq(new.value)


def split(m: Module, active: Sequence[Value], *,
          stale: bool = False) -> tuple[Value, tuple[Value, Value]]:
    """Return whether two threads collide, and of each whether it is alone.

    If none is active, the first counts as alone: then all products are zero anyway, unless
    operands may be stale (``stale``).
    """
    if not active:
        return Const(1, 1), (Const(0, 1), Const(0, 1))
    first = ~active[1] & active[0] if stale else ~active[1]
    return wire(m, active[0] & active[1], "collision"), (
        wire(m, first, "alone"), wire(m, active[1] & ~active[0], "alone"))


def add_shifted(heap: BitHeap, product: Value, arrivals: Sequence[float], shift: Value,
                stay: Value, fill: Value, enable: Value | None = None) -> None:
    """Add a signed ``product`` to ``heap``: 16 times, with ``fill`` below, if ``shift``.

    ``stay`` is the complement of ``shift``; both may be zero where the product is. With ``enable``
    nothing is added unless it is one.
    """
    sign = product[-1]
    if enable is not None:
        shift, stay = (wire(heap.m, flag & enable, "placed") for flag in (shift, stay))
    for column in range(len(product) + 4):
        arrival = arrivals[min(column, len(product) - 1)] + SHIFTED
        if column == len(product) + 3:
            heap.subtract(sign if enable is None else sign & enable, column, arrival)
        else:
            high = product[column - 4] if column >= 4 else fill
            low = product[column] if column < len(product) else sign
            heap.add((shift & high) | (stay & low), column, arrival)
