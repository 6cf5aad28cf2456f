"""Self-tests pass on every kind of unit, in Icarus, and fail on what is wrong."""

from dataclasses import replace

import pytest

from skimp.catalogue.selection import select
from skimp.fpga.selftest import self_test
from skimp.hw.emit import emit
from skimp.hw.selftest.unit import SelfTest, SelfTestParams
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.selftest import SelfTestModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

BLINK = 11                          # bits of the counter of clocks
UNITS = [
    ("popcount", {"width": 13}), ("popcount", {"width": 64}),
    ("psu", {"n": 5, "sorter": "banyan", "key": "gray", "wires": (1, 0), "data": True}),
    ("psu", {"n": 5, "sorter": "serial", "data": True}), ("psu-bitonic", {"n": 4, "width": 5}),
    ("link-orderer", {"n": 5, "lanes": 2, "snake": True}),
    ("link-orderer", {"n": 4, "lanes": 3, "pairs": False, "pads": "zero"}),
    ("window-select", {"rounding": "trim"}), ("pair-select", {"rounding": "round"}),
    ("booth-recode", {"weight_width": 4}), ("sparq-pe", {"window": 3, "shifts": (0, 2, 3, 5)}),
    ("plain-pe", {"lanes": 2}), ("plain-pe", {"activation_width": 4, "weight_width": 4}),
    *(("sparq-dot", {"pairs": 3, "input": which}) for which in ("encoded", "raw", "sparse24")),
    ("plain-dot", {"activation_width": 4, "products": 3}), ("sysmt-pe", {"policy": "wA"}),
    ("sysmt-array", {"rows": 2, "cols": 1, "threads": 4}),
    ("sparq-array", {"rows": 1, "cols": 2}), ("plain-array", {"rows": 2, "cols": 1, "lanes": 2}),
    ("plain-array", {"rows": 2, "cols": 2, "skip": True}), ("two-phase", {"blocks": 3}),
    ("zap", {"rows": 5, "columns": 7}), ("neighbour", {"rows": 4, "columns": 5}),
    ("pixel-value", {"rows": 4, "columns": 5, "cols": 2}), ("gather", {"cols": 3, "places": 7}),
    ("soft-edge-encode", {"code": "signed8"}), ("soft-edge-pe", {"code": "paper"}),
    ("selective-scan", {"states": 4, "code": "signed8", "lanes": 2}),
]


def configured(block, flags):
    return select((block,), None, flags)[0]


@pytest.mark.parametrize("block, flags", UNITS, ids=lambda value: str(value))
def test_passes(tmp_path, block, flags):
    assert run_bench(self_test(configured(block, flags), 64, BLINK), SelfTestModel, tmp_path) == 1


@pytest.mark.parametrize("block, flags", [
    ("popcount", {"width": 3}), ("sparq-pe", {}), ("plain-dot", {"products": 2}),
    ("plain-array", {"rows": 1, "cols": 1})], ids=lambda value: str(value))
def test_finds_a_wrong_unit(tmp_path, block, flags):
    """One whose adders lose a carry when three ones meet."""
    test = self_test(configured(block, flags), 64, BLINK)
    right, wrong = "carry = (a & b) | (c & (a | b))", "carry = (a ^ b) & c | (a & b & ~c)"
    assert right in test.verilog
    with pytest.raises(BenchFailed, match="the LED is blinking"):
        run_bench(replace(test, verilog=test.verilog.replace(right, wrong)), SelfTestModel,
                  tmp_path)


def changed(**differences):
    """Return the self-test of a sorting unit that expects something else."""
    one = configured("psu", {"n": 3, "width": 4})
    record = self_test(one, 64, BLINK).manifest["parameters"]
    for name, change in differences.items():
        record[name] = change(record[name])
    return emit(SelfTest(one.block.component(one.params), SelfTestParams(**record)), "changed")


@pytest.mark.parametrize("differences", [
    {"signature": lambda parts: (parts[0] ^ 1 << 31, *parts[1:])},      # one bit
    {"words": lambda count: count + 1},                                 # a word too many
    {"outputs": lambda count: count + 1},                               # a word too few: too late
], ids=["signature", "too many", "too few"])
def test_finds_wrong_results(tmp_path, differences):
    assert run_bench(changed(), SelfTestModel, tmp_path / "right") == 1
    with pytest.raises(BenchFailed, match="the LED is blinking"):
        run_bench(changed(**differences), SelfTestModel, tmp_path / "wrong")
