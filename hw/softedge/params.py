"""Parameters of a selective scan, and what its input means."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Cat, Const, Module, Mux, Value

from skimp.hw.parameters import Params, parameter
from skimp.hw.predict.line import COMPLEMENT_HELP
from skimp.hw.softedge.layout import LAYOUTS, Code
from skimp.hw.wires import wire

__all__ = ["ScanCode", "SelectiveScanParams", "decoded"]


class ScanCode(StrEnum):
    """How u comes."""

    #: INT8, two's complement, in units of its step.
    INT8 = "int8"
    #: INT8 with a zero point, in 9 bits, for that is taken off before.
    INT9 = "int9"
    #: The soft edge as it was published, 9 bits; this and all below in units of the fine step.
    PAPER = "paper"
    #: The same segments, rounded to the nearest value.
    ALIGNED = "aligned"
    #: Thresholds that are powers of two.
    SHORT = "short"
    #: 8 bits, of which 64 codes are below zero.
    SIGNED8 = "signed8"
    #: The same with a longer fine segment.
    SIGNED8_FINE = "signed8-fine"
    #: 6 bits.
    SIGNED6 = "signed6"
    #: 5 bits.
    SIGNED5 = "signed5"
    #: 4 bits.
    SIGNED4 = "signed4"


#: Bits of codes that are their own value.
PLAIN = {ScanCode.INT8: 8, ScanCode.INT9: 9}


def decoded(m: Module, code: ScanCode, bits: Value) -> Value:
    """Return the value of a code, in two's complement.

    Segments are chosen one after the other: beside the digits of u, ``decode`` of the unit that
    only decodes makes a lane 0.7 % larger for ``signed8`` and 0.1 % smaller for ``paper``.
    """
    if code in PLAIN:
        return bits
    layout = LAYOUTS[Code(code)]
    width, magnitude = layout.value_width, bits[:layout.bits - (not layout.negative)]
    taken = [offset << shift for offset, (_, shift)
             in zip(layout.offsets, layout.segments, strict=True)]
    taken[-1] += 4 * layout.quirks          # the last segment begins 4 q early
    value = magnitude
    for first, (_, shift), less in zip(layout.firsts[1:], layout.segments[1:], taken[1:],
                                       strict=True):
        value = Mux(magnitude >= first, ((magnitude << shift) - less)[:width], value)
    value = wire(m, value[:width], "magnitude")
    if not layout.negative:
        return wire(m, Mux(bits[-1], -value, value)[:width], "value")
    # Of the negative codes the highest two bits are ones, and of no others.
    below = bits[-1] & bits[-2]
    return wire(m, Mux(below, Cat(bits, Const(-1, width - layout.bits)), value)[:width], "value")


@dataclass(frozen=True, kw_only=True)
class SelectiveScanParams(Params):
    """Parameters of :class:`SelectiveScan`; shifts are those of `golden.scan.ScanForm`."""

    states: int = parameter(8, "states of a channel, 4 to 64", range(4, 65))
    lanes: int = parameter(1, "channels side by side, 1 to 16", range(1, 17))
    code: ScanCode = parameter(ScanCode.INT8, "code of u", ScanCode)
    dt_bits: int = parameter(10, "bits of dt, unsigned, 8 to 12", range(8, 13))
    x_bits: int = parameter(16, "bits of dt u, 12 to 20", range(12, 21))
    decay_bits: int = parameter(12, "bits of exp(dt A), a fraction, 6 to 16", range(6, 17))
    h_bits: int = parameter(16, "bits of a state, 10 to 20", range(10, 21))
    factor_bits: int = parameter(8, "bits of B, C and D: 6, 8 or 10", (6, 8, 10))
    sum_bits: int = parameter(32, "bits of a sum, 24 to 48", range(24, 49))
    input_shift: int = parameter(6, "from x B up to h, 0 to 12", range(13))
    skip_shift: int = parameter(8, "from D u up to the sum, 0 to 12", range(13))
    complement: bool = parameter(True, COMPLEMENT_HELP)

    def __post_init__(self):
        super().__post_init__()
        if self.sum_bits < self.exact_bits:
            raise ValueError(f"sum_bits must be at least {self.exact_bits} to hold every sum, not "
                             f"{self.sum_bits}")

    @property
    def code_bits(self) -> int:
        """Bits of a code of u."""
        return PLAIN.get(self.code) or LAYOUTS[Code(self.code)].bits

    @property
    def u_bits(self) -> int:
        """Bits of its value, signed."""
        return PLAIN.get(self.code) or LAYOUTS[Code(self.code)].value_width

    @property
    def x_shift(self) -> int:
        """Bits by which ``dt u`` is too long for x."""
        return max(0, self.dt_bits + self.u_bits - self.x_bits)

    @property
    def exact_bits(self) -> int:
        """Bits that hold every sum."""
        sums = self.states << self.h_bits + self.factor_bits - 2
        skip = 1 << self.u_bits + self.factor_bits - 2 + self.skip_shift
        return (sums + skip).bit_length() + 1

    @property
    def state_bits(self) -> int:
        """Bits that hold every state before it is rounded."""
        kept = 1 << self.decay_bits + self.h_bits - 1
        entering = 1 << self.x_bits + self.factor_bits - 2 + self.input_shift
        return (kept + entering + (1 << self.decay_bits - 1)).bit_length() + 1

    @property
    def digits_each(self) -> int:
        """Digits of u in a clock: its products are there before a step's last state is taken."""
        return -(-(self.u_bits + 1) // (2 * (self.states - 1)))
