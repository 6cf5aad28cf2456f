"""From a soft-edge code to its value."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.parameters import Params, parameter
from skimp.hw.softedge.layout import LAYOUTS, Code, Layout
from skimp.hw.softedge.parts import negated, pick, segments_of
from skimp.hw.wires import wire

__all__ = ["CodeParams", "Form", "SoftEdgeDecode", "SoftEdgeDecodeParams", "decode"]


class Form(StrEnum):
    """How a value is written."""

    #: In two's complement.
    TWOS_COMPLEMENT = "twos-complement"
    #: Its magnitude, and above that a bit that says whether it is negative.
    SIGN_MAGNITUDE = "sign-magnitude"


@dataclass(frozen=True, kw_only=True)
class CodeParams(Params):
    """Which code a unit is for."""

    code: Code = parameter(Code.PAPER, "how a number becomes a few bits", Code)

    @property
    def layout(self) -> Layout:
        """How the codes lie."""
        return LAYOUTS[self.code]


@dataclass(frozen=True, kw_only=True)
class SoftEdgeDecodeParams(CodeParams):
    """Parameters of :class:`SoftEdgeDecode`."""

    form: Form = parameter(Form.TWOS_COMPLEMENT, "how the value is written", Form)


def decode(m: Module, layout: Layout, code: Value, form: Form = Form.TWOS_COMPLEMENT) -> Value:
    """Return the value of ``code``, of ``layout.value_width`` bits."""
    width = layout.value_width - 1          # of a magnitude
    bits = layout.bits - (not layout.negative)
    magnitude = code[:bits]
    below = (wire(m, magnitude >= layout.magnitudes, "below") if layout.negative else None)
    reached = [wire(m, magnitude >= first, "reached") for first in layout.firsts[1:]]
    segments = segments_of(m, reached, below)
    values = [(magnitude - offset)[:bits] << shift for offset, (_, shift)
              in zip(layout.offsets, layout.segments, strict=True)]
    if layout.quirks:                       # the last segment begins 4 q early: 16 m - 2500
        values[-1] = Cat(Const(12, 4), (magnitude - layout.offsets[-1] - 1)[:bits])
    value = wire(m, pick(segments, (one[:width] for one in values)), "value")
    if below is None:
        sign = code[-1]
        return negated(m, sign, value) if form == Form.TWOS_COMPLEMENT else Cat(value, sign)
    if form == Form.TWOS_COMPLEMENT:
        negative = Cat(magnitude, Const(-1, width + 1 - bits))
        return pick((below,), (negative,)) | value
    return Cat(value | pick((below,), ((-magnitude)[:bits],)), below)


class SoftEdgeDecode(wiring.Component):
    """Decode a soft-edge code to an integer in units of q, a quarter of the step; combinational.

    In segment ``i`` a magnitude ``m`` has the value ``(m - offset_i) << shift_i``; with the paper's
    code the last segment has ``16 m - 2500``. A code below zero is its own value in two's
    complement. Where codes have a sign bit it negates the value; minus zero is zero.

    Each segment has a subtraction of its own, of a few bits, and the sign comes last: one adder of
    constants that segment and sign choose, or a sign before the shift, are as large for the paper's
    code and larger for others.

    Source: Chen, Hemani, "Late Breaking Results: Quamba-SE", 2026, arXiv 2601.09451: the paper's
    code; the others are this project's own.

    Members
    -------
    i : ``In(bits of a code)``
        The code.
    o : ``Out(bits of a value)``
        Its value in the form asked for: 12 bits for ``paper``, 11 for ``signed8``.
    """

    i: Signal
    o: Signal

    latency = 0

    def __init__(self, params: SoftEdgeDecodeParams):
        self.params = params
        super().__init__({"i": In(params.layout.bits), "o": Out(params.layout.value_width)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(decode(m, self.params.layout, self.i, self.params.form))
        return m
