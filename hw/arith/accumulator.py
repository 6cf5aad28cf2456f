"""An accumulator whose register is part of the bit heap that it adds."""

from amaranth import Module, Signal, Value

from hw.arith.heap import BitHeap
from hw.wires import wire

__all__ = ["accumulate"]

REGISTER = 0.5          # arrival of a register's bit


def accumulate(m: Module, heap: BitHeap, first: Value) -> Value:
    """Accumulate what ``heap`` holds, in each clock; start anew with it if ``first``.

    The constant of the heap, which is negative, is left out: then there is but a carry to add above
    the products, with half adders, instead of copies of a sign, with full adders. So the sum given
    back is too large by ``-heap.constant`` for each clock since ``first``, and its reader, one for
    many accumulators, subtracts it.
    """
    heap.constant = 0
    inverted = heap.inverted
    register = Signal(heap.width, name="accumulator", reset_less=True)
    ones = (1 << inverted) - 1
    total = Signal(heap.width, name="sum")
    m.d.comb += total.eq(register ^ ones)
    restart = wire(m, first, "restart")
    for column in range(heap.width):
        heap.add(total[column] & ~restart, column, REGISTER)
    m.d.sync += register.eq(heap.total())
    return total
