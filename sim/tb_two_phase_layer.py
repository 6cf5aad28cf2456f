"""Emitted Verilog of an array that works in two phases, on a layer whose pixels are predicted.

The bench is the memory: it feeds the operands of the tiles that the array asks for, and the pixels
that become of their sums, which others are predicted from. It does so as early as can be, so that
as much as possible waits: a pixel, with those before it, as soon as its sum of the first phase has
come. While nobody takes the pixels it takes no sums.
"""

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from skimp.golden.masks import mask
from skimp.golden.pixel import KIND
from skimp.golden.skip.cycles import cycles
from skimp.sim.bench import MODEL, REAL, Bench
from skimp.sim.models.operands import signed
from skimp.sim.models.words import pack, unpack
from skimp.sim.streams import Sink, pauses

FEW = 4         # pixels that wait for room before sums do
ROWS, COLS = MODEL.rows, MODEL.cols


class Layer(Bench):
    """The array with its sequencer; ``tiles`` are the words that this deals out."""

    inputs, output = ("activation", "weight", "pixel", "limit"), "sum"

    def __init__(self, *ends: Any):
        super().__init__(*ends)
        self.tiles = Sink(self.dut, "tile", pauses("never", random.Random()))
        self.x, self.w, self.result = REAL["x"], REAL["w"], REAL["result"]
        self.keep = REAL["keep"] == 1                           # (rows, columns, blocks)
        self.known = mask(KIND, *self.keep.shape[:2]).ravel()
        self.places = self.keep.reshape(len(self.x), -1)        # (places, blocks)
        self.codes = REAL["codes"].reshape(len(self.x), -1)     # (places, blocks x COLS)
        self.computed = np.zeros(self.places.shape, int)
        self.given = 0                                          # places of the block under way
        late = self.places & ~self.known[:, np.newaxis]
        self.count = sum(-(-phase // ROWS) for block in late.sum(axis=0)
                         for phase in (self.known.sum(), block))
        limit = MODEL.port("limit")
        self.sources[3].items.extend(pack(
            limit, payload=REAL["limits"] & (1 << limit["width"]) - 1))

    def asked(self, first: int, count: int) -> list[tuple[int, bool, int]]:
        """Return place, whether it is kept, and block of words that were dealt out."""
        words, port = self.tiles.received[first:first + count], MODEL.port("tile")
        place, keep, block = (unpack(port, words, name).tolist()
                              for name in ("place", "keep", "block"))
        assert {0, (1 << COLS) - 1} >= set(keep), "whole pixels are kept or not"
        return list(zip(place, map(bool, keep), block, strict=True))

    def feed(self, tile: int) -> None:
        """Queue the operands of a tile."""
        rows = self.asked(tile * ROWS, ROWS)
        block = rows[0][2]
        words = MODEL.words(MODEL.cut(self.x[[place for place, _, _ in rows]],
                                      self.w[:, block * COLS:(block + 1) * COLS]))
        for source in self.sources[:2]:
            source.items.extend(words[source.name])

    def check_row(self, row: int) -> None:
        """Compare a row of sums with the layer's; give the pixels up to it in raster order."""
        [(place, keep, block)] = self.asked(row, 1)
        sums = signed(unpack(MODEL.port("sum"), self.sink.received[row:row + 1], "data", COLS),
                      MODEL.sum_width)[0]
        here = slice(block * COLS, (block + 1) * COLS)
        right = self.result[place, here] if keep else 0 * sums
        np.testing.assert_array_equal(sums, right)
        self.computed[place, block] += keep
        if keep and self.known[place]:
            last = place == self.known.nonzero()[0][-1]
            now = slice(self.given, len(self.known) if last else place + 1)
            self.given = 0 if last else place + 1
            words = pack(MODEL.port("pixel"), payload=self.codes[now, here])
            # Those to be predicted may be anything.
            self.sources[2].items.extend(word if known else None for word, known in zip(
                words, self.known[now], strict=True))


@cocotb.test(skip=not REAL)
async def real_operands(dut):
    """What is kept is computed once, and right; the rest takes no clock."""
    layer = await Layer.start(dut)
    fed = row = quiet = 0
    while row < layer.count * ROWS:
        await RisingEdge(dut.clk)
        while fed < layer.count and len(layer.tiles.received) >= (fed + 1) * ROWS:
            layer.feed(fed)
            fed += 1
        layer.sink.stall("always" if len(layer.sources[2].items) > FEW else "never")
        quiet += 1
        while row < len(layer.sink.received):
            layer.check_row(row)
            row, quiet = row + 1, 0
        assert quiet < 4 * len(layer.w) + 1000, f"nothing moves: {row} rows of sums"
    np.testing.assert_array_equal(layer.computed, layer.places)
    took = layer.sink.offered[-1] - layer.source.taken[0] + 1
    right = cycles(layer.keep, k=len(layer.w), rows=ROWS, cols=COLS, kind=KIND, schedule="skip",
                   blocks=True, group=MODEL.parameters["group"])
    assert took == right, f"{took} clocks, golden {right}"
