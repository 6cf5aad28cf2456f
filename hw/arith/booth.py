"""Booth recoding: a signed number as few radix-4 digits, each a simple multiple."""

from dataclasses import dataclass

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.heap import BitHeap
from skimp.hw.parameters import Params, parameter
from skimp.hw.wires import gate, wire

__all__ = ["BoothRecode", "BoothRecodeParams", "booth_digits", "booth_rows", "last_row",
           "lower_row"]


def booth_digits(m: Module, number: Value) -> Value:
    """Recode a signed ``number`` of an even width: its digits, the lowest first.

    All digits but the last are -1, 0, 1 or 2, where Booth has -2 as well: each takes two bits
    instead of three, ``plain`` and ``flip``. The last, of -2 to 2, takes three: ``one`` and ``two``
    for its magnitude, ``negative`` for its sign. So the digits have a bit more than the number.

    ========  ====  ====
    digit     plain flip
    ========  ====  ====
    -1        0     1
    0         1     1
    1         1     0
    2         0     0
    ========  ====  ====
    """
    digits = []
    carry: Value = Const(0, 1)          # of the digits below
    for low, high in zip(number[:-2:2], number[1:-2:2], strict=True):
        both, either = wire(m, low & carry, "both"), wire(m, low | carry, "either")
        digits += [~(high ^ both), ~(high ^ either)]
        carry = wire(m, high & either, "carry")
    low, high = number[-2], number[-1]
    digits += [low ^ carry, (high & ~low & ~carry) | (~high & low & carry), high & ~(low & carry)]
    return Cat(digits)


def booth_rows(m: Module, heap: BitHeap, number: Value, digits: Value, arrival: float,
               enable: Value | None = None, *, signed: bool = False, column: int = 0) -> None:
    """Add ``number * digits`` from ``column`` on: a row for each digit, the number signed or not.

    A negative row is the complement of the positive row, plus one. The top bit of a row is
    negative: above an unsigned number it is the digit's sign; of a ``signed`` one it is in the row
    itself. With ``enable`` nothing is added unless it is one.
    """
    width, last = len(number), len(digits) - 3
    if enable is not None:
        digits = wire(m, Cat(digits[:last] | ~enable.replicate(last), gate(enable, digits[last:])),
                      "digits")
    for place in range(0, last, 2):
        plain, flip = digits[place], digits[place + 1]
        lower_row(m, heap, number, plain, flip, column + place, arrival, signed=signed)
        _sign(heap, wire(m, ~plain & flip, "negative"), column + place, width, arrival, signed)
    last_row(m, heap, number, digits[last:], column + last, arrival, signed=signed)
    _sign(heap, digits[-1], column + last, width, arrival, signed)


def lower_row(m: Module, heap: BitHeap, number: Value, plain: Value, flip: Value, place: int,
              arrival: float, *, signed: bool = False) -> None:
    """Add the bits of the row of a digit that is not the last, without its sign."""
    width = len(number)
    not_two = wire(m, plain | flip, "not_two")
    for column in range(width + 1):
        # All ones for the digit 2, of which `not_two` leaves the number, shifted.
        bit = number[min(column, width - 1)]
        single = ~((bit | plain) & (~bit | flip)) if column < width or signed else ~plain
        double = not_two | number[column - 1] if column else not_two
        (heap.subtract if signed and column == width else heap.add)(
            single & double, place + column, arrival)


def last_row(m: Module, heap: BitHeap, number: Value, digit: Value, place: int,
             arrival: float, *, signed: bool = False) -> None:
    """Add the bits of the row of a last digit, without its sign."""
    one, two, negative = digit
    width = len(number)
    flipped = [wire(m, bit ^ negative, "flipped") for bit in number]
    flipped += [flipped[-1] if signed else negative, negative]      # the last is below the lowest
    for column in range(width + 1):
        (heap.subtract if signed and column == width else heap.add)(
            (one & flipped[column]) | (two & flipped[column - 1]), place + column, arrival)


def _sign(heap: BitHeap, negative: Value, place: int, width: int, arrival: float,
          signed: bool) -> None:
    """Add what a digit's sign adds: above a row of an unsigned number, and one below any."""
    if not signed:
        heap.subtract(negative, place + width + 1, arrival)
    heap.add(negative, place, arrival)


@dataclass(frozen=True, kw_only=True)
class BoothRecodeParams(Params):
    """Parameters of :class:`BoothRecode`."""

    weight_width: int = parameter(8, "bits of a weight, 8 or 4", (8, 4))


class BoothRecode(wiring.Component):
    """Recode a signed weight as radix-4 digits, at the edge of an array; combinational.

    Source: after MacSorley, "High-Speed Arithmetic in Binary Computers", Proceedings of the IRE,
    1961; with the digits -1, 0, 1, 2 it takes 9 bits instead of 12, and smaller rows.

    Members
    -------
    i : ``In(weight_width)``
        The weight, in two's complement.
    o : ``Out(weight_width + 1)``
        Its digits, as :func:`booth_digits` says.
    """

    i: Signal
    o: Signal

    latency = 0

    def __init__(self, params: BoothRecodeParams):
        self.params = params
        super().__init__({"i": In(params.weight_width), "o": Out(params.weight_width + 1)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(booth_digits(m, self.i))
        return m
