"""Operands of the NB-SMT processing element, made at the edges of its array."""

from collections.abc import Callable
from typing import Any

from amaranth import Module, Value
from amaranth.hdl import ShapeLike, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.pe import SysmtPe

__all__ = ["ActivationTag", "WeightTag"]


class _Tag(wiring.Component):
    """Encoder of the operands ``i`` of a step as ``o``."""

    i: data.View
    o: data.View

    latency = 0

    def __init__(self, params: SysmtPeParams, operand: ShapeLike, encoded: ShapeLike,
                 encode: Callable[[Module, list[Value]], Value]):
        self.params = params
        self._encode = encode
        super().__init__({"i": In(data.ArrayLayout(operand, params.threads)), "o": Out(encoded)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(self._encode(
            m, [self.i[thread] for thread in range(self.params.threads)]))
        return m


class ActivationTag(_Tag):
    """Encode a step's activations for a row of the array; combinational.

    Whether activations are zero, and how they are rounded, is computed here, once per row instead
    of in every processing element. Zeros are encoded as all zeros.

    Source: Shomron, Weiser, "Non-Blocking Simultaneous Multithreading: Embracing the Resiliency of
    Deep Neural Networks", MICRO 2020, arXiv 2004.09309; the encoding is this project's own.

    Members
    -------
    i : ``In(ArrayLayout(8, threads))``
        The activations, unsigned.
    o : ``Out(ArrayLayout(StructLayout(...), threads))``
        ``activation`` of :class:`~hw.sysmt.pe.SysmtPe`.
    """

    def __init__(self, params: SysmtPeParams):
        element: Any = SysmtPe(params)
        super().__init__(params, 8, element.activation.shape(), element.tag_activation)


class WeightTag(_Tag):
    """Encode a step's weights for a column of the array; combinational.

    As :class:`ActivationTag`, whose source it shares.

    Members
    -------
    i : ``In(ArrayLayout(signed(8), threads))``
        The weights.
    o : ``Out(ArrayLayout(StructLayout(...), threads))``
        ``weight`` of :class:`~hw.sysmt.pe.SysmtPe`.
    """

    def __init__(self, params: SysmtPeParams):
        element: Any = SysmtPe(params)
        super().__init__(params, signed(8), element.weight.shape(), element.encode_weight)
