"""Sums that are skipped: their keep bits, and what stands still."""

import numpy as np
import pytest

from skimp.catalogue.selection import select
from skimp.power.energy import energy
from skimp.power.netlist import flatten
from skimp.power.operands import layer_feed
from skimp.power.simulate import simulate
from skimp.silicon.library import Library
from skimp.silicon.mapping import map_best
from skimp.silicon.models import cell_models

pytestmark = pytest.mark.command
CLOCK, PERIOD, TILES, WARM_UP = 9.5, 10, 3, 1


def test_keep_bits_are_those_of_the_neighbour_rule():
    plain, skips = (select(("plain-array",), None, {"rows": 4, "cols": 4, "skip": skip})[0]
                    for skip in (False, True))
    fed, kept = layer_feed(plain, None, 40), layer_feed(skips, None, 40)
    for name, operands in fed.arrays.items():
        np.testing.assert_array_equal(operands, kept.arrays[name])
    keep = kept.arrays["keep"]
    assert keep.shape == (42 * 4, 4) and 0.25 < 1 - keep.mean() < 0.35
    skipped = 100 * (1 - keep[8:].mean())
    assert kept.workload == (f"{fed.workload}, rows in raster order, {skipped:.1f} % of sums "
                             "skipped, their products counted")
    assert layer_feed(skips, "resnet8:stack2.conv2", None).workload.startswith("resnet8")
    with pytest.raises(ValueError, match="nothing predicts its outputs"):
        layer_feed(select(("plain-array",), None, {"rows": 1, "cols": 1, "skip": True})[0],
                   "lenet5:fc1", 1)


def test_a_skipped_sum_stands_still(library, icarus, tmp_path):
    """Its clock and adders take less than a tenth of the energy, operands as much as ever."""
    gated = Library.find(clock_gating=True)
    assert gated
    one, = select(("plain-array",), None, {"rows": 1, "cols": 2, "skip": True}, gated=True)
    unit = one.emit()
    netlist = flatten(map_best(unit, gated, CLOCK).netlist, one.name, gated, tmp_path)
    rng, spent = np.random.default_rng(1), []
    x, w = rng.integers(1, 256, (TILES, 60)), rng.integers(-128, 128, (60, 2))
    for keep in (True, False):
        folder = tmp_path / str(keep)
        folder.mkdir()
        operands = one.model(unit.manifest).real(x=x, w=w, keep=np.full((TILES, 2), keep))
        activity = simulate(unit, netlist, gated, cell_models(gated), one.model, operands, WARM_UP,
                            folder, PERIOD)
        spent.append(energy(netlist, gated, activity.toggles.astype(float), 0.0).parts)
    kept, skipped = spent
    for part in ("column.adders", "column.sum"):
        assert skipped[f"element: {part}"] < 0.1 * kept[f"element: {part}"]
    for part in ("activation", "moving.weight"):
        assert skipped[f"element: {part}"] > 0.5 * kept[f"element: {part}"]
