"""Operands of the NB-SMT processing element, made at the edges of its array."""

from amaranth import Module
from amaranth.hdl import signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from hw.sysmt.always import AlwaysActivation, AlwaysWeight
from hw.sysmt.four import FourThreads
from hw.sysmt.generic import Generic
from hw.sysmt.narrow_activation import NarrowActivation
from hw.sysmt.narrow_weight import NarrowWeight
from hw.sysmt.one import OneThread
from hw.sysmt.params import SysmtPeParams
from hw.sysmt.structure import Structure

__all__ = ["ActivationTag", "WeightTag", "choose_structure"]


def choose_structure(params: SysmtPeParams) -> Structure:
    """Give the smallest structure that there is for ``params``."""
    if params.threads == 1:
        return OneThread(params)
    if params.threads == 4:
        fits = params.narrow_activation and params.sparsity and not params.overflows
        return FourThreads(params) if fits else Generic(params)
    two = {"wA": NarrowActivation, "A": NarrowActivation, "A0": AlwaysActivation,
           "aW": Generic, "W": NarrowWeight, "W0": AlwaysWeight}
    return two[params.policy](params)


class ActivationTag(wiring.Component):
    """Encode a step's activations for a row of the array; combinational.

    What a processing element would find out about them, and it takes ``rows x columns`` times, is
    found out here: whether they are zero, and how they are rounded. Zeros become all zeros.

    Source: Shomron, Weiser, "Non-Blocking Simultaneous Multithreading: Embracing the Resiliency of
    Deep Neural Networks", MICRO 2020, arXiv 2004.09309; the encoding is this project's own.

    Members
    -------
    i : ``In(ArrayLayout(8, threads))``
        The activations, unsigned.
    o : ``Out(ArrayLayout(StructLayout(...), threads))``
        ``activation`` of :class:`~hw.sysmt.pe.SysmtPe`.
    """

    i: data.View
    o: data.View

    latency = 0

    def __init__(self, params: SysmtPeParams):
        self.params = params
        self._structure = choose_structure(params)
        super().__init__({"i": In(data.ArrayLayout(8, params.threads)),
                          "o": Out(self._structure.activation)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(self._structure.encode_activation(
            m, [self.i[thread] for thread in range(self.params.threads)]))
        return m


class WeightTag(wiring.Component):
    """Encode a step's weights for a column of the array; combinational.

    As :class:`ActivationTag`, whose source it shares; but with one thread it makes Booth digits, of
    which zero is not all zeros.

    Members
    -------
    i : ``In(ArrayLayout(signed(8), threads))``
        The weights.
    o : ``Out(ArrayLayout(StructLayout(...), threads))``
        ``weight`` of :class:`~hw.sysmt.pe.SysmtPe`.
    """

    i: data.View
    o: data.View

    latency = 0

    def __init__(self, params: SysmtPeParams):
        self.params = params
        self._structure = choose_structure(params)
        super().__init__({"i": In(data.ArrayLayout(signed(8), params.threads)),
                          "o": Out(self._structure.weight)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(self._structure.encode_weight(
            m, [self.i[thread] for thread in range(self.params.threads)]))
        return m
