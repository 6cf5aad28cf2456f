"""An accumulator whose register is part of the bit heap that it adds."""

from collections.abc import Sequence

from amaranth import Cat, Module, Signal, Value

from skimp.hw.arith.adder import half_adder
from skimp.hw.arith.heap import BitHeap
from skimp.hw.wires import wire

__all__ = ["accumulate"]

REGISTER = 0.5          # arrival of a register's bit, in ns as in `BitHeap`


def accumulate(m: Module, heap: BitHeap, first: Value, width: int,
               skips: Sequence[int] = (), advance: Value | None = None) -> Value:
    """Accumulate in each clock the bits of ``heap``; restart the sum with them if ``first``.

    The heap's constant, which is negative, is left out. So the addend is positive and less than
    ``2**(heap.width - 1)``, the topmost column of the heap is empty, and the columns above count a
    carry, up to ``width`` bits, instead of adding copies of a sign. The returned sum is too large
    by ``-heap.constant`` per clock since ``first``; its reader, shared by many accumulators,
    subtracts that.

    Where the carry would be late it skips columns whose bits are all ones, which is known before:
    from the first column of the counter to the first of ``skips``, and from each to the next.

    The register holds the sum itself even where the heap adds complements: its multiplexer, two
    gates, inverts, and a NAND clears it.

    With ``advance`` the heap is all zeros unless it is one, so the register holds its sum without
    multiplexers.
    """
    heap.constant = 0
    low = heap.width - 1
    register = Signal(width, name="sum", reset_less=True)
    restart = wire(m, first if advance is None else first & advance, "restart")
    for column in range(low):
        heap.add(register[column] & ~restart, column, REGISTER)
    bits = list(heap.total() ^ ((1 << heap.inverted) - 1))
    carry = bits.pop()
    ends = [*skips, width]
    for start, end in zip([low, *skips], ends, strict=True):
        ripple = carry
        for column in range(start, end):
            if column == start and end < width:
                # A module hides from logic synthesis that the skip is redundant.
                bit, ripple = half_adder(m, register[column], ripple, "count")
            else:
                bit = register[column] ^ ripple
                ripple = wire(m, register[column] & ripple, "count")
            # Cleared behind the counter, not before it: with nothing in the sum no carry comes.
            bits.append(bit & ~restart)
        if end < width:
            carry = wire(m, carry & register[start:end].all(), "skip")
    m.d.sync += register.eq(Cat(bits))
    return register
