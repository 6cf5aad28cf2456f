"""From a soft-edge code to the INT8 that a projection reads."""

from amaranth import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.softedge.decode import CodeParams
from skimp.hw.softedge.layout import Layout
from skimp.hw.softedge.parts import pick, segments_of
from skimp.hw.wires import wire

__all__ = ["SoftEdgeToInt8", "SoftEdgeToInt8Params", "to_int8"]


class SoftEdgeToInt8Params(CodeParams):
    """Parameters of :class:`SoftEdgeToInt8`."""


def to_int8(m: Module, layout: Layout, code: Value) -> Value:
    """Return a quarter of the value of ``code``, rounded half away from zero, in 8 bits."""
    bits = layout.bits - (not layout.negative)
    magnitude = code[:bits]
    below = wire(m, magnitude >= layout.magnitudes, "below") if layout.negative else Const(0, 1)
    sign = Const(0, 1) if layout.negative else code[-1]
    limit = _full(layout)
    full = wire(m, (magnitude >= limit) & ~below, "full")
    # Segments of which all is full need no look at where they begin.
    coarser = [(first, offset, shift) for first, offset, (_, shift) in zip(
        layout.firsts, layout.offsets, layout.segments, strict=True) if 0 < first < limit]
    fine, *others = segments_of(
        m, [wire(m, magnitude >= first, "reached") for first, _, _ in coarser], below)
    fine = wire(m, fine | below, "fine")
    quarters = [magnitude[2:], *((magnitude - offset)[:bits] << shift - 2
                                 for _, offset, shift in coarser)]
    filled = (Cat(one, below.replicate(8))[:7] for one in quarters)
    kept = wire(m, pick((fine, *others), filled) | full.replicate(7), "kept")
    # Rounded up and negated in one: -(k + 1) is the ones' complement of k.
    rounds = fine & magnitude[1] & (~below | magnitude[0])
    carry = wire(m, (sign ^ rounds) & ~full, "carry")
    result = []
    for bit in Cat(kept, below):
        turned = wire(m, bit ^ sign, "turned")
        result.append(turned ^ carry)
        carry = wire(m, turned & carry, "carry")
    return Cat(result)


def _full(layout: Layout) -> int:
    """Return the first magnitude that is above 127 steps; if there is none, one that is no code."""
    for first, offset, (count, shift) in zip(layout.firsts, layout.offsets, layout.segments,
                                             strict=True):
        for magnitude in range(first, first + count):
            if (magnitude - offset << shift) - 4 * (layout.quirks and shift > 2) >= 510:
                return magnitude
    return 1 << layout.bits


class SoftEdgeToInt8(wiring.Component):
    """Turn a soft-edge code into INT8 in units of the step, for a projection; combinational.

    The code's value is rounded half away from zero, and saturates at -128 and 127: a number that
    was encoded is rounded twice, as the authors do. Only the fine segment is rounded; of the others
    the step's bits are shifted away.

    Source: Chen, Hemani, "Late Breaking Results: Quamba-SE", 2026, arXiv 2601.09451.

    Members
    -------
    i : ``In(bits of a code)``
        The code.
    o : ``Out(8)``
        The INT8, in two's complement.
    """

    i: Signal
    o: Signal

    latency = 0

    def __init__(self, params: SoftEdgeToInt8Params):
        self.params = params
        super().__init__({"i": In(params.layout.bits), "o": Out(8)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(to_int8(m, self.params.layout, self.i))
        return m
