"""An accumulator whose low part is in the bit heap that it adds, and whose high part waits."""

from contextlib import nullcontext

from amaranth import Cat, Module, Signal, Value
from amaranth.lib import data

from skimp.hw.arith.heap import BitHeap
from skimp.hw.wires import wire

__all__ = ["CODE", "accumulate", "settle", "sum_layout"]

REGISTER = 0.5          # arrival of a register's bit, in ns as in `BitHeap`
CODE = 2                # bits of a carry's code, and columns of the heap above the low part


def sum_layout(width: int, step_bits: int) -> data.StructLayout:
    """Return the layout of a sum of ``width`` bits, to which steps of ``step_bits`` are added.

    Its value is ``low + ((high + carry - 1) << step_bits) - (1 << step_bits - 1)``, modulo
    ``2**width``, see `settle`.
    """
    return data.StructLayout({"low": step_bits, "high": width - step_bits, "carry": CODE})


def accumulate(m: Module, heap: BitHeap, first: Value, width: int,
               adds: Value | None = None) -> data.View:
    """Accumulate in each clock the total of ``heap``; restart the sum with it if ``first``.

    The total is of -2**s to 2**s, s being the width of the heap without the two columns of `CODE`.
    The low part of the sum, s bits, is added up in the heap. What it carries, -1, 0 or 1, is
    registered as 0, 1 or 2, and counted in the high part with the next step. So the counter is
    not in the path of the heap, and a glitch of the heap does not reach it. A sum without a carry,
    in the middle of the range of which the low part starts, leaves the counter alone: it moves in
    one step of a hundred, or less.

    With ``adds``, only steps that are one or ``first`` load a register, and the counter only if it
    moves. The heap's total must be zero in a step that is first and does not add.
    """
    low = heap.width - CODE
    layout = sum_layout(width, low)
    register = Signal(layout, name="sum", reset_less=True)
    restart = wire(m, first, "restart")
    # The code is never negative.
    heap.constant += 1 << low
    for column, bit in enumerate(register.low):
        starts = column == low - 1
        heap.add(bit | restart if starts else bit & ~restart, column, REGISTER)
    total = wire(m, heap.total() ^ ((1 << heap.inverted) - 1), "total")

    code = register.carry
    moves, down = (wire(m, ~bit, name) for bit, name in zip(code, ("moves", "down"), strict=True))
    high = Cat(bit & ~restart for bit in _counted(m, register.high, moves, down))
    with nullcontext() if adds is None else m.If(adds | restart):
        m.d.sync += [register.low.eq(total[:low]), code.eq(total[low:])]
    with nullcontext() if adds is None else m.If((adds & moves) | restart):
        m.d.sync += register.high.eq(high)
    return register


def _counted(m: Module, number: Value, moves: Value, down: Value) -> list[Value]:
    """Return the bits of ``number``, if it ``moves`` one more, or one less if ``down``."""
    turns = moves                       # whether all bits below the bit turn
    bits = []
    for bit in number:
        bits.append(bit ^ turns)
        turns = wire(m, turns & (bit ^ down), "turns")
    return bits


def settle(m: Module, register: data.View) -> Value:
    """Return the value of a sum: count the last carry, take off where it starts."""
    low, high, code = register.low, register.high, register.carry
    above = low[-1]                     # the half of the low part's range in which sums start
    # The carry less one, and one less below that half: -2 to 1, in two's complement.
    change = wire(m, Cat(code[0] ^ above, ~(code[1] | (code[0] & above))), "change")
    top = wire(m, (high + change.as_signed())[:len(high)], "top")
    return Cat(low[:-1], ~above, top)
