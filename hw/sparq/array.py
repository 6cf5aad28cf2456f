"""The systolic array of SparqPe."""

from dataclasses import dataclass

from skimp.hw.array.size import ArraySize
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.sparq.pe import SparqPe, SparqPeParams

__all__ = ["SparqArray", "SparqArrayParams"]


@dataclass(frozen=True, kw_only=True)
class SparqArrayParams(ArraySize, SparqPeParams):
    """Parameters of :class:`SparqArray`.

    Those of the processing element (:class:`~hw.sparq.pe.SparqPeParams`) and the size
    (:class:`~hw.array.size.ArraySize`).
    """


class SparqArray(SystolicArray):
    """Systolic array of :class:`~hw.sparq.pe.SparqPe`, with a pair selector for each row.

    Ports and timing are those of :class:`~hw.array.systolic.SystolicArray`. A step has a pair of
    neighbouring activations for each row, and a pair of weights for each column.

    Source: SPARQ of Shomron et al., arXiv 2105.11010; the dataflow is that of Shomron, Weiser,
    arXiv 2004.09309.
    """

    def __init__(self, params: SparqArrayParams):
        super().__init__(SparqPe(params), params)
