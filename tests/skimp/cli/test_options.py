"""What would be ignored is refused."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.command


@pytest.mark.parametrize("arguments, sentence", [
    ("traffic --trace T.npz --layers nosuch", "--layers is of a network's traffic, not of a trace"),
    ("traffic --trace T.npz --layers conv1,conv2,pool1,pool2", "--layers is of a network's"),
    ("traffic --trace T.npz --images 200", "--images is of a network's traffic"),
    ("traffic --trace T.npz --filters 1", "--filters is of a network's traffic"),
    ("traffic --trace T.npz --packet-orders filter-inner", "--packet-orders is of a network's"),
    ("traffic --width 8", "--width is of a trace: add --trace, or leave it out"),
    ("verify popcount --liberty nosuch", "--liberty is of netlists: add --netlist"),
    ("verify popcount --clock-ns 6", "--clock-ns is of netlists: add --netlist"),
    ("evaluate lenet5 --all --scheme static:4", "--scheme adds nothing to --all"),
    ("evaluate lenet5 --all --reorder", "--reorder adds nothing to --all"),
    ("evaluate lenet5 --beside resnet8", "--beside names the network of --kure"),
    ("evaluate resnet8 --kure --array 8,8", "--array is of schemes: give --scheme or --all"),
    ("evaluate resnet8 --kure --recalibrate momentum", "--recalibrate is of schemes"),
    ("evaluate resnet8 --kure --reorder", "--reorder is of schemes"),
    ("evaluate resnet8 --kure --threads-per-layer 2", "--threads-per-layer is of schemes"),
    ("evaluate resnet8 --kure --plot a.svg", "--plot draws schemes"),
    ("report --data . --fastest", "--fastest measures, --data does not"),
    ("list psu --n 9 --n 25", "--n is given more than once: give it once"),
    ("list --n 9 psu --n=9", "--n is given more than once"),
    ("list psu --data --no-data", "--data/--no-data is given more than once"),
    ("list link-orderer --pairs --pairs", "--pairs/--no-pairs is given more than once"),
    ("list psu --config gray2 --config gray3", "--config is given more than once"),
    ("generate popcount -o a --output b", "-o/--output is given more than once"),
    ("area popcount --clock-ns 6 --clock-ns 8", "--clock-ns is given more than once"),
    ("evaluate lenet5 --images 10 --images 20", "--images is given more than once"),
    ("sweep a.toml -o a.csv -o b.csv", "-o/--output is given more than once"),
    ("fpga psu --board icebreaker --board ulx3s-85f", "--board is given more than once"),
    ("list psu --json --json", "--json is given more than once"),
])
def test_refused(skimp, tmp_path, arguments, sentence):
    status, out, err = skimp(*arguments.split())
    assert status == 2 and out == "" and sentence in err and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_options_that_may_be_several(skimp):
    status, _, err = skimp("evaluate", "nosuch", "--scheme", "static:4", "--scheme", "sparq:5opt")
    assert status == 2 and "NET must be one of" in err


def test_what_estimates_do_not_heed_is_noted(skimp, monkeypatch):
    monkeypatch.setattr("skimp.silicon.library.OSU018", Path("none.lib"))
    status, out, err = skimp("area", "popcount", "--config", "byte", "--clock-ns", 5,
                             "--dont-use", "A*")
    assert status == 0 and out
    assert "estimated instead, which --clock-ns and --dont-use do not change\n" in err
    status, _, err = skimp("area", "popcount", "--config", "byte")
    assert status == 0 and "estimated instead\n" in err
