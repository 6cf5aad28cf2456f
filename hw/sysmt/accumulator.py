"""An accumulator for products that come late in a clock."""

from collections.abc import Sequence

from amaranth import Cat, Module, Signal, Value

from hw.arith.adder import half_adder
from hw.arith.heap import BitHeap
from hw.wires import wire

__all__ = ["accumulate"]

REGISTER = 0.5          # arrival of a register's bit in ns, as in `BitHeap`


def accumulate(m: Module, heap: BitHeap, first: Value, width: int,
               skips: Sequence[int]) -> Value:
    """Accumulate, in each clock, what ``heap`` holds; start anew with it if ``first``.

    The constant of ``heap`` is left out, as :func:`hw.arith.accumulator.accumulate` does; what is
    added then is less than ``2**(heap.width - 1)``, and the topmost column empty. To the columns
    above there is but a carry to count, up to ``width`` bits. It skips from the topmost column of
    the heap to the first of ``skips``, and from each of them to the next, if the bits between are
    all ones: that is known before the carry is.
    """
    heap.constant = 0
    low = heap.width - 1
    register = Signal(width, name="accumulator", reset_less=True)
    total = Signal(width, name="sum")
    m.d.comb += total.eq(register ^ ((1 << heap.inverted) - 1))
    restart = wire(m, first, "restart")
    for column in range(low):
        heap.add(total[column] & ~restart, column, REGISTER)
    bits = list(heap.total())
    carry = bits.pop()
    ends = [*skips, width]
    for start, end in zip([low, *skips], ends, strict=True):
        ripple = carry
        for column in range(start, end):
            if column == start and end < width:
                # A module hides from logic synthesis that the skip is redundant.
                bit, ripple = half_adder(m, total[column], ripple, "count")
            else:
                bit = total[column] ^ ripple
                ripple = wire(m, total[column] & ripple, "count")
            # Cleared behind the counter, not before it: with nothing in the sum no carry comes.
            bits.append(bit & ~restart)
        ones = wire(m, total[start:end].all(), "ones")
        carry = wire(m, carry & ones, "skip")
    m.d.sync += register.eq(Cat(bits))
    return total
