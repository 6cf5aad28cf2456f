"""The NB-SMT processing element, and its array."""

from dataclasses import dataclass

from skimp.hw.arith.element import ProcessingElement
from skimp.hw.array.size import ArraySize
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.sysmt.always import AlwaysActivation, AlwaysWeight
from skimp.hw.sysmt.four import FourThreads
from skimp.hw.sysmt.generic import Generic
from skimp.hw.sysmt.narrow_activation import NarrowActivation
from skimp.hw.sysmt.narrow_weight import NarrowWeight
from skimp.hw.sysmt.one import OneThread
from skimp.hw.sysmt.params import SysmtPeParams

__all__ = ["SysmtArray", "SysmtArrayParams", "SysmtPe"]


class SysmtPe(ProcessingElement):
    """Multiply and accumulate a step of several threads with about one 8b-8b multiplier.

    A thread is active if neither its activation ``x`` nor its weight ``w`` is zero. With at most
    one active thread the products are exact. Two at a time have a multiplier of 4b-8b each: in each
    thread ``x`` (policies ``wA``, ``A``, ``A0``) or ``w`` (``aW``, ``W``, ``W0``) is reduced to a
    multiple of 16 if ``x > 15`` (``A``), if not ``-8 <= w <= 7`` (``W``), if both (``wA``, ``aW``),
    or always (``A0``, ``W0``). Three or four have 4b-4b each: both operands are reduced, if large,
    or under ``A0`` and ``W0`` always. All products go into one sum.

    Ports, timing and the parts of the sum are those of
    :class:`~hw.arith.element.ProcessingElement`; only of four threads in the general structure is
    ``sum`` there another clock later, for a register between the products and the accumulator.

    The instance is of the structure (:class:`~hw.sysmt.structure.Structure`) that fits. Two threads
    have one for each policy but ``aW``, in ``narrow_activation.py``, ``narrow_weight.py`` and
    ``always.py``; four threads one for ``wA``, ``A`` and ``A0`` (``four.py``), if reduced operands
    have 4 bits and ``sparsity`` is looked at. All else has :class:`~hw.sysmt.generic.Generic`,
    which is larger.

    Source: Shomron, Weiser, "Non-Blocking Simultaneous Multithreading: Embracing the Resiliency of
    Deep Neural Networks", MICRO 2020, arXiv 2004.09309.

    Members
    -------
    activation : ``In``
        A step's activations, as :class:`~hw.sysmt.operands.ActivationTag` makes them.
    weight : ``In``
        A step's weights, as :class:`~hw.sysmt.operands.WeightTag` makes them.
    """

    def __new__(cls, params: SysmtPeParams) -> ProcessingElement:
        """Return the smallest structure that there is for ``params``."""
        if params.threads == 1:
            return OneThread(params)
        if params.threads == 4:
            fits = params.narrow_activation and params.sparsity and not params.overflows
            return FourThreads(params) if fits else Generic(params)
        two = {"wA": NarrowActivation, "A": NarrowActivation, "A0": AlwaysActivation,
               "aW": Generic, "W": NarrowWeight, "W0": AlwaysWeight}
        return two[params.policy](params)


@dataclass(frozen=True, kw_only=True)
class SysmtArrayParams(ArraySize, SysmtPeParams):
    """Parameters of :class:`SysmtArray`: the size, and those of its processing element."""


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
