"""Predictors of zeros against their golden functions, and what the bench finds in faulty ones."""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skimp.hw.emit import emit
from skimp.hw.predict.neighbour import Neighbour, NeighbourParams, Rule
from skimp.hw.predict.zap import Zap, ZapParams
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.neighbour import NeighbourModel
from skimp.sim.models.planes import SKIPPED
from skimp.sim.models.zap import ZapModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

# Sizes that no mask divides, that one does, and single rows and columns.
NEIGHBOURS = [
    {"rows": 5, "columns": 7, "kind": 5}, {"rows": 6, "columns": 4, "kind": 5, "lanes": 2},
    {"rows": 4, "columns": 7, "kind": 3}, {"rows": 6, "columns": 6, "kind": 3, "bits": 2},
    {"rows": 1, "columns": 8, "kind": 5}, {"rows": 7, "columns": 1, "kind": 3},
    *({"rows": 4, "columns": 5, "kind": kind, "bits": kind % 8 + 1} for kind in (2, 4, 7, 9)),
    *({"rows": 3, "columns": 7, "kind": kind, "bits": kind % 8 + 1} for kind in (1, 6, 8, 10)),
    {"rows": 5, "columns": 7, "kind": 5, "rule": "window"},
    {"rows": 4, "columns": 8, "kind": 3, "rule": "window", "lanes": 3},
    {"rows": 6, "columns": 9, "kind": 6, "rule": "window"},
    {"rows": 3, "columns": 5, "kind": 2, "rule": "window"}]
ZAPS: list[dict[str, Any]] = [
    {"rows": 5, "columns": 7}, {"rows": 4, "columns": 14, "kind": 5, "lanes": 2},
    # In time: with a rank between the stages, with groups of three, and with no pixel to spare.
    {"rows": 4, "columns": 14, "kind": 5, "input_bits": 8, "weight_bits": 8, "hidden_bits": 8},
    {"rows": 5, "columns": 14, "kind": 3}, {"rows": 3, "columns": 19, "kind": 5},
    {"rows": 4, "columns": 5, "kind": 6, "input_bits": 8, "weight_bits": 8, "hidden_bits": 8},
    {"rows": 1, "columns": 9, "kind": 1, "input_bits": 1, "weight_bits": 3, "hidden_bits": 1},
    {"rows": 9, "columns": 2, "kind": 4}, {"rows": 2, "columns": 8, "kind": 10},
    *({"rows": 4, "columns": 5, "kind": kind} for kind in (2, 7, 8, 9))]


def shown(parameters):
    return ",".join(f"{name}{value}" for name, value in parameters.items())


@pytest.mark.parametrize("parameters", NEIGHBOURS, ids=shown)
def test_neighbours(tmp_path, parameters):
    complement = parameters["rows"] % 2 == 0
    unit = emit(Neighbour(NeighbourParams(complement=complement, **parameters)), "unit")
    assert run_bench(unit, NeighbourModel, tmp_path)


@pytest.mark.parametrize("parameters", ZAPS, ids=shown)
def test_zap(tmp_path, parameters):
    complement = parameters["rows"] % 2 == 0
    unit = emit(Zap(ZapParams(complement=complement, **parameters)), "unit")
    assert run_bench(unit, ZapModel, tmp_path)


def in_time(parameters):
    return ZapModel(emit(Zap(ZapParams(**parameters)), "unit").manifest).in_time


def test_the_time_of_zaps_is_checked_with_ranks_and_without():
    checked = {ZapParams(**parameters).ranks for parameters in ZAPS if in_time(parameters)}
    assert checked == {0, 1}
    # The next first half comes behind the second: too late for planes of 42 pixels.
    assert not in_time({"rows": 3, "columns": 14, "kind": 3})
    assert not in_time({"rows": 3, "columns": 18, "kind": 5})


@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize("component, parameters, model", [
    (Neighbour, NeighbourParams(rows=3, columns=3, bits=2), NeighbourModel),
    (Zap, ZapParams(rows=2, columns=5, kind=5, input_bits=1, weight_bits=3, hidden_bits=1),
     ZapModel)], ids=["neighbour", "zap"])
def test_netlist(tmp_path, library, component, parameters, model, gated):
    library = replace(library, clock_gating=gated)
    unit = emit(component(replace(parameters, complement=not gated)), "unit")
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, model, tmp_path / "run", sources=[cells])


# What is wrong, in which assignment of the Verilog, and what is said of it.
FAULTS = {
    "the last plane stays": (r"drains = .*;", "drains = draining;", "nothing moves"),
    "rows above are seen": (r"ahead0_row0 = .*;", "ahead0_row0 = 1'h0;", "keep"),
    "columns to the left are seen": (r"ahead0_column0 = .*;", "ahead0_column0 = 1'h0;", "keep"),
    "begins without its set": (r"allowed = .*;", "allowed = 1'h1;",
                               "X in|Arrays are not equal"),
    "unknown codes count": (r"value = i__payload .*;", "value = i__payload;", "X in|keep"),
    "moves on in a stall": (r"leaves = .*;", "leaves = 1'h1;", "then|nothing moves"),
}


WINDOW_FAULTS = {
    "only the last code of a row counts": (r"complete = .*;", "complete = above;"),
    "the last group does not wait": (r"entering = .*;", "entering = complete;"),
    "the limit of the plane before": (r"(\S+)\s+= limit__ready \? limit__payload : limits;",
                                      r"\1 = limits;")}
ZAP_FAULTS = {
    "late parameters are not waited for": (r"late = .*;", "late = 1'h0;"),
    "sums below 0 count": (r"hidden = \S+\s+& (.*);", r"hidden = \1;"),
    "a weight only where one place is seen": (r"weight = \S+\s+\| (.*);", r"weight = \1;"),
    "it is never the turn of a first half": (r"half <= .*;", "half <= 1'h1;"),
    "only one place is seen": (r"slot = \S+\s+\| (.*);", r"slot = \1;"),
    # One bit each.
    "a weight is always even": (r"(\S+\s+= )w1_0\[35:32\] &", r"\1{ w1_0[35:33], 1'h0 } &"),
    "a carry of one product": (r"(\S+\s+= \S+ \[0\] & )w2_0\[32\];", r"\1 1'h0;"),
    "a shift is always even": (r"(shifted = .* >> )shift_0;", r"\1 { shift_0[3:1], 1'h0 };"),
    "rounded down": (r"(\S+\s+= )shifted\[0\] & .*;", r"\1 1'h0;"),
    "codes beyond a border": (r"(\\taken\S*\s+= \S+\s+)& \S+ ;(?=\n.*~ entry3 ?;)", r"\1;"),
    "hidden values beyond a border": (r"(\S+\s+= )entry14 & .*;", r"\1 entry14;")}


def spoilt(unit, pattern, instead):
    """Return the unit with an assignment of its Verilog changed."""
    verilog, found = re.subn(rf"(?:(?<=assign )|(?<=    )){pattern}", instead, unit.verilog)
    assert found == 1 and verilog != unit.verilog
    return replace(unit, verilog=verilog)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(tmp_path, fault):
    unit = emit(Neighbour(NeighbourParams(rows=4, columns=5)), "unit")
    pattern, instead, sentence = FAULTS[fault]
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(spoilt(unit, pattern, instead), NeighbourModel, tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", WINDOW_FAULTS)
def test_a_fault_of_windows_is_found(tmp_path, fault):
    unit = emit(Neighbour(NeighbourParams(rows=4, columns=5, rule=Rule.WINDOW)), "unit")
    with pytest.raises(BenchFailed, match="X in|Arrays are not equal"):
        run_bench(spoilt(unit, *WINDOW_FAULTS[fault]), NeighbourModel, tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", ZAP_FAULTS)
def test_a_fault_of_a_zap_is_found(tmp_path, fault):
    unit = emit(Zap(ZapParams(rows=4, columns=6)), "unit")
    with pytest.raises(BenchFailed, match="X in|Arrays are not equal|nothing moves"):
        run_bench(spoilt(unit, *ZAP_FAULTS[fault]), ZapModel, tmp_path)


@pytest.mark.parametrize("component, parameters, model", [
    (Neighbour, NeighbourParams(rows=5, columns=8, lanes=2), NeighbourModel),
    (Zap, ZapParams(rows=4, columns=16), ZapModel)], ids=["neighbour", "zap"])
def test_real_planes(tmp_path, component, parameters, model):
    """Limits skip some of the planes they are chosen on; the first planes are not counted."""
    unit, rng = emit(component(parameters), "unit"), np.random.default_rng(1)
    shape = 20, parameters.rows, parameters.columns, parameters.lanes
    seen = (rng.integers(0, 256, shape) * (rng.random(shape) < 0.5)).astype(np.uint8)
    one = model(unit.manifest)
    x = one.real(codes=seen, seen=seen)
    assert 0 < 1 - one.keep(x).mean() <= SKIPPED
    few = {name: values[:4] for name, values in x.items()}
    assert run_bench(unit, model, tmp_path, operands=few, warm_up=2) == 1
    span = json.loads((tmp_path / "span.json").read_text())
    places = parameters.rows * parameters.columns
    assert span["operations"] == (2 * places - 1) * parameters.lanes
