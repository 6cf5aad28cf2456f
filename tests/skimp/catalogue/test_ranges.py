"""Numbers are finite, in their range, and have ASCII digits, wherever they come from."""

import json
from pathlib import Path

import pytest

from skimp.catalogue.ranges import CLOCK_NS, Range
from skimp.silicon import gate
from skimp.traffic.wire import Wire

COUNT = Range(1, 64, "lanes", integer=True)
WRONG = ["", " ", "x", "1_0", "٣", "１", "0x10", "1e", "--1", "1,0", "1 0", " 1", "1\n", "inf",
         "-inf", "Infinity", "nan", "NaN", "1e999", "9" * 5000, "1" + "0" * 400]


@pytest.mark.parametrize("text", [*WRONG, "0", "65", "-1", "1.0", "1e1"])
def test_integers_that_are_refused(text):
    with pytest.raises(ValueError, match="^--lanes must be an integer of 1 to 64 lanes, not"):
        COUNT.parse("--lanes", text)


@pytest.mark.parametrize("text", [*WRONG, "0", "1001", "-6", "0.0099", "1e4", "1e-3", "1e300"])
def test_numbers_that_are_refused(text):
    with pytest.raises(ValueError, match="^--clock-ns must be a number of 0.01 to 1000 ns, not"):
        CLOCK_NS.parse("--clock-ns", text)


@pytest.mark.parametrize("text, number", [
    ("6", 6.0), ("+6", 6.0), (".5", 0.5), ("6.", 6.0), ("1e2", 100.0), ("0.01", 0.01),
    ("1000", 1000.0), ("007", 7.0)])
def test_numbers(text, number):
    found = CLOCK_NS.parse("--clock-ns", text)
    assert found == number and type(found) is float


@pytest.mark.parametrize("value", [
    True, False, None, "6", [6], float("nan"), float("inf"), -6, 0, 1000.1, 10**400, 16**5000],
                         ids=range(12))
def test_values_of_files_that_are_refused(value):
    for range_ in (CLOCK_NS, COUNT):
        with pytest.raises(ValueError, match="^x must be an? (number|integer) of") as refusal:
            range_.check("x", 6.5 if value == 0 and range_ is COUNT else value)
        assert len(str(refusal.value)) < 150


def test_a_wire_is_finite():
    for value in (float("nan"), float("inf"), 0, -1, 1e308, True):
        with pytest.raises(ValueError, match="volts must be a number of 0.01 to 100 V, not"):
            Wire(volts=value)


FLAGS = [("area", "popcount", "--clock-ns"), ("verify", "popcount", "--netlist", "--clock-ns"),
         ("power", "psu", "--clock-ns"), ("power", "psu", "--wire-ff"),
         ("power", "psu", "--amount"),
         ("traffic", "--pf-per-mm"), ("traffic", "--mm"), ("traffic", "--volts"),
         ("traffic", "--images"), ("traffic", "--filters"), ("traffic", "--lanes"),
         ("traffic", "--width"), ("evaluate", "lenet5", "--images"),
         ("evaluate", "lenet5", "--array"), ("evaluate", "lenet5", "--threads-per-layer"),
         ("fpga", "psu", "--board", "icebreaker", "--words")]


@pytest.mark.command
@pytest.mark.parametrize("text", [
    "nan", "inf", "-1", "1e300", "1000000000", "٣", "1_0", "9" * 5000], ids=range(8))
@pytest.mark.parametrize("arguments", FLAGS, ids=" ".join)
def test_every_flag_refuses_them_before_work_starts(skimp, tmp_path, arguments, text):
    status, out, err = skimp(*arguments, text)
    assert status == 2 and out == "" and err.startswith(f"skimp: {arguments[-1]} must be ")
    assert " to " in err and err.count("\n") == 1 and len(err) < 200
    assert list(tmp_path.iterdir()) == []


@pytest.mark.command
def test_parameters_are_integers_with_ascii_digits(skimp):
    for text in ("nan", "9.0", "٩", "1_0", "0x9", "9" * 5000):
        status, _, err = skimp("list", "psu", "--n", text)
        assert status == 2 and err.startswith("skimp: --n must be an integer, not ")
    assert "must be integers separated by commas" in skimp("list", "psu", "--buckets", "0,٣")[2]


@pytest.mark.command
@pytest.mark.parametrize("array", ["1000000000,1000000000", "1025,1", "16,0", "16,16,16", "16", ""])
def test_arrays_that_nobody_has(skimp, array):
    status, _, err = skimp("evaluate", "lenet5", "--scheme", "exact", "--array", array)
    assert status == 2 and err.startswith("skimp: --array must be ")


@pytest.mark.command
@pytest.mark.parametrize("name, value, sentence", [
    ("clock_ns", "NaN", "is not JSON: NaN is no number of it"),
    ("clock_ns", "-Infinity", "is not JSON: -Infinity is no number of it"),
    ("clock_ns", "1e999", "is not JSON: 1e999 is no number of it"),
    ("clock_ns", "9" * 5000, "it has a number of thousands of digits"),
    ("clock_ns", "0", "clock_ns must be a number of 0.01 to 1000 ns, not 0"),
    ("clock_ns", '"6"', "clock_ns must be a number of 0.01 to 1000 ns, not '6'"),
    ("clock_ns", "true", "clock_ns must be a number of 0.01 to 1000 ns, not True"),
    ("area_at_most_um2", "-1", "area_at_most_um2 must be an integer of 0 to"),
    ("area_at_most_um2", "1.5", "area_at_most_um2 must be an integer of 0 to"),
    ("slack_at_least_ns", "null", "slack_at_least_ns must be a number of"),
    ("slack_at_least_ns", "[" * 100_000, "it is nested too deeply"),
])
def test_rules_have_numbers(library, name, value, sentence):
    bounds = {"clock_ns": 6, "area_at_most_um2": 700, "slack_at_least_ns": 0.5}
    document = {"tools": ["a"], "library": "b", "wire_ff": "c",
                "rules": {"popcount byte": {**bounds, name: "?"}}}
    Path("mine.json").write_text(json.dumps(document).replace('"?"', value))
    with pytest.raises(ValueError, match="mine.json is ") as refusal:
        gate.load(Path("mine.json"), library)
    assert sentence in str(refusal.value) and len(str(refusal.value)) < 250
