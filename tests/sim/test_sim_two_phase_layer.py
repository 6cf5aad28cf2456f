"""A layer of ResNet-8 whose pixels are predicted by value, through the Verilog of an array.

Its sequencer asks for the places that are computed first. From what becomes of these the predictor
finds those that survive, which come next. The engine's integers are what comes out, in as many
clocks as the golden model says.
"""

from functools import cache

import numpy as np
import pytest
from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.fifo import SyncFIFOBuffered

from skimp.golden.masks import mask
from skimp.golden.nets import network
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.engine import Model
from skimp.golden.nets.limits import outputs
from skimp.golden.nets.quantized import quantize
from skimp.golden.pixel import KIND, Pixels
from skimp.golden.skip.cycles import cycles
from skimp.hw.emit import emit
from skimp.hw.plain.pe import PlainArray, PlainArrayParams
from skimp.hw.predict.gather import Gather, GatherParams
from skimp.hw.predict.pixel import PixelValue, PixelValueParams
from skimp.hw.predict.two_phase import TwoPhase, TwoPhaseParams
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.array import PlainArrayModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

LAYER, RELU, SIDE = "stack3.conv1", "stack3.relu1", 7
#: Survivors of two blocks, and a word that ends each.
ENOUGH = 2 * (SIDE * SIDE // 2 + 1)


class SkippingArray(wiring.Component):
    """An array, the predictor of its pixels, what deals out places, and room for ``waiting``."""

    def __init__(self, params, blocks, waiting):
        self.params, self.waiting = params, waiting
        self.array, places = PlainArray(params), SIDE * SIDE
        self.pixels = PixelValue(PixelValueParams(rows=SIDE, columns=SIDE, cols=params.cols))
        self.gather = Gather(GatherParams(cols=params.cols, places=places))
        self.deals = TwoPhase(TwoPhaseParams(rows=params.rows, cols=params.cols, blocks=blocks,
                                             plane_rows=SIDE, plane_columns=SIDE, kind=KIND))
        self.latency, self.facts = self.array.latency, self.array.facts
        self.modules = self.array.modules
        members = self.array.signature.members
        super().__init__({
            **{name: members[name] for name in ("activation", "weight", "sum")},
            "pixel": self.pixels.signature.members["i"],
            "limit": self.pixels.signature.members["limit"],
            "tile": self.deals.signature.members["o"]})

    def elaborate(self, platform):
        m = Module()
        m.submodules += self.array, self.pixels, self.gather, self.deals
        word, found = self.deals.o, self.pixels.o
        # Survivors of a block wait here while the first phase of the next one is under way, and
        # gives others.
        m.submodules.queue = queue = SyncFIFOBuffered(
            width=len(self.gather.o.payload.as_value()), depth=self.waiting)
        for name in ("activation", "weight"):
            wiring.connect(m, wiring.flipped(getattr(self, name)), getattr(self.array, name))
        wiring.connect(m, self.array.sum, wiring.flipped(self.sum))
        wiring.connect(m, wiring.flipped(self.pixel), self.pixels.i)
        wiring.connect(m, wiring.flipped(self.limit), self.pixels.limit)
        m.d.comb += [
            self.gather.i.valid.eq(found.valid), found.ready.eq(self.gather.i.ready),
            self.gather.i.payload.known.eq(found.payload.known),
            self.gather.i.payload.keep.eq((~found.payload.predicted).replicate(self.params.cols)),
            queue.w_data.eq(self.gather.o.payload), queue.w_en.eq(self.gather.o.valid),
            self.gather.o.ready.eq(queue.w_rdy),
            self.deals.i.payload.eq(queue.r_data), self.deals.i.valid.eq(queue.r_rdy),
            queue.r_en.eq(self.deals.i.ready),
            # Each word goes to the array and to who feeds it, at once.
            self.tile.payload.eq(word.payload), self.array.keep.payload.data.eq(word.payload.keep),
            self.tile.valid.eq(word.valid & self.array.keep.ready),
            self.array.keep.valid.eq(word.valid & self.tile.ready),
            word.ready.eq(self.array.keep.ready & self.tile.ready)]
        return m


class SkippingArrayModel(PlainArrayModel):
    """As the array's; the bench feeds what its sequencer asks for."""

    benches = ("skimp.sim.tb_two_phase_layer",)


@cache
def layer():
    """Operands and integers of a layer for a test image, and the codes that are made of them."""
    model = Model(quantize(network.shipped("resnet8"), training_images(50)[0]))
    image = measuring_images(1)[0]
    seen = outputs(model, training_images(50)[0], [RELU])[RELU]
    return model.operands(LAYER, image), outputs(model, image, [RELU])[RELU], seen


def run(folder, channels, cols=4, share=0.6, waiting=ENOUGH, products=None):
    """Compute the first channels; a share of the other pixels of each block is predicted.

    Of each sum these are the first products, or all.
    """
    found, codes, seen = layer()
    x, w = (operand.astype(np.int64) for operand in (
        found.x[:, :products], found.w[:products, :channels]))
    assert products or np.array_equal(x @ w, found.result[:, :channels])
    unknown = ~mask(KIND, SIDE, SIDE)
    codes, seen = codes[..., :channels], seen[..., :channels]
    pixels = Pixels(cols=cols, limits=np.full(channels // cols, -1))
    if share:
        limits = np.quantile(pixels.scores(seen)[:, unknown], share, axis=(0, 1)).astype(int)
        pixels = pixels.with_limits(limits)
    keep = pixels.keep(codes)
    assert 0.1 < 1 - keep.mean() < 0.45 if share else keep.all()
    size = {"k": len(w), "rows": 4, "cols": cols, "kind": KIND, "blocks": True}
    dense, skipping = (cycles(keep, schedule=name, **size) for name in ("dense", "skip"))
    assert skipping < dense or not share
    array = SkippingArray(PlainArrayParams(rows=4, cols=cols, skip=True), channels // cols, waiting)
    assert run_bench(emit(array, "array"), SkippingArrayModel, folder, operands={
        "x": x, "w": w, "result": x @ w, "keep": keep[0], "codes": codes[0],
        "limits": pixels.limits[:, np.newaxis]}) == 1


def test_some_channels(tmp_path):
    run(tmp_path, 8)


def test_nothing_is_predicted(tmp_path):
    """All of two blocks has room; where one has, the array waits for ever."""
    run(tmp_path / "enough", 8, share=0, products=20)
    with pytest.raises(BenchFailed, match="nothing moves"):
        run(tmp_path / "too few", 8, share=0, products=20, waiting=ENOUGH // 2)


@pytest.mark.deep
def test_a_whole_layer(tmp_path):
    run(tmp_path, 64)
