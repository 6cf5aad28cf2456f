"""The bench of planes finds nothing in the prediction of pixels, and what is put into it."""

import re
from dataclasses import replace

import pytest

from skimp.hw.emit import emit
from skimp.hw.predict.pixel import PixelValue, PixelValueParams
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.pixel import PixelValueModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

SHAPES = [(2, 2), (2, 3), (3, 2), (3, 3), (4, 6), (5, 4), (4, 5), (5, 7)]


def pixel_value(**parameters):
    return emit(PixelValue(PixelValueParams(**parameters)), "pixel")


# Of each: a pattern in the text, what takes its place, what the bench says.
FAULTS = {
    "rounded down": (r"\+ 2'h2", "+ 2'h0", "Arrays are not equal; values"),
    "less than the limit only": (r"~ limit;", "~ limit + 1;", "Arrays are not equal; predicted"),
    "rows at the border as any other": (r"flat \?", "1'h0 ?", "Arrays are not equal; values"),
    "columns at the border as any other": (r"assign start = \S+", "assign start = ~known",
                                           "Arrays are not equal; predicted"),
    "a corner with the wrong neighbour": (r"one_beside \?", "known ?", "Arrays are not equal"),
    "left and right always of an even row": (r"newer \?", "1'h1 ?", "o offers X in"),
    "values move where computed first": (r"(\S+  = advance &) there;", r"\1 1'h1;",
                                         "words instead of"),
    "the limit of the plane before": (r"(if \()limit__ready(\) begin\s+\S+  = limit__payload)",
                                      r"\1limit__ready & ~there\2", "Arrays are not equal"),
    "takes what is not computed first": (r"assign moves = .*;", "assign moves = advance;",
                                         "o offers X in|Arrays are not equal"),
}


@pytest.mark.parametrize("rows, columns", SHAPES)
def test_every_parity_of_a_plane(tmp_path, rows, columns):
    unit = pixel_value(rows=rows, columns=columns, cols=2, complement=rows % 2 == 0)
    assert run_bench(unit, PixelValueModel, tmp_path)


@pytest.mark.parametrize("cols, bits", [(1, 8), (3, 1), (5, 4)])
def test_pixels_of_any_width(tmp_path, cols, bits):
    unit = pixel_value(rows=3, columns=5, cols=cols, bits=bits)
    assert run_bench(unit, PixelValueModel, tmp_path)


@pytest.mark.parametrize("gated", [False, True])
def test_netlist(tmp_path, library, gated):
    library = replace(library, clock_gating=gated)
    unit = pixel_value(rows=4, columns=5, cols=2, bits=3, complement=not gated)
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, PixelValueModel, tmp_path / "run", sources=[cells])


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(tmp_path, fault):
    pattern, instead, sentence = FAULTS[fault]
    unit = pixel_value(rows=4, columns=4, cols=1, bits=3)
    faulty, changes = re.subn(pattern, instead, unit.verilog)
    assert changes
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(replace(unit, verilog=faulty), PixelValueModel, tmp_path)
