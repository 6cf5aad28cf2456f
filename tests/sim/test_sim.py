"""The benches find nothing in the units: RTL of every sorter and kind of key, some netlists."""

from dataclasses import replace

import pytest

from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.emit import emit
from skimp.hw.psu.link import LinkOrderer, LinkOrdererParams
from skimp.hw.psu.unit import SORTERS, SortingUnit, SortingUnitParams
from skimp.silicon.mapping import map_unit
from skimp.silicon.models import cell_models
from skimp.silicon.recipes import RECIPES
from skimp.sim.launch import run_bench
from skimp.sim.models.link import LinkModel
from skimp.sim.models.popcount import PopcountModel
from skimp.sim.models.psu import SerialSortingModel, SortingModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

PARALLEL = [name for name, sorter in SORTERS.items() if not sorter.serial]
KEYS = {
    "exact": {"n": 2, "width": 6, "cuts": ()},
    "gray": {"n": 3, "width": 4, "key": "gray", "wires": (2, 0, 3)},
    "buckets": {"n": 5, "buckets": (0, 0, 0, 1, 1, 2, 2, 3, 3), "data": True},
    "gated": {"n": 5, "buckets": (0, 0, 0, 1, 1, 2, 2, 3, 3), "data": True, "cuts": "all",
              "gating": "valid"},
    "nonzero-gray": {"n": 9, "key": "nonzero-gray", "wires": (1, 0), "descending": True,
                     "cuts": "all"},
}
LINKS = {
    "pairs": {"n": 9, "lanes": 2, "sorter": "banyan", "key": "gray", "wires": (1, 0)},
    "one lane": {"n": 5, "lanes": 1, "pairs": False, "snake": True, "sorter": "odd-even"},
    "one flit": {"n": 4, "lanes": 4, "pairs": False, "sorter": "compare-all", "width": 3},
    "few": {"n": 3, "width": 2, "lanes": 2, "pads": "zero", "sorter": "bitonic", "cuts": (0, 1)},
    "by weight": {"n": 9, "lanes": 4, "by": "weight", "snake": True, "descending": True,
                  "sorter": "counting"},
    "zero pads": {"n": 9, "lanes": 5, "pads": "zero", "snake": True},
    "gated": {"n": 5, "lanes": 3, "cuts": (0, 2, 4), "gating": "valid"},
}


def sorting_unit(**parameters):
    params = SortingUnitParams(**parameters)
    return emit(SortingUnit(params), "psu", ties=params.ties)


def link_orderer(**parameters):
    params = LinkOrdererParams(**parameters)
    return emit(LinkOrderer(params), "link", ties=params.ties)


@pytest.mark.parametrize("width", [1, 8, 13])
def test_popcount(tmp_path, width):
    unit = emit(Popcount(PopcountParams(width=width)), "popcount")
    assert run_bench(unit, PopcountModel, tmp_path)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("sorter", PARALLEL)
def test_parallel_sorting_unit(tmp_path, sorter, key):
    parameters = {"sorter": sorter, **KEYS[key]}
    if parameters.get("cuts") == "all":
        buckets = SortingUnitParams(**{**parameters, "cuts": None}).bucket_count
        parameters["cuts"] = tuple(range(SORTERS[sorter].steps(parameters["n"], buckets)))
    assert run_bench(sorting_unit(**parameters), SortingModel, tmp_path)


@pytest.mark.parametrize("parameters", [
    {"n": 2, "width": 1}, *({**KEYS[key], "cuts": ()} for key in ("gray", "buckets", "gated")),
    {**KEYS["nonzero-gray"], "cuts": (), "data": True},
], ids=["bits", "gray", "buckets", "gated", "nonzero-gray"])
def test_serial_sorting_unit(tmp_path, parameters):
    unit = sorting_unit(sorter="serial", **parameters)
    assert run_bench(unit, SerialSortingModel, tmp_path)


@pytest.mark.parametrize("parameters", LINKS.values(), ids=LINKS)
def test_link_orderer(tmp_path, parameters):
    assert run_bench(link_orderer(**parameters), LinkModel, tmp_path)


@pytest.mark.parametrize("make, parameters, model", [
    (sorting_unit, {"n": 5, "data": True, "sorter": "banyan"}, SortingModel),
    (sorting_unit, {"n": 5, "sorter": "counting", "width": 4}, SortingModel),
    (sorting_unit, {"n": 5, "sorter": "serial", "width": 4}, SerialSortingModel),
    (link_orderer, {"n": 5, "lanes": 2, "width": 4, "snake": True}, LinkModel),
    (link_orderer, {"n": 5, "lanes": 2, "width": 4, "gating": "valid"}, LinkModel),
    (sorting_unit, {"n": 5, "sorter": "compare-all", "width": 4, "gating": "valid"}, SortingModel),
], ids=["banyan", "counting", "serial", "link", "gated link", "gated"])
def test_netlist(tmp_path, library, make, parameters, model):
    """Where ranks load valid items alone, clocks are gated."""
    unit = make(**parameters)
    library = replace(library, clock_gating=parameters.get("gating") == "valid")
    cells = tmp_path / "cells.v"
    cells.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_unit(unit, RECIPES[0], library, 8.0).netlist)
    assert run_bench(mapped, model, tmp_path / "run", sources=[cells])
