"""What the structures of the NB-SMT processing element have in common."""

from collections.abc import Sequence
from typing import Any

from amaranth import Const, Module, Value
from amaranth.lib import data

from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.wires import wire

__all__ = ["Structure", "add_shifted", "split"]

PRODUCT = 12            # bits of what a unit of 4b-8b multiplies, signed
SHIFTED = 0.25          # delay of a shift in ns, as in `BitHeap`


class Structure:
    """A way to build the products of a step, and the operands that it wants.

    Attributes
    ----------
    activation, weight : ArrayLayout
        The operands of a step: for each thread an activation, and a weight, with tags.
    bias : int
        What the heap gets too much in a step, so that it is never negative.
    inverted : int
        Columns of the heap that add complements.
    width : int
        Bits of the products of a step, and of ``bias``.
    skips : tuple of int
        Columns of the accumulator at which the carry is early, see
        :func:`~hw.arith.accumulator.accumulate`.
    registered : bool
        Whether there is a register between the products and the accumulator.
    halts : bool
        Whether `products` adds nothing at all, not even its share of ``bias``, unless ``advance``,
        as in :class:`~hw.arith.element.ProcessingElement`.
    """

    activation: data.ArrayLayout
    weight: data.ArrayLayout
    bias = 2 << PRODUCT + 3
    inverted = 0
    width = PRODUCT + 5
    skips: tuple[int, ...] = ()
    registered = False
    halts = False

    def __init__(self, params: SysmtPeParams):
        self.params = params

    def encode_activation(self, m: Module, activations: Sequence[Value]) -> Value:
        """Make ``activation`` of a step's activations."""
        raise NotImplementedError

    def encode_weight(self, m: Module, weights: Sequence[Value]) -> Value:
        """Make ``weight`` of a step's weights."""
        raise NotImplementedError

    def products(self, m: Module, heap: BitHeap, activation: Any, weight: Any,
                 advance: Value | None) -> None:
        """Add the products of a step to ``heap``."""
        raise NotImplementedError


def split(m: Module, active: Sequence[Value]) -> tuple[Value, tuple[Value, Value]]:
    """Tell of two threads whether they collide, and which is alone.

    If none is active, the first one counts as alone: then all products are zero anyway.
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
