"""The bench finds nothing in the systolic arrays, and finds the faults that are put into one."""

import functools
import re
from dataclasses import replace

import pytest

from skimp.hw.emit import Emitted, emit
from skimp.hw.plain.pe import PlainArray, PlainArrayParams
from skimp.hw.sparq.pe import SparqArray, SparqArrayParams
from skimp.hw.sysmt.params import Policy
from skimp.hw.sysmt.pe import SysmtArray, SysmtArrayParams
from skimp.silicon.mapping import map_best
from skimp.silicon.models import cell_models
from skimp.sim.launch import BenchFailed, run_bench
from skimp.sim.models.array import PlainArrayModel, SparqArrayModel, SysmtArrayModel

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("icarus")]

TWO_OF_4X8 = {"activation_width": 4, "lanes": 2}
ZERO, SKIP = {"gating": "zero"}, {"skip": True}
THREE = {"shifts": (0, 2, 4), "rounding": "trim"}

# What is replaced in the Verilog of an array, wherever it is found, and what the bench says then.
MUTATIONS = {
    "turn off by one": (r"(assign \S+ += sum_0_0 & )\{.*\};", r"\1{34{last}};", "equal; sums"),
    "carry not counted": (r"moves = .*;", "moves = 1'h0;", "equal; sums"),
    "last carry not read": (r"(read_\S+\[31:12\] \}\)) \+ \$signed\(.*\)", r"\1",
                            "equal; sums"),
    "pause not counted": (r"pause <= .*;", "pause <= 0;", "against the rule"),
    "never stands still": (r"(assign advance_next = ).*;", r"\1 1'h1;", "against the rule"),
    "stands still without need": (r"(assign advance_next = ).*;", r"\1 ~stays[1];",
                                  "against the rule"),
    "an element that moves on": (r"\.advance\(advance_0\)", ".advance(1'h1)", "equal; sums"),
    "skew that moves on": (r"(= activation_1_1;\s+if \()advance", r"\1 1'h1", "equal; sums"),
    "second row forgotten": (r"(assign \S+ += waiting\[1\] \? )back", r"\1 \\new ",
                             "equal; sums|offered"),
    "operands between steps": (
        r"(assign (?:activation|weight)_\S+ += (?:activation|weight)_.*) & \{ \w+,.*\};", r"\1;",
        "offers X"),
    "weights not waited for": (r" & weight__valid;", ";", "against the rule"),
    "within a tile after reset": (r"(= \\within ;(.|\n)*?if \()rst", r"\1 1'b0",
                                  "\nreset_clears.*equal; sums"),
    "last steps after reset": (r"(= last_\d;(.|\n)*?if \()rst", r"\1 1'b0", "sum__valid is X"),
    "last lost": (r"(assign \\new \[96\]) = .*;", r"\1 = 1'h0;", "equal; last"),
}
FACTS = {
    "latency": ({"latency": 5, "macs": 5}, "\nfacts: "),
    "order": ({"step_operands": "parts"}, "equal; sums"),
}


def plain_array(**parameters) -> Emitted:
    return emit(PlainArray(PlainArrayParams(**parameters)), "array")


def sparq_array(**parameters) -> Emitted:
    return emit(SparqArray(SparqArrayParams(**parameters)), "array")


def sysmt_array(**parameters) -> Emitted:
    return emit(SysmtArray(SysmtArrayParams(**parameters)), "array")


# The same in an array in which zeros stand still.
GATED = {
    "carry held by zeros": (r"activation_register\[4\] & moves", "moves", "equal; sums"),
    "restart without a product": (r"activation_register\[4\] \| restart", "activation_register[4]",
                                  "equal; sums"),
    "operand of zero kept by a first step": (
        r"(assign \S+ += activation\[4\]) \| first;", r"\1;", "equal; sums|offers X"),
    "a row never read": (r"(assign \S+ += last_2) \| last_3;", r"\1;", "equal; sums"),
}

# The same in an array of which sums are skipped.
SKIPPING = {
    "keep bits not waited for": (r"\\within  \| keep_loaded;", "1'h1;", "against the rule"),
    "keep bits taken too early": (r"(= keep_passing;(?:.*\n){3}.*= )1'h1;", r"\1 1'h0;",
                                  "against the rule"),
    "keep bits stay": (r"(= keep_count;(?:.*\n){5}.*if \()first", r"\1 1'h0", "against the rule"),
    "a row takes those of others": (r"! keep_count;", "1'h1;", "equal; sums"),
    "a column does not wait": (r"(= keep_register_0;\s+if \(advance\) begin\s+if \()first",
                               r"\1 1'h1", "equal; sums"),
    "products of a skipped step": (r"(kept = activation_register) & \{.*\};", r"\1;",
                                   "equal; sums"),
    "keep bits after reset": (r"(= keep_count;(?:.*\n)*?.*if \()rst", r"\1 1'b0",
                              "\nreset_clears"),
}

MODELS = {plain_array: PlainArrayModel, sparq_array: SparqArrayModel, sysmt_array: SysmtArrayModel}


@functools.cache
def victim(make) -> Emitted:
    return make(rows=2, cols=3, **({"activation_width": 4} if make is plain_array else THREE))


@pytest.mark.parametrize("make, rows, cols, parameters", [
    (plain_array, 1, 1, {}), (plain_array, 3, 4, {"group": 4}), (plain_array, 2, 3, TWO_OF_4X8),
    (sparq_array, 1, 4, {"group": 1}), (sparq_array, 2, 3, {}), (sparq_array, 4, 1, THREE),
    (sysmt_array, 1, 1, {}), (sysmt_array, 2, 3, {}),
    (sysmt_array, 3, 2, {"policy": "W", "saturate": False, "sum_width": 40}),
    (sysmt_array, 1, 2, {"threads": 4, "rounding": "floor"}),
    (sysmt_array, 1, 1, {"threads": 1, "sparsity": False, "sum_width": 24}),
    (plain_array, 2, 3, ZERO), (sysmt_array, 2, 3, ZERO),
    (sysmt_array, 2, 2, {"policy": "W0", **ZERO}), (sysmt_array, 2, 2, {"threads": 4, **ZERO}),
    (plain_array, 1, 1, SKIP), (plain_array, 3, 4, SKIP),
    (plain_array, 2, 3, {**ZERO, **SKIP}), (plain_array, 2, 3, {**TWO_OF_4X8, **SKIP}),
    (plain_array, 2, 3, {"activation_width": 11, "signed": True}),
    (sparq_array, 2, 2, {**ZERO, **SKIP}), (sysmt_array, 2, 2, {**ZERO, **SKIP}),
    # What others show, too, with another element or size.
    *(pytest.param(*one, marks=pytest.mark.deep) for one in (
        (plain_array, 1, 4, {}), (plain_array, 4, 1, {}), (plain_array, 4, 4, {}),
        (plain_array, 1, 1, TWO_OF_4X8), (sysmt_array, 1, 1, {"threads": 4}),
        (sparq_array, 2, 2, ZERO), (sysmt_array, 1, 2, {"threads": 4, **ZERO, **SKIP}))),
], ids=["8x8 1x1", "8x8 3x4", "4x8 2x3", "5opt 1x4", "5opt 2x3", "3opt 4x1", "wA 1x1", "wA 2x3",
        "W 3x2", "four threads 1x2", "one thread 1x1", "8x8 zero", "A zero", "W0 zero",
        "four threads zero", "8x8 skip 1x1", "8x8 skip", "8x8 zero skip", "4x8 skip", "s11x8",
        "5opt zero skip", "A zero skip", "8x8 1x4", "8x8 4x1", "8x8 4x4", "4x8 1x1",
        "four threads 1x1", "5opt zero", "four threads zero skip"])
def test_array(tmp_path, make, rows, cols, parameters):
    unit = make(rows=rows, cols=cols, **parameters)
    assert run_bench(unit, MODELS[make], tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("make, rows, cols, parameters", [
    (plain_array, 1, 1, {}), (plain_array, 3, 2, TWO_OF_4X8), (sparq_array, 1, 2, {}),
    (sparq_array, 4, 4, THREE), (plain_array, 8, 8, {"weight_width": 4}),
], ids=["8x8 1x1", "4x8 3x2", "5opt 1x2", "3opt 4x4", "8x4 8x8"])
def test_array_deeply(tmp_path, make, rows, cols, parameters):
    unit = make(rows=rows, cols=cols, **parameters)
    assert run_bench(unit, MODELS[make], tmp_path, depth="deep")


@pytest.mark.deep
@pytest.mark.parametrize("parameters", [{}, {"threads": 4, "policy": "wA"}], ids=["A", "4 wA"])
def test_millions_of_steps(tmp_path, parameters):
    """Each step is one for every element: 64 of them, in more than 100,000 clocks."""
    unit = sysmt_array(rows=8, cols=8, **parameters)
    assert run_bench(unit, SysmtArrayModel, tmp_path, simulator="verilator", depth="deep")


@pytest.mark.parametrize("make, rows, cols, parameters", [
    (sysmt_array, 1, 2, {}),
    pytest.param(sysmt_array, 1, 1, {}, marks=pytest.mark.deep),
    pytest.param(plain_array, 2, 4, {}, marks=pytest.mark.deep),
    pytest.param(sparq_array, 3, 2, {}, marks=pytest.mark.deep),
    pytest.param(sysmt_array, 4, 4, {}, marks=pytest.mark.deep),
    pytest.param(sysmt_array, 2, 2, {"threads": 4}, marks=pytest.mark.deep),
], ids=["A 1x2", "A 1x1", "8x8 2x4", "5opt 3x2", "A 4x4", "four threads 2x2"])
def test_netlist(tmp_path, library, make, rows, cols, parameters):
    unit = make(rows=rows, cols=cols, **parameters)
    models = tmp_path / "cells.v"
    models.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_best(unit, library, 9.5).netlist)
    assert run_bench(mapped, MODELS[make], tmp_path / "run", sources=[models])


@pytest.mark.parametrize("clock_gating", [
    True, pytest.param(False, marks=pytest.mark.deep)], ids=["clocks gated", "multiplexers"])
@pytest.mark.parametrize("make, parameters", [
    (plain_array, {}), (plain_array, SKIP),
    pytest.param(sparq_array, {}, marks=pytest.mark.deep),
    pytest.param(sysmt_array, {}, marks=pytest.mark.deep),
    pytest.param(sysmt_array, {"threads": 4}, marks=pytest.mark.deep),
], ids=["8x8", "8x8 skip", "5opt", "A", "four threads"])
def test_netlist_that_stands_still(tmp_path, library, make, parameters, clock_gating):
    unit, library = make(rows=2, cols=2, **parameters, **ZERO), replace(
        library, clock_gating=clock_gating)
    models = tmp_path / "cells.v"
    models.write_text(cell_models(library))
    mapped = replace(unit, verilog=map_best(unit, library, 8.0).netlist)
    assert run_bench(mapped, MODELS[make], tmp_path / "run", sources=[models])


@pytest.mark.deep
@pytest.mark.parametrize("gating", ["none", "zero"])
@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("sparsity", [True, False])
@pytest.mark.parametrize("saturate", [True, False])
@pytest.mark.parametrize("rounding", ["nearest", "floor"])
@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("threads", [2, 4])
def test_every_policy(tmp_path, threads, policy, rounding, saturate, sparsity, skip, gating):
    unit = sysmt_array(rows=2, cols=2, threads=threads, policy=policy, rounding=rounding,
                       saturate=saturate, sparsity=sparsity, skip=skip, gating=gating)
    assert run_bench(unit, SysmtArrayModel, tmp_path)


def check_found(unit, mutation, folder):
    """Check that the bench finds what a mutation puts into the Verilog of ``unit``."""
    pattern, replacement, sentence = mutation
    changed = re.sub(pattern, replacement, unit.verilog)
    assert changed != unit.verilog, "nothing to mutate"
    with pytest.raises(BenchFailed, match=f"tests failed(.|\n)*({sentence})"):
        run_bench(replace(unit, verilog=changed), PlainArrayModel, folder)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", MUTATIONS)
def test_a_mutation_is_found(tmp_path, fault):
    check_found(victim(plain_array), MUTATIONS[fault], tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", GATED)
def test_a_mutation_of_what_stands_still_is_found(tmp_path, fault):
    check_found(plain_array(rows=2, cols=3, activation_width=4, **ZERO), GATED[fault], tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fault", SKIPPING)
def test_a_mutation_of_what_is_skipped_is_found(tmp_path, fault):
    check_found(plain_array(rows=2, cols=3, activation_width=4, **SKIP), SKIPPING[fault], tmp_path)


@pytest.mark.usefixtures("first_fault")
@pytest.mark.parametrize("fact", FACTS)
def test_a_wrong_fact_is_found(tmp_path, fact):
    unit = victim(sparq_array)
    wrong, sentence = FACTS[fact]
    with pytest.raises(BenchFailed, match=f"tests failed(.|\n)*({sentence})"):
        run_bench(replace(unit, manifest=unit.manifest | wrong), SparqArrayModel, tmp_path)
