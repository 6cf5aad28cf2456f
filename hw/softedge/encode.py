"""From a number to its soft-edge code."""

from dataclasses import dataclass

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.parameters import parameter
from skimp.hw.softedge.decode import CodeParams
from skimp.hw.softedge.layout import Layout
from skimp.hw.softedge.parts import every, pick, segments_of, some
from skimp.hw.wires import wire

__all__ = ["SoftEdgeEncode", "SoftEdgeEncodeParams", "encode"]


@dataclass(frozen=True, kw_only=True)
class SoftEdgeEncodeParams(CodeParams):
    """Parameters of :class:`SoftEdgeEncode`."""

    width: int = parameter(16, "bits of the number, 4 to 32", range(4, 33))
    fraction: int = parameter(4, "those of them below q, the fine step, 0 to 20", range(21))

    def __post_init__(self):
        super().__post_init__()
        least = self.fraction + self.layout.value_width
        if self.width < least:
            raise ValueError(f"width must be at least {least} for the largest value of "
                             f"{self.code}, {self.layout.largest} q, with a fraction of "
                             f"{self.fraction} bits, not {self.width}")


def encode(m: Module, layout: Layout, number: Value, fraction: int) -> Value:
    """Return the code of a signed ``number``, which has ``fraction`` bits below q."""
    sign = number[-1]
    # With a sign bit, the ones' complement of a negative number: its magnitude less the last bit.
    x = number[:-1] if layout.negative else wire(
        m, number[:-1] ^ sign.replicate(len(number) - 1), "magnitude")
    whole = x[fraction:]
    reached = [wire(m, _at_least(whole, threshold) & ~(sign if layout.negative else Const(0, 1)),
                    "reached") for threshold in layout.thresholds[1:]]
    segments = segments_of(m, reached)
    bits = layout.bits - (not layout.negative)
    shifts = [shift for _, shift in layout.segments]
    fill = (sign if layout.negative else Const(0, 1)).replicate(bits)
    kept = wire(m, pick(segments, (Cat(whole, fill)[shift:shift + bits] for shift in shifts)),
                "kept")
    if layout.negative:
        half = pick(segments, (_below(x, fraction + shift)[-1:] for shift in shifts))
        up = half & (~sign | some(x[:max(fraction - 1, 0)]))
    else:
        up = pick(segments, _rounds_up(layout, x, fraction, sign))
    offsets = [pick(segments, (Const(offset >> place & 1, 1) for offset in layout.offsets))
               if any(offset >> place & 1 for offset in layout.offsets) else None
               for place in range(bits)]
    code, carry = _sum(m, kept, offsets, wire(m, up, "up"))
    beyond = wire(m, carry | some(whole[shifts[-1] + bits:]), "beyond")
    if not layout.negative:
        code = wire(m, code | beyond.replicate(bits), "code")
        return Cat(code, sign & code.any())
    last = layout.magnitudes - 1
    high = reached[-1] & (beyond | (code > last))
    low = sign & ~every(whole[(layout.negative - 1).bit_length():])
    return Mux(wire(m, high, "high"), last, Mux(wire(m, low, "low"), last + 1, code))[:bits]


def _at_least(whole: Value, threshold: int) -> Value:
    zeros = (threshold & -threshold).bit_length() - 1
    return whole[zeros:] >= threshold >> zeros


def _below(x: Value, place: int) -> Value:
    """Return the bits of ``x`` below ``place``; a zero if there are none."""
    return x[:place] if place else Const(0, 1)


def _rounds_up(layout: Layout, x: Value, fraction: int, sign: Value) -> list[Value]:
    """Return of each segment whether what is left out of ``x`` rounds up.

    A half of the step does; of a negative number, from which the last bit was taken, also what is
    all ones below.
    """
    ups = []
    for _, shift in layout.segments:
        place = fraction + shift
        ups.append(_below(x, place)[-1] | (sign & every(x[:max(place - 1, 0)])))
    if layout.quirks:
        whole = x[fraction:]
        # Whatever is beyond the last code of a segment, 63 q and 572 q, belongs to the next one.
        for place, (shift, last) in enumerate(((0, whole[:6].all()), (2, whole[2:10] == 143))):
            ups[place] = ups[place] | (last & (sign | some(x[:fraction + shift])))
        # The last segment's steps begin 4 q early, so a quarter rounds up.
        ups[2] = whole[2:4].any() | (sign & every(x[:fraction + 2]))
    return ups


def _sum(m: Module, number: Value, offsets: list[Value | None],
         carry: Value) -> tuple[Value, Value]:
    """Return ``number`` plus ``offsets``, bits of which None are zero, plus ``carry``; the carry.

    A ripple, which is smaller than what logic synthesis makes of a sum.
    """
    bits = []
    for bit, offset in zip(number, offsets, strict=True):
        either = bit if offset is None else wire(m, bit ^ offset, "either")
        bits.append(either ^ carry)
        carry = wire(m, (either & carry) | (bit & offset if offset is not None else 0), "carry")
    return wire(m, Cat(bits), "sum"), carry


class SoftEdgeEncode(wiring.Component):
    """Encode a number as the nearest soft-edge code, half away from zero; combinational.

    The number is in units of ``q * 2**-fraction``, q being a quarter of the step. Numbers beyond
    the outermost codes saturate. The thresholds of its segments choose which bits of it are kept;
    then the segment's offset is added and it is rounded, once, in one ripple of carries, for a
    carry out of a segment is the first code of the next. ``paper`` has the paper's two quirks: all
    between 63 q and 64 q is 64 q, and all above 572 q is of the last segment.

    Negative numbers are never negated: their ones' complement rounds up at another place.
    To saturate before the sum, or to choose bits before the sign turns them, is larger.

    Source: Chen, Hemani, "Late Breaking Results: Quamba-SE", 2026, arXiv 2601.09451: the paper's
    code; the others are this project's own.

    Members
    -------
    i : ``In(width)``
        The number, in two's complement.
    o : ``Out(bits of a code)``
        Its code; the sign of zero is 0.
    """

    i: Signal
    o: Signal

    latency = 0

    def __init__(self, params: SoftEdgeEncodeParams):
        self.params = params
        super().__init__({"i": In(params.width), "o": Out(params.layout.bits)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(encode(m, self.params.layout, self.i, self.params.fraction))
        return m
