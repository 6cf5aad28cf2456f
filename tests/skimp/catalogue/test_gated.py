"""Configurations where clocks are gated: what is set, how they are called, whom they meet."""

import json
from dataclasses import replace

import pytest

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import select
from skimp.power import measure
from skimp.sweep import spec

ARRAYS = ("plain-array", "sysmt-array")


@pytest.fixture
def gated(monkeypatch):
    """Rows of three blocks that set something where clocks are gated."""
    for name, parameters in (("popcount", {"width": 5}), *((name, {"group": 1})
                                                           for name in ARRAYS)):
        monkeypatch.setitem(CATALOGUE, name, replace(CATALOGUE[name], gated=parameters))


def test_rows_set_parameters_that_they_have():
    for one in select(()):
        assert set(one.block.gated) <= set(vars(one.params)), one.name
        assert not set(one.block.gated) & {*one.block.fixed, *one.block.sizes}


def test_every_configuration_has_its_gated_one():
    every, gated = select(()), select((), gated=True)
    assert gated == [one.gated for one in every] == [one.gated.gated for one in every]
    assert [one.config for one in gated] == [one.config for one in every]
    for one in every:
        assert one.gated.name == one.name + "_gated" * bool(one.block.gated)


def test_who_is_gated_meets_a_baseline_that_is():
    for one in select(()):
        if one.baseline is not None:
            assert one.gated.baseline == one.baseline.gated, one.name


def test_what_a_row_sets(gated):
    one, = select(("popcount",), "word", gated=True)
    assert (one.name, one.config, one.params.width) == ("popcount_word_gated", "word", 5)
    assert select(("popcount",), "word")[0].params.width == 32
    assert select(("popcount",), "word")[0].gated == one
    other, = select(("window-select",), "2opt", {"rounding": "trim"}, gated=True)
    assert other == other.gated == select(("window-select",), "2opt", {"rounding": "trim"})[0]


def test_what_the_user_sets_stays(gated):
    for flags in ({"width": 7}, {"width": 32}):
        assert select(("popcount",), "word", flags, gated=True) == select(
            ("popcount",), "word", flags)
    # Who sets it himself asks for the same unit, whose name is the same.
    assert select(("popcount",), "word", {"width": 5}) == select(("popcount",), "word", gated=True)
    one, = select(("plain-array",), None, {"rows": 2}, gated=True)
    plain, = select(("plain-array",), None, {"rows": 2})
    assert (one.params.rows, one.params.group, one.config) == (2, 1, "custom")
    assert one.name == f"{plain.name}_gated" and plain.gated == one


def test_baselines_carry_it(gated):
    one, = select(("sysmt-array",), "2t-4x4", gated=True)
    assert one.baseline == select(("plain-array",), "8b-8b-4x4", gated=True)[0]
    assert one.baseline is not None and one.baseline.config == "8b-8b-4x4"
    one, = select(("sysmt-array",), "2t-4x4", {"group": 2}, gated=True)
    assert one.baseline is not None and one.baseline.params.group == 2
    flags = {"rows": 1, "cols": 2}
    one, = select(("sysmt-array",), None, flags, gated=True)
    assert [one.baseline] == select(("plain-array",), None, flags, gated=True)


@pytest.mark.command
def test_area_and_sweep(gated, skimp, library, tmp_path):
    flags = ("--config", "byte", "--json")
    for more, way, width in (((), False, 8), (("--clock-gating",), True, 5)):
        row, = json.loads(skimp("area", "popcount", *flags, *more)[1])
        assert (row["clock_gating"], row["parameters"]) == (way, {"width": width})
    assert "Clocks gated" in skimp("area", "popcount", *flags[:-1], "--clock-gating")[1]
    assert "Clocks gated" not in skimp("area", "popcount", *flags[:-1])[1]
    (tmp_path / "spec.toml").write_text('[[grid]]\nblock = "popcount"\nconfig = "byte"')
    swept, = json.loads(skimp("sweep", "spec.toml", "--clock-gating", "--json")[1])
    assert swept == {"grid": 1, **row}
    (tmp_path / "spec.toml").write_text('[[grid]]\nmeasure = "accuracy"\nnet = "lenet5"\n'
                                        'scheme = "exact"')
    status, out, err = skimp("sweep", "spec.toml", "--clock-gating")
    assert (status, out) == (2, "") and "--clock-gating is of areas and energies" in err


@pytest.mark.command
def test_a_grid_may_set_it_itself(gated, tmp_path):
    (tmp_path / "spec.toml").write_text('[[grid]]\nblock = "sysmt-array"\nconfig = "2t-4x4"\n'
                                        'group = [1, 4]\n[[grid]]\nblock = "popcount"\n')
    for way, groups, widths in ((False, [1, 4], [8, 32]), (True, [1, 4], [5])):
        points = spec.read(tmp_path / "spec.toml", gated=way)
        found = [dict(point.values)["one"].params for point in points]
        assert [one.group for one in found[:2]] == groups
        assert [one.width for one in found[2:]] == widths


@pytest.mark.command
def test_verify(gated, skimp, library, icarus):
    row, = json.loads(skimp("verify", "popcount", "--config", "byte", "--netlist",
                            "--clock-gating", "--json")[1])
    assert row["design"] == f"netlist {library.name}, clocks gated"
    assert row["parameters"] == {"width": 5} and row["tests_passed"] > 0
    status, _, err = skimp("verify", "popcount", "--clock-gating")
    assert status == 2 and err == ("skimp: --clock-gating is of netlists: add --netlist, or leave "
                                   "it out\n")


@pytest.mark.command
def test_what_power_measures(gated, skimp, library, monkeypatch):
    asked = []
    monkeypatch.setattr("skimp.cli.power.open_sta", lambda: None)
    monkeypatch.setattr("skimp.cli.power.energies", lambda chosen, library, *_, **__: asked.append(
        ([one.name for one in chosen], library.clock_gating)) or [])
    assert skimp("power")[0] == skimp("power", "--clock-gating")[0] == 0
    (plain, first), (held, second) = asked
    assert (first, second) == (False, True) and len(plain) == len(held)
    assert "plain_array_8b_8b_8x8" in plain and "plain_array_8b_8b_8x8_gated" in held


def test_energies_are_compared_alike(gated, library):
    one, = select(("sysmt-array",), "2t-4x4", gated=True)
    own, other = measure.Compared(one, replace(library, clock_gating=True), 10.0).needs()
    assert own.library.clock_gating and other.library.clock_gating
    assert (own.one, other.one) == (one, one.baseline)


@pytest.mark.command
def test_without_a_library_no_clock_is_gated(skimp, monkeypatch, tmp_path):
    monkeypatch.setattr("skimp.silicon.library.OSU018", tmp_path / "no.lib")
    status, out, err = skimp("area", "popcount", "--config", "byte", "--clock-gating", "--json")
    assert (status, out) == (1, "") and "OSU 0.18 um is missing" in err
