"""A sequencer of one's own: it takes words from the streams that it makes no step of."""

import pytest
from amaranth import Value

from skimp.hw.array.sequencer import Sequencer
from skimp.hw.array.systolic import SystolicArray
from skimp.hw.emit import emit
from skimp.hw.plain.pe import PlainArrayParams, PlainPe
from skimp.sim.launch import run_bench
from skimp.sim.models.array import ArrayModel

SMALL = 16


class Large(Sequencer):
    """Skip steps whose activations are all small."""

    def turns(self, m, moving, advance, activation, weight, rows, starts=None):
        turn = super().turns(m, moving, advance, activation, weight, rows, starts)
        large = Value.cast(0)
        for row in range(rows):
            large = large | (activation.payload["data"][row] >= SMALL)
        return turn._replace(step=turn.step & large)


class SkippingModel(ArrayModel):
    """What the array should give, for tiles of one row."""

    golden = staticmethod(lambda x, w: (x * (x >= SMALL)) @ w)


@pytest.mark.usefixtures("icarus")
def test_an_array_obeys_its_sequencer(tmp_path):
    size = PlainArrayParams(rows=1, cols=2)
    array = SystolicArray(PlainPe(size), size, Large())
    unit = emit(array, "array")
    assert run_bench(unit, SkippingModel, tmp_path)
