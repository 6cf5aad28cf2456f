"""The NB-SMT processing element."""

from typing import Any

from amaranth import Module, Signal, Value

from skimp.hw.arith.accumulator import accumulate
from skimp.hw.arith.element import ProcessingElement
from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.operands import choose_structure
from skimp.hw.sysmt.params import SysmtPeParams

__all__ = ["SysmtPe"]


class SysmtPe(ProcessingElement):
    """Multiply and accumulate a step of several threads with about one 8b-8b multiplier.

    A thread is active if neither its activation ``x`` nor its weight ``w`` is zero. With at most
    one active thread the products are exact. Two at a time have a multiplier of 4b-8b each: in each
    thread ``x`` (policies ``wA``, ``A``, ``A0``) or ``w`` (``aW``, ``W``, ``W0``) is reduced to a
    multiple of 16 if ``x > 15`` (``A``), if not ``-8 <= w <= 7`` (``W``), if both (``wA``, ``aW``),
    or always (``A0``, ``W0``). Three or four have 4b-4b each: both operands are reduced, if large,
    or under ``A0`` and ``W0`` always. All products go into one sum.

    Ports, timing and the bias of the sum are those of
    :class:`~hw.arith.element.ProcessingElement`; only of four threads in the general structure is
    ``sum`` there another clock later, for a register between the products and the accumulator.

    Structures: two threads have one for each policy but ``aW``, in ``narrow_activation.py``,
    ``narrow_weight.py`` and ``always.py``; four threads one for ``wA``, ``A`` and ``A0``
    (``four.py``), if reduced operands have 4 bits and ``sparsity`` is looked at. All else has
    :class:`~hw.sysmt.generic.Generic`, which is larger.

    Source: Shomron, Weiser, "Non-Blocking Simultaneous Multithreading: Embracing the Resiliency of
    Deep Neural Networks", MICRO 2020, arXiv 2004.09309.

    Members
    -------
    activation : ``In``
        A step's activations, as :class:`~hw.sysmt.operands.ActivationTag` makes them.
    weight : ``In``
        A step's weights, as :class:`~hw.sysmt.operands.WeightTag` makes them.
    """

    def __init__(self, params: SysmtPeParams):
        self.params = params
        self._structure = choose_structure(params)
        self.inverted = self._structure.inverted
        self.halts = self._structure.halts
        self.latency = 2 + self._structure.registered
        super().__init__(self._structure.activation, self._structure.weight,
                         bias=self._structure.bias, macs=params.threads, sum_width=params.sum_width,
                         weight_encoding="tagged", step_operands="parts",
                         edges={"sysmt-activation": 1, "sysmt-weight": 1})

    def encode_activation(self, m: Module, activations: list[Value]) -> Value:
        return self._structure.encode_activation(m, activations)

    def encode_weight(self, m: Module, weights: list[Value]) -> Value:
        return self._structure.encode_weight(m, weights)

    def products(self, m: Module, heap: BitHeap, activation: Any, weight: Any,
                 advance: Value | None = None) -> None:
        self._structure.products(m, heap, activation, weight, advance)

    def accumulated(self, m: Module, activation: Any, weight: Any, first: Value,
                    advance: Value | None = None) -> Value:
        width, registered = self._structure.width, self._structure.registered
        heap = BitHeap(m, width + (not registered), "heap", inverted=self.inverted)
        self.products(m, heap, activation, weight, advance)
        assert heap.constant == -self.facts["bias"]
        if registered:
            heap.constant = 0
            step = Signal(width, name="step_register", reset_less=True)
            later = Signal(name="first_later", reset_less=True)
            m.d.sync += [step.eq(heap.total()), later.eq(first)]
            first, heap = later, BitHeap(m, width + 1, "sum")
            heap.add_number(step)
        return accumulate(m, heap, first, self.sum_width, self._structure.skips, advance)
