"""Energy of the wires, and the length from which on sorting pays."""

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest

from skimp.traffic import wire
from skimp.traffic.figures import TrafficRecord, Wire
from skimp.traffic.wire import RATES, break_even, jobs, with_energy


def row(**changes):
    """A row of the traffic report, with what energy is made of."""
    none: dict[str, Any] = dict.fromkeys(field.name for field in fields(TrafficRecord))
    return TrafficRecord(**none | {
        "workload": "lenet5", "layer": "conv1", "packet_order": "output-stationary",
        "lanes": 1, "stream": "activations", "ordering": "popcount", "mode": "alone",
        "pads": "none", "n": 25, "packets": 10, "transitions": 300,
        "baseline_transitions": 500} | changes)


def test_a_transition_costs_half_c_v_squared():
    [found] = with_energy([row()], Wire(pf_per_mm=0.2, mm=5.0, volts=2.0))
    assert found.link_pj == pytest.approx(30 * 0.5 * 0.2 * 5 * 2.0 ** 2)
    assert found.link_saved_pj == pytest.approx(20 * 0.5 * 0.2 * 5 * 2.0 ** 2)


def test_only_activations_sorted_alone_are_balanced():
    others = [row(stream="pair"), row(mode="affiliated"), row(ordering="bus-invert"),
              row(pads="zero"), row(workload="mine.npz", layer="trace"),
              row(packet_order="filter-inner")]
    assert not jobs(others)
    assert list(jobs([row(), *others])) == [
        (f"psu_{name}_n25", "lenet5:conv1", every)
        for name in ("accurate", "smallest_exact") for every in RATES]


# Nothing is mapped here.
LIBRARY: Any = SimpleNamespace(clock_gating=False)
GATED: Any = SimpleNamespace(clock_gating=True)


@pytest.fixture
def ten(monkeypatch):
    """Every unit spends 10 pJ a packet, and 1 pJ a clock between; gives what was measured."""
    measured = []

    def measure(jobs, done):
        jobs = list(jobs)
        measured.extend((job.one.name, job.layer, job.every) for job in jobs)
        return [SimpleNamespace(config=job.one.config, pj=9.0 + job.every, area_um2=1.0,
                                clock_ns=job.clock_ns, clock_gating=job.library.clock_gating,
                                every=job.every, annotated_percent=100.0) for job in jobs]
    monkeypatch.setattr(wire, "results_of", measure)
    return measured


def test_at_the_break_even_length_nothing_is_left(ten):
    rows = [row(), row(lanes=5, transitions=400), row(layer="pool1", n=4)]
    found: Any = break_even(rows, Wire(), LIBRARY)
    # Lanes change what is saved, not what the unit spends.
    assert len(found) == 6 * len(RATES) and len(ten) == 4 * len(RATES)
    for one in found:
        again = break_even(rows, Wire(mm=one.break_even_mm), LIBRARY)
        same = [other for other in again if all(
            getattr(other, key) == getattr(one, key)
            for key in ("layer", "lanes", "unit", "every"))]
        assert same[0].net_pj == pytest.approx(0)
    # Twice as much saved pays at half the length.
    often = [one for one in found if one.every == 1]
    assert often[2].break_even_mm == pytest.approx(2 * often[0].break_even_mm)


def test_packets_that_come_rarely_pay_on_longer_wires(ten):
    found: Any = break_even([row()], Wire(), LIBRARY)[:len(RATES)]
    assert [one.every for one in found] == list(RATES)
    for one in found:
        assert one.break_even_mm == pytest.approx(
            found[0].break_even_mm * (9 + one.every) / 10)


def test_gated_clocks_are_those_of_units_made_for_them(ten):
    assert all(one.clock_gating for one in break_even([row()], Wire(), GATED))
    assert {name for name, *_ in ten} == {"psu_accurate_n25_gated", "psu_smallest_exact_n25_gated"}


def test_where_nothing_is_saved_no_length_pays(ten):
    for found in break_even([row(transitions=600)], Wire(), LIBRARY):
        assert found.break_even_mm is None and found.net_pj < -10
