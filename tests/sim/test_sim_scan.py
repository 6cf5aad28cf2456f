"""Lanes of a selective scan against their golden function, and what the bench finds in faulty ones.
"""

import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Design
from skimp.catalogue.softedge import SHIFTS
from skimp.golden.mamba.integer import scan_operands
from skimp.golden.mamba.network import shipped
from skimp.golden.mamba.text import LENGTH, sequences
from skimp.golden.scan import selective_scan
from skimp.golden.softedge import parse_code
from skimp.hw.emit import emit
from skimp.hw.softedge.scan import ScanCode, SelectiveScan, SelectiveScanParams
from skimp.power.feed import WARM_UP
from skimp.power.scans import scan_feed
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.scan import ScanModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

# Of digits one, two and three a clock; x as it is and rounded; decays of odd and even widths.
SCANS: list[dict[str, Any]] = [
    {"states": 4, "code": "paper", "lanes": 2, "x_bits": 20, "input_shift": 0},
    {"states": 5, "code": "signed4", "decay_bits": 11, "dt_bits": 8, "skip_shift": 0},
    {"states": 7, "code": "short", "decay_bits": 6, "h_bits": 10, "factor_bits": 6, "x_bits": 12,
     "sum_bits": 28, "lanes": 3}]
MORE: list[dict[str, Any]] = [
    {}, {"states": 16, "code": "signed8", "input_shift": 7, "skip_shift": 6},
    {"states": 4, "code": "signed8-fine", "decay_bits": 16, "h_bits": 20, "factor_bits": 10,
     "sum_bits": 48, "dt_bits": 12},
    *({"states": 13, "code": code} for code in ("aligned", "int9", "signed5", "signed6"))]


def deep(cases):
    """Return cases that only a deep run tries."""
    return [pytest.param(case, marks=pytest.mark.deep) for case in cases]


def lane(**parameters):
    complement = parameters.get("states", 8) % 2 == 0
    return emit(SelectiveScan(SelectiveScanParams(complement=complement, **parameters)), "unit")


def shown(parameters):
    return ",".join(f"{name}{value}" for name, value in parameters.items())


@pytest.mark.parametrize("parameters", [*SCANS, *deep(MORE)], ids=shown)
def test_scans(tmp_path, parameters):
    assert run_bench(lane(**parameters), ScanModel, tmp_path)


def test_all_codes_are_tried():
    assert {one.get("code", "int8") for one in SCANS + MORE} == {code.value for code in ScanCode}


@pytest.mark.deep
@pytest.mark.parametrize("parameters", [{"states": 64}, {"states": 33, "code": "paper"},
                                        {}, *SCANS], ids=shown)
def test_scans_at_length(tmp_path, parameters):
    assert run_bench(lane(**parameters), ScanModel, tmp_path, depth="deep")


@pytest.mark.parametrize("code", ["signed8", *deep(["int8"])])
def test_netlist(tmp_path, library, code):
    gated = code == "signed8"
    library = replace(library, clock_gating=gated)
    unit = emit(SelectiveScan(SelectiveScanParams(
        states=4, code=ScanCode(code), h_bits=10, x_bits=12, complement=not gated)), "unit")
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, ScanModel, tmp_path / "run", sources=[cells])


def test_random_steps_saturate_and_reach_the_ends():
    """Both ends of h, and a fraction of 1, in the operands that every bench draws."""
    model = ScanModel(lane().manifest)
    x = model.random(100, np.random.default_rng(1))
    wide = ScanModel(lane(h_bits=20, sum_bits=48).manifest)
    assert (model.sums(x) != wide.sums(x)).any()
    assert x["decay"].max() == 1 << 12 and x["decay"].min() == 1


def real(params, steps, layer="mamba:0"):
    """Return steps of a real layer as the model takes them."""
    one = Design(CATALOGUE["selective-scan"], "custom", "unit", params)
    unit = emit(SelectiveScan(params), "unit")
    return unit, ScanModel(unit.manifest).real(**scan_feed(one, layer, steps).arrays)


def test_steps_of_a_real_layer(tmp_path):
    """Three channels of a Mamba, in one sequence from its beginning on."""
    unit, x = real(SelectiveScanParams(code=ScanCode.SIGNED8, input_shift=7, skip_shift=6, lanes=3),
                   12)
    assert run_bench(unit, ScanModel, tmp_path, operands=x, warm_up=WARM_UP) == 1
    span = json.loads((tmp_path / "span.json").read_text())
    assert span["operations"] == (12 - 1) * 3 and span["clocks"] == 8 * (12 - 1)


@pytest.mark.deep
@pytest.mark.parametrize("layer, code, shifts", [
    ("mamba:1", "int8", (6, 6)), ("mamba:1", "paper", (8, 4)),
    ("mamba_third:2", "int8", (7, 6)), ("mamba_third:2", "paper", (9, 4))])
def test_real_layers_to_the_end(tmp_path, layer, code, shifts):
    params = SelectiveScanParams(code=ScanCode(code), input_shift=shifts[0], skip_shift=shifts[1],
                                 lanes=4)
    unit, x = real(params, LENGTH - WARM_UP, layer)
    assert run_bench(unit, ScanModel, tmp_path, operands=x, warm_up=WARM_UP) == 1


@pytest.mark.parametrize("code", ["int8", "paper", "signed8", *deep(
    ["int9", "aligned", "short", "signed8-fine", "signed6", "signed5", "signed4"])])
def test_a_lane_gives_the_sums_of_the_scan_of_its_layer(code):
    """What the model expects of real operands is what the integer Mamba adds up itself."""
    shifts = dict(zip(("input_shift", "skip_shift"), SHIFTS[code], strict=True))
    unit, x = real(SelectiveScanParams(code=ScanCode(code), **shifts), 30)
    names = {"int8": "int8", "int9": "int8:zero"}
    found = scan_operands(shipped("mamba"), sequences("test", LENGTH).astype(np.int64), 0,
                          parse_code(names.get(code, f"softedge:{code}")))
    y, _ = selective_scan(*found)
    channel = found.u.shape[2] // 2 - 1
    np.testing.assert_array_equal(ScanModel(unit.manifest).sums(x)[:, 0], y[0, :32, channel])


@pytest.mark.parametrize(("given", "layer", "steps", "sentence"), [
    ({}, "mamba:1", None, "the scan of mamba:1 with int8 needs --skip-shift 6, and unit has 8"),
    ({"states": 16}, None, None, "needs --states 8, and unit has 16"),
    ({}, "mamba:3", None, "--layer of mamba must be one of 0, 1, 2, not '3'"),
    ({}, "resnet8:stem", None, "NET one of mamba, mamba_second, mamba_third, or random, not"),
    ({}, None, 255, "give 254 at most, for 2 warm up")])
def test_operands_that_are_not_there_are_refused(given, layer, steps, sentence):
    one = Design(CATALOGUE["selective-scan"], "custom", "unit", SelectiveScanParams(**given))
    with pytest.raises(ValueError, match=re.escape(sentence)):
        scan_feed(one, layer, steps)


# What is wrong, in which assignment of the Verilog, and what is said of it.
FAULTS = {
    "states do not saturate": (r"fits = .*;", "fits = 1'h1;", "sums"),
    "a sequence begins with what is there": (r"fresh <= .*;", "fresh <= 1'h0;", "sums|X in"),
    "behind a reset states are kept": (r"started <= .*;", "started <= 1'h1;", "sums|X in"),
    "the sum waits for nobody": (r"add = .*;", "add = pending;", "then|sums"),
    "states do not wait for their step": (r"states__ready = .*;", "states__ready = 1'h1;",
                                          "without their step|sums|X in|nothing moves"),
    "D u is made too early": (r"waiting <= .*;", "waiting <= 1'h0;", "sums"),
}


def spoilt(unit, pattern, instead):
    """Return the unit with an assignment of its Verilog changed."""
    verilog, found = re.subn(rf"(?:(?<=assign )|(?<=    )){pattern}", instead, unit.verilog)
    assert found and verilog != unit.verilog
    return replace(unit, verilog=verilog)


@pytest.mark.parametrize("fault", [*list(FAULTS)[:3], *deep(list(FAULTS)[3:])])
def test_a_fault_is_found(tmp_path, fault):
    pattern, instead, sentence = FAULTS[fault]
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(spoilt(lane(states=4), pattern, instead), ScanModel, tmp_path)
