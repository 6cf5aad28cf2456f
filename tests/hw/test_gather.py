# amaranth: UnusedElaboratable=no
"""What predicts, what gathers and what deals out fit together."""

import pytest
from amaranth import Module
from amaranth.lib import wiring

from skimp.hw.predict.gather import Gather, GatherParams
from skimp.hw.predict.neighbour import Neighbour, NeighbourParams
from skimp.hw.predict.pixel import PixelValue, PixelValueParams
from skimp.hw.predict.two_phase import TwoPhase, TwoPhaseParams


def test_predictors_gather_and_deal():
    neighbour = Neighbour(NeighbourParams(rows=5, columns=7, lanes=4))
    gather = Gather(GatherParams(cols=4, places=35))
    deals = TwoPhase(TwoPhaseParams(cols=4, plane_rows=5, plane_columns=7))
    assert neighbour.o.payload.shape() == gather.i.payload.shape()
    assert gather.o.payload.shape() == deals.i.payload.shape()
    m = Module()
    m.submodules += [neighbour, gather, deals]
    wiring.connect(m, neighbour.o, gather.i)
    wiring.connect(m, gather.o, deals.i)


@pytest.mark.parametrize("cols, bits, width", [(1, 1, 3), (16, 8, 14), (64, 8, 16)])
def test_a_limit_is_as_large_as_any_sum_of_spreads(cols, bits, width):
    params = PixelValueParams(cols=cols, bits=bits)
    most = 2 * cols * ((1 << bits) - 1)
    assert (1 << params.limit_bits - 2) <= most < 1 << params.limit_bits - 1
    assert len(PixelValue(params).limit.payload) == params.limit_bits == width


@pytest.mark.parametrize("parameters", [{"rows": 1}, {"columns": 1}, {"bits": 9}, {"cols": 0}])
def test_what_is_refused(parameters):
    with pytest.raises(ValueError, match="must be an integer of"):
        PixelValueParams(**parameters)
