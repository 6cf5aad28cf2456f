"""The benches of the SPARQ units and their baselines can fail: faults are put into good units."""

import re
from dataclasses import replace

import pytest
from test_sim_faults import FAULTS, spoilt
from test_sim_sparq import (
    MODELS,
    pair_select,
    plain_dot,
    plain_pe,
    sparq_dot,
    sparq_pe,
    window_select,
)

from skimp.hw.emit import Emitted
from skimp.sim.launch import BenchFailed, run_bench

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

SPARSE = {"input": "sparse24", "pairs": 1}

# What is replaced in the Verilog of a unit, where it is first found.
MUTATIONS = {
    "window at the wrong place": (window_select, {}, r"i\[5:2\] &", "i[6:3] &", "for 32,"),
    "no saturation": (window_select, {}, r"up = (\S+ +)& .*;", r"up = \1;", "for 31,"),
    "shift never chosen": (window_select, {}, r"(chosen\$8 ) = .*;", r"\1 = 1'h0;", "for 32,"),
    "half steals": (pair_select, {}, r"steals = .*;", "steals = 1'h0;", "for 256,"),
    "both alone": (pair_select, {}, r" \^ ", " | ", "for 0,"),
    "weights exchanged": (sparq_pe, {}, r"(weight_next\[15:8\]) : weight_next.*;", r"\1 : \1;",
                          r"\bsum"),
    "a bit never cleared": (sparq_pe, {}, r"~ first_next", "1'h1", r"\bsum"),
    "carry lost": (plain_pe, {}, r"carry = .*;", "carry = a & b;", r"\bsum"),
    "bit of another column": (plain_pe, {}, r"sum\[31\]", "sum[30]", "\nlong_sums"),
    "empty slot filled": (sparq_dot, SPARSE, r"filled = .*;", "filled = 1'h1;", "not equal"),
    "rank that loses items": (plain_dot, {}, r"if \(i__ready\)", "if (1'b1)",
                              "nothing moves|not equal|offers X"),
    "rank not reset": (plain_dot, {}, r"(= o__valid;(.|\n)*?if \()rst", r"\g<1>1'b0",
                       "o__valid is X"),
}

# A module around a PE, with its ports. The PE gets ``a``, ``w`` and ``f`` and gives ``s``; the
# operands of a clock ago are ``a1``, ``w1`` and ``f1``, as they should go on.
AROUND_PE = """
module {name}(clk, rst, activation, weight, first, activation_next, weight_next, first_next, sum);
  input clk, rst, first;
  input [{activation}:0] activation;
  input [{weight}:0] weight;
  output [{activation}:0] activation_next;
  output [{weight}:0] weight_next;
  output first_next;
  output [33:0] sum;
  wire [{activation}:0] a;
  wire [{weight}:0] w;
  wire f;
  wire [33:0] s;
  reg [{activation}:0] a1;
  reg [{weight}:0] w1;
  reg f1, f2;
  always @(posedge clk) begin
    a1 <= activation; w1 <= weight; f1 <= first; f2 <= f1;
  end
  {name}_good good(.clk(clk), .rst(rst), .activation(a), .weight(w), .first(f), .sum(s));
{assigns}
endmodule
"""
STRAIGHT = {"a": "activation", "w": "weight", "f": "first", "sum": "s",
            "activation_next": "a1", "weight_next": "w1", "first_next": "f1"}
PE_FAULTS = {
    "weights exchanged": ({"w": "{weight[7:0], weight[15:8]}"}, r"\bsum"),
    "shift of one lane": ({"a": "activation[10:8] == 4 ? activation - 256 : activation"}, r"\bsum"),
    "steals from the wrong one": ({"a": "activation[13:8] == 7 ? {3'd7, 3'd0, activation[7:0]} "
                                   ": activation"}, r"\bsum"),
    "first a clock late": ({"f": "f1"}, r"\bsum"),
    "one too many": ({"sum": "s + f2"}, r"\bsum"),
    "idle clocks add": ({"sum": "s + (w1 == 0)"}, r"\bsum"),
    "activation goes on wrong": ({"activation_next": "a1 ^ f1"}, "for the neighbours"),
    "weight goes on at once": ({"weight_next": "weight"}, "for the neighbours"),
    "first does not go on": ({"first_next": "1'b0"}, "for the neighbours"),
}
# Those that tests of every word and of long sums find whatever random operands there are.
RARE_PE_FAULTS = {
    "one word": ({"a": "activation == 14'h021b ? 14'h021a : activation"}, "\nevery_word"),
    "high bit": ({"sum": "s & ~(1 << 28)"}, "\nlong_sums"),
}
DOT_FAULTS = {
    "item lost": ({"iv": "i__valid & (i__payload[7:0] != 255)"}, "nothing moves"),
    "item twice": ({"ord": "o__ready & ~(turn & op[3:0] == 8)"}, "words instead of|not equal"),
    "sign lost": ({"o__payload": "op & ~(1 << 16)"}, "not equal"),
    "activations exchanged": ({"ip": "{i__payload[51:16], i__payload[7:0], i__payload[15:8]}"},
                              "not equal"),
    "index ignored": ({"ip": "i__payload & ~(1 << 48)"}, "not equal"),
}
# Those of `test_sim_faults` that `sim.tb_stream` finds itself, not its source and its sink.
STREAM_FAULTS = ("wrong", "no reset", "takes what it has no room for", "waits for ready",
                 "half the throughput", "a clock late")
FACTS = {"macs": (sparq_pe, {"macs": 1}, "\nfacts"),
         "latency": (plain_dot, {"latency": 1}, "after the latency"),
         "footprint": (pair_select, {"footprint_bits": 16}, "footprint")}


def spoilt_pe(unit: Emitted, **wires: str) -> Emitted:
    """Put a module around a PE in which ``wires`` do not go straight."""
    around = AROUND_PE.format(
        name=unit.name, **{port: unit.manifest["ports"][port]["width"] - 1
                           for port in ("activation", "weight")},
        assigns="\n".join(f"  assign {wire} = {value};"
                          for wire, value in (STRAIGHT | wires).items()))
    good = unit.verilog.replace(f"module {unit.name}(", f"module {unit.name}_good(")
    return replace(unit, verilog=good + around)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", MUTATIONS)
def test_a_mutation_is_found(tmp_path, fault):
    make, parameters, pattern, replacement, sentence = MUTATIONS[fault]
    unit = make(**parameters)
    changed, count = re.subn(pattern, replacement, unit.verilog, count=1)
    assert count and changed != unit.verilog, "nothing to mutate"
    with pytest.raises(BenchFailed, match=f"tests failed(.|\n)*({sentence})"):
        run_bench(replace(unit, verilog=changed), MODELS[make], tmp_path)


def test_nothing_is_wrong_with_the_modules_around(tmp_path):
    assert run_bench(spoilt_pe(sparq_pe()), MODELS[sparq_pe], tmp_path / "pe")
    assert run_bench(spoilt(sparq_dot(**SPARSE)), MODELS[sparq_dot], tmp_path / "dot")


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", PE_FAULTS)
def test_a_fault_of_a_pe_is_found(tmp_path, fault):
    wires, sentence = PE_FAULTS[fault]
    with pytest.raises(BenchFailed, match=f"tests failed(.|\n)*({sentence})"):
        run_bench(spoilt_pe(sparq_pe(), **wires), MODELS[sparq_pe], tmp_path)


@pytest.mark.parametrize("fault", RARE_PE_FAULTS)
def test_a_rare_fault_of_a_pe_is_found(tmp_path, fault):
    wires, sentence = RARE_PE_FAULTS[fault]
    with pytest.raises(BenchFailed, match=f"tests failed(.|\n)*({sentence})"):
        run_bench(spoilt_pe(sparq_pe(), **wires), MODELS[sparq_pe], tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", DOT_FAULTS)
def test_a_fault_of_a_dot_product_unit_is_found(tmp_path, fault):
    wires, sentence = DOT_FAULTS[fault]
    with pytest.raises(BenchFailed, match=f"tests failed(.|\n)*({sentence})"):
        run_bench(spoilt(sparq_dot(**SPARSE), **wires), MODELS[sparq_dot], tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", STREAM_FAULTS)
def test_a_fault_of_a_stream_is_found(tmp_path, fault):
    wires, sentence = FAULTS[fault]
    with pytest.raises(BenchFailed, match=sentence):
        run_bench(spoilt(plain_dot(products=1), **wires), MODELS[plain_dot], tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fact", FACTS)
def test_a_wrong_fact_is_found(tmp_path, fact):
    make, wrong, sentence = FACTS[fact]
    unit = make()
    with pytest.raises(BenchFailed, match=f"tests failed(.|\n)*({sentence})"):
        run_bench(replace(unit, manifest=unit.manifest | wrong), MODELS[make], tmp_path)
