"""`skimp.traffic` of networks: its figures against a few lines of NumPy, its warnings, plot."""

import itertools
import json
import re

import numpy as np
import pytest
from traffic_reports import PRECISE, TEST, by_ones, network_report, only, packets, pick, toggles

from skimp.golden.calibrate import nearest_neighbour
from skimp.golden.link import bus_invert, flits, transitions
from skimp.jobs.documents import to_json
from skimp.traffic import plot, workloads
from skimp.traffic.figures import TrafficReport


@pytest.fixture(scope="module")
def report():
    """Two images, conv2 and pool1; 8 lanes leave pads, at 25 weights stand still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workloads, "SAMPLE", 12_500)
        return network_report(images=2, filters=2, lanes=(1, 8, 25),
                            layers=("conv2", "pool1"),
                            packet_orders=("weight-stationary",))


# Rows

def test_rows_repeat_a_count_by_hand(report):
    a, w = packets("conv2", TEST[:2], "weight-stationary", step=2)
    rows = pick(report["rows"], layer="conv2", lanes=1)
    assert rows[0]["packets"] == len(a) and rows[0]["share"] == 1 / 8
    raw = {"activations": toggles(a, 1), "weights": toggles(w, 1)}
    raw["pair"] = raw["activations"] + raw["weights"]
    for row in rows:
        assert row["baseline_transitions"] == raw[row["stream"]]
        assert row["warning"] is None
        assert row["reduction_percent"] == pytest.approx(
            100 - 100 * row["transitions"] / raw[row["stream"]], abs=6e-4)

    def ordered(x, order):
        return toggles(np.take_along_axis(x, order, axis=1), 1)

    precise = {"ordering": PRECISE, "stream": "pair"}
    by_a, by_w = by_ones(a), by_ones(w)
    for fields, count in [
            ({"mode": "alone", "stream": "activations"}, ordered(a, by_a)),
            ({"mode": "alone", "stream": "weights"}, ordered(w, by_w)),
            ({"mode": "affiliated", "operand": "activation"}, ordered(a, by_a) + ordered(w, by_a)),
            ({"mode": "affiliated", "operand": "weight"}, ordered(a, by_w) + ordered(w, by_w)),
            ({"mode": "separated"}, ordered(a, by_a) + ordered(w, by_w))]:
        assert only(rows, **precise | fields)["transitions"] == count
    offline = nearest_neighbour(w)
    assert only(rows, ordering="offline-weights", stream="pair")["transitions"] == (
        ordered(a, offline) + ordered(w, offline))
    assert only(rows, ordering=PRECISE, mode="separated")["index_bits"] == 25 * 5


def test_lanes_fill_by_column_after_sorting(report):
    a, _ = packets("conv2", TEST[:2], "weight-stationary", step=2)
    row = only(report["rows"], layer="conv2", lanes=25, stream="activations", ordering=PRECISE,
               mode="alone")
    assert row["transitions"] == toggles(np.take_along_axis(a, by_ones(a), axis=1), 25)


def test_bus_invert_and_snake_count_as_in_the_model(report):
    a, w = packets("conv2", TEST[:2], "weight-stationary", step=2)
    both = [np.take_along_axis(x, by_ones(a), axis=1) for x in (a, w)]
    for pads in ("hold", "zero"):
        rows = pick(report["rows"], layer="conv2", lanes=8, stream="pair", pads=pads)
        sent = np.hstack([flits(x, lanes=8, snake=True, pads=pads) for x in both])
        assert only(rows, ordering="popcount+bus-invert+snake", operand="activation")[
            "transitions"] == sum(map(transitions, bus_invert(sent)))
        sent = np.hstack([flits(x, lanes=8, filling="row", pads=pads) for x in (a, w)])
        assert only(rows, ordering="bus-invert-flit")[
            "transitions"] == sum(map(transitions, bus_invert(sent, group="flit")))


def test_pads_are_reported_where_there_are_any(report):
    rows = report["rows"]
    assert {(row["layer"], row["lanes"], row["pads"]) for row in rows} == {
        ("conv2", 1, "none"), ("conv2", 25, "none"), ("conv2", 8, "hold"), ("conv2", 8, "zero"),
        ("pool1", 1, "none"), *itertools.product(["pool1"], [8, 25], ["hold", "zero"])}
    zero, hold = (only(rows, layer="conv2", lanes=8, ordering=PRECISE, mode="separated", pads=pads)
                  for pads in ("zero", "hold"))
    assert zero["reduction_percent"] > hold["reduction_percent"]


def test_pooling_has_activations_only(report):
    rows = pick(report["rows"], layer="pool1")
    assert {row["stream"] for row in rows} == {"activations"}
    assert {row["mode"] for row in rows} == {None, "alone"}
    assert {row["share"] for row in rows} == {1}


def test_a_disturbed_stationary_stream_is_warned_of(report):
    rows = pick(report["rows"], layer="conv2", lanes=25)
    for row in rows:
        warned = row["mode"] == "affiliated" and row["operand"] == "activation"
        assert (row["reduction_percent"] is None) == warned
        if warned:
            assert re.search("No gain: unsorted, weights stand almost still", row["warning"])
            if row["stream"] == "pair" and "bus-invert" not in row["ordering"]:
                assert row["transitions"] > 1.5 * row["baseline_transitions"]
    assert not any(row["warning"] for row in report["rows"] if row["lanes"] != 25)


def test_one_window_to_every_filter_stands_still_too():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workloads, "SAMPLE", 2500)
        rows = network_report(images=1, lanes=(25,), layers=("conv1",),
                            packet_orders=("filter-inner",))["rows"]
    assert {row["share"] for row in rows} == {1}
    assert {(row["mode"], row["operand"]) for row in rows if row["warning"]} == {
        ("affiliated", "weight")}


def test_a_document_of_its_parts(report):
    assert list(report) == ["rows", "paper", "conditions", "wire", "break_even"]
    assert json.loads(to_json(TrafficReport.read(report))) == report
    assert len({tuple(row) for row in report["rows"]}) == 1         # the same fields in every row
    names = ("layer", "lanes", "stream", "ordering", "mode", "operand", "pads")
    assert len({tuple(row[name] for name in names) for row in report["rows"]}) == len(
        report["rows"])


def test_the_paper_stands_beside_ours(report):
    precise, approximate = report["paper"]
    assert (precise["reduction_percent"], approximate["reduction_percent"]) == (20.42, 19.50)
    assert {ours["ordering"] for ours in precise["ours"]} == {PRECISE}
    ours = only(precise["ours"], lanes=1, stream="activations")
    conv2, pool1 = pick(report["rows"], lanes=1, stream="activations", ordering=PRECISE,
                        mode="alone")
    assert ours["transitions"] == 8 * conv2["transitions"] + pool1["transitions"]
    assert ours["layers"] == {"conv2": "weight-stationary", "pool1": "weight-stationary"}
    assert only(precise["ours"], lanes=25, mode="affiliated", operand="activation")["warning"]


def test_packet_orders_that_are_the_same_are_measured_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workloads, "SAMPLE", 1000)
        rows = network_report(images=1, lanes=(4,), layers=("pool2",))["rows"]
    assert {row["packet_order"] for row in rows} == {"output-stationary"}


def test_progress_counts_to_the_end():
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workloads, "SAMPLE", 1000)
        network_report(images=3, lanes=(1, 2), layers=("pool2",),
                     progress=lambda *step: seen.append(step))
    assert seen == [(done, 8) for done in range(1, 9)]


def test_calibrated_tables_are_not_worse_where_they_were_calibrated(report):
    def where(row):
        return tuple(row[name] for name in ("layer", "lanes", "pads", "stream", "mode", "operand"))

    calibrated = {where(row): row for row in pick(report["rows"],
                                                  ordering="approximate-calibrated")}
    stated = [row for row in pick(report["rows"], ordering="approximate")
              if row["calibration_transitions"]]
    assert {row["mode"] for row in stated} == {"alone", "separated"}
    for row in stated:
        fitted = calibrated[where(row)]
        assert fitted["calibration_transitions"] <= row["calibration_transitions"]
        assert (fitted["calibration"], row["calibration"]) == ("50 training images", None)


# The plot

def test_a_plot_is_drawn(report, tmp_path):
    plot.traffic(TrafficReport.read(report), tmp_path / "traffic.png")
    assert (tmp_path / "traffic.png").read_bytes().startswith(b"\x89PNG")
    rows = pick(report["rows"], layer="pool1")
    plot.traffic(TrafficReport.read(report | {"rows": rows}), tmp_path / "traffic.svg")
    assert "</svg>" in (tmp_path / "traffic.svg").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["traffic.png", "traffic.svg"]
    with pytest.raises(ValueError, match="must be a file ending in .pdf, .png, .svg, not a.jpeg"):
        plot.traffic(TrafficReport.read(report), tmp_path / "a.jpeg")
