"""The command as a stranger meets it."""

import json
from pathlib import Path

import numpy as np
import pytest

from skimp.catalogue.rows import CATALOGUE

pytestmark = pytest.mark.command


REFUSED = [
    (["frobnicate"], "No such command 'frobnicate'"),
    (["generate", "psx"], "no block 'psx'; there are popcount, psu, "),
    (["generate", "psu", "--frob", "1"], "No such option '--frob'"),
    (["generate", "psu", "--config", "huge"], "no configuration 'huge'; it has accurate, "),
    (["generate", "popcount", "--n", "9"], "block popcount has no parameter 'n'; it has width"),
    (["generate", "psu-bitonic", "--sorter", "banyan"], "has no parameter 'sorter'"),
    (["generate", "--width", "9"], "name a block to set 'width' of"),
    (["area", "--config", "gray2"], "name the block whose configuration 'gray2' is meant"),
    (["generate", "psu", "--n", "1"], "n must be an integer of 2 to 64, not 1"),
    (["generate", "psu", "--n", "x"], "--n must be an integer, not 'x'"),
    (["generate", "psu", "--width", "0"], "width must be an integer of 1 to 32, not 0"),
    (["generate", "psu", "--buckets", "0,1"], "buckets must have 9 entries"),
    (["generate", "psu", "--buckets", "0,0,1,0,1,1,1,1,1"], "count 3 has 0 behind 1"),
    (["generate", "psu", "--buckets", "0,0,2,2,2,2,2,2,2"], "count 2 has 2 behind 0"),
    (["generate", "psu", "--buckets", "low"], "--buckets must be integers separated by commas"),
    (["generate", "psu", "--key", "gray", "--wires", "1,1"], "1 is named twice"),
    (["generate", "psu", "--key", "gray", "--wires", "8"], "wires must be an integer of 0 to 7"),
    (["generate", "psu", "--name", "unit"], "--name needs a single configuration"),
    (["generate", "popcount", "--config", "byte", "--name", "8bit"], "a Verilog identifier"),
    (["generate", "popcount", "-o", "/proc/nowhere"], "/proc/nowhere"),
    (["area", "popcount", "--liberty", "/no/such.lib"], "cannot read the Liberty file"),
    (["area", "popcount", "--clock-ns", "0"],
     "--clock-ns must be a number of 0.01 to 1000 ns, not 0"),
    (["verify", "popcount", "--simulator", "vcs"], "'vcs' is not one of"),
    (["traffic", "--trace", "/no/such.npz"], "/no/such.npz does not exist"),
    (["traffic", "--lanes", "0"], "--lanes must be an integer of 1 to 64, not 0"),
    (["traffic", "--lanes", "one"], "--lanes must be an integer of 1 to 64, not 'one'"),
    (["traffic", "--layers", "relu1"], "Layers must be among conv1, pool1, conv2, pool2, fc1"),
    (["traffic", "--packet-orders", "random"], "Packet orders must be among"),
    (["traffic", "--images", "0"], "--images must be an integer of 1 to 1000, not 0"),
    (["traffic", "--plot", "plot.jpg"], "a file ending in .pdf, .png, .svg"),
    (["traffic", "--plot", "/no/such/folder/plot.png"], "cannot write to the folder"),
]


@pytest.mark.parametrize("arguments, sentence", REFUSED)
def test_refused_in_one_sentence(skimp, tmp_path, arguments, sentence):
    status, out, err = skimp(*arguments)
    assert status == 2
    assert sentence in err and err.startswith("skimp: ") and err.count("\n") == 1
    assert out == "" and list(tmp_path.iterdir()) == []


def test_a_file_where_a_folder_should_be(skimp, tmp_path):
    (tmp_path / "taken").write_text("mine")
    status, _, err = skimp("generate", "popcount", "-o", "taken")
    assert status == 2 and "taken" in err
    assert (tmp_path / "taken").read_text() == "mine"


def test_not_a_liberty_file(skimp, tmp_path):
    (tmp_path / "cells.lib").write_text("cells\n")
    status, _, err = skimp("area", "popcount", "--liberty", "cells.lib")
    assert status == 2 and "cells.lib is not a Liberty file" in err


def test_list_is_the_catalogue(skimp):
    status, out, _ = skimp("list", "--json")
    rows = json.loads(out)
    assert status == 0 and {row["block"] for row in rows} == set(CATALOGUE)
    configs = {(row["config"], row["parameters"]["n"]) for row in rows if row["block"] == "psu"}
    assert configs >= {(config, n) for n in (9, 25, 49, 64) for config in (
        "accurate", "approximate", "smallest-exact", "smallest-approximate", "gray2", "gray3",
        "serial")}


def test_tables_name_every_configuration(skimp):
    status, out, _ = skimp("list", "psu", "--n", "9")
    assert status == 0 and all(config in out for config in CATALOGUE["psu"].configs)


def test_generate_writes_verilog_and_manifest(skimp, tmp_path):
    status, out, _ = skimp("generate", "psu", "--n", "3", "--key", "gray", "--wires", "1,0",
                           "--sorter", "odd-even", "--descending", "-o", "out", "--json",
                           "--name", "unit")
    [row] = json.loads(out)
    assert status == 0 and sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "unit.json", "unit.v"]
    manifest = json.loads((tmp_path / "out" / "unit.json").read_text())
    assert row == {**manifest, "verilog": "out/unit.v"}
    assert manifest["parameters"]["wires"] == [1, 0] and manifest["parameters"]["descending"]
    assert "module unit(" in (tmp_path / "out" / "unit.v").read_text()


def test_a_size_narrows_and_any_other_flag_makes_a_custom_configuration(skimp):
    def configs(*flags):
        return [row["config"] for row in json.loads(skimp("list", "psu", *flags, "--json")[1])]
    assert configs("--n", "25") == list(CATALOGUE["psu"].configs)
    assert configs("--n", "25", "--data") == ["custom"]
    assert configs("--cuts", "") == configs("--cuts", "0,3") == ["custom"]
    assert configs("--config", "gray2", "--data") == ["gray2"] * 4
    whole = json.loads(skimp("list", "--n", "25", "--json")[1])
    assert {row["parameters"].get("n") for row in whole if row["block"].startswith("psu")} == {25}
    assert {row["block"] for row in whole} == set(CATALOGUE)


def test_verify(skimp, icarus):
    status, out, err = skimp("verify", "popcount", "--width", "3", "--json")
    [row] = json.loads(out)
    assert status == 0 and row["tests_passed"] > 0 and row["design"] == "rtl"


def test_a_failing_bench_is_exit_status_1(skimp, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("skimp.sim.tb_popcount on unit: 1 of 1 tests failed\nlong log")
    monkeypatch.setattr("skimp.silicon.verify.run_bench", fails)
    status, _, err = skimp("verify", "popcount", "--width", "3")
    assert status == 1 and "1 of 1 tests failed" in err


def test_area(skimp, library):
    status, out, _ = skimp("area", "popcount", "--json")
    rows = json.loads(out)
    assert status == 0
    for row in rows:
        assert row.keys() >= {"block", "config", "parameters", "area_um2", "sequential_area_um2",
                              "cells", "clock_ns", "slack_ns", "library", "tools"}
        assert row["library"] == "osu018_stdcells" and row["area_um2"] > row["cells"] > 0


def test_area_without_a_library_is_an_estimate_that_says_so(skimp, monkeypatch):
    monkeypatch.setattr("skimp.silicon.library.OSU018", Path("/no/such.lib"))
    status, out, err = skimp("area", "popcount", "--json")
    assert status == 0 and "qflow-tech-osu018" in err
    for row in json.loads(out):
        assert row["area_um2"] is None and row["transistors_estimated"] > 0


@pytest.mark.parametrize("arrays, sentence", [
    ({"activations": np.zeros((2, 25))}, "integers"),
    ({"activations": np.zeros(25, int)}, "(packets, n)"),
    ({"activations": np.zeros((2, 65), int)}, "64"),
    ({"weights": np.zeros((2, 25), int)}, "activations"),
    ({"activations": np.zeros((2, 25), int), "weights": np.zeros((3, 25), int)}, "weights"),
    ({"activations": np.full((2, 25), 256)}, "256"),
])
def test_a_trace_that_cannot_be_measured(skimp, tmp_path, arrays, sentence):
    np.savez("mine.npz", **arrays)
    status, out, err = skimp("traffic", "--trace", "mine.npz")
    assert status == 2 and out == "" and err.strip().count("\n") == 0
    assert "mine.npz" in err and sentence in err


def test_traffic_of_a_trace(skimp, tmp_path):
    rng = np.random.default_rng(1)
    np.savez("mine.npz", activations=rng.integers(0, 256, (50, 9)),
             weights=rng.integers(-128, 128, (50, 9)))
    status, out, _ = skimp("traffic", "--trace", "mine.npz", "--lanes", "3", "--json",
                           "--plot", "plot.svg")
    document = json.loads(out)
    assert status == 0 and (tmp_path / "plot.svg").is_file()
    assert {row["stream"] for row in document["rows"]} == {"activations", "weights", "pair"}
    assert [figure["reduction_percent"] for figure in document["paper"]] == [20.42, 19.50]
    status, out, _ = skimp("traffic", "--trace", "mine.npz", "--lanes", "3")
    assert status == 0 and "gray3" in out and "-20.42 %" in out
