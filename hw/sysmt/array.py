"""The systolic array of SysmtPe."""

from dataclasses import dataclass

from skimp.hw.array.size import ArraySize
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.pe import SysmtPe

__all__ = ["SysmtArray", "SysmtArrayParams"]


@dataclass(frozen=True, kw_only=True)
class SysmtArrayParams(ArraySize, SysmtPeParams):
    """Parameters of :class:`SysmtArray`.

    Those of the processing element (:class:`~hw.sysmt.params.SysmtPeParams`) and the size
    (:class:`~hw.array.size.ArraySize`).
    """


class SysmtArray(SystolicArray):
    """Systolic array of :class:`~hw.sysmt.pe.SysmtPe`: SySMT.

    Ports and timing are those of :class:`~hw.array.systolic.SystolicArray`. A step has an
    activation of each thread for each row, and a weight of each for each column: thread ``t`` takes
    part ``t`` of the inner dimension, which is padded with zeros to a multiple of ``threads``.

    Source: Shomron, Weiser, "Non-Blocking Simultaneous Multithreading: Embracing the Resiliency of
    Deep Neural Networks", MICRO 2020, arXiv 2004.09309.
    """

    def __init__(self, params: SysmtArrayParams):
        super().__init__(SysmtPe(params), params)
