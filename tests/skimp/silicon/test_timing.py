"""Critical paths by hierarchy, highest clocks, corners: on a chain of adders whose path is known.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from slow_corner import scaled

from skimp.catalogue.selection import select
from skimp.hw.arith.adder import full_adder
from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.emit import emit
from skimp.silicon import fastest as search
from skimp.silicon.area import Timing, prices
from skimp.silicon.corners import corner_slacks, open_corners
from skimp.silicon.fastest import CLOCKS, FINE_NS, RESOLUTION_NS, fastest
from skimp.silicon.library import OSU018, Library
from skimp.silicon.mapping import Mapped, map_best
from skimp.silicon.path import in_parts, plain
from skimp.silicon.timing import CriticalPath, Stage, critical_path, sta_version, worst_slack

pytestmark = pytest.mark.command
WIDTH, CLOCK = 8, 6.0


@dataclass(frozen=True)
class NoParams:
    pass


class Chain(wiring.Component):
    """Two registers, added by a chain of full adders, into a third."""

    params = NoParams()
    latency = 2

    def __init__(self):
        super().__init__({"i": In(2 * WIDTH), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        left = Signal(WIDTH, reset_less=True)
        right = Signal(WIDTH, reset_less=True)
        total = Signal(WIDTH + 1, reset_less=True)
        m.d.sync += [left.eq(self.i[:WIDTH]), right.eq(self.i[WIDTH:])]
        carry = self.i[0]
        for place in range(WIDTH):
            bit, carry = full_adder(m, left[place], right[place], carry if place else left[-1],
                                    "ripple")
            m.d.sync += total[place].eq(bit)
        m.d.sync += total[WIDTH].eq(carry)
        m.d.comb += self.o.eq(total.xor())
        return m


@pytest.fixture
def chain(library):
    """The chain, and what it is mapped to."""
    if not sta_version():
        pytest.skip("needs Debian's opensta")
    unit = emit(Chain(), "chain")
    return unit, map_best(unit, library, CLOCK)


def test_the_path_is_the_chain(chain, library):
    unit, mapped = chain
    path = critical_path(mapped.netlist, "chain", library, CLOCK)
    assert path and path.begins_at == path.ends_at == "register"
    assert re.fullmatch(r"(left|right)\[\d\]", path.begin)
    assert path.end in (f"total[{WIDTH}]", f"total[{WIDTH - 1}]")
    assert path.setup_ns > 0
    assert path.arrival_ns + path.setup_ns + path.slack_ns == pytest.approx(CLOCK, abs=2e-4)
    assert path.slack_ns == pytest.approx(mapped.slack_ns, abs=0.006)
    assert path.stages[0].net == path.begin and path.stages[-1].arrival_ns == path.arrival_ns
    for before, stage in pairwise(path.stages):
        assert stage.arrival_ns == pytest.approx(before.arrival_ns + stage.delay_ns, abs=2e-4)
    assert all(stage.fanout > 0 and stage.pin in ("Q", "Y", "YS", "YC") for stage in path.stages)


def test_parts_have_the_names_of_the_verilog(chain, library):
    unit, mapped = chain
    path = critical_path(mapped.netlist, "chain", library, CLOCK)
    assert path
    record = in_parts(path, unit, mapped.netlist, library.adder_cells)
    first, ripple = record.parts[:2]
    assert first.name in ("left", "right") and first.cells["register"] == 1
    assert ripple.name == "ripple" and ripple.cells["full adder"] >= WIDTH - 2
    assert sum(part.share for part in record.parts) == pytest.approx(1, abs=1e-3)
    assert sum(part.delay_ns for part in record.parts) == pytest.approx(path.arrival_ns)
    count = sum(sum(part.cells.values()) for part in record.parts)
    assert count == len(path.stages) == len(record.stages)
    assert record.summary.startswith(f"{path.begin} (1 register")
    assert " -> ripple (" in record.summary and record.summary.endswith(f"-> {path.end}")


def test_what_has_no_name_counts_to_what_comes_and_a_buffer_to_what_it_is_behind(chain, library):
    unit, mapped = chain
    nets = ["left[3]", "buffered_9", "_012_", "U$2.carry", "$5", "_7_"]
    cells = ["DFFPOSX1", "BUFX4", "INVX1", "FAX1", "NAND2X1", "BUFX2"]
    stages = [Stage(instance="buffer_9" if cell == "BUFX4" else "_1_", cell=cell, pin="Y", net=net,
                    fanout=1, delay_ns=0.5, arrival_ns=0.5 * place)
              for place, (net, cell) in enumerate(zip(nets, cells, strict=True), 1)]
    path = CriticalPath(begin="left[3]", begins_at="register", end="total$4[8]",
                        ends_at="register", clock_ns=6.0, arrival_ns=3.0, setup_ns=0.2,
                        slack_ns=2.8, stages=stages)
    record = in_parts(path, unit, mapped.netlist, library.adder_cells)
    assert record.summary == ("left[3] (1 register, 1 buffer, 33%) -> ripple (1 gate, 1 full "
                                 "adder, 33%) -> total (2 gates, 33%) -> total[8]")
    assert [stage.part for stage in record.stages] == [
        "left", "left", "ripple", "ripple", "total", "total"]


def test_names_lose_bits_and_numbers_alone():
    assert plain("a.heap_carry$12[3]") == plain("a.heap_sum") == "a.heap"
    assert plain("sum$12[31]") == plain("sum") == "sum"
    assert plain("left_1_1[13]") == "left_1_1" and plain("kept[1][3]") == "kept"


def test_instances_of_an_array_are_named(library):
    one, = select(("plain-array",), None, {"rows": 1, "cols": 2, "group": 1})
    row, = prices([one], library, None, lambda: None, Timing(path=True))
    assert row.timing and row.timing.critical_path
    path = row.timing.critical_path
    names = [part.name for part in path.parts]
    assert any(re.fullmatch(r"element_0_[01]\.column_0\.heap", name) for name in names)
    assert not any("U$" in name for name in names) and "U$" not in path.summary


def test_ports_begin_and_end_paths(library):
    unit = emit(Popcount(PopcountParams(width=8)), "ones")
    path = critical_path(map_best(unit, library, CLOCK).netlist, "ones", library, CLOCK)
    assert path and path.begins_at == path.ends_at == "port" and path.setup_ns == 0
    assert path.begin.startswith("i[") and path.end.startswith("o[")
    assert path.arrival_ns + path.slack_ns == pytest.approx(CLOCK, abs=2e-4)


def test_a_unit_without_paths_has_none(library):
    netlist = "module none(input a, output b);\nendmodule\n"
    assert critical_path(netlist, "none", library, CLOCK) is None
    with pytest.raises(RuntimeError, match="OpenSTA failed"):
        critical_path("module other(", "none", library, CLOCK)


def test_the_highest_clock_is_met_and_the_next_is_not(chain, library):
    unit, _ = chain
    found = fastest(unit, library, CLOCK)
    assert found and found.clock_ns < CLOCK and found.slack_ns is not None and found.slack_ns >= 0
    there = map_best(unit, library, found.clock_ns)
    assert there.meets and (there.area_um2, there.slack_ns, there.recipe) == (
        found.area_um2, found.slack_ns, found.recipe)
    below = round(found.clock_ns - RESOLUTION_NS, 3)
    assert below in found.tried_ns and not map_best(unit, library, below).meets
    assert found.mhz == pytest.approx(1000 / found.clock_ns, abs=0.05)


@pytest.mark.parametrize("clock, period, expected", [
    (6.0, 4.73, 4.8), (6.0, 6.0, 6.0), (6.0, 7.21, 7.3), (9.55, 9.52, 9.55), (6.0, 0.0, None),
    (1.9, 0.4321, 0.44), (0.3, 0.3, 0.3), (2.0, 1.83, 1.9)])
def test_the_search(monkeypatch, library, clock, period, expected):
    """Netlists that all need ``period``."""
    def mapped(unit, library, target):
        return [Mapped("", 1, 0, 1, target, target - period - extra, 0, "") for extra in (0.3, 0)]
    monkeypatch.setattr(search, "map_all", mapped)
    found = fastest(emit(Chain(), "chain"), library, clock)
    assert (found and found.clock_ns) == expected
    if found:
        assert found.tried_ns[0] == clock and len(set(found.tried_ns)) == len(found.tried_ns) <= 3


def test_the_search_is_bounded(monkeypatch, library):
    """Every clock is met, a little."""
    monkeypatch.setattr(search, "map_all", lambda unit, library, target: [
        Mapped("", 1, 0, 1, target, 0.01, 0, "")])
    for clock, step in ((CLOCK, RESOLUTION_NS), (1.0, FINE_NS)):
        found = fastest(emit(Chain(), "chain"), library, clock)
        assert found and len(found.tried_ns) == CLOCKS + 1
        assert found.clock_ns == pytest.approx(clock - CLOCKS * step)


def test_corners_change_slack_alone(chain, library):
    unit, mapped = chain
    corners = open_corners([scaled(library, 2, "slow.lib"), scaled(library, 0.5, "fast.lib")],
                           library)
    slacks = corner_slacks(mapped, "chain", corners)
    assert list(slacks) == ["slow", "fast"]
    assert slacks["slow"] < mapped.slack_ns < slacks["fast"]
    path = critical_path(mapped.netlist, "chain", dict(corners)["slow"], CLOCK)
    plainly = critical_path(mapped.netlist, "chain", library, CLOCK)
    assert path and plainly and path.arrival_ns == pytest.approx(2 * plainly.arrival_ns, abs=2e-3)
    assert slacks["slow"] == pytest.approx(path.slack_ns, abs=0.006)


def test_a_library_in_picoseconds_has_its_slack_in_ns(chain, library):
    unit, mapped = chain
    text = OSU018.read_text()
    Path("ps.lib").write_text(text.replace('time_unit : "1ns"', 'time_unit : "1ps"'))
    found = Library.find(Path("ps.lib"), wire_ff=0)
    assert found
    # Delays a thousandth: nearly all of the period is left.
    assert CLOCK - 0.1 < worst_slack(mapped.netlist, "chain", found, CLOCK) <= CLOCK
