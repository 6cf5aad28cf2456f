"""The libraries of `libraries`: they have the traps that they promise, and tools read them."""

import gzip
import re
import subprocess

import pytest
from libraries import LIBRARIES, write

from skimp.silicon.mapping import yosys
from skimp.silicon.timing import sta_version

# What each has, as regular expressions; behind a "-", what it has not.
TRAPS = {
    "plain": [r"\bcell_leakage_power :", "-leakage_power \\(", "-when", "-wire_load", "-tie",
              "-dont_use", r'leakage_power_unit : "1nW"', r"max_capacitance : "],
    "sky": [r'default_wire_load : "Small"', r'next_state : "\(DE & D\) \| \(!DE & IQ\)"',
            r'cell \("sky130_fd_sc_hd__probe_p_1"\)', r'pg_pin \("KAPWR"\)', r'\n *"-0\.',
            r'"-?[\d., -]+", \\\n', r'"-?[\d., -]+",\\\n', r"values \( \\\n", r"values \(\\\n",
            r"\bcell_leakage_power :", "-dont_use", r"default_max_transition : 1\.5;"],
    "ihp": ['clear : "!RESET_B"', "dont_use : true", r'default_wire_load : "1k"', "L_HI", "L_LO",
            r'leakage_power_unit : "1pW"', "default_max_fanout : 8", "-COUT"],
    "gf": ["-cell_leakage_power", r'leakage_power_unit : "1uW"', r"nom_voltage : 5\.0",
           r"leakage_power \(\) \{\s+value : \S+;\s+when"],
    "asap": ['time_unit : "1ps"', r"capacitive_load_unit \(1, ff\)", r'sdf_cond : "~\w+ & ~\w+ & ',
             "-cell_leakage_power", r"cell \(HAxp5_", 'next_state : "!D"', "x1p5", "INVxp5",
             r"related_pg_pin : \"VDD\"", r"related_pg_pin : \"VSS\""],
}


def texts(name):
    made = LIBRARIES[name]()
    return {name: made} if isinstance(made, str) else made


@pytest.mark.parametrize("name", LIBRARIES)
def test_has_its_traps(name):
    files = texts(name)
    assert len(files) == (5 if name == "asap" else 1)
    for text in files.values():
        assert text.count("{") == text.count("}") and text.count("(") == text.count(")")
        assert text.count('"') % 2 == 0 and text.count("library (") == 1
    text = "".join(files.values())
    cells = re.findall(r'\bcell \("?(\w+)', text)
    assert 10 <= len(set(cells)) == len(cells) <= 16
    for trap in TRAPS[name]:
        found = bool(re.search(trap.removeprefix("-"), text))
        assert found is not trap.startswith("-"), trap
    # No function has what a clock gate gives.
    gates = re.findall(r"clock_gating_integrated_cell.*?(?=\n  cell|\Z)", text, re.DOTALL)
    assert len(gates) == {"plain": 0, "gf": 2}.get(name, 1)
    assert not any(re.search(r"\bfunction :", gate) for gate in gates)


@pytest.mark.parametrize("name", LIBRARIES)
def test_is_read_by_the_tools(name, tmp_path):
    paths = write(name, tmp_path)
    assert [path.read_text() for path in paths] == list(texts(name).values())
    yosys("".join(f"read_liberty -lib -ignore_miss_func {path.name}\n" for path in paths), tmp_path)
    if sta_version():
        script = tmp_path / "sta.tcl"
        script.write_text("".join(f"read_liberty {path}\n" for path in paths))
        run = subprocess.run(["sta", "-no_splash", "-exit", script], capture_output=True, text=True,
                             check=False)
        assert run.returncode == 0 and not re.search("Error|Warning", run.stdout + run.stderr)


@pytest.mark.parametrize("name", sorted(set(LIBRARIES) - {"plain"}))
def test_yosys_stops_at_clock_gates(name, tmp_path):
    paths = write(name, tmp_path)
    with pytest.raises(RuntimeError, match="Missing function on output"):
        yosys("".join(f"read_liberty {path.name}\n" for path in paths), tmp_path)
    yosys("".join(f"read_liberty -ignore_miss_func {path.name}\n" for path in paths), tmp_path)


@pytest.mark.parametrize("name", LIBRARIES)
def test_gzipped(name, tmp_path):
    packed = write(name, tmp_path, gz=True)
    assert all(path.name.endswith(".lib.gz") for path in packed)
    assert [gzip.decompress(path.read_bytes()).decode() for path in packed] == list(
        texts(name).values())
