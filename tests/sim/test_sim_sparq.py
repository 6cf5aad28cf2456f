"""The benches find nothing in the SPARQ units and their baselines: RTL, and some netlists."""

from dataclasses import replace

import pytest

from skimp.hw.emit import emit
from skimp.hw.plain.dot import PlainDot, PlainDotParams
from skimp.hw.plain.pe import PlainPe, PlainPeParams
from skimp.hw.sparq.dot import SparqDot, SparqDotParams
from skimp.hw.sparq.pair import PairSelect
from skimp.hw.sparq.pe import SparqPe, SparqPeParams
from skimp.hw.sparq.window import WindowParams, WindowSelect
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import run_bench
from skimp.sim.models.dot import PlainDotModel, SparqDotModel
from skimp.sim.models.element import PlainPeModel, SparqPeModel
from skimp.sim.models.sparq import PairModel, WindowModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

# The paper's, and others: with a code to spare and without, a window wider than its shifts, one
# bit, and shifts that leave gaps.
OPTIONS = {
    "5opt": (4, (0, 1, 2, 3, 4)),
    "3opt": (4, (0, 2, 4)),
    "2opt": (4, (0, 4)),
    "6opt": (3, (0, 1, 2, 3, 4, 5)),
    "7opt": (2, (0, 1, 2, 3, 4, 5, 6)),
    "5 bits": (5, (0, 1, 3)),
    "7 bits": (7, (0, 1)),
    "1 bit": (1, tuple(range(8))),
    "4 bits, 4 shifts": (4, (0, 1, 2, 4)),
    "3 bits, 4 shifts": (3, (0, 2, 3, 5)),
}
OWN = list(OPTIONS)[5:]


def window_select(**parameters):
    return emit(WindowSelect(WindowParams(**parameters)), "window", block="window-select")


def pair_select(**parameters):
    return emit(PairSelect(WindowParams(**parameters)), "pair", block="pair-select")


def sparq_pe(**parameters):
    return emit(SparqPe(SparqPeParams(**parameters)), "pe", block="sparq-pe")


def plain_pe(**parameters):
    return emit(PlainPe(PlainPeParams(**parameters)), "pe", block="plain-pe")


def sparq_dot(**parameters):
    return emit(SparqDot(SparqDotParams(**parameters)), "dot", block="sparq-dot")


def plain_dot(**parameters):
    return emit(PlainDot(PlainDotParams(**parameters)), "dot", block="plain-dot")


SIGNED_PAIR = {"signed": True, "lanes": 2, "weight_width": 4, "gating": "zero"}
MODELS = {window_select: WindowModel, pair_select: PairModel, sparq_pe: SparqPeModel,
          plain_pe: PlainPeModel, sparq_dot: SparqDotModel, plain_dot: PlainDotModel}


def options(name):
    return dict(zip(("window", "shifts"), OPTIONS[name], strict=True))


@pytest.mark.parametrize("rounding", ["trim", "round"])
@pytest.mark.parametrize("name", OPTIONS)
def test_window_select(tmp_path, name, rounding):
    unit = window_select(**options(name), rounding=rounding)
    assert run_bench(unit, WindowModel, tmp_path)


@pytest.mark.parametrize("name, rounding", [
    *((name, rounding) for name in list(OPTIONS)[:5] for rounding in ("trim", "round")),
    *zip(OWN, ["round", "trim", "round", "trim", "round"], strict=True)])
def test_pair_select(tmp_path, name, rounding):
    unit = pair_select(**options(name), rounding=rounding)
    assert run_bench(unit, PairModel, tmp_path)


@pytest.mark.parametrize("name, weight_width", [
    *((name, 8) for name in ("5opt", "2opt", "7opt", "7 bits", "1 bit", "4 bits, 4 shifts")),
    ("5opt", 4),
    *(pytest.param(name, width, marks=pytest.mark.deep) for name, width in (
        ("3opt", 8), ("6opt", 8), ("5 bits", 8), ("3 bits, 4 shifts", 8), ("7opt", 4)))])
def test_sparq_pe(tmp_path, name, weight_width):
    unit = sparq_pe(**options(name), weight_width=weight_width)
    assert run_bench(unit, SparqPeModel, tmp_path)


def test_sparq_pe_that_stands_still(tmp_path):
    assert run_bench(sparq_pe(gating="zero"), SparqPeModel, tmp_path)


@pytest.mark.parametrize("parameters", [
    {}, {"lanes": 2}, {"weight_width": 4}, {"activation_width": 4},
    {"activation_width": 4, "lanes": 2}, {"activation_width": 4, "weight_width": 4, "lanes": 2},
    {"weight_width": 4, "lanes": 4}, {"gating": "zero"},
    {"activation_width": 4, "lanes": 2, "gating": "zero"}, {"signed": True},
    {"activation_width": 12, "signed": True}, {"activation_width": 9, **SIGNED_PAIR},
], ids=["8x8", "2 of 8x8", "8x4", "4x8", "2 of 4x8", "2 of 4x4", "4 of 8x4", "8x8 zero",
        "2 of 4x8 zero", "s8x8", "s12x8", "2 of s9x4 zero"])
def test_plain_pe(tmp_path, parameters):
    assert run_bench(plain_pe(**parameters), PlainPeModel, tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("make, parameters", [
    (sparq_pe, options("5opt")), (sparq_pe, options("7opt")),
    (sparq_pe, options("4 bits, 4 shifts")), (sparq_pe, {"weight_width": 4}),
    (plain_pe, {}), (plain_pe, {"activation_width": 4, "lanes": 2}),
], ids=["5opt", "7opt", "4 shifts", "weights of 4 bits", "8x8", "2 of 4x8"])
def test_pe_deeply(tmp_path, make, parameters):
    assert run_bench(make(**parameters), MODELS[make], tmp_path, depth="deep")


@pytest.mark.deep
@pytest.mark.parametrize("given", ["encoded", "raw", "sparse24"])
def test_sparq_dot_deeply(tmp_path, given):
    unit = sparq_dot(input=given, pairs=1)
    assert run_bench(unit, SparqDotModel, tmp_path, depth="deep")


@pytest.mark.parametrize("given", ["encoded", "raw", "sparse24"])
@pytest.mark.parametrize("name, pairs, others", [
    ("5opt", 1, {}), ("5opt", 3, {"weight_width": 4}), ("2opt", 4, {"rounding": "trim"}),
    ("6opt", 2, {"gating": "valid"}), ("7opt", 3, {"rounding": "trim"}), ("1 bit", 1, {}),
    ("7 bits", 5, {}),
])
def test_sparq_dot(tmp_path, given, name, pairs, others):
    unit = sparq_dot(**options(name), input=given, pairs=pairs, **others)
    assert run_bench(unit, SparqDotModel, tmp_path)


@pytest.mark.parametrize("parameters", [
    {"products": 1, "gating": "valid"}, {"products": 3, "weight_width": 4},
    {"products": 8, "activation_width": 4},
    {"products": 5, "activation_width": 4, "weight_width": 4},
], ids=["one", "3 of 8x4", "8 of 4x8", "5 of 4x4"])
def test_plain_dot(tmp_path, parameters):
    assert run_bench(plain_dot(**parameters), PlainDotModel, tmp_path)


@pytest.mark.parametrize("make, parameters", [
    (window_select, options("5opt")),
    (pair_select, options("7opt")),
    (sparq_pe, {**options("3opt"), "weight_width": 4}),
    (plain_pe, {"weight_width": 4}),
    (plain_pe, {"signed": True, "activation_width": 9, "weight_width": 4}),
    (sparq_dot, {"input": "sparse24", "pairs": 1}),
    (plain_dot, {"products": 2}),
    pytest.param(sparq_pe, options("3opt"), marks=pytest.mark.deep),
    pytest.param(plain_pe, {}, marks=pytest.mark.deep),
], ids=["window", "pair", "sparq-pe 8x4", "plain-pe 8x4", "plain-pe, signed 9x4", "sparq-dot",
        "plain-dot", "sparq-pe", "plain-pe"])
def test_netlist(tmp_path, library, make, parameters):
    unit = make(**parameters)
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, MODELS[make], tmp_path / "run", sources=[cells])
