"""Clock gates: what they are made of, that they are few, that they hold, that they are in time."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import libraries
import pytest
from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from skimp.catalogue.selection import select
from skimp.hw.emit import emit
from skimp.jobs.batch import results_of
from skimp.silicon import mapping
from skimp.silicon.clock_gates import MOST
from skimp.silicon.library import Library
from skimp.silicon.mapping import map_best, map_unit
from skimp.silicon.recipes import RECIPES
from skimp.silicon.timing import critical_path, sta_version, worst_slack
from skimp.silicon.verify import Verified

pytestmark = pytest.mark.command
CLOCK = 6.0


@dataclass(frozen=True)
class NoParams:
    pass


class Held(wiring.Component):
    """Registers of several widths that each hold unless their enable, of ``depth`` gates, is on."""

    params = NoParams()
    latency = 1

    def __init__(self, *widths, depth=0):
        self.widths, self.depth = widths, depth
        super().__init__({"d": In(sum(widths)), "on": In(len(widths)), "o": Out(sum(widths))})

    def elaborate(self, platform):
        m = Module()
        start, held = 0, []
        for number, width in enumerate(self.widths):
            on, register = Signal(name=f"on_{number}"), Signal(width, name=f"held_{number}",
                                                               reset_less=True)
            m.d.sync += on.eq(self.on[number])
            for place in range(self.depth):             # alternately, so that nothing is left out
                on = on ^ self.o[place] if place % 2 else on & self.o[place]
            with m.If(on):
                m.d.sync += register.eq(self.d[start:start + width])
            start += width
            held.append(register)
        offset = 0
        for register in held:
            m.d.comb += self.o[offset:offset + len(register)].eq(register)
            offset += len(register)
        return m


@pytest.fixture
def gated():
    """OSU 0.18 um, its clocks gated."""
    found = Library.find(clock_gating=True)
    if found is None or not sta_version():
        pytest.skip("needs Debian's qflow-tech-osu018 and opensta")
    return found


def mapped(library, *widths, clock_ns=CLOCK, **how):
    return map_unit(emit(Held(*widths, **how), "held"), RECIPES[0], library, clock_ns)


def gates(netlist):
    """Kinds of the cells that gate clocks."""
    return Counter(re.findall(r"^  (\w+) clock_gate_\d+ \($", netlist, re.MULTILINE))


def test_a_library_is_used_in_two_ways(gated, library):
    assert gated.clock_gating and not library.clock_gating and gated.key != library.key
    assert gated.__reduce__()[1][-1] is True
    assert not library.gating.names


def test_registers_that_hold_lose_their_multiplexers(gated, library):
    bare, with_gates = mapped(library, 20, 3), mapped(gated, 20, 3)
    assert not gates(bare.netlist)
    assert with_gates.area_um2 < bare.area_um2 and with_gates.violations == 0
    # Two of at most 16 registers, one of three.
    assert gates(with_gates.netlist)["OR2X2"] == 3
    clocks = Counter(re.findall(r"\.CLK\((\S+?)\)", with_gates.netlist))
    assert sorted(clocks.values()) == [2, 3, 10, 10] and max(clocks.values()) <= MOST


def test_two_registers_are_not_worth_a_gate(gated):
    assert not gates(mapped(gated, 2, 1).netlist)


def test_late_enables_have_latches_that_share_inverters(gated, monkeypatch):
    monkeypatch.setattr("skimp.silicon.clock_gates.EARLY", 0.0)
    found = gates(mapped(gated, 20, 3, 3, 3, 3, clock_ns=CLOCK + 1).netlist)
    assert found == {"AND2X2": 6, "LATCH": 5, "INVX1": 2}


def test_a_latch_has_the_area_of_its_layout(gated, monkeypatch):
    assert gated.timed["LATCH"].area == 56
    early = mapped(gated, 3)
    monkeypatch.setattr("skimp.silicon.clock_gates.EARLY", 0.0)
    late = mapped(gated, 3, clock_ns=CLOCK + 1)
    # A latch, an inverter and an AND for an inverter and an OR.
    assert late.area_um2 - early.area_um2 == 56


def test_names_tell_what_is_clocked(gated):
    netlist = mapped(gated, 20, 3).netlist
    assert set(re.findall(r"\.CLK\((held_\d)_clock_gate_\d+\)", netlist)) == {"held_0", "held_1"}


def test_a_late_enable_is_missing_slack(gated):
    """An OR needs its enable in half of the clock, so that is what the path has."""
    netlist = mapped(gated, 8, depth=6, clock_ns=30).netlist
    assert gates(netlist)["OR2X2"] == 1
    slow, fast = (worst_slack(netlist, "held", gated, clock) for clock in (6.0, 3.0))
    assert slow - fast == pytest.approx(1.5, abs=0.02)
    path = critical_path(netlist, "held", gated, 3.0)
    assert path and path.ends_at == "clock gate"
    assert re.fullmatch(r"held_0_clock_gate_\d+", path.end)
    assert path.arrival_ns + path.setup_ns + path.slack_ns == pytest.approx(3.0, abs=2e-4)
    assert path.setup_ns >= 1.5 and path.slack_ns == pytest.approx(fast, abs=0.006)


def test_a_latch_lends_no_time(gated, monkeypatch):
    monkeypatch.setattr("skimp.silicon.clock_gates.EARLY", 0.0)
    netlist = mapped(gated, 8, depth=6).netlist
    assert gates(netlist)["LATCH"] == 1
    slacks = [worst_slack(netlist, "held", gated, clock) for clock in (6.0, 1.0)]
    assert slacks[0] - slacks[1] == pytest.approx(5.0, abs=0.02) and slacks[1] < 0
    path = critical_path(netlist, "held", gated, 1.0)
    assert path and path.ends_at == "register" and path.end.startswith("clock_gate_held")


def test_latches_where_gates_alone_miss_the_clock(gated, monkeypatch):
    """Every enable is taken for early, and is not."""
    monkeypatch.setattr("skimp.silicon.clock_gates.EARLY", 99.0)
    found = mapped(gated, 8, depth=8, clock_ns=2.0)
    assert gates(found.netlist)["LATCH"] == 1 and found.spares
    assert gates(mapped(gated, 8, depth=8, clock_ns=12.0).netlist)["OR2X2"] == 1


@pytest.mark.parametrize("name, cell", [
    ("sky", "sky130_fd_sc_hd__dlclkp_1"), ("ihp", "sg13g2_lgcp_1"),
    ("gf", "gf180mcu_fd_sc_mcu7t5v0__icgtp_1"), ("asap", "ICGx1_ASAP7_75t_R")])
def test_a_library_s_own_gates(tmp_path, gated, name, cell):
    library = Library.find(libraries.write(name, Path(tmp_path)), clock_gating=True)
    assert library and library.gating.names == {cell} and cell not in library.usable
    found = mapped(library, 20, 3, clock_ns=60.0)
    assert gates(found.netlist)[cell] == 3 and found.violations == 0 and found.meets
    # Its test pin is low, by a tie cell where there is one.
    assert (".TE(" in found.netlist) == (name == "gf") and "1'h0" not in found.netlist


@pytest.mark.parametrize("name", ["osu018", "gf"])
def test_gated_netlists_pass_the_benches(tmp_path, gated, icarus, name):
    """Of cells that are found, and of a library's own gate, whose model is ours."""
    library = gated if name == "osu018" else Library.find(
        libraries.write(name, Path(tmp_path)), clock_gating=True)
    one, = select(("psu",), None, {"n": 4, "sorter": "odd-even"}, gated=True)
    record, = results_of([Verified(one, library, 30.0, "icarus", deep=False)])
    assert record.tests_passed > 3


@pytest.mark.parametrize("unwanted", [[], ["LATCH"], ["AND2*"]])
def test_a_library_without_gates_is_refused(tmp_path, unwanted):
    files = [] if unwanted else libraries.write("plain", Path(tmp_path))
    with pytest.raises(ValueError, match="clocks can be gated only with a clock gate, or with a "
                                         "latch, an AND and an inverter"):
        Library.find(files, clock_gating=True, dont_use=unwanted)


def test_nothing_else_changes_where_nothing_holds(gated, library):
    unit = select(("popcount",), None, {"width": 8})[0].emit()
    bare, same = (map_best(unit, found, CLOCK) for found in (library, gated))
    assert replace(bare, recipe=same.recipe) == same


def test_without_opensta_gates_are_made_too(gated, monkeypatch):
    monkeypatch.setattr(mapping, "sta_version", lambda: None)
    found = mapped(gated, 4)
    assert gates(found.netlist)["OR2X2"] == 1 and found.slack_ns is None
