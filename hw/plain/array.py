"""The systolic array of PlainPe."""

from dataclasses import dataclass

from skimp.hw.array.size import ArraySize
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.plain.pe import PlainPe, PlainPeParams

__all__ = ["PlainArray", "PlainArrayParams"]


@dataclass(frozen=True, kw_only=True)
class PlainArrayParams(ArraySize, PlainPeParams):
    """Parameters of :class:`PlainArray`.

    Those of the processing element (:class:`~hw.plain.pe.PlainPeParams`) and the size
    (:class:`~hw.array.size.ArraySize`).
    """


class PlainArray(SystolicArray):
    """Systolic array of :class:`~hw.plain.pe.PlainPe`: the baseline of all others.

    Ports and timing are those of :class:`~hw.array.systolic.SystolicArray`. A step has ``lanes``
    activations and weights for each row and column.

    Source: the dataflow is that of Shomron, Weiser, MICRO 2020, arXiv 2004.09309.
    """

    def __init__(self, params: PlainArrayParams):
        super().__init__(PlainPe(params), params)
