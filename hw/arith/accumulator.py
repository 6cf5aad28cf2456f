"""An accumulator whose register is part of the bit heap that it adds."""

from amaranth import Cat, Module, Signal, Value

from hw.arith.heap import BitHeap
from hw.wires import wire

__all__ = ["accumulate"]

REGISTER = 0.5          # arrival of a register's bit, in ns as in `BitHeap`


def accumulate(m: Module, heap: BitHeap, first: Value) -> Value:
    """Accumulate, in each clock, what ``heap`` holds; start anew with it if ``first``.

    The constant of the heap, which is negative, is left out. Then what is added is positive, and
    above it there is but a carry to count, instead of copies of a sign to add. So the sum that is
    given back, as wide as the heap, is too large by ``-heap.constant`` for each clock since
    ``first``, and its reader, one for many accumulators, subtracts it.
    """
    # Where all bits together do not reach is a counter of the carry.
    reach = sum(len(bits) << column for column, bits in enumerate(heap.columns)).bit_length()
    added = BitHeap(m, reach + 1, heap.name, inverted=min(heap.inverted, reach))
    added.columns[:reach] = heap.columns[:reach]
    register = Signal(heap.width, name="accumulator", reset_less=True)
    total = Signal(heap.width, name="sum")
    m.d.comb += total.eq(register ^ ((1 << added.inverted) - 1))
    restart = wire(m, first, "restart")
    for column in range(reach):
        added.add(total[column] & ~restart, column, REGISTER)
    bits = list(added.total())
    carry = bits.pop()
    for column in range(reach, heap.width):
        # Cleared behind the counter, not before it: with nothing in the sum there is no carry.
        bits.append((total[column] ^ carry) & ~restart)
        carry = wire(m, total[column] & carry, "count")
    m.d.sync += register.eq(Cat(bits))
    return total
