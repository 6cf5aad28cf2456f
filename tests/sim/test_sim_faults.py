"""The benches can fail: faults are put into good units, in their text or around them."""

from dataclasses import replace

import pytest

from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.emit import Emitted, emit
from skimp.hw.psu.link import LinkOrderer, LinkOrdererParams
from skimp.hw.psu.unit import SortingUnit, SortingUnitParams
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.link import LinkModel
from skimp.sim.models.popcount import PopcountModel
from skimp.sim.models.psu import SortingModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

# A module around the unit with the unit's ports, whose wires go through ``iv`` (i__valid as the
# unit gets it), ``ir``, ``ip``, ``ov``, ``ord`` (o__ready as the unit gets it) and ``op``.
AROUND = """
module {name}(clk, rst, i__payload, i__valid, i__ready, o__payload, o__valid, o__ready);
  input clk, rst, i__valid, o__ready;
  input [{i}:0] i__payload;
  output i__ready, o__valid;
  output [{o}:0] o__payload;
  wire [{i}:0] ip;
  wire [{o}:0] op;
  wire iv, ir, ov, ord, reset;
  reg turn = 0, seen = 0, full = 0;
  reg [{i}:0] kept;
  always @(posedge clk) begin
    turn <= ~turn;
    seen <= ^i__payload;
    if (i__ready) {{full, kept}} <= {{i__valid & ~rst, i__payload}};
  end
  {name}_good good(.clk(clk), .rst(reset), .i__payload(ip), .i__valid(iv), .i__ready(ir),
                   .o__payload(op), .o__valid(ov), .o__ready(ord));
{assigns}
endmodule
"""
STRAIGHT = {"iv": "i__valid", "ip": "i__payload", "i__ready": "ir", "ord": "o__ready",
            "o__valid": "ov", "o__payload": "op", "reset": "rst"}
FAULTS = {
    "wrong": ({"o__payload": "op ^ 1"}, "Arrays are not equal"),
    "peeks at idle payloads": ({"o__payload": "op ^ (seen & ~seen)"}, "offers X in"),
    "valid in reset": ({"o__valid": "ov | rst"}, "valid in reset"),
    "no reset": ({"reset": "1'b0"}, "valid in reset"),
    "offer withdrawn": ({"o__valid": "ov & turn", "ord": "o__ready & turn"}, "then nothing"),
    "offer changes": ({"o__payload": "op ^ (turn & ~o__ready)"}, "o offered"),
    "ready unknown": ({"i__ready": "ir & (i__valid | 1'bx)"}, "i__ready is X"),
    "never ready": ({"i__ready": "1'b0", "iv": "1'b0"}, "nothing moves: 0 items"),
    "takes what it has no room for": ({"i__ready": "1'b1"}, "nothing moves|words inside"),
    "waits for ready": ({"o__valid": "ov & o__ready"}, r"\na_stalled_sink_stops_the_source"),
    "half the throughput": ({"iv": "i__valid & turn", "i__ready": "ir & turn"}, "the sink waited"),
    "a clock late": ({"iv": "full", "ip": "kept", "i__ready": "~full | ir"}, "after the latency"),
}


@pytest.fixture(scope="module")
def psu():
    params = SortingUnitParams(n=3, width=2)
    return emit(SortingUnit(params), "psu", ties=params.ties)


@pytest.fixture(scope="module")
def link():
    params = LinkOrdererParams(n=3, width=2, lanes=2, pairs=False, snake=True)
    return emit(LinkOrderer(params), "link", ties=params.ties)


def spoilt(unit: Emitted, **wires: str) -> Emitted:
    """Put a module around ``unit`` in which ``wires`` do not go straight."""
    ports = unit.manifest["ports"]
    around = AROUND.format(
        name=unit.name, i=ports["i__payload"]["width"] - 1, o=ports["o__payload"]["width"] - 1,
        assigns="\n".join(f"  assign {wire} = {value};"
                          for wire, value in (STRAIGHT | wires).items()))
    good = unit.verilog.replace(f"module {unit.name}(", f"module {unit.name}_good(")
    return replace(unit, verilog=good + around)


def test_nothing_is_wrong_with_the_module_around(psu, link, tmp_path):
    assert run_bench(spoilt(psu), SortingModel, tmp_path / "psu")
    assert run_bench(spoilt(link), LinkModel, tmp_path / "link")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(psu, tmp_path, fault):
    wires, sentence = FAULTS[fault]
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(spoilt(psu, **wires), SortingModel, tmp_path)


@pytest.mark.parametrize("wires, sentence", [
    ({"o__payload": "ov ? op : op ^ turn"}, "transitions, golden"),
    ({"o__payload": "{~op[4], op[3:0]}"}, "Arrays are not equal"),
    ({"ord": "o__ready & turn", "o__valid": "ov & turn"}, "then nothing"),
], ids=["idle toggles", "last", "offer withdrawn"])
def test_a_fault_of_a_link_is_found(link, tmp_path, wires, sentence):
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(spoilt(link, **wires), LinkModel, tmp_path)


@pytest.mark.parametrize("operators", ["&|", "|&", "^|"])
def test_a_gate_changed_in_the_text_is_found(tmp_path, operators):
    unit = emit(Popcount(PopcountParams(width=5)), "popcount")
    before, after = operators
    changed = unit.verilog.replace(f" {before} ", f" {after} ", 1)
    with pytest.raises(BenchFailed, match=r"for \d+, not"):
        run_bench(replace(unit, verilog=changed), PopcountModel, tmp_path)
