"""Booth recoding: a signed number as radix-4 digits of -2 to 2."""

from dataclasses import dataclass

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from hw.arith.heap import BitHeap
from hw.parameters import check_choice, parameter
from hw.wires import wire

__all__ = ["DIGIT", "BoothRecode", "BoothRecodeParams", "booth_digits", "booth_rows"]

# One of them or none is the digit's magnitude; zero is never negative.
DIGIT = data.StructLayout({"one": 1, "two": 1, "negative": 1})


def booth_digits(number: Value) -> Value:
    """Recode a signed ``number`` of an even width: its digits, the lowest first.

    Digit ``i``, of weight ``4**i``, is made of bits ``2 i + 1``, ``2 i`` and ``2 i - 1``.
    """
    digits = []
    below: Value = Const(0, 1)
    for low, high in zip(number[::2], number[1::2], strict=True):
        digits += [low ^ below, (high & ~low & ~below) | (~high & low & below),
                   high & ~(low & below)]
        below = high
    return Cat(digits)


def booth_rows(m: Module, heap: BitHeap, number: Value, digits: data.View, arrival: float) -> None:
    """Add ``number * digits`` to ``heap``: a row for each digit of an unsigned ``number``.

    A negative row is the complement of the positive one, plus one.
    """
    width = len(number)
    for place in range(len(digits)):
        digit = digits[place]
        signed = [wire(m, bit ^ digit.negative, "booth_flipped") for bit in number]
        signed.append(digit.negative)
        for column in range(width + 1):
            bit = (digit.one & signed[column]) | (digit.two & signed[column - 1])
            heap.add(bit, 2 * place + column, arrival)
        heap.subtract(digit.negative, 2 * place + width + 1, arrival)
        heap.add(digit.negative, 2 * place, arrival)


@dataclass(frozen=True, kw_only=True)
class BoothRecodeParams:
    """Parameters of :class:`BoothRecode`.

    Raises
    ------
    ValueError
        If ``weight_width`` is neither 8 nor 4.
    """

    weight_width: int = parameter(8, "bits of a weight, 8 or 4")

    def __post_init__(self):
        check_choice("weight_width", self.weight_width, (8, 4))


class BoothRecode(wiring.Component):
    """Recode a signed weight as Booth digits, at the edge of an array; combinational.

    Source: MacSorley, "High-Speed Arithmetic in Binary Computers", Proceedings of the IRE, 1961.

    Members
    -------
    i : ``In(weight_width)``
        The weight, in two's complement.
    o : ``Out(ArrayLayout(StructLayout({"one": 1, "two": 1, "negative": 1}), weight_width / 2))``
        Its digits of -2 to 2, the one of weight 1 first. Zero is never negative.
    """

    i: Signal
    o: data.View

    latency = 0

    def __init__(self, params: BoothRecodeParams):
        self.params = params
        super().__init__({"i": In(params.weight_width),
                          "o": Out(data.ArrayLayout(DIGIT, params.weight_width // 2))})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(booth_digits(self.i))
        return m
