"""The plain processing element, and its array."""

from dataclasses import dataclass

from amaranth import Cat, Module, Shape, Value
from amaranth.lib import data

from skimp.hw.arith.booth import booth_digits, booth_rows
from skimp.hw.arith.element import GatingParams, ProcessingElement
from skimp.hw.arith.heap import BitHeap
from skimp.hw.arith.product import and_rows
from skimp.hw.array.size import ArraySize
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.parameters import parameter
from skimp.hw.plain.params import PlainParams

__all__ = ["PlainArray", "PlainArrayParams", "PlainPe", "PlainPeParams"]


@dataclass(frozen=True, kw_only=True)
class PlainPeParams(PlainParams, GatingParams):
    """Parameters of :class:`PlainPe`."""

    activation_width: int = parameter(8, "bits of an activation, 8 or 4; of a signed one 8 to 12",
                                      (8, 4, 9, 10, 11, 12))
    signed: bool = parameter(False, "activations are in two's complement", (False, True))
    lanes: int = parameter(1, "products of a clock, 1 to 4", range(1, 5))

    def __post_init__(self):
        super().__post_init__()
        allowed = range(8, 13) if self.signed else (8, 4)
        if self.activation_width not in allowed:
            raise ValueError(f"activation_width must be {'8 to 12' if self.signed else '8 or 4'} "
                             f"where activations are {'' if self.signed else 'un'}signed, not "
                             f"{self.activation_width}")


class PlainPe(ProcessingElement):
    """Multiply and accumulate ``lanes`` activations with as many weights in each clock.

    The baseline of every other processing element. Ports, timing and the parts of the sum are those
    of :class:`~hw.arith.element.ProcessingElement`. Rows and accumulator are one bit heap.

    For activations of 8 bits and more a row for each digit of the weight is smallest, with the
    digits made once at the edge of the array; for those of 4 bits, a row for each bit of the
    activation.

    Members
    -------
    activation : ``In(ArrayLayout(activation_width, lanes))``
        The activations, unsigned, or ``signed`` in two's complement.
    weight : ``In(ArrayLayout(..., lanes))``
        The weights: for activations of 8 bits and more digits
        (:func:`~hw.arith.booth.booth_digits`), for those of 4 bits two's complement.
    """

    def __init__(self, params: PlainPeParams):
        self.params = params
        width, weight_width = params.activation_width, params.weight_width
        self.activation_width, self.weight_width = width, weight_width
        self.booth = self.halts = width >= 8
        self.signed = params.signed
        # Up to where the products of a step reach.
        self.inverted = width + weight_width + self.booth + params.lanes - 1
        magnitude = width + weight_width - 1 - self.signed + (params.lanes - 1).bit_length()
        super().__init__(data.ArrayLayout(Shape(width, self.signed), params.lanes),
                         data.ArrayLayout(weight_width + self.booth, params.lanes),
                         macs=params.lanes,
                         step_bits=magnitude + 1, gating=params.gating,
                         edges={"booth-recode": params.lanes} if self.booth else {},
                         weight_encoding="booth" if self.booth else "binary")

    def encode_weight(self, m: Module, weights: list[Value]) -> Value:
        return Cat(booth_digits(m, weight) if self.booth else weight for weight in weights)

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        for lane in range(self.params.lanes):
            if self.booth:
                booth_rows(m, heap, activation[lane], weight[lane], 1.2, enable, signed=self.signed)
            else:
                and_rows(heap, activation[lane], weight[lane], arrival=0.7)


@dataclass(frozen=True, kw_only=True)
class PlainArrayParams(ArraySize, PlainPeParams):
    """Parameters of :class:`PlainArray`: the size, and those of its processing element."""


class PlainArray(SystolicArray):
    """Systolic array of :class:`~hw.plain.pe.PlainPe`: the baseline of all others.

    Ports and timing are those of :class:`~hw.array.systolic.SystolicArray`. A step has ``lanes``
    activations and weights for each row and column.

    Source: the dataflow is that of Shomron, Weiser, MICRO 2020, arXiv 2004.09309.
    """

    def __init__(self, params: PlainArrayParams):
        super().__init__(PlainPe(params), params)
