"""Predict whole pixels as the mean of their computed neighbours."""

from dataclasses import dataclass
from typing import NamedTuple

from amaranth import Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.heap import BitHeap
from skimp.hw.parameters import Params, parameter
from skimp.hw.predict.line import COMPLEMENT_HELP, line
from skimp.hw.predict.raster import Raster
from skimp.hw.wires import gate, wire

__all__ = ["PixelValue", "PixelValueParams"]

KIND, SIDE = 5, 2           # the mask, and the side of its tile
DIFFERENCE_NS = 2.0         # arrival of differences at the adders of their sum


@dataclass(frozen=True, kw_only=True)
class PixelValueParams(Params):
    """Parameters of :class:`PixelValue`."""

    rows: int = parameter(28, "rows of a plane, 2 to 512", range(2, 513))
    columns: int = parameter(28, "columns of a plane, 2 to 512", range(2, 513))
    cols: int = parameter(16, "channels of a pixel, 1 to 64", range(1, 65))
    bits: int = parameter(8, "bits of a code, 1 to 8", range(1, 9))
    complement: bool = parameter(True, COMPLEMENT_HELP)

    @property
    def limit_bits(self) -> int:
        """Bits of the limit, with its sign: it may be as large as any sum of spreads."""
        return (2 * self.cols * ((1 << self.bits) - 1)).bit_length() + 1


class PixelValue(wiring.Component):
    """Say which pixels take the mean of their computed neighbours, and what that is.

    Planes of ``rows`` x ``columns`` pixels of ``cols`` channels come in raster order, back to back.
    Pixels whose row and column add up to an even number are computed first (mask 5); the payload of
    the others may be anything. Of their neighbours the pairs above and below, left and right, count
    as far as they are complete; in a corner of the plane, the two that there are. In each channel
    the mean of these, two or four, is rounded half up, and the spread is the sum of the differences
    of the pairs. A pixel is predicted if the spreads of its channels add up to no more than the
    limit of its plane, else it is to be computed.

    A pixel per clock with full back-pressure; ``latency``, ``columns + 1``, clocks from a pixel
    taken to its word offered. The pixels of the next plane push the last ones out; if there is none
    when a plane is complete, they leave by themselves, and for ``columns`` clocks none is taken. A
    plane begins when its limit is offered, which is taken when the plane comes to the output: the
    next one may be offered meanwhile.

    Lines have entries for computed pixels only, half as many as pixels, and the pixel below comes
    from the input. Subtractors and adders of spreads serve both pairs: left and right are compared
    while the pixel before, which is computed first, is at the output. Two sets of them were 5 % of
    the area more.

    Source: this project's own; predicting everywhere, without looking, is perforated convolution,
    Figurnov et al., "PerforatedCNNs", NeurIPS 2016, arXiv 1504.08362.

    Members
    -------
    i : ``In(stream.Signature(ArrayLayout(bits, cols)))``
        Codes of a pixel.
    limit : ``In(stream.Signature(signed(...)))``
        Of each plane the largest sum of spreads that is predicted; negative: none is.
    o : ``Out(stream.Signature(StructLayout({"known": 1, "predicted": 1, "values": cols x bits})))``
        Of each pixel: whether it was computed first; whether it is predicted; the means of its
        neighbours. They are there unless it was computed first, when ``values`` stay as they were.
    """

    i: stream.Interface
    limit: stream.Interface
    o: stream.Interface

    def __init__(self, params: PixelValueParams):
        self.params = params
        self.latency = params.columns + 1
        pixel = data.ArrayLayout(params.bits, params.cols)
        super().__init__({
            "i": In(stream.Signature(pixel)),
            "limit": In(stream.Signature(signed(params.limit_bits))),
            "o": Out(stream.Signature(data.StructLayout({
                "known": 1, "predicted": 1, "values": pixel}))),
        })

    def elaborate(self, platform):
        m = Module()
        params = self.params
        raster = Raster(m, self.i, self.o, rows=params.rows, columns=params.columns,
                        lag=params.columns, admit=self.limit.valid)
        limit = Signal(self.limit.payload.shape(), reset_less=True)
        m.d.comb += self.limit.ready.eq(raster.load(0))
        with m.If(self.limit.ready):
            m.d.sync += limit.eq(self.limit.payload)

        choices = _Choices.of(m, raster)
        known, inner, flat = choices.known, choices.inner, choices.flat
        one, other, side, next_ = self._pairs(m, raster, choices)
        # Of the next pixel's left and right the spread - limit - 1, where they are complete.
        across = Signal(signed(params.limit_bits + 1), reset_less=True)
        heap = BitHeap(m, len(across), "spread")
        heap.add_number(wire(m, Mux(inner & ~known, across, ~limit), "start"))
        means = []
        for a, b, left, right in zip(*(self._channels(pixel) for pixel in (
                one, other, side, next_)), strict=True):
            self._add_spread(m, heap, a, b)
            vertical, level = wire(m, a + b, "vertical"), wire(m, left + right, "level")
            pairs = [wire(m, Mux(chosen, level, vertical), "pair") for chosen in (flat, inner)]
            means.append((pairs[0] + pairs[1] + 2)[2:2 + params.bits])
        spread = heap.total()
        with m.If(raster.advance & known):
            m.d.sync += across.eq(spread)
        values = Signal(params.cols * params.bits)
        with m.If(raster.advance & raster.there & ~known):
            m.d.sync += values.eq(Cat(means))
        raster.finish(known=known, predicted=~known & spread[-1])
        m.d.comb += Value.cast(self.o.payload["values"]).eq(values)
        return m

    def _channels(self, pixel: Value) -> list[Value]:
        return [pixel.word_select(channel, self.params.bits) for channel in range(self.params.cols)]

    def _add_spread(self, m: Module, heap: BitHeap, a: Value, b: Value) -> None:
        """Add ``|a - b|``: ``a - b - 1``, and one, or its complement."""
        difference = wire(m, a + ~b, "difference")
        greater = difference[len(a)]
        for place in range(len(a)):
            heap.add(difference[place] ^ ~greater, place, DIFFERENCE_NS)
        heap.add(greater, 0, DIFFERENCE_NS)

    def _pairs(self, m: Module, raster: Raster, choices: "_Choices") -> list[Value]:
        """Return the pair that is compared now, and the pair of left and right.

        An entry is the computed one of two columns. It enters when that comes in, or in its place
        nothing does at the end of an odd row. Left and right are the entry of the two columns that
        the pixel at the output is in, and a newer or older one.
        """
        params = self.params
        entries, coming = -(-params.columns // 2), raster.at(params.columns)
        enters = coming.known(KIND)
        if params.columns % 2:
            enters |= coming.last_column
        pixels = line(m, Value.cast(self.i.payload), 2 * entries + choices.late,
                      wire(m, raster.advance & enters, "moves"), complement=params.complement)
        below, side, above = pixels[0], pixels[entries], pixels[2 * entries]
        if choices.late:
            above = wire(m, Mux(choices.bottom, pixels[-1], above), "above")
        newer, older = pixels[entries - 1], pixels[entries + 1]
        one = wire(m, Mux(choices.one_beside, side, above), "one")
        other = wire(m, gate(choices.other_below, below) | gate(choices.other_own, side)
                     | gate(choices.other_newer, newer) | gate(choices.other_older, older), "other")
        return [one, other, side, wire(m, Mux(choices.newer, newer, older), "next")]


class _Choices(NamedTuple):
    """What is chosen for the pixel at the output; registers, as it drives every channel."""

    #: It is computed first: compare left and right of the next pixel.
    known: Value
    #: It has left and right neighbours.
    inner: Value
    #: It has these, but is in the first or the last row: its neighbours above and below are none.
    flat: Value
    #: It is in the last row.
    bottom: Value
    #: The entry beside its own is the newer one.
    newer: Value
    #: One of the pair is beside it, not above. In a flat place the pair is an entry with itself.
    one_beside: Value
    #: The other is below, its own entry, or the one beside, which is newer or older.
    other_below: Value
    other_own: Value
    other_newer: Value
    other_older: Value
    #: In the last row, entries have moved on before what is above a corner is needed.
    late: bool

    @classmethod
    def of(cls, m: Module, raster: Raster) -> "_Choices":
        """Choose for the pixel that is next at the output, and keep that when it is there."""
        place, odd_rows, odd_columns = raster.at(1), raster.rows % 2, raster.columns % 2
        known, top, bottom = place.known(KIND), place.row_is(0), place.last_row
        inner = wire(m, ~(place.first_column | place.last_column), "has_sides")
        even_row = place.phase(SIDE)[0] == 0
        # Below the last row is the first of the next plane. If it is alike, so that there are
        # computed pixels below computed ones, entries move on before a pixel that is not computed.
        newer = even_row & ~(bottom & ~known) if odd_rows else even_row
        # The last corner has its neighbours above and left, if it is not computed first.
        last = bottom & place.last_column if odd_rows != odd_columns else Const(0, 1)
        own, next_ = bottom | (top & inner), known | last
        chosen = {"known": known, "inner": inner, "flat": (top | bottom) & inner, "bottom": bottom,
                  "newer": newer, "one_beside": known | top | (bottom & inner),
                  "other_below": ~(next_ | own), "other_own": own & ~next_,
                  "other_newer": next_ & newer, "other_older": next_ & ~newer}
        registers = {name: Signal(name=name) for name in chosen}
        with m.If(raster.advance):
            m.d.sync += [registers[name].eq(choice) for name, choice in chosen.items()]
        return cls(**registers, late=bool(odd_rows and not odd_columns))
