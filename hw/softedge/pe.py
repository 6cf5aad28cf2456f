"""The processing element for soft-edge codes, and its array."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Module, Value

from skimp.hw.arith.booth import booth_digits, booth_rows
from skimp.hw.arith.element import GatingParams, ProcessingElement
from skimp.hw.arith.heap import BitHeap
from skimp.hw.array.size import ArraySize
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.parameters import parameter
from skimp.hw.softedge.decode import CodeParams, decode
from skimp.hw.wires import wire

__all__ = ["Place", "SoftEdgeArray", "SoftEdgeArrayParams", "SoftEdgePe", "SoftEdgePeParams"]


class Place(StrEnum):
    """Where codes of activations are decoded."""

    #: Once for each row, at the edge of the array; values pass through the row.
    EDGE = "edge"
    #: In each processing element; codes pass through the row.
    ELEMENT = "element"


@dataclass(frozen=True, kw_only=True)
class SoftEdgePeParams(CodeParams, GatingParams):
    """Parameters of :class:`SoftEdgePe`."""

    decoded: Place = parameter(Place.EDGE, "where codes are decoded", Place)
    weight_width: int = parameter(8, "bits of a weight, 8 or 4", (8, 4))


class SoftEdgePe(ProcessingElement):
    """Multiply and accumulate the value of a soft-edge code with a weight in each clock.

    Ports, timing and the parts of the sum are those of
    :class:`~hw.arith.element.ProcessingElement`; sums are in units of q, a quarter of the step. It
    is the plain element of as many signed bits as the value has; decoded in each element, a code
    takes fewer registers but a decoder.

    Source: the codes are those of :class:`~hw.softedge.decode.SoftEdgeDecode`.

    Members
    -------
    activation : ``In``
        The value, in two's complement, or the code.
    weight : ``In(weight_width + 1)``
        The weight's digits (:func:`~hw.arith.booth.booth_digits`).
    """

    halts = True

    def __init__(self, params: SoftEdgePeParams):
        self.params = params
        layout = params.layout
        self.activation_width, self.weight_width = layout.bits, params.weight_width
        width, at_edge = layout.value_width, params.decoded == Place.EDGE
        # Up to where the product reaches.
        self.inverted = width + params.weight_width + 1
        super().__init__(width if at_edge else layout.bits, params.weight_width + 1,
                         macs=1, step_bits=width + params.weight_width - 1, gating=params.gating,
                         weight_encoding="booth",
                         edges={"booth-recode": 1, **({"soft-edge-decode": 1} if at_edge else {})})

    def encode_activation(self, m: Module, activations: list[Value]) -> Value:
        at_edge = self.params.decoded == Place.EDGE
        return decode(m, self.params.layout, activations[0]) if at_edge else activations[0]

    def encode_weight(self, m: Module, weights: list[Value]) -> Value:
        return booth_digits(m, weights[0])

    def products(self, m: Module, heap: BitHeap, activation: Value, weight: Value,
                 enable: Value | None = None) -> None:
        if self.params.decoded == Place.ELEMENT:
            activation = wire(m, decode(m, self.params.layout, activation), "decoded")
        booth_rows(m, heap, activation, weight, 1.2, enable, signed=True)


@dataclass(frozen=True, kw_only=True)
class SoftEdgeArrayParams(ArraySize, SoftEdgePeParams):
    """Parameters of :class:`SoftEdgeArray`: the size, and those of its processing element."""


class SoftEdgeArray(SystolicArray):
    """Systolic array of :class:`~hw.softedge.pe.SoftEdgePe`, which takes soft-edge codes.

    Ports and timing are those of :class:`~hw.array.systolic.SystolicArray`. Activations are codes,
    as unsigned words; sums are in units of q, a quarter of the step.

    Source: the dataflow is that of Shomron, Weiser, MICRO 2020, arXiv 2004.09309.
    """

    def __init__(self, params: SoftEdgeArrayParams):
        super().__init__(SoftEdgePe(params), params)
