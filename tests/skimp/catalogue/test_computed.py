"""From a configuration to its arithmetic and back; what a configuration is compared with."""

import pickle

import pytest

from skimp.catalogue.computed import computed_by
from skimp.catalogue.error import relative_error
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import select
from skimp.golden.arithmetic import Exact, Nbsmt, Sparq, Static, parse
from skimp.golden.arithmetic.sparq import CONFIGS

MULTIPLIERS = [name for name, block in CATALOGUE.items() if block.arithmetic]


def test_configurations_and_their_arithmetic():
    found = {(one.block.name, one.config): one.arithmetic for one in select(tuple(MULTIPLIERS))}
    assert found["plain-pe", "8b-8b"] == found["sysmt-pe", "1t"] == Exact()
    assert found["plain-pe", "4b-8b"] == Static(4) and found["plain-pe", "8b-4b"] == Static(8, 4)
    assert found["sparq-pe", "2opt"] == Sparq(**CONFIGS["2opt"])
    assert found["sparq-pe", "5opt-w4"] is None
    # The default policy of the command is not that of the hardware, nor is saturation.
    assert found["sysmt-pe", "4t"] == Nbsmt(4, "A", saturate=True)
    assert found["sysmt-pe", "2t-W0"] == Nbsmt(2, "W0")
    assert select(("psu",), "gray2")[0].arithmetic is None


@pytest.mark.parametrize("name", MULTIPLIERS)
def test_there_and_back(name):
    for one in select((name,)):
        if one.arithmetic is not None:
            size = {key: getattr(one.params, key) for key in ("rows", "cols", "skip")
                    if hasattr(one.params, key)}
            assert computed_by(parse(str(one.arithmetic)), name, **size) == one


@pytest.mark.parametrize("text, name, config", [
    ("nbsmt:2:A:saturate:reorder:depthwise", "sysmt-pe", "2t"), ("exact", "sysmt-pe", "1t"),
    ("static:8:4:pow2", "plain-pe", "8b-4b"), ("nbsmt:1:W0", "plain-pe", "8b-8b"),
    ("sparq:2opt", "sparq-pe", "2opt"),
])
def test_what_software_does_is_nothing_to_a_unit(text, name, config):
    found = computed_by(parse(text), name)
    assert found is not None and (found.block.name, found.config) == (name, config)


def test_configurations_without_a_name():
    found = computed_by(parse("sparq:5@0.3:trim"), "sparq-array", rows=2, cols=6)
    assert found is not None and found.config == "custom"
    assert (found.params.window, found.params.shifts, found.params.rounding, found.params.rows,
            found.params.cols) == (5, (0, 3), "trim", 2, 6)
    found = computed_by(parse("nbsmt:4:aW:floor:dense"), "sysmt-pe")
    assert found is not None and found.params.policy == "aW" and not found.params.sparsity


@pytest.mark.parametrize("text, name", [
    ("static:3", "plain-pe"), ("sparq:5opt:single", "sparq-pe"), ("exact", "sparq-pe"),
    ("nbsmt:2", "plain-pe"), ("static:4", "sysmt-pe"), ("sparq:5opt", "psu")])
def test_units_that_cannot(text, name):
    assert computed_by(parse(text), name) is None


def test_no_such_block_or_size():
    with pytest.raises(ValueError, match="nosuch"):
        computed_by(Exact(), "nosuch")
    with pytest.raises(ValueError, match="no parameter 'rows'"):
        computed_by(Static(3), "plain-pe", rows=4)


@pytest.mark.parametrize("name, config, flags, baseline", [
    ("sparq-pe", "5opt", {}, "plain_pe_8b_8b"), ("sparq-pe", "5opt-w4", {}, "plain_pe_8b_4b"),
    ("plain-pe", "4b-4b", {}, "plain_pe_8b_4b"), ("sysmt-pe", "4t", {}, "plain_pe_8b_8b"),
    ("sparq-dot", "5opt-raw", {}, "plain_dot_8b_8b"),
    ("sysmt-array", "2t-4x4", {}, "plain_array_8b_8b_4x4"),
    ("sparq-array", None, {"rows": 16, "cols": 16}, "plain_array_8b_8b_16x16"),
])
def test_what_is_compared_with_what(name, config, flags, baseline):
    one, = select((name,), config, flags)
    assert one.baseline is not None and one.baseline.name == baseline
    assert one.baseline.baseline == one.baseline


def test_arrays_without_a_named_baseline():
    flags = {"rows": 1, "cols": 2, "group": 1}
    one, = select(("sysmt-array",), None, flags)
    assert [one.baseline] == select(("plain-array",), None, flags)
    assert select(("psu",), "gray2")[0].baseline is None


def test_a_baseline_has_no_error_in_other_processes_either():
    one, = select(("plain-pe",), "8b-8b")
    assert relative_error(one) is relative_error(pickle.loads(pickle.dumps(one))) is None
