"""What all processing elements of an output-stationary array share."""

from typing import Any

from amaranth import Module, Signal
from amaranth.hdl import ShapeLike
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from hw.arith.accumulator import accumulate
from hw.arith.heap import BitHeap

__all__ = ["SUM_WIDTH", "ProcessingElement"]

SUM_WIDTH = 32


class ProcessingElement(wiring.Component):
    """Multiply the operands of a step, accumulate, and pass the operands on.

    Activations come from the left and go to the right, weights come from above and go down, sums
    stay. Operands are registered, then added to the sum: ``sum`` follows them two clocks later,
    ``*_next`` one clock later. There is no handshake: whoever has no operands sends zeros.

    A subclass says what a step adds (`products`), in terms of its own ``activation`` and
    ``weight``, and gives ``bias`` and facts: ``macs``, the products of a step at most;
    ``weight_encoding``; ``edges``, which and how many blocks stand at the edge of an array for it.

    Members
    -------
    activation, weight : ``In``
        The operands.
    first : ``In(1)``
        The sum starts anew with this step.
    activation_next, weight_next, first_next : ``Out``
        The same for the neighbours.
    sum : ``Out(32)``
        The sum since ``first``, modulo ``2**32``, plus ``bias`` (in the manifest) for each clock:
        ``((sum - clocks * bias + 2**31) mod 2**32) - 2**31`` is the dot product.
    """

    latency = 2
    inverted = 0                # columns of the heap that add complements, see `BitHeap`

    def __init__(self, activation: ShapeLike, weight: ShapeLike, *, bias: int,
                 **facts: object):
        super().__init__({
            "activation": In(activation), "weight": In(weight), "first": In(1),
            "activation_next": Out(activation), "weight_next": Out(weight), "first_next": Out(1),
            "sum": Out(SUM_WIDTH)})
        self.facts = {"bias": bias, **facts}

    def products(self, m: Module, heap: BitHeap, activation: Any, weight: Any) -> None:
        """Add the products of a step to ``heap``."""
        raise NotImplementedError

    def elaborate(self, platform):
        m = Module()
        operands = {}
        for name in ("activation", "weight", "first"):
            port = getattr(self, name)
            operands[name] = Signal.like(port, name=f"{name}_register", reset_less=True)
            m.d.sync += operands[name].eq(port)
            m.d.comb += getattr(self, f"{name}_next").eq(operands[name])
        heap = BitHeap(m, SUM_WIDTH, "heap", inverted=self.inverted)
        self.products(m, heap, operands["activation"], operands["weight"])
        assert heap.constant == -self.facts["bias"]
        m.d.comb += self.sum.eq(accumulate(m, heap, operands["first"]))
        return m
