"""Keep bits of an array: which sums of the next tile are computed."""

from amaranth import Module, Signal, Value
from amaranth.lib import stream

from skimp.hw.array.size import ArraySize
from skimp.hw.wires import wire

__all__ = ["KeepBits"]


class KeepBits:
    """Take the keep bits of a tile, a word for each row, while the tile before is under way.

    A word stays in a register of its row until its columns have read it, each when its first step
    comes. The last column of row 0 does ``groups - 1`` clocks after the tile has begun; from then
    on a word of the next tile is taken in each clock, row by row behind the columns that read. So
    tiles of ``rows + groups - 1`` steps do not wait, if words do not.

    A wire to each column takes as many registers as a chain of them along the row. But words come
    as places do, not as columns do; tiles need not have a step for each column; and the bits of a
    row share a clock gate, where those of two columns have multiplexers and are always clocked.

    Parameters
    ----------
    m, moving : Module
        Parts of the array. Registers of ``m`` never stall, those of ``moving`` do in clocks
        without ``advance``.
    port : stream.Interface
        Words of a bit for each column, row 0 first.
    size : ArraySize
        Size of the array.
    advance : Value
        Whether the array advances in this clock.

    Attributes
    ----------
    words : list of Signal
        The next tile's bits of each row.
    loaded : Value
        Whether a tile may start: all its bits are there.
    """

    def __init__(self, m: Module, moving: Module, port: stream.Interface, size: ArraySize,
                 advance: Value):
        rows, groups = size.rows, size.cols // size.group_columns
        self._count = Signal(range(rows + 1), name="keep_count")
        self._passing = Signal(range(max(groups - 1, 1)), name="keep_passing")
        self._first = max(groups - 2, 0)
        self._moving = moving
        self.loaded = wire(m, self._count == rows, "keep_loaded")
        m.d.comb += port.ready.eq(advance & ~self.loaded & ~self._passing.any())
        takes = wire(m, port.valid & ~self.loaded & ~self._passing.any(), "keep_takes")
        self.words = [Signal(size.cols, name=f"keep_{row}", reset_less=True)
                      for row in range(rows)]
        for row, word in enumerate(self.words):
            with moving.If(takes & (self._count == row)):
                moving.d.sync += word.eq(Value.cast(port.payload))
        with moving.If(takes):
            moving.d.sync += self._count.eq(self._count + 1)

    def begin(self, first: Value) -> None:
        """Make room for the next tile's bits once those of a tile have been read."""
        with self._moving.If(first):
            self._moving.d.sync += [self._count.eq(0), self._passing.eq(self._first)]
        with self._moving.Elif(self._passing.any()):
            self._moving.d.sync += self._passing.eq(self._passing - 1)
