"""Rows of the units that predict outputs, and of what follows them."""

from typing import Any

from skimp.catalogue.block import Block
from skimp.hw.predict.gather import Gather, GatherParams
from skimp.hw.predict.neighbour import Neighbour, NeighbourParams
from skimp.hw.predict.pixel import PixelValue, PixelValueParams
from skimp.hw.predict.two_phase import TwoPhase, TwoPhaseParams
from skimp.hw.predict.zap import Zap, ZapParams
from skimp.sim.models.gather import GatherModel
from skimp.sim.models.neighbour import NeighbourModel
from skimp.sim.models.pixel import PixelValueModel
from skimp.sim.models.two_phase import TwoPhaseModel
from skimp.sim.models.zap import ZapModel

__all__ = ["PREDICTORS"]

STRAIGHT = {"complement": False}
ZAP = ("Shomron et al., \"Thanks for Nothing: Predicting Zero-Valued Activations with Lightweight "
       "CNNs\", ECCV 2020, arXiv 1909.07636")
CROSS_NEURON = ("Shomron, Weiser, \"Spatial Correlation and Value Prediction in Convolutional "
                "Neural Networks\", IEEE CAL 2018, arXiv 1807.10598")
EIGHT = {"input_bits": 8, "weight_bits": 8, "hidden_bits": 8}


def _neighbour(params: Any) -> NeighbourParams:
    return NeighbourParams(rows=params.rows, columns=params.columns, lanes=params.lanes,
                           kind=params.kind, complement=params.complement)


PREDICTORS = (
    Block(name="zap", summary="zeros, predicted by two small convolutions a channel",
          parameters=ZapParams, component=Zap, model=ZapModel, paper=ZAP, clock_ns=8.0,
          gated=STRAIGHT, baseline=_neighbour, configs={
              "2-4-4-mask3": {}, "2-4-4-mask5": {"kind": 5},
              "8-8-8-mask3": EIGHT, "8-8-8-mask5": {"kind": 5, **EIGHT}}),
    Block(name="neighbour", summary="zeros, predicted from neighbours and a limit",
          parameters=NeighbourParams, component=Neighbour, model=NeighbourModel,
          paper=CROSS_NEURON, clock_ns=8.0, gated=STRAIGHT, baseline=_neighbour, configs={
              "8b-mask5": {}, "8b-mask3": {"kind": 3}, "2b-mask5": {"bits": 2},
              "window-2x2": {"rule": "window"}, "window-3x3": {"rule": "window", "kind": 3}}),
    Block(name="pixel-value", summary="pixels that take the mean of their computed neighbours",
          parameters=PixelValueParams, component=PixelValue, model=PixelValueModel, paper="skimp",
          configs={"28x28": {}, "7x7": {"rows": 7, "columns": 7}}, gated=STRAIGHT,
          clock_ns=8.0),
    Block(name="gather", summary="places of a plane that are still to be computed",
          parameters=GatherParams, component=Gather, model=GatherModel, paper="skimp",
          configs={"28x28": {}, "7x7": {"places": 49}}, clock_ns=8.0),
    Block(name="two-phase", summary="places dealt out to tiles, those computed first at first",
          parameters=TwoPhaseParams, component=TwoPhase, model=TwoPhaseModel, paper="skimp",
          configs={"7x7": {}, "28x28": {"rows": 16, "cols": 16, "plane_rows": 28,
                                        "plane_columns": 28, "blocks": 1}}, clock_ns=8.0),
)
