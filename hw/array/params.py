"""Arrays of each processing element of this project."""

from dataclasses import dataclass

from skimp.hw.array.systolic import SystolicArray
from skimp.hw.parameters import check_choice, check_range, parameter
from skimp.hw.plain.pe import PlainPe, PlainPeParams
from skimp.hw.sparq.pe import SparqPe, SparqPeParams
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.pe import SysmtPe

__all__ = [
    "ArraySize", "PlainArray", "PlainArrayParams", "SparqArray", "SparqArrayParams", "SysmtArray",
    "SysmtArrayParams",
]


@dataclass(frozen=True, kw_only=True)
class ArraySize:
    """Parameters of every array, put before those of its processing element, if that has any.

    rows, cols : int
        Processing elements, 1 to 64 each.
    group : int
        Neighbouring columns that share the register of the activation, 1, 2 or 4, by which
        ``cols`` can be divided; or 0: 2 where they are even, else 1. Fewer registers, and as many
        more loads for each.

    Raises
    ------
    ValueError
        If a parameter is out of its range.
    """

    rows: int = parameter(4, "rows of processing elements, 1 to 64")
    cols: int = parameter(4, "columns of processing elements, 1 to 64")
    group: int = parameter(0, "columns that share the register of the activation, 1, 2 or 4; "
                           "0: 2 if cols is even, else 1")

    def __post_init__(self):
        of_element = getattr(super(), "__post_init__", None)
        if of_element:
            of_element()
        check_range("rows", self.rows, 1, 64)
        check_range("cols", self.cols, 1, 64)
        check_choice("group", self.group, (0, 1, 2, 4))
        if self.group and self.cols % self.group:
            raise ValueError(f"group must divide cols: {self.group} does not divide {self.cols}")

    @property
    def group_columns(self) -> int:
        """Columns of a group."""
        return self.group or 2 - self.cols % 2


@dataclass(frozen=True, kw_only=True)
class PlainArrayParams(ArraySize, PlainPeParams):
    """Parameters of :class:`PlainArray`.

    Those of the processing element (:class:`~hw.plain.pe.PlainPeParams`) and the size
    (:class:`ArraySize`).
    """


class PlainArray(SystolicArray):
    """Systolic array of :class:`~hw.plain.pe.PlainPe`: the baseline of all others.

    Ports and timing are those of :class:`~hw.array.systolic.SystolicArray`. A step has ``lanes``
    activations and weights for each row and column.

    Source: the dataflow is that of Shomron, Weiser, MICRO 2020, arXiv 2004.09309.
    """

    def __init__(self, params: PlainArrayParams):
        super().__init__(PlainPe(params), params)


@dataclass(frozen=True, kw_only=True)
class SparqArrayParams(ArraySize, SparqPeParams):
    """Parameters of :class:`SparqArray`.

    Those of the processing element (:class:`~hw.sparq.pe.SparqPeParams`) and the size
    (:class:`ArraySize`).
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


@dataclass(frozen=True, kw_only=True)
class SysmtArrayParams(ArraySize, SysmtPeParams):
    """Parameters of :class:`SysmtArray`.

    Those of the processing element (:class:`~hw.sysmt.params.SysmtPeParams`) and the size
    (:class:`ArraySize`).
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
