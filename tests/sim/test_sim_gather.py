"""The bench of gather finds nothing in it, and what is put into it."""

import re
from dataclasses import replace

import pytest

from skimp.hw.emit import emit
from skimp.hw.predict.gather import Gather, GatherParams
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.gather import GatherModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]


def gather(**parameters):
    return emit(Gather(GatherParams(**parameters)), "gather")


@pytest.mark.parametrize("cols, places", [(1, 1), (1, 2), (16, 9), (3, 16), (5, 35)])
def test_planes_of_every_kind(tmp_path, cols, places):
    assert run_bench(gather(cols=cols, places=places), GatherModel, tmp_path)


@pytest.mark.parametrize("gated", [False, True])
def test_netlist(tmp_path, library, gated):
    unit, library = gather(cols=3, places=7), replace(library, clock_gating=gated)
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, GatherModel, tmp_path / "run", sources=[cells])


# Of each: a pattern in the text, what takes its place, what the bench says.
FAULTS = {
    "places computed first survive": (r"unknown = ~ i__payload\[0\]", "unknown = 1'h1",
                                      "words instead of"),
    "a place without survivors is passed on": (r"= \| kept;", "= 1'h1;", "words instead of"),
    "the last place is not passed on": (r"place == 3'h5", "1'h0", "nothing moves"),
    "numbers go on in the next plane": (r"ends \?", "1'h0 ?", "nothing moves"),
    "a reset forgets no number": (r"(\S+  =) 3'h6;", r"\1 place;", "Arrays are not equal"),
    "bits move while a word waits": (r"if \(take\)( begin\s+\S+  = kept)", r"if (1)\1",
                                     "o offered"),
}


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(tmp_path, fault):
    pattern, instead, sentence = FAULTS[fault]
    unit = gather(cols=3, places=7)
    faulty, changes = re.subn(pattern, instead, unit.verilog)
    assert changes == 1
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(replace(unit, verilog=faulty), GatherModel, tmp_path)
