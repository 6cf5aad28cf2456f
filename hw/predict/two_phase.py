"""Deal out the places of a layer to the tiles of an array, in two phases."""

from dataclasses import dataclass

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import bits_for

from skimp.hw.parameters import Params, parameter
from skimp.hw.predict.masks import KINDS, known, period
from skimp.hw.wires import wire

__all__ = ["TwoPhase", "TwoPhaseParams"]


@dataclass(frozen=True, kw_only=True)
class TwoPhaseParams(Params):
    """Parameters of :class:`TwoPhase`."""

    rows: int = parameter(4, "rows of the array, 1 to 64", range(1, 65))
    cols: int = parameter(4, "columns of the array, 1 to 64", range(1, 65))
    plane_rows: int = parameter(7, "rows of a plane, 1 to 256", range(1, 257))
    plane_columns: int = parameter(7, "columns of a plane, 1 to 256", range(1, 257))
    blocks: int = parameter(16, "blocks of cols channels, 1 to 64", range(1, 65))
    kind: int = parameter(5, "mask of the places computed first, 1 to 10", KINDS)


class TwoPhase(wiring.Component):
    """Say for each row of each tile of an array which place it computes, and which columns.

    In the first phase of a block of ``cols`` channels that is each place that the mask has first,
    in raster order, and all columns; in the second one, the places that survive, as
    :class:`~hw.predict.gather.Gather` passes them on. Places that are predicted in all columns are
    in no tile, and take no clock of the array. A phase that does not fill its last tile fills it
    with words that keep nothing; one without a place has no tile.

    The second phase of a block comes behind the first of the next block, so that what is predicted
    is known before: only for the last block the array may wait. Until then its survivors must have
    room, and so must those of the next block, which come while that block's first phase is under
    way. Else the predictor waits for room, its sums for the predictor, and the array for ever. A
    queue of ``2 (u + 1)`` words suffices, where u places of a plane are not computed first and a
    word more may end a block. With room for the sums of a first phase, half of it does.

    Words come without gaps but for places that are not in a phase, which take a clock each, and a
    clock between phases. So an array does not wait where its tiles have more steps than words and
    places passed over together. The first place of a plane is offered before any input is taken.

    Latency 0, with full back-pressure: ``o.valid`` depends on ``i.valid`` of the same clock, and
    ``i.ready`` on ``o.ready``.

    Source: this project's own; the masks are those of Shomron et al., arXiv 1909.07636.

    Members
    -------
    i : ``In(stream.Signature(StructLayout({"place": ..., "keep": cols, "last": 1})))``
        Survivors, block by block, plane by plane, and which of their outputs are computed; whether
        it is the last word of a block. A word that keeps nothing is no survivor.
    o : ``Out(stream.Signature(StructLayout({"place": ..., "keep": cols, "block": ...})))``
        ``rows`` words for each tile, row 0 first: the number of a place in its plane, from 0; which
        of its outputs are computed; the number of the block. ``keep`` is what an array with keep
        bits takes, see :class:`~hw.array.keep.KeepBits`.
    """

    i: stream.Interface
    o: stream.Interface

    def __init__(self, params: TwoPhaseParams):
        self.params = params
        self.latency = 0
        place = bits_for(params.plane_rows * params.plane_columns - 1)
        super().__init__({
            "i": In(stream.Signature(data.StructLayout({
                "place": place, "keep": params.cols, "last": 1}))),
            "o": Out(stream.Signature(data.StructLayout({
                "place": place, "keep": params.cols, "block": bits_for(params.blocks - 1)}))),
        })

    def elaborate(self, platform):
        m = Module()
        params, word = self.params, self.i.payload
        # Reset finds the end of a plane, so that nothing is offered.
        closing = Signal(init=1)
        second = Signal(init=1)
        filled = Signal(range(params.rows))                 # words of the tile so far
        moves = Signal()                                    # to the next place of the first phase
        place, first, ends = self._raster(m, moves)

        survives = wire(m, self.i.valid & word["keep"].any(), "survives")
        offers = wire(m, Mux(closing, filled.any(), Mux(second, survives, first)), "offers")
        done = wire(m, closing & ~filled.any(), "done")
        m.d.comb += [
            moves.eq(~closing & ~second & (self.o.ready | ~first)),
            self.i.ready.eq(~closing & second & (self.o.ready | (self.i.valid & ~survives))),
            self.o.valid.eq(offers),
            self.o.payload["place"].eq(Mux(closing, 0, Mux(second, word["place"], place))),
            self.o.payload["keep"].eq(Mux(closing, 0, Mux(second, word["keep"],
                                                          (1 << params.cols) - 1))),
        ]
        with m.If(offers & self.o.ready):
            m.d.sync += filled.eq(Mux(filled == params.rows - 1, 0, filled + 1))
        with m.If(done):
            m.d.sync += closing.eq(0)
        with m.Elif((moves & ends) | (self.i.valid & self.i.ready & word["last"])):
            m.d.sync += closing.eq(1)
        self._turn(m, done, second)
        return m

    def _raster(self, m: Module, moves: Value) -> tuple[Value, Value, Value]:
        """Count places; return the number, whether it is computed first, whether it is the last."""
        params, side = self.params, period(self.params.kind)
        place = Signal(range(params.plane_rows * params.plane_columns))
        row = Signal(range(params.plane_rows))
        column = Signal(range(params.plane_columns))
        down = Signal(range(side))                          # in the tile of the mask
        right = Signal(range(side))
        edge = wire(m, column == params.plane_columns - 1, "edge")
        ends = wire(m, edge & (row == params.plane_rows - 1), "ends")
        with m.If(moves):
            m.d.sync += [place.eq(Mux(ends, 0, place + 1)), column.eq(Mux(edge, 0, column + 1)),
                         right.eq(Mux(edge | (right == side - 1), 0, right + 1))]
            with m.If(edge):
                m.d.sync += [row.eq(Mux(ends, 0, row + 1)),
                             down.eq(Mux(ends | (down == side - 1), 0, down + 1))]
        first: Value = Const(0, 1)
        for number in range(side):
            columns = [right == one for one in range(side) if known(params.kind, number, one)]
            for one in columns:
                first |= (down == number) & one
        return place, wire(m, first, "first"), ends

    def _turn(self, m: Module, done: Value, second: Signal) -> None:
        """Go to the next phase where one is ``done``; drive the number of its block."""
        blocks = self.params.blocks
        # Blocks whose first phase is done, and whose second is.
        ahead = Signal(range(blocks + 1), init=blocks)
        behind = Signal(range(blocks), init=blocks - 1)
        m.d.comb += self.o.payload["block"].eq(Mux(second, behind, ahead))
        with m.If(done & ~second):
            m.d.sync += [ahead.eq(ahead + 1), second.eq((ahead != 0) | (blocks == 1))]
        with m.Elif(done):
            last = wire(m, behind == blocks - 1, "last_block")
            m.d.sync += [second.eq((ahead == blocks) & ~last),
                         behind.eq(Mux(last, 0, behind + 1))]
            with m.If(last):
                m.d.sync += ahead.eq(0)
