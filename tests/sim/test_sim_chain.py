"""From pixels to places of tiles: predictor, survivors and two phases in one simulation."""

from dataclasses import dataclass

import numpy as np
import pytest
from amaranth import Module
from amaranth.lib import wiring

from skimp.golden.gather import gather
from skimp.hw.emit import emit
from skimp.hw.predict.gather import Gather, GatherParams
from skimp.hw.predict.pixel import KIND, PixelValue, PixelValueParams
from skimp.hw.predict.two_phase import TwoPhase, TwoPhaseParams
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.base import Model
from skimp.sim.models.pixel import PixelValueModel
from skimp.sim.models.two_phase import TwoPhaseModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

ROWS, COLUMNS, COLS = 4, 5, 3


@dataclass(frozen=True, kw_only=True)
class ChainParams:
    """Parameters of what is connected."""

    pixels: PixelValueParams
    deals: TwoPhaseParams
    wrong: bool


class Chain(wiring.Component):
    """A predictor of pixels whose survivors are dealt out; wrong: predicted ones are."""

    def __init__(self, *, wrong=False):
        self.params = params = ChainParams(
            pixels=PixelValueParams(rows=ROWS, columns=COLUMNS, cols=COLS, bits=3),
            deals=TwoPhaseParams(rows=3, cols=COLS, blocks=2, plane_rows=ROWS,
                                 plane_columns=COLUMNS, kind=KIND), wrong=wrong)
        self.pixels, self.deals = PixelValue(params.pixels), TwoPhase(params.deals)
        self.gather = Gather(GatherParams(cols=COLS, places=ROWS * COLUMNS))
        self.latency = self.pixels.latency + self.gather.latency + self.deals.latency
        members = self.pixels.signature.members
        super().__init__({"i": members["i"], "limit": members["limit"],
                          "o": self.deals.signature.members["o"]})

    def elaborate(self, platform):
        m = Module()
        m.submodules += self.pixels, self.gather, self.deals
        for name in ("i", "limit"):
            wiring.connect(m, wiring.flipped(getattr(self, name)), getattr(self.pixels, name))
        wiring.connect(m, self.gather.o, self.deals.i)
        wiring.connect(m, self.deals.o, wiring.flipped(self.o))
        found, given = self.pixels.o, self.gather.i
        kept = found.payload.predicted ^ (not self.params.wrong)
        m.d.comb += [given.valid.eq(found.valid), found.ready.eq(given.ready),
                     given.payload.known.eq(found.payload.known),
                     given.payload.keep.eq(kept.replicate(COLS))]
        return m


class ChainModel(Model):
    """Operands: those of `PixelValueModel`; an item is a round of planes, one of each block."""

    benches = ("skimp.sim.tb_chain",)
    inputs = ("i", "limit")
    handshake = True

    def __init__(self, manifest):
        super().__init__(manifest)
        self.pixels, self.deals = (model({**manifest, "parameters": self.parameters[name]})
                                   for name, model in (("pixels", PixelValueModel),
                                                       ("deals", TwoPhaseModel)))
        self.places = self.deals.places

    def random(self, count, rng):
        return self.pixels.random(count * self.deals.blocks, rng)

    def free(self, x):
        """Return which pixels may have any value."""
        return self.pixels.free(x)

    def words(self, x):
        return self.pixels.words(x)

    def expected(self, x):
        known = np.tile(self.pixels.known, (len(x["limit"]), 1))
        keep = self.pixels.keep(x).reshape(-1, self.places, 1).repeat(COLS, axis=2)
        return self.deals.expected(self.deals.survivors(gather(known, keep)))


def test_places_of_tiles(tmp_path):
    assert run_bench(emit(Chain(), "chain"), ChainModel, tmp_path)


@pytest.mark.usefixtures("first_fault")
def test_what_is_predicted_is_not_computed(tmp_path):
    with pytest.raises(BenchFailed, match="Arrays are not equal|words instead of"):
        run_bench(emit(Chain(wrong=True), "chain"), ChainModel, tmp_path)
