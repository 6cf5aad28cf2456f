"""Prices: what is compared with what; relations between units, not figures."""

import json
from typing import Any

import pytest

from skimp.catalogue.error import relative_error
from skimp.catalogue.selection import select
from skimp.jobs.documents import to_json
from skimp.show.units import areas
from skimp.silicon.area import prices
from skimp.silicon.figures import SHARED_BY

pytestmark = pytest.mark.command


def price(library, *names, config=None, flags=None, clock=None) -> dict[str, Any]:
    rows = prices(select(names, config, flags), library, clock, lambda: None)
    return {row.config: row for row in rows}


def test_fewer_options_are_smaller_and_static_is_the_floor(library):
    plain = {name: price(library, "plain-pe", config=name)[name] for name in ("8b-8b", "4b-8b")}
    sparq = {name: price(library, "sparq-pe", config=name)[name]
             for name in ("5opt", "3opt", "2opt", "5opt-w4")}
    assert plain["8b-8b"].to_baseline == 1
    order = [plain["4b-8b"], *(sparq[name] for name in ("2opt", "3opt", "5opt")), plain["8b-8b"]]
    ratios = [row.to_baseline for row in order]
    assert ratios == sorted(ratios) and len(set(ratios)) == len(ratios)
    assert sparq["5opt-w4"].baseline == "plain-pe 8b-4b"
    for row in (*plain.values(), *sparq.values()):
        assert row.clock_ns == 8 and row.um2_per_mac == row.area_um2 / row.macs


def test_the_edge_is_shared_and_stands_apart(library):
    row = price(library, "sparq-pe", config="3opt")["3opt"]
    plain = price(library, "plain-pe", config="8b-8b")["8b-8b"]
    selector, = price(library, "pair-select", config="3opt",
                      flags={"rounding": "round"}).values()
    digits = price(library, "booth-recode", config="byte")["byte"]
    for one, edge in ((row, selector), (plain, digits)):
        assert one.edge_um2 == pytest.approx(edge.area_um2, rel=0.02)
        assert one.um2_per_mac_with_edge == (
            one.area_um2 + one.edge_um2 / SHARED_BY) / one.macs
    assert row.to_baseline_with_edge == (
        row.um2_per_mac_with_edge / plain.um2_per_mac_with_edge)


def test_units_without_products_have_no_ratio(library):
    row, = price(library, "popcount", config="byte", clock=5.0).values()
    assert row.macs is row.um2_per_mac is row.to_baseline is None
    assert row.clock_ns == 5


def test_without_a_library_transistors_are_estimated():
    row, = price(None, "plain-pe", config="4b-4b").values()
    assert row.area_um2 is None and row.transistors_estimated > 1000


def test_arrays_are_compared_with_the_plain_one_of_their_size(library):
    row, = price(library, "sysmt-array", flags={"rows": 1, "cols": 2, "group": 1}).values()
    plain, = price(library, "plain-array", flags={"rows": 1, "cols": 2, "group": 1}).values()
    assert row.baseline == "plain-array custom" and plain.area_to_baseline == 1
    assert row.area_to_baseline == row.area_um2 / plain.area_um2 > 1
    assert row.to_baseline == pytest.approx(row.area_to_baseline / 2)
    assert row.macs_per_ns_mm2 > plain.macs_per_ns_mm2


def test_errors_order_the_schemes():
    threads: dict[str, Any] = {one.config: relative_error(one) for one in select(("sysmt-pe",))}
    assert threads["1t"] == 0
    assert 0 < threads["2t-wA"] <= threads["2t"] < threads["2t-A0"] < threads["2t-W"]
    assert threads["2t-W"] < threads["2t-W0"] < threads["2t-wA-floor"] < threads["4t"]
    sparq: dict[str, Any] = {one.config: relative_error(one) for one in select(("sparq-pe",))}
    assert sparq["5opt"] < sparq["3opt"] < sparq["2opt"] < sparq["6opt"] < sparq["7opt"]
    assert sparq["5opt-w4"] is None and relative_error(select(("plain-pe",))[0]) is None


def test_a_bare_element_is_checked_in_an_array_of_one():
    one, = select(("sysmt-pe",), "4t-wA")
    assert (one.harness.block.name, one.harness.params.rows, one.harness.params.cols,
            one.harness.params.policy) == ("sysmt-array", 1, 1, "wA")
    array, = select(("sysmt-array",), "2t-4x4")
    assert array.harness is array


def test_a_unit_of_wires_alone_has_no_area(library):
    row, = price(library, "sysmt-activation", config="1t").values()
    assert row.area_um2 == 0
    assert areas([json.loads(to_json(row))])


def test_units_without_products_are_compared_by_area(library):
    row, = price(library, "neighbour", flags={"rows": 2, "columns": 4, "bits": 2}).values()
    plain, = price(library, "neighbour", flags={"rows": 2, "columns": 4}).values()
    assert row.baseline == "neighbour custom" and row.to_baseline is None
    assert row.area_to_baseline == row.area_um2 / plain.area_um2 < 1
