"""Products with numbers that wait at a port, some digits of them a clock."""

from typing import NamedTuple

from amaranth import Cat, Const, Module, Signal, Value

from skimp.hw.arith.booth import lower_row
from skimp.hw.arith.heap import BitHeap
from skimp.hw.wires import gate, wire

__all__ = ["Digit", "Product", "Turns", "recoded", "serial_product"]

# Arrival of a digit and of a register, in ns as in `BitHeap`.
DIGIT, REGISTER = 1.5, 0.8


class Digit(NamedTuple):
    """A radix-4 digit of -1, 0, 1 or 2, as :func:`~hw.arith.booth.booth_digits` has them."""

    plain: Value
    flip: Value

    def negative(self, m: Module) -> Value:
        """Return whether the digit is -1."""
        return wire(m, ~self.plain & self.flip, "negative")


def recoded(m: Module, number: Value, carry: Value) -> tuple[list[Digit], Value]:
    """Return the digits of ``number + carry``, the lowest first, and what is carried above them.

    The number has an even width. If it is signed, and its highest two bits are alike, what is
    carried does not count.
    """
    digits = []
    for low, high in zip(number[::2], number[1::2], strict=True):
        both, either = wire(m, low & carry, "both"), wire(m, low | carry, "either")
        digits.append(Digit(wire(m, ~(high ^ both), "plain"), wire(m, ~(high ^ either), "flip")))
        carry = wire(m, high & either, "carry")
    return digits, carry


class Turns:
    """The clocks in which the digits of numbers come, ``each`` a clock, the lowest first.

    Parameters
    ----------
    width : int
        Bits of the numbers, which are signed.
    each : int
        Digits of a clock.
    moves : Value
        Whether this is such a clock.

    Attributes
    ----------
    bits : int
        Bits of the digits of a clock.
    below : int
        Bits of the digits before those of the last clock.
    begins, ends : Value
        Whether the clock is the first, and whether it is the last.
    """

    def __init__(self, m: Module, width: int, each: int, moves: Value):
        self.m, self.moves = m, moves
        self.bits = 2 * each
        # A bit more than the number, so that no digit is -2.
        clocks = -(-(width + 1) // self.bits)
        self.below = self.bits * (clocks - 1)
        self._turn = Signal(clocks, init=1, name="turn")
        with m.If(moves):
            m.d.sync += self._turn.eq(self._turn.rotate_left(1))
        self.begins, self.ends = self._turn[0], self._turn[-1]

    def digits(self, number: Value) -> list[Digit]:
        """Return the digits of a number that come in this clock."""
        m = self.m
        number = Cat(number, number[-1].replicate(self.below + self.bits - len(number)))
        chosen: Value = Const(0, self.bits)
        for place, turn in enumerate(self._turn):
            chosen = chosen | gate(turn, number.word_select(place, self.bits))
        carry = Signal(name="digit_carry")
        digits, above = recoded(m, wire(m, chosen, "digit_bits"), carry)
        with m.If(self.moves):
            m.d.sync += carry.eq(above & ~self.ends)
        return digits


class Product(NamedTuple):
    """A product that grows."""

    #: In the last clock: it, but for columns below those that are kept.
    total: Value
    #: From then on: the same.
    register: Value


def serial_product(m: Module, number: Value, digits: list[Digit], turns: Turns, *, signed: bool,
                   kept: int, start: int = 0, name: str) -> Product:
    """Multiply ``number``, which waits for as many ``turns`` as there are, with ``digits``.

    What a clock adds is shifted down by its digits, so that all rows come to the same columns.

    Parameters
    ----------
    signed : bool
        Whether the number is.
    kept : int
        Columns below those that a clock adds to. In ``total`` ``turns.below`` are there at most, in
        ``register`` as many more as a clock's digits have.
    start : int
        What the product starts from, less than ``2**len(number)``.
    """
    magnitude = len(number) - signed
    heap = BitHeap(m, magnitude + turns.bits + 1, name)
    for place, digit in enumerate(digits):
        lower_row(m, heap, number, digit.plain, digit.flip, 2 * place, DIGIT, signed=signed)
        negative = digit.negative(m)
        heap.add(negative, 2 * place, DIGIT)
        if not signed:
            heap.subtract(negative, 2 * place + len(number) + 1, DIGIT)
    register = Signal(kept + magnitude + 1, name=f"{name}_register", reset_less=True)
    low, high = register[:kept], register[kept:]
    for column, bit in enumerate(high):
        value = bit | turns.begins if start >> column & 1 else bit & ~turns.begins
        (heap.subtract if column == magnitude else heap.add)(value, column, REGISTER)
    total = wire(m, Cat(low, heap.total()), f"{name}_total")
    with m.If(turns.moves):
        m.d.sync += register.eq(total[turns.bits:])
    return Product(total.as_signed(), register.as_signed())
