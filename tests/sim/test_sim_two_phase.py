"""The bench of the unit that deals out places finds nothing in it, and what is put into it."""

import re
from dataclasses import replace

import pytest

from skimp.hw.emit import emit
from skimp.hw.predict.two_phase import TwoPhase, TwoPhaseParams
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.two_phase import TwoPhaseModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

SMALL = {"rows": 2, "cols": 2, "plane_rows": 3, "plane_columns": 4, "blocks": 3}


def two_phase(**parameters):
    return emit(TwoPhase(TwoPhaseParams(**parameters)), "deal")


@pytest.mark.parametrize("parameters", [
    SMALL, {}, {**SMALL, "blocks": 1, "rows": 1, "cols": 1, "plane_rows": 1, "plane_columns": 1},
    {**SMALL, "blocks": 2, "rows": 3, "plane_columns": 5, "kind": 3},
    {**SMALL, "rows": 5, "plane_rows": 7, "kind": 6}, {**SMALL, "kind": 1, "plane_columns": 1},
], ids=["mask 5", "default", "a place", "mask 3", "mask 6", "mask 1"])
def test_planes_of_every_kind(tmp_path, parameters):
    assert run_bench(two_phase(**parameters), TwoPhaseModel, tmp_path)


@pytest.mark.parametrize("gated", [False, True])
def test_netlist(tmp_path, library, gated):
    unit, library = two_phase(**SMALL), replace(library, clock_gating=gated)
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, TwoPhaseModel, tmp_path / "run", sources=[cells])


# Of each: a pattern in the text, what takes its place, what the bench says.
FAULTS = {
    "a word that keeps nothing survives": (r"= \| i__payload\[5:4\];", "= 1'h1;", "equal|words"),
    "survivors are taken while others wait": (r"(assign \S+  = )o__ready( \| \S+ ;\s+assign i__re)",
                                              r"\1 1'h1\2", "equal|words|o offered"),
    "a tile is not filled": (r"= closing \? \S+ ", "= closing ? 1'h0 ", "equal|words|moves"),
    "what fills a tile keeps all": (r"= closing \? 2'h0 ", "= closing ? 2'h3 ", "equal"),
    "a phase has no end": (r"& i__payload\[6\]", "& 1'h0", "nothing moves"),
    "the mask is upside down": (r"= ! down;", "= down;", "equal|words"),
    "the second block waits for survivors": (r"= \| ahead;", "= 1'h1;", "equal|words"),
    "a block too few": (r"= behind == 2'h2;", "= behind == 2'h1;", "equal|words|nothing moves"),
    "a phase ends a clock later": (
        r"assign done = (.*);", (r"reg late = 1'h0; always @(posedge clk) late <= \1 & ~late;"
                                 r" assign done = \1 & late;"), "in other clocks"),
    "a plane that does not end": (r"= last_block \? 3'h0", "= last_block ? 3'h2",
                                  "equal|words|nothing moves"),
}


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(tmp_path, fault):
    pattern, instead, sentence = FAULTS[fault]
    unit = two_phase(**SMALL)
    faulty, changes = re.subn(pattern, instead, unit.verilog)
    assert changes >= 1
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(replace(unit, verilog=faulty), TwoPhaseModel, tmp_path)
