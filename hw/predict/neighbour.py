"""Predict zeros from the neighbours that are computed first."""

from dataclasses import dataclass
from enum import StrEnum

from amaranth import Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from skimp.hw.arith.heap import BitHeap
from skimp.hw.parameters import Params, parameter
from skimp.hw.predict.line import COMPLEMENT_HELP
from skimp.hw.predict.masks import KINDS, NEAR, period, phases
from skimp.hw.predict.narrow import narrowed
from skimp.hw.predict.raster import Raster
from skimp.hw.predict.window import Reach, Window
from skimp.hw.wires import gate, wire

__all__ = ["Neighbour", "NeighbourParams", "Rule"]


class Rule(StrEnum):
    """What is compared with the limit."""

    #: The sum of the computed ones of the 3 x 3 neighbourhood.
    SUM = "sum"
    #: The largest computed one of the window, which is a tile of the mask.
    WINDOW = "window"


@dataclass(frozen=True, kw_only=True)
class NeighbourParams(Params):
    """Parameters of :class:`Neighbour`; a plane must have more pixels than the unit looks ahead."""

    rows: int = parameter(28, "rows of a plane, 1 to 512", range(1, 513))
    columns: int = parameter(28, "columns of a plane, 1 to 512", range(1, 513))
    lanes: int = parameter(1, "channels side by side, 1 to 64", range(1, 65))
    kind: int = parameter(5, "mask, 1 to 10", KINDS)
    rule: Rule = parameter(Rule.SUM, "what is compared with the limit", Rule)
    bits: int = parameter(8, "bits kept of a code, 1 to 8", range(1, 9))
    complement: bool = parameter(True, COMPLEMENT_HELP)

    def __post_init__(self):
        super().__post_init__()
        if self.reach.lag >= self.rows * self.columns:
            raise ValueError(f"a plane must have more than {self.reach.lag} pixels, not "
                             f"{self.rows} x {self.columns}")

    @property
    def reach(self) -> Reach:
        """How far the unit looks."""
        others = phases(self.kind, False)
        if self.rule == Rule.SUM:
            return Reach.of(self.kind, self.rows, self.columns, NEAR, others)
        side = period(self.kind)
        return Reach.of(self.kind, self.rows, self.columns,
                        [(row, 0) for row in range(1 - side, side)], others, whole=True)

    @property
    def most(self) -> int:
        """The largest sum, or the largest code."""
        largest = (1 << self.bits) - 1
        if self.rule == Rule.WINDOW:
            return largest
        reach, others = self.reach, phases(self.kind, False)
        return largest * max(sum(reach.sees(phase, place) for place in reach.places)
                             for phase in others)


class Neighbour(wiring.Component):
    """Predict which activations of a plane are zero, from those that are computed first.

    Codes of planes of ``rows`` x ``columns`` pixels come in raster order, planes back to back; each
    of ``lanes`` lanes has a channel of its own. A place that mask ``kind`` does not compute first
    is kept, which is to be computed, if what its rule says is above the limit of its lane and its
    plane:

    - ``sum``: the sum of the computed ones of its 3 x 3 neighbourhood;
    - ``window``: the largest computed one of its window, a tile of the mask, for windows side by
      side from the top left corner.

    What lies outside of the plane is 0. Codes of places that are not computed first are not looked
    at. Of a code, the highest ``bits`` are kept, rounded up, at most all ones. A limit below 0
    keeps everything.

    A pixel per clock with full back-pressure. The word of a pixel is offered ``latency`` clocks
    after the pixel was taken, if neither stream pauses. In planes of two rows and six columns at
    least it is ``columns + 3`` for ``sum``, with masks 1 and 3 ``columns + 7``; for ``window``,
    with tiles of ``n`` x ``n`` in planes of ``n`` rows at least, ``(n - 1) columns + n + 1``. If no
    next plane is there when the last pixel of one has been taken, the unit drains: it takes nothing
    for ``latency - 1`` clocks. So a single idle clock at a plane's end costs as many.

    Each plane takes a limit for each lane from ``limit``, and is not begun before it is offered. It
    is taken in the clock before the plane's first pixel reaches the output, of ``window`` with its
    first pixel; until then the stream must hold it, and so is itself the second buffer.

    Of ``sum``, lines hold the codes of the computed places alone. Of ``window``, codes are compared
    as they come and lines hold one bit each: a quarter of the area.

    Source: ``window`` is our reading of Shomron, Weiser, "Spatial Correlation and Value Prediction
    in Convolutional Neural Networks", IEEE CAL 2018, arXiv 1807.10598; ``sum`` is this project's
    own.

    Members
    -------
    i : ``In(stream.Signature(ArrayLayout(8, lanes)))``
        Codes of a pixel, unsigned.
    limit : ``In(stream.Signature(ArrayLayout(signed(...), lanes)))``
        Limits of a plane, signed; a bit more than the largest sum, or the largest code, has.
    o : ``Out(stream.Signature(StructLayout({"known": 1, "keep": lanes})))``
        Whether the pixel is computed first; whether each lane of it is kept, as are all then.
    """

    i: stream.Interface
    limit: stream.Interface
    o: stream.Interface

    def __init__(self, params: NeighbourParams):
        self.params = params
        self.latency = params.reach.lag + 1
        self._limit_bits = params.most.bit_length() + 1
        super().__init__({
            "i": In(stream.Signature(data.ArrayLayout(8, params.lanes))),
            "limit": In(stream.Signature(data.ArrayLayout(signed(self._limit_bits),
                                                          params.lanes))),
            "o": Out(stream.Signature(data.StructLayout({"known": 1, "keep": params.lanes}))),
        })

    def elaborate(self, platform):
        m = Module()
        params, reach = self.params, self.params.reach
        raster = Raster(m, self.i, self.o, rows=params.rows, columns=params.columns,
                        lag=reach.lag, admit=self.limit.valid)
        codes = [wire(m, narrowed(code, params.bits), "code") for code in self.i.payload]
        limits = Signal(self.limit.payload.shape(), reset_less=True, name="limits")
        others = phases(params.kind, False)
        known = raster.at(0).known(params.kind)
        if params.rule == Rule.SUM:
            m.d.comb += self.limit.ready.eq(raster.load(0))
            window = Window(m, raster, reach, Cat(codes), complement=params.complement)
            values = [window.value(slot, others) for slot in window.slots(others)]
            keep = [self._above(m, [value.word_select(lane, params.bits) for value in values],
                                limits[lane]) for lane in range(params.lanes)]
        else:
            m.d.comb += self.limit.ready.eq(raster.begins)
            first = raster.at(reach.lag).known(params.kind)
            bits = [wire(m, gate(first, code) > Mux(raster.begins, now, limit), "above")
                    for code, now, limit in zip(codes, self.limit.payload, limits, strict=True)]
            window = Window(m, raster, reach, Cat(bits), complement=params.complement)
            keep = self._any(raster, window)
        with m.If(self.limit.ready):
            m.d.sync += limits.eq(self.limit.payload)
        raster.finish(known=known, keep=Cat(known | one for one in keep))
        return m

    def _above(self, m: Module, values: list[Value], limit: Value) -> Value:
        """Return whether the sum of values is above a limit: the sign of sum - limit - 1."""
        heap = BitHeap(m, self._limit_bits + 1, "sum")
        for value in values:
            heap.add_number(value)
        heap.add_number(wire(m, ~Value.cast(limit), "below"), signed=True)
        return ~heap.total()[-1]

    def _any(self, raster: Raster, window: Window) -> Value:
        """Return whether any bit of the rows of a window is one."""
        side, total = period(self.params.kind), Const(0, self.params.lanes)
        every = set(phases(self.params.kind))
        for row, _ in window.reach.places:
            there = {phase for phase in every if 0 <= phase[0] + row < side}
            total = total | gate(raster.at(0).among(side, there, every) & window.inside(row, 0),
                                 window.entry(row, 0))
        return total

