"""The SPARQ processing element, and its array."""

from dataclasses import dataclass

from amaranth import Cat, Module, Value
from amaranth.lib import data

from skimp.hw.arith.element import GatingParams, ProcessingElement
from skimp.hw.arith.heap import BitHeap
from skimp.hw.array.size import ArraySize
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.parameters import parameter
from skimp.hw.sparq.lane import multiply_pair
from skimp.hw.sparq.pair import pair_layout, select_pair
from skimp.hw.sparq.window import WindowParams

__all__ = ["SparqArray", "SparqArrayParams", "SparqPe", "SparqPeParams"]


@dataclass(frozen=True, kw_only=True)
class SparqPeParams(WindowParams, GatingParams):
    """Parameters of :class:`SparqPe`; ``rounding`` changes only the pair selector at the edge."""

    weight_width: int = parameter(8, "bits of a weight, 8 or 4", (8, 4))


class SparqPe(ProcessingElement):
    """Multiply and accumulate a pair of activations with two weights in each clock.

    Two lanes of ``window`` bits by ``weight_width`` bits: two products, each of an activation's
    window, or one of all bits of an activation whose partner is zero. Ports, timing and the parts
    of the sum are those of :class:`~hw.arith.element.ProcessingElement`.

    The two lanes and the accumulator share one bit heap, but each
    lane adds up its product before it shifts it: with rows that are shifted one by one the
    multiplexers cost less, and the adders of the wider rows more than that.

    Source: Shomron, Gabbay, Kurzum, Weiser, "Post-Training Sparsity-Aware Quantization", NeurIPS
    2021, arXiv 2105.11010.

    Members
    -------
    activation : ``In``
        A pair of activations, encoded as :func:`~hw.sparq.pair.pair_layout` says.
    weight : ``In(2 * weight_width)``
        Their weights, all bits complemented.
    """

    halts = True

    def __init__(self, params: SparqPeParams):
        self.params = params
        self.weight_width = params.weight_width
        super().__init__(pair_layout(params), 2 * params.weight_width, macs=2,
                         step_bits=8 + params.weight_width, gating=params.gating,
                         weight_encoding="complement", edges={"pair-select": 1})

    def encode_weight(self, m: Module, weights: list[Value]) -> Value:
        return ~Cat(weights)

    def encode_activation(self, m: Module, activations: list[Value]) -> Value:
        return select_pair(m, activations[0], activations[1], self.params)

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: Value,
                 enable: Value | None = None) -> None:
        width = self.params.weight_width
        multiply_pair(m, heap, activation, (weight[:width], weight[width:]), self.params,
                      enable)


@dataclass(frozen=True, kw_only=True)
class SparqArrayParams(ArraySize, SparqPeParams):
    """Parameters of :class:`SparqArray`: the size, and those of its processing element."""


class SparqArray(SystolicArray):
    """Systolic array of :class:`~hw.sparq.pe.SparqPe`, with a pair selector for each row.

    Ports and timing are those of :class:`~hw.array.systolic.SystolicArray`. A step has a pair of
    neighbouring activations for each row, and a pair of weights for each column.

    Source: SPARQ of Shomron et al., arXiv 2105.11010; the dataflow is that of Shomron, Weiser,
    arXiv 2004.09309.
    """

    def __init__(self, params: SparqArrayParams):
        super().__init__(SparqPe(params), params)
