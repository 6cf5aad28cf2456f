"""What all processing elements of an output-stationary array share."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from amaranth import Cat, Module, Signal, Value
from amaranth.hdl import ShapeLike
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.accumulator import CODE, accumulate, sum_layout
from skimp.hw.arith.heap import BitHeap
from skimp.hw.parameters import Params, check_choice, check_range, parameter
from skimp.hw.wires import gate

__all__ = ["SUM_WIDTH", "Gating", "GatingParams", "ProcessingElement", "pass_on", "zeroed"]

SUM_WIDTH = 32


class Gating(StrEnum):
    """Which registers stand still where activations are zero."""

    #: None: zeros are multiplied and added.
    NONE = "none"
    #: Those of activations, of sums, and of the readout between its turns.
    ZERO = "zero"


@dataclass(frozen=True, kw_only=True)
class GatingParams(Params):
    """What stands still.

    ``zero`` is made for gated clocks. Without them it takes area, and of threads energy, too.
    """

    gating: Gating = parameter(
        Gating.NONE, "registers that stand still: none, or those that zeros would not change",
        Gating)


class ProcessingElement(wiring.Component):
    """Multiply the operands of a step, accumulate, and pass the operands on.

    Activations come from the left and go to the right, weights come from above and go down, sums
    stay. Operands are registered, then added to the sum: ``sum`` follows them two clocks later,
    ``*_next`` one clock later. There is no handshake: in a clock without operands, drive
    activations that are zero.

    A subclass defines the shapes of its operands, how large the products of a step are
    (``step_bits``), the facts below, and the products (`products`). It also defines how operands
    are encoded at the edge of an array (`encode_activation`, `encode_weight`), once per row or
    column.

    With ``gating`` a bit ``nonzero`` goes with the activations of a step. In a step without it the
    registers of activations and of the sum keep what they have, unless the step is ``first``.

    Parameters
    ----------
    activation, weight : ShapeLike
        Operands of a step, encoded.
    macs : int
        Activations, and as many weights, of a step.
    step_bits : int
        The products of a step add up to ``-2**step_bits`` to ``2**step_bits``; where they do not,
        sums are wrong. A bit more makes carries rarer, and the area hardly larger.
    gating : Gating
        What stands still.
    sum_width : int
        Bits of a sum.
    facts
        For the manifest: ``weight_encoding`` is how weights come, ``binary`` or ``booth`` digits;
        ``edges``, which and how many blocks stand at the edge of an array for each row or column;
        ``step_operands``, which operands a step takes, ``neighbours`` along the inner dimension,
        the default, or one of each of as many ``parts`` of it.

    Raises
    ------
    ValueError
        If ``step_bits`` is not from 1 to below ``sum_width``, or there is no such ``gating``.

    Members
    -------
    activation, weight : ``In``
        The operands.
    first : ``In(1)``
        The sum starts anew with this step.
    activation_next, weight_next, first_next : ``Out``
        The same for the neighbours.
    sum : ``Out(StructLayout({"low": step_bits, "high": sum_width - step_bits, "carry": 2}))``
        The sum since ``first``, modulo ``2**sum_width``, in parts: ``low + ((high + carry - 1) <<
        step_bits) - (1 << step_bits - 1)``. An array puts them together where a column is read.
    """

    # Arrays and encoders use parts of an element, which itself is then never elaborated.
    _MustUse__silence = True

    latency = 2
    halts = False               # whether `products` adds nothing at all unless ``enable``
    stale = False               # whether activations may be left from an earlier step
    takes_tag = True            # whether `Gating.ZERO` takes a bit beside the activations
    inverted = 0                # columns of the heap that add complements, see `BitHeap`
    skip: tuple[int, int] | None = None     # columns of the heap that a carry goes past

    activation_width = 8        # bits of an activation and a weight before they are encoded
    weight_width = 8
    signed = False              # whether activations are, before they are encoded

    def __init__(self, activation: ShapeLike, weight: ShapeLike, *, macs: int, step_bits: int,
                 gating: Gating = Gating.NONE, sum_width: int = SUM_WIDTH, **facts: object):
        check_range("step_bits", step_bits, 1, sum_width - 1)
        check_choice("gating", getattr(gating, "value", gating), [one.value for one in Gating])
        self.macs, self.step_bits, self.gating = macs, step_bits, Gating(gating)
        self.sum_width = sum_width
        self.tagged = self.takes_tag and self.gating == Gating.ZERO
        if self.tagged:
            activation = data.StructLayout({"operand": activation, "nonzero": 1})
        super().__init__({
            "activation": In(activation), "weight": In(weight), "first": In(1),
            "activation_next": Out(activation), "weight_next": Out(weight), "first_next": Out(1),
            "sum": Out(sum_layout(sum_width, step_bits))})
        self.facts = {"macs": macs, **facts}

    @property
    def stalls_itself(self) -> bool:
        """Whether a stalled element adds nothing, and needs no multiplexers to hold its sum."""
        return self.halts and self.gating == Gating.NONE

    def products(self, m: Module, heap: BitHeap, activation: Any, weight: Any,
                 enable: Value | None = None) -> None:
        """Add the products of a step to ``heap``.

        An element that ``halts`` adds nothing unless ``enable``. That is whether its array
        advances, so that a sum holds without a multiplexer per bit, which would take more area;
        with gating, whether an activation is not zero, so that adders do not follow weights that
        have nothing to multiply. Other elements never get ``enable``.
        """
        raise NotImplementedError

    def adds(self, m: Module, activation: Any, weight: Any) -> Value | None:
        """Return whether a step adds anything to the sum; None if that is not looked at."""
        return activation.nonzero if self.tagged else None

    @property
    def encoded(self) -> dict[str, int]:
        """Bits of the operands that each port encodes."""
        return {"activation": self.activation_width * self.macs,
                "weight": self.weight_width * self.macs}

    def encode(self, m: Module, port: str, drawn: Value) -> Value:
        """Encode a step's operands, the first in the lowest bits, for ``port``."""
        width, encode = {"activation": (self.activation_width, self.tag_activation),
                         "weight": (self.weight_width, self.encode_weight)}[port]
        return encode(m, [drawn.word_select(place, width) for place in range(self.macs)])

    def tag_activation(self, m: Module, activations: list[Value]) -> Value:
        """Encode a step's activations for the port ``activation``, with ``nonzero`` if any."""
        operand = Value.cast(self.encode_activation(m, activations))
        return Cat(operand, Cat(activations).any()) if self.tagged else operand

    def encode_activation(self, m: Module, activations: list[Value]) -> Value:
        """Encode a step's activations as ``activation``; zeros as zero bits."""
        return Cat(activations)

    def encode_weight(self, m: Module, weights: list[Value]) -> Value:
        """Encode a step's weights, signed, as ``weight``."""
        return Cat(weights)

    def elaborate(self, platform):
        m = Module()
        activation = self.pass_activation(m, self)
        weight, first = pass_on(m, self, "weight"), pass_on(m, self, "first")
        m.d.comb += self.sum.eq(self.accumulated(m, activation, weight, first))
        return m

    def pass_activation(self, m: Module, component: wiring.Component) -> Any:
        """Register port ``activation`` of ``component`` for its neighbour; return the register."""
        port: Any = component.activation
        register: Any = Signal.like(port, name="activation_register", reset_less=True)
        self.load(m, register, port, component.first)
        m.d.comb += component.activation_next.eq(register)
        return register

    def load(self, m: Module, register: Any, activation: Any, first: Value) -> None:
        """Load a register of activations; hold what is zero, but not in a step that is first."""
        if self.tagged:
            m.d.sync += register.nonzero.eq(activation.nonzero)
            with m.If(activation.nonzero | first):
                m.d.sync += register.operand.eq(activation.operand)
        else:
            m.d.sync += register.eq(activation)

    def accumulated(self, m: Module, activation: Any, weight: Any, first: Value,
                    advance: Value | None = None, keep: Value | None = None) -> data.View:
        """Accumulate the products of steps; if the element `stalls_itself`, only with ``advance``.

        With ``keep``, which changes with a step that is ``first``, only if that is one; else the
        sum is zero.
        """
        if keep is not None:
            activation = zeroed(m, activation, keep)
        adds = self.adds(m, activation, weight)
        if adds is None:
            adds = keep
        enable = advance if adds is None else adds if self.halts and not self.stale else None
        if self.tagged:
            activation = activation.operand
        heap = BitHeap(m, self.step_bits + CODE, "heap", inverted=self.inverted, skip=self.skip)
        self.products(m, heap, activation, weight, *([] if enable is None else [enable]))
        restart = first if advance is None else first & advance
        return accumulate(m, heap, restart, self.sum_width, adds)


def pass_on(m: Module, component: wiring.Component, name: str) -> Any:
    """Register port ``name`` of ``component`` for its port ``NAME_next``; return the register."""
    port = getattr(component, name)
    register = Signal.like(port, name=f"{name}_register", reset_less=True)
    m.d.sync += register.eq(port)
    m.d.comb += getattr(component, f"{name}_next").eq(register)
    return register


def zeroed(m: Module, activation: Any, keep: Value) -> Any:
    """Return ``activation``, or one of zeros unless ``keep``."""
    result: Any = Signal(activation.shape(), name="kept")
    m.d.comb += Value.cast(result).eq(gate(keep, Value.cast(activation)))
    return result
