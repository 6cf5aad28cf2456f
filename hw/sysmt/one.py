"""One thread: nothing collides."""

from collections.abc import Sequence

from amaranth import Module, Value
from amaranth.lib import data

from skimp.hw.arith.booth import booth_digits, booth_rows
from skimp.hw.arith.heap import BitHeap
from skimp.hw.sysmt.params import SysmtPeParams
from skimp.hw.sysmt.structure import Structure

__all__ = ["OneThread"]


class OneThread(Structure):
    """The exact product, as :class:`~hw.plain.pe.PlainPe` makes it.

    Digits of a weight of zero are not all zeros; with an activation of zero any weight will do.
    """

    halts = True
    inverted = 17

    def __init__(self, params: SysmtPeParams):
        super().__init__(params, data.ArrayLayout(8, 1), data.ArrayLayout(9, 1))

    def encode_weight(self, m: Module, weights: Sequence[Value]) -> Value:
        return booth_digits(m, weights[0])

    def products(self, m: Module, heap: BitHeap, activation: data.View, weight: data.View,
                 enable: Value | None = None) -> None:
        booth_rows(m, heap, activation[0], weight[0], 1.2, enable)
