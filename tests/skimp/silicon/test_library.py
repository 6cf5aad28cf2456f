"""Libraries of other makers: cells by what they do, their traps, whole flows on small units."""

import re
from pathlib import Path

import libraries
import numpy as np
import pytest

from skimp.catalogue.selection import select
from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.emit import emit
from skimp.jobs.batch import results_of
from skimp.power.energy import check_energies
from skimp.power.measure import Energy
from skimp.silicon.design_rules import violations
from skimp.silicon.library import Library
from skimp.silicon.mapping import map_best
from skimp.silicon.models import cell_models
from skimp.silicon.netlist import expand, loads
from skimp.silicon.timing import run_sta, sta_version, worst_slack

pytestmark = pytest.mark.command
FOREIGN = ("sky", "ihp", "gf", "asap")
#: Full adder and half adder, the smallest buffer and the better one, cells that give 1 and 0.
FOUND = {
    "plain": ("FULL", "HALF", ["BUF2", "BUF4"], ()),
    "sky": ("fa_1", "ha_1", ["buf_1", "buf_4"], ("conb_1.HI", "conb_1.LO")),
    "ihp": (None, None, ["buf_1", "buf_4"], ("tiehi.L_HI", "tielo.L_LO")),
    "gf": ("addf_1", "addh_1", ["buf_1", "buf_4"], ("tieh.Z", "tiel.ZN")),
    "asap": ("FAx1", "HAxp5", ["BUFx4"], ("TIEHIx1.H", "TIELOx1.L")),
}
#: Cells that are not to be used, for whatever reason.
UNUSED = {"plain": set(), "sky": {"dlclkp_1", "lpflow_inputiso0n_1", "probe_p_1"},
          "ihp": {"buf_16", "nand2_2", "lgcp_1"}, "gf": {"icgtn_1", "icgtp_1"},
          "asap": {"INVxp5", "NAND2x1p5", "HAxp5", "ICGx1"}}


def short(name):
    """A cell's name without what its library puts around."""
    return re.sub(r"^(sky130_fd_sc_hd__|sg13g2_|gf180mcu_fd_sc_mcu7t5v0__)|_ASAP7_75t_R$", "", name)


def opened(name, folder, **how):
    found = Library.find(libraries.write(name, Path(folder)), **how)
    assert found
    return found


def measure(one, library, clock_ns, **how):
    return results_of([Energy(one, library, clock_ns, **how)])[0]


@pytest.mark.parametrize("name", FOUND)
def test_cells_are_found_by_what_they_do(tmp_path, name):
    library = opened(name, tmp_path)
    full, half, buffers, ties = FOUND[name]
    adders = {kind: short(adder.cell) for kind, adder in library.adders.items()}
    assert (adders.get("full_adder"), adders.get("half_adder")) == (full, half)
    assert [short(buffer.cell) for buffer in library.buffers] == buffers
    assert tuple(f"{short(cell)}.{pin}" for cell, pin in (
        library.ties[value] for value in "10" if library.ties)) == ties
    assert {short(cell) for cell in library.cells - library.usable} == UNUSED[name]
    inverted = {adder.inverted for adder in library.adders.values()}
    assert inverted <= {(name == "asap",) * 2}


def test_cells_that_a_user_does_not_want(tmp_path):
    library = opened("plain", tmp_path, dont_use=["FULL", "BUF*"])
    assert library.adder_cells == {"half_adder": "HALF"} and not library.buffers
    with pytest.raises(ValueError, match=r"plain.lib: no cell is called 'NAND9\*'"):
        opened("plain", tmp_path, dont_use=["NAND9*"])
    with pytest.raises(ValueError, match="there is no register that may be used"):
        opened("plain", tmp_path, dont_use=["DFF"])
    with pytest.raises(ValueError, match="there is no inverter that may be used"):
        opened("plain", tmp_path, dont_use=["INV*"])


def test_limits_are_those_of_the_library(tmp_path):
    assert opened("ihp", tmp_path).most_pins == 8
    library = opened("plain", tmp_path)
    assert library.most_pins == 16 and library.most_pf("INV", "Y") == pytest.approx(0.64)
    # A slew that may be 1.5 ns allows less than the capacitance that is stated.
    sky = opened("sky", tmp_path)
    inverter = "sky130_fd_sc_hd__inv_1"
    cell, most = sky.timed[inverter], sky.most_pf(inverter, "Y")
    assert 0 < most <= cell.most["Y"]
    for table in cell.slew["A", "Y"]:
        assert table.at(np.array(most), np.array(1.5)) <= 1.5


@pytest.mark.parametrize("name, wire", [("plain", 2.0), ("asap", 0.12)])
def test_wires_get_shorter_with_the_cells(tmp_path, name, wire):
    assert opened(name, tmp_path).wire_ff == wire
    assert opened(name, tmp_path, wire_ff=7).wire_ff == 7


def test_mapping_and_timing_see_the_wires(tmp_path):
    """A femtofarad in a pin, for ABC, is one in a wire, for OpenSTA."""
    bare, wired = (opened("asap", tmp_path, wire_ff=wire) for wire in (0, 3))
    capacitance = re.compile(r"(?<!_)capacitance : ([\d.]+)")
    pins = [[float(pf) for pf in capacitance.findall(library.for_mapping)]
            for library in (bare, wired)]
    np.testing.assert_allclose(np.array(pins[1]) - pins[0], 3)
    assert "capacitance : 3;" in wired.for_timing and "capacitance : 0;" in bare.for_timing


@pytest.mark.parametrize("name", FOREIGN)
def test_no_wire_load_but_ours(tmp_path, name):
    for text in (opened(name, tmp_path).for_mapping, opened(name, tmp_path).for_timing):
        assert set(re.findall(r"default_wire_load\s*:\s*\"?(\w+)", text)) <= {"skimp"}
        assert set(re.findall(r"wire_load \(\"?(\w+)", text)) <= {"skimp"}


def test_slack_is_that_of_our_wires(tmp_path):
    """An inverter of `plain` has 3 ns for each pF at its output."""
    if not sta_version():
        pytest.skip("needs Debian's opensta")
    netlist = ("module t(input a, output b);\n  INV g (.A(a), .Y(n));\n" + "".join(
        f"  INV g{place} (.A(n), .Y(n{place}));\n" for place in range(10)) +
        "  INV h (.A(n0), .Y(b));\nendmodule\n")
    slacks = [worst_slack(netlist, "t", opened("plain", tmp_path, wire_ff=wire), 20.0)
              for wire in (0, 20)]
    gates = [opened("plain", tmp_path).timed["INV"].delay["A", "Y"][0].at(
        np.array(load), np.array(0.0)) for load in (0.1, 0.3)]
    assert slacks[0] - slacks[1] >= float(gates[1] - gates[0]) - 0.01 > 0.1


@pytest.mark.parametrize("name", libraries.LIBRARIES)
def test_a_unit_is_mapped_within_all_limits(tmp_path, name):
    """The smallest sorter with registers: adders, buffers, ties, nothing that is not to be used."""
    library = opened(name, tmp_path)
    unit = select(("psu",), None, {"n": 4, "sorter": "odd-even", "data": True})[0].emit()
    mapped = map_best(unit, library, 9.0)
    used = set(re.findall(r"^  (\w+) \S+ \($", mapped.netlist, re.MULTILINE)) & library.cells
    assert not {short(cell) for cell in used} & (UNUSED[name] - {"HAxp5"})
    assert mapped.violations == 0 and mapped.meets
    constants = re.findall(r"\.(\w+)\(1'h[01]\)", mapped.netlist)
    assert not (library.ties and constants)
    assert "endmodule" in cell_models(library)
    full, ones = FOUND[name][0], emit(Popcount(PopcountParams(width=8)), "ones")
    assert full is None or full in map_best(ones, library, 9.0).netlist


def test_a_load_that_is_too_much_is_counted(tmp_path):
    library = opened("plain", tmp_path, wire_ff=0)
    def design(count):
        cells = {f"g{place}": {"type": "INV", "connections": {"A": [3], "Y": [10 + place]},
                               "port_directions": {"A": "input", "Y": "output"}}
                 for place in range(count)}
        return {"modules": {"t": {"attributes": {}, "cells": cells, "netnames": {}, "ports": {
            "i": {"direction": "input", "bits": [3]}}}}}
    assert violations(design(16), "t", library) == 0
    assert violations(design(17), "t", library) == 1
    heavy = opened("plain", tmp_path, wire_ff=3000)
    assert violations(design(2), "t", heavy) == 1, "6.02 pF behind a port"


def test_registers_without_timing_are_a_failure(library, monkeypatch):
    if not sta_version():
        pytest.skip("needs Debian's opensta")
    monkeypatch.setattr("skimp.silicon.timing.SLACK", 'puts "worst slack INF"\n')
    register = "module t(input clk, input d, output q);\n  DFFPOSX1 r (.CLK(clk), .D(d), .Q(q));\n"
    with pytest.raises(RuntimeError, match="finds no path in t, though it has registers"):
        worst_slack(f"{register}endmodule\n", "t", library, 5.0)
    assert worst_slack("module t(input a, output b);\nendmodule\n", "t", library, 5.0) == 5.0


def test_what_opensta_cannot_read_is_a_failure(library):
    if not sta_version():
        pytest.skip("needs Debian's opensta")
    with pytest.raises(RuntimeError, match="OpenSTA failed"):
        run_sta("module t(input a);\nendmodule\n", "t", library, 5.0, "report_nonsense\n")


def test_the_same_library_at_any_path_gives_the_same_slack(library, skimp):
    """Nothing that a user wrote is part of a script."""
    unit = emit(Popcount(PopcountParams(width=4)), "ones")
    expected = map_best(unit, library, 6.0)
    for name in ("a b.lib", "[exec touch X].lib", "$x;puts.lib", 'q"{.lib', "back\\slash.lib"):
        Path(name).write_text(Path("/usr/share/qflow/tech/osu018/osu018_stdcells.lib").read_text())
        found = Library.find(Path(name))
        assert found and map_best(unit, found, 6.0) == expected
    assert not Path("X").exists()


@pytest.mark.parametrize("name", libraries.LIBRARIES)
def test_energy_of_any_library(tmp_path, icarus, name):
    if not sta_version():
        pytest.skip("needs Debian's opensta")
    library = opened(name, tmp_path)
    one, = select(("psu",), None, {"n": 4, "sorter": "odd-even"})
    row = measure(one, library, 9.0, layer="lenet5:pool1", amount=4)
    assert row.annotated_percent >= 95 and row.wire_ff == library.wire_ff
    assert min(row.switching_pj, row.internal_pj, row.clock_pj, row.leakage_pj) > 0
    # Conditions and supply pins are beyond OpenSTA 2.0; with all else it agrees.
    assert (row.uniform_mw is None) == (name in ("ihp", "gf", "asap"))
    assert bool(row.not_checked) == (row.uniform_mw is None)


def test_leakage_is_the_mean_of_states_and_the_sum_of_supplies(tmp_path):
    """An inverter of `asap` leaks 10 or 30 pW at one supply pin, nothing at the other."""
    library = opened("asap", tmp_path)
    assert library.timed["INVx1_ASAP7_75t_R"].leakage == 0
    assert library.powered["INVx1_ASAP7_75t_R"].leakage == pytest.approx(0.02)


def test_energies_of_supply_pins_add_up(tmp_path):
    cell = opened("asap", tmp_path).powered["NAND2x1_ASAP7_75t_R"]
    supplies = cell.energy["A", "Y"]
    assert len(supplies) == 2, "VDD and VSS"
    vdd, vss = (np.mean([table.values for table in tables]) for tables in supplies)
    assert vdd == pytest.approx(3 * vss)


def test_loads_are_pins_and_wires(tmp_path):
    library = opened("asap", tmp_path, wire_ff=2)
    cells = {"g": {"type": "INVx1_ASAP7_75t_R", "connections": {"A": [3], "Y": [4]},
                   "port_directions": {"A": "input", "Y": "output"}}}
    netlist = expand({"t": {"attributes": {}, "cells": cells, "netnames": {}, "ports": {}}}, "t",
                     library.timed)
    load = loads(netlist, library.timed, library.wire_ff)
    assert load[netlist.nets.index("t.n3")] == pytest.approx(0.0006 + 0.002)


@pytest.mark.parametrize("change, sentence", [
    (lambda text: re.sub(r"internal_power", "other_power", text), "has no internal power"),
    (lambda text: text.replace("nom_voltage", "no_voltage"), "has no nom_voltage"),
    (lambda text: re.sub(r"nom_voltage : [\d.]+", "nom_voltage : 0", text), "nom_voltage of 0"),
    (lambda text: re.sub(r"(power_lut_template[^}]*?)input_transition_time",
                         r"\1equal_or_opposite_output_net_capacitance", text),
     "has internal power that is not understood"),
], ids=["none", "no-voltage", "zero", "axes"])
def test_energies_that_are_not_understood_are_refused(tmp_path, change, sentence):
    path = tmp_path / "other.lib"
    text = libraries.plain()
    assert change(text) != text
    path.write_text(change(text))
    found = Library.find(path)
    assert found
    with pytest.raises(ValueError, match=sentence):
        check_energies(found)
