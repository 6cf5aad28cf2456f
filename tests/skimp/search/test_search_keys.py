"""Keys of the JSON of `skimp search` are an interface."""

from dataclasses import fields

import pytest

from skimp.search.figures import (
    Baseline,
    Beacon,
    Evaluation,
    Loss,
    Member,
    Prices,
    SearchReport,
)

KEYS = {
    SearchReport: ("network platform source conditions genes reference searches chips beacons "
                   "evaluations"),
    Baseline: "front evaluated feasible hypervolume over_evaluations members",
    Member: ("number front short parameters words commands genes prices search_value search_loss "
             "test_value test_loss test_loss_error base_test_loss"),
    Prices: ("memory_bytes compression speed_up_time speed_up_mean energy_pj saving_percent chip "
             "rows cols area_mm2 clock_ns clocks"),
    Loss: "value loss loss_error",
    Beacon: "name short origin before after served",
    Evaluation: "genes prices found parameters feasible",
}


@pytest.mark.parametrize("record", KEYS)
def test_records_have_the_keys_and_say_what_they_are(record):
    found = {field.name: field.metadata["figure"] for field in fields(record)}
    assert sorted(found) == sorted(KEYS[record].split())
    assert all(figure.head and figure.meaning for figure in found.values())
