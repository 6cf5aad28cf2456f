"""Relations between areas, never areas: those depend on tools."""

from dataclasses import replace

import pytest

from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.emit import emit
from skimp.hw.psu.unit import SortingUnit, SortingUnitParams, Structure
from skimp.silicon import mapping
from skimp.silicon.library import Library
from skimp.silicon.mapping import Mapped, best, map_unit
from skimp.silicon.recipes import RECIPES

pytestmark = pytest.mark.command
CLOCK = 8.0
TABLE = (0, 0, 0, 1, 1, 2, 2, 3, 3)


@pytest.fixture
def area(library):
    """Area of a sorting unit."""
    def run(**parameters):
        unit = emit(SortingUnit(SortingUnitParams(**parameters)), "unit")
        return map_unit(unit, RECIPES[0], library, CLOCK).area_um2
    return run


@pytest.mark.parametrize("sorter", ["counting", "odd-even"])
def test_fewer_buckets_cost_less(area, sorter):
    assert area(n=5, sorter=sorter, buckets=TABLE) < area(n=5, sorter=sorter)


def test_gray_wires_cost_less_than_a_popcount(area):
    assert area(n=5, key="gray", wires=(1, 0)) < area(n=5, buckets=TABLE)


def test_more_elements_cost_more(area):
    assert area(n=3, buckets=TABLE) < area(n=5, buckets=TABLE)


def test_registers_are_those_of_the_design(area, library):
    """``n * ceil(log2 n)`` bits of order and a valid bit, 96 um2 each: none is lost or added."""
    unit = emit(SortingUnit(SortingUnitParams(n=5, sorter=Structure.ODD_EVEN, cuts=())), "unit")
    mapped = map_unit(unit, RECIPES[0], library, CLOCK)
    assert mapped.sequential_area_um2 == 96 * (5 * 3 + 1)


def test_full_adders_become_cells_where_there_are_any(library, tmp_path):
    unit = emit(Popcount(PopcountParams(width=8)), "ones")
    recipe = next(recipe for recipe in RECIPES if recipe.adders)
    assert "FAX1" in map_unit(unit, recipe, library, CLOCK).netlist
    assert "FAX1" not in map_unit(unit, replace(recipe, adders=False), library, CLOCK).netlist
    other = Library.find(dont_use=["FAX1"])
    assert other and other.adder_cells == {"half_adder": "HAX1"}
    assert "FAX1" not in map_unit(unit, recipe, other, CLOCK).netlist


def test_nothing_is_synthesized_twice(library, monkeypatch):
    unit = emit(Popcount(PopcountParams(width=3)), "ones")
    first = map_unit(unit, RECIPES[0], library, CLOCK)
    monkeypatch.setattr(mapping, "yosys", None)
    assert map_unit(unit, RECIPES[0], library, CLOCK) == first
    with pytest.raises(TypeError):
        map_unit(unit, RECIPES[0], library, CLOCK + 1)


def test_best_is_the_smallest_that_meets_the_clock():
    def mapped(area, slack):
        return Mapped("", area, 0, 0, CLOCK, slack, 0, "")
    slow, small, large = mapped(1, -0.1), mapped(2, 0.1), mapped(3, 1.0)
    assert best([large, slow, small]) is small
    assert best([large, mapped(1, 0.05)]) is large, "with something to spare"
    assert best([slow, mapped(4, 0.05)]).meets
    assert best([slow, mapped(0, -0.2)]) is slow
    assert best([mapped(2, None), mapped(1, None)]).area_um2 == 1


def test_a_failing_tool_is_told(library):
    broken = replace(emit(Popcount(PopcountParams(width=3)), "ones"), verilog="module ones(")
    with pytest.raises(RuntimeError, match="Yosys failed: .*syntax error"):
        map_unit(broken, RECIPES[0], library, CLOCK)
