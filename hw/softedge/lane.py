"""What a lane of a selective scan has of its own: its states, and its sum."""

from amaranth import Cat, Const, Module, Mux, Signal, Value, signed

from skimp.hw.arith.booth import booth_rows, lower_row
from skimp.hw.arith.heap import BitHeap
from skimp.hw.predict.line import line
from skimp.hw.softedge.params import SelectiveScanParams
from skimp.hw.softedge.serial import recoded
from skimp.hw.wires import gate, wire

__all__ = ["accumulated", "next_state"]

# Arrival of what is added, in ns as in `BitHeap`: a digit of a decay, for each below it, and those
# of B and C; a register.
DIGIT, LATER, FACTOR, REGISTER = 1.0, 0.3, 1.2, 0.8
# Columns from the top, between which a carry skips those of a state and of a sum.
SKIP = (14, 5)


def next_state(m: Module, params: SelectiveScanParams, beat: Value, fresh: Value, decay: Value,
               x: Value, b: Value) -> Value:
    """Return the state that was made in the last beat, signed.

    In a beat ``decay h + x b`` is rounded and becomes the newest state, h being the oldest one, or
    0 if ``fresh``; the others move on. It is made to fit as it is read, for there is more time.

    Parameters
    ----------
    decay : Value
        One less than the fraction.
    b : Value
        Booth digits.
    """
    h_bits, fraction = params.h_bits, params.decay_bits
    width = params.state_bits
    heap = _heap(m, width, "state")
    oldest = Signal(signed(h_bits), name="h_oldest")
    odd = fraction % 2
    digits, above = recoded(m, Cat(decay, Const(0, odd)), Const(1, 1))
    for place, digit in enumerate(digits):
        arrival = DIGIT + LATER * place
        lower_row(m, heap, oldest, digit.plain, digit.flip, 2 * place, arrival, signed=True)
        heap.add(digit.negative(m), 2 * place, arrival)
    if not odd:         # else the highest digit has room for what is carried
        arrival = DIGIT + LATER * len(digits)
        for place, bit in enumerate(oldest):
            (heap.subtract if place == h_bits - 1 else heap.add)(
                bit & above, fraction + place, arrival)
    booth_rows(m, heap, x, b, FACTOR, signed=True, column=params.input_shift)
    heap.constant += 1 << fraction - 1
    total = wire(m, ~heap.total(), "total")

    newest = Signal(width - fraction, name="h_newest", reset_less=True)
    with m.If(beat):
        m.d.sync += newest.eq(total[fraction:])
    fits = wire(m, newest[h_bits - 1:].all() | ~newest[h_bits - 1:].any(), "fits")
    sign = newest[-1]
    h = wire(m, Cat(*(Mux(fits, bit, ~sign) for bit in newest[:h_bits - 1]), sign), "h")
    entries = line(m, h, params.states - 1, beat, complement=params.complement)
    m.d.comb += oldest.eq(gate(~fresh, entries[-1]))
    return h.as_signed()


def accumulated(m: Module, params: SelectiveScanParams, add: Value, opens: Value, h: Value,
                c: Value, skip: Value) -> Value:
    """Return the sum of ``c h`` of clocks of ``add``, signed; from ``skip`` on if it ``opens``.

    ``c`` are Booth digits, ``skip`` is D u. Without ``add`` digits are zero, so that the sum holds
    without a multiplexer a bit.
    """
    width = params.exact_bits
    register = Signal(signed(width), reset_less=True, name="sum")
    heap = _heap(m, width, "sums")
    booth_rows(m, heap, h, c, FACTOR, add, signed=True)
    restart = wire(m, add & opens, "restart")
    start = Cat(Const(0, params.skip_shift), skip, skip[-1].replicate(width))[:width]
    for column, (bit, other) in enumerate(zip(register, start, strict=True)):
        heap.add((bit & ~restart) | (other & restart), column, REGISTER)
    m.d.sync += register.eq(~heap.total())
    return register


def _heap(m: Module, width: int, name: str) -> BitHeap:
    """Return a heap of complements, whose longest carry skips some columns."""
    return BitHeap(m, width, name, inverted=width, skip=(width - SKIP[0], width - SKIP[1]))
