"""Verbs on libraries like those that people have: all end in figures, or in a sentence."""

import json

import pytest
from libraries import LIBRARIES, write

from skimp.silicon.timing import sta_version

pytestmark = pytest.mark.command
BYTE = ("popcount", "--config", "byte")


@pytest.fixture
def sta():
    """OpenSTA is there."""
    if not sta_version():
        pytest.skip("needs Debian's opensta")


def flags(paths, before="--liberty "):
    """Return the files as the command takes them."""
    name, _, corner = before.partition(" ")
    return [word for path in paths for word in (name, f"{corner}{path}")]


@pytest.mark.parametrize("name", LIBRARIES)
def test_area(skimp, tmp_path, name):
    paths = write(name, tmp_path, gz=True)
    status, out, err = skimp("area", *BYTE, *flags(paths), "--json")
    row, = json.loads(out)
    assert status == 0, err
    assert row["area_um2"] > 0 and row["cells"] > 0 and row["wire_ff"] > 0
    assert row["library"].startswith(paths[0].name.removesuffix(".lib.gz"))
    if sta_version():
        assert 0 < row["slack_ns"] < row["clock_ns"]


@pytest.mark.parametrize("name", LIBRARIES)
def test_verify(skimp, icarus, tmp_path, name):
    status, out, err = skimp("verify", *BYTE, "--netlist", *flags(write(name, tmp_path)), "--json")
    assert status == 0, err
    row, = json.loads(out)
    assert row["tests_passed"] > 0 and row["design"].startswith("netlist ")


@pytest.mark.parametrize("name", ["plain", "asap"])
def test_timing(skimp, sta, tmp_path, name):
    paths = write(name, tmp_path)
    status, out, err = skimp("area", *BYTE, *flags(paths), "--timing", "--fastest",
                             *flags(paths, "--corner slow="), "--clock-ns", 1.9, "--json")
    assert status == 0, err
    row, = json.loads(out)
    found = row["timing"]["fastest"]
    assert row["corners"] == {"slow": row["slack_ns"]}
    assert row["timing"]["critical_path"]["stages"]
    # A library in ps has its clock in ns all the same, in hundredths.
    assert 0 < found["clock_ns"] <= 1.9 and 0 <= found["slack_ns"] < 0.1
    assert found["clock_ns"] == round(found["clock_ns"], 2)


def test_cells_not_to_be_used(skimp, tmp_path):
    library = flags(write("plain", tmp_path))
    rows = []
    for without in ((), ("--dont-use", "XOR2", "--dont-use", "FULL", "--dont-use", "HALF")):
        status, out, err = skimp("area", *BYTE, *library, *without, "--json")
        assert status == 0, err
        rows += json.loads(out)
    assert rows[0]["cells"] < rows[1]["cells"] and rows[0]["area_um2"] != rows[1]["area_um2"]


@pytest.mark.parametrize("patterns, sentence", [
    (["NOTHING*"], "no cell is called 'NOTHING*', which is not to be used"),
    (["INV*"], "there is no inverter that may be used, so nothing can be mapped"),
    (["DFF"], "there is no register that may be used"),
    ([""], "no cell is called ''")])
def test_patterns_that_leave_nothing_or_mean_nothing(skimp, tmp_path, patterns, sentence):
    library = flags(write("plain", tmp_path))
    before = sorted(tmp_path.iterdir())
    for verb in ("area", "verify --netlist", "ppa", "power"):
        name, *more = verb.split()
        block = "psu" if name == "power" else "popcount"
        status, out, err = skimp(name, block, *more, *library,
                                 *(word for each in patterns for word in ("--dont-use", each)))
        assert (status, out) == (2, "") and sentence in err and err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before
