"""What all processing elements of an output-stationary array share."""

from typing import Any

from amaranth import Cat, Module, Signal, Value
from amaranth.hdl import ShapeLike
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.accumulator import accumulate
from skimp.hw.arith.heap import BitHeap

__all__ = ["SUM_WIDTH", "ProcessingElement", "pass_on"]

SUM_WIDTH = 32


class ProcessingElement(wiring.Component):
    """Multiply the operands of a step, accumulate, and pass the operands on.

    Activations come from the left and go to the right, weights come from above and go down, sums
    stay. Operands are registered, then added to the sum: ``sum`` follows them two clocks later,
    ``*_next`` one clock later. There is no handshake: in a clock without operands, drive
    activations that are zero.

    A subclass defines the shapes of its operands, the ``bias``, the facts below, and the products
    of a step (`products`). It also defines how operands are encoded at the edge of an array
    (`encode_activation`, `encode_weight`), once per row or column.

    Facts for the manifest
    ----------------------
    macs : int
        Activations, and as many weights, of a step.
    weight_encoding : str
        How weights come: ``binary``, or ``booth`` digits.
    edges : dict
        Which and how many blocks stand at the edge of an array for each row or column.
    step_operands : str
        Which operands a step takes: ``neighbours`` along the inner dimension, the default, or one
        of each of as many ``parts`` of it.

    Members
    -------
    activation, weight : ``In``
        The operands.
    first : ``In(1)``
        The sum starts anew with this step.
    activation_next, weight_next, first_next : ``Out``
        The same for the neighbours.
    sum : ``Out(sum_width)``
        The sum since ``first``, modulo ``2**sum_width``, plus ``bias`` (in the manifest) for each
        clock: with 32 bits, ``((sum - clocks * bias + 2**31) mod 2**32) - 2**31`` is the dot
        product.
    """

    # Arrays and encoders use parts of an element, which itself is then never elaborated.
    _MustUse__silence = True

    latency = 2
    halts = False               # whether `products` adds nothing at all unless ``advance``
    inverted = 0                # columns of the heap that add complements, see `BitHeap`

    activation_width = 8        # bits of an activation and a weight before they are encoded
    weight_width = 8

    def __init__(self, activation: ShapeLike, weight: ShapeLike, *, bias: int, macs: int,
                 sum_width: int = SUM_WIDTH, **facts: object):
        self.macs = macs
        self.sum_width = sum_width
        super().__init__({
            "activation": In(activation), "weight": In(weight), "first": In(1),
            "activation_next": Out(activation), "weight_next": Out(weight), "first_next": Out(1),
            "sum": Out(sum_width)})
        self.facts = {"bias": bias, "macs": macs, **facts}

    def products(self, m: Module, heap: BitHeap, activation: Any, weight: Any,
                 advance: Value | None = None) -> None:
        """Add the products of a step to ``heap``.

        An array stalls in clocks without ``advance``. An element that ``halts`` then adds nothing,
        not even its share of ``bias``, so its sum holds without a multiplexer per bit, which would
        take more area. Other elements never get ``advance``.
        """
        raise NotImplementedError

    @property
    def encoded(self) -> dict[str, int]:
        """Bits of the operands that each port encodes."""
        return {"activation": self.activation_width * self.macs,
                "weight": self.weight_width * self.macs}

    def encode(self, m: Module, port: str, drawn: Value) -> Value:
        """Encode a step's operands, the first in the lowest bits, for ``port``."""
        width, encode = {"activation": (self.activation_width, self.encode_activation),
                         "weight": (self.weight_width, self.encode_weight)}[port]
        return encode(m, [drawn.word_select(place, width) for place in range(self.macs)])

    def encode_activation(self, m: Module, activations: list[Value]) -> Value:
        """Encode a step's activations, unsigned, as ``activation``; zeros as zero bits."""
        return Cat(activations)

    def encode_weight(self, m: Module, weights: list[Value]) -> Value:
        """Encode a step's weights, signed, as ``weight``."""
        return Cat(weights)

    def elaborate(self, platform):
        m = Module()
        operands = {name: pass_on(m, self, name) for name in ("activation", "weight", "first")}
        m.d.comb += self.sum.eq(self.accumulated(m, **operands))
        return m

    def accumulated(self, m: Module, activation: Any, weight: Any, first: Value,
                    advance: Value | None = None) -> Value:
        """Accumulate the products of steps; if the element `halts`, only with ``advance``."""
        heap = BitHeap(m, self.sum_width, "heap", inverted=self.inverted)
        self.products(m, heap, activation, weight, *([] if advance is None else [advance]))
        assert heap.constant == -self.facts["bias"]
        return accumulate(m, heap.narrowed(), first, self.sum_width, advance=advance)


def pass_on(m: Module, component: wiring.Component, name: str) -> Any:
    """Register port ``name`` of ``component`` for its port ``NAME_next``; return the register."""
    port = getattr(component, name)
    register = Signal.like(port, name=f"{name}_register", reset_less=True)
    m.d.sync += register.eq(port)
    m.d.comb += getattr(component, f"{name}_next").eq(register)
    return register
