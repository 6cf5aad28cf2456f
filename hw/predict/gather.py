"""Pass on the places that are still to be computed."""

from dataclasses import dataclass

from amaranth import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import bits_for

from skimp.hw.parameters import Params, parameter
from skimp.hw.wires import gate, wire

__all__ = ["Gather", "GatherParams"]


@dataclass(frozen=True, kw_only=True)
class GatherParams(Params):
    """Parameters of :class:`Gather`."""

    cols: int = parameter(16, "outputs of a place, 1 to 64", range(1, 65))
    places: int = parameter(784, "places of a plane, 1 to 65536", range(1, 65537))


class Gather(wiring.Component):
    """Pass on the places of a plane that have an output to be computed, with their numbers.

    Places come in raster order, planes back to back. A place survives if it was not computed first
    and any of its outputs is kept. Survivors are passed on, and so is the last place of every
    plane, survivor or not, marked as the last: if it is none, its ``keep`` is zero. So a plane
    without a survivor is one word, and a plane whose last place survives has no word more.

    A place per clock with full back-pressure; a word is offered 1 clock after its place was taken,
    and survivors that follow each other leave in consecutive clocks. Places that are not passed on
    take no clock of the output.

    The counter of places is the number at the output, for while a word waits nothing is taken: a
    register of its own would hold the same number.

    Source: this project's own.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"known": 1, "keep": cols})))``
        Whether the place was computed first, and which of its outputs are to be computed, as a
        predictor of zeros gives both. One of whole pixels gives ``known`` and ``predicted``: each
        bit of ``keep`` is then ``~predicted``. ``keep`` counts only where ``known`` is low.
    o : ``Out(stream.Signature(StructLayout({"place": ..., "keep": cols, "last": 1})))``
        Number of the place in its plane, from 0, in ``ceil(log2 places)`` bits; which of its
        outputs are to be computed; whether the place is the plane's last.
    """

    i: stream.Interface
    o: stream.Interface

    def __init__(self, params: GatherParams):
        self.params = params
        self.latency = 1
        super().__init__({
            "i": In(stream.Signature(data.StructLayout({"known": 1, "keep": params.cols}))),
            "o": Out(stream.Signature(data.StructLayout({
                "place": bits_for(params.places - 1), "keep": params.cols, "last": 1}))),
        })

    def elaborate(self, platform):
        m = Module()
        last = self.params.places - 1
        place = Signal(range(last + 1), init=last)          # the one taken last
        keep = Signal(self.params.cols, reset_less=True)
        ends = wire(m, place == last, "ends")
        take = wire(m, self.i.valid & self.i.ready, "take")
        kept = wire(m, gate(wire(m, ~self.i.payload["known"], "unknown"), self.i.payload["keep"]),
                    "kept")
        m.d.comb += self.i.ready.eq(~self.o.valid | self.o.ready)
        with m.If(self.i.ready):
            m.d.sync += self.o.valid.eq(take & (kept.any() | (place == max(last - 1, 0))))
        with m.If(take):
            m.d.sync += [place.eq(Mux(ends, 0, place + 1)), keep.eq(kept)]
        m.d.comb += [self.o.payload["place"].eq(place), self.o.payload["keep"].eq(keep),
                     self.o.payload["last"].eq(ends)]
        return m
