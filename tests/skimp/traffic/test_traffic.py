"""`skimp.traffic`: its figures against a few lines of NumPy, its warnings, traces, plot."""

import itertools
import json
import re
import zipfile

import numpy as np
import pytest

from skimp import traffic
from skimp.golden.calibrate import calibrate, nearest_neighbour
from skimp.golden.link import bus_invert, flits, transitions
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.trace import load
from skimp.golden.workloads.images import in_hardware
from skimp.golden.workloads.packets import extents
from skimp.golden.workloads.packets import packets as sent_by
from skimp.jobs.documents import to_json
from skimp.traffic import plot, workloads
from skimp.traffic.figures import TrafficReport
from skimp.traffic.meter import Meter
from skimp.traffic.orderings import fit_keys

PRECISE, GRAY2, GRAY3 = "popcount", "gray2", "gray3"
NET, TEST, TRAINING = in_hardware("lenet5"), measuring_images()[0], training_images(50)[0]
EXTENTS = extents(NET.network)


@pytest.fixture(scope="module")
def report():
    """Two images, conv2 and pool1; 8 lanes leave pads, at 25 weights stand still."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workloads, "SAMPLE", 12_500)
        return network_report(images=2, filters=2, lanes=(1, 8, 25),
                            layers=("conv2", "pool1"),
                            packet_orders=("weight-stationary",))


def network_report(*net, **asked):
    """Return the report as JSON has it."""
    return json.loads(to_json(traffic.network_report(*net, **asked)))


def trace_report(path, **asked):
    return json.loads(to_json(traffic.trace_report(path, **asked)))


def pick(rows, **fields):
    return [row for row in rows if fields.items() <= row.items()]


def only(rows, **fields):
    row, = pick(rows, **fields)
    return row


def toggles(x, lanes):
    """Count the toggles of packets sent by column, lanes dividing n; in bits, without the model."""
    sent = x.view(np.uint8).reshape(len(x), lanes, -1).transpose(0, 2, 1).reshape(-1, lanes)
    wires = np.unpackbits(sent, axis=1).astype(int)
    return int(np.abs(np.diff(wires, axis=0, prepend=0)).sum())


def by_ones(x):
    return np.argsort(np.unpackbits(x.view(np.uint8)[..., None], axis=-1).sum(axis=-1), axis=1,
                      kind="stable")


def packets(layer, images, order="output-stationary", step=1):
    """Return what the report sends: image after image with ``step`` filters, in turn."""
    every = EXTENTS[layer].filters
    parts = [sent_by(NET, layer, images[i:i + 1], order=order,
                         filters=sorted((i * step + k) % every for k in range(step)))
             for i in range(len(images))]
    return tuple(np.concatenate(list(arrays)) for arrays in zip(*parts, strict=True))


# A link in pieces

@pytest.mark.parametrize("lanes, width, filling, group",
                         list(itertools.product((1, 3, 5), (3, 8), ("column", "row"),
                                                (None, "lane", "flit"))))
def test_a_meter_counts_as_the_whole_link_does(lanes, width, filling, group):
    rng = np.random.default_rng(0)
    for snake, pads, streams in itertools.product((False, True), ("hold", "zero"), (1, 2)):
        kept = rng.random((streams, 9, 7)) < rng.choice([0.2, 1])   # many zeros, or few
        x = (rng.integers(0, 1 << width, kept.shape) * kept).astype(np.uint8)
        layout = {"lanes": lanes, "width": width, "filling": filling, "snake": snake, "pads": pads}
        meter = Meter(**layout, group=group)
        for cut in (slice(2), slice(2, 6), slice(6, 8), slice(8, 9)):
            meter.send(list(x[:, cut]))
        link = np.hstack([flits(words, **layout) for words in x])
        coded = bus_invert(link, width=width, group=group) if group else (link,)
        assert meter.total == sum(map(transitions, coded))


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


@pytest.mark.parametrize("arguments, message", [
    ({"images": 0}, "Images must be 1 to 1000, not 0"),
    ({"images": 1001}, "Images must be 1 to 1000, not 1001"),
    ({"filters": 17}, "Filters must be 1 to 16, not 17"),
    ({"lanes": ()}, "Lanes must be at least one, not none"),
    ({"lanes": (1, 65)}, "Lanes must be 1 to 64, not 65"),
    ({"layers": ("relu1",)}, "Layers must be among conv1, pool1, .*, not 'relu1'"),
    ({"packet_orders": ("random",)}, "Packet orders must be among output-stationary, filter-inner"),
])
def test_wrong_requests_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        network_report(**arguments)


# Keys

@pytest.mark.parametrize("operand", ["activations", "weights"])
def test_keys_are_those_of_calibrate(operand):
    sample = dict(zip(("activations", "weights"), packets("conv2", TRAINING[:1]),
                      strict=True))[operand][::4].view(np.uint8)
    keys = fit_keys(sample, lanes=5, width=8)
    for name, fit in [("approximate-calibrated", {"key": "popcount", "size": 4}),
                      ("nonzero-gray2", {"key": "nonzero-gray", "size": 2, "ties": "snake"}),
                      (GRAY3, {"key": "gray", "size": 3, "ties": "snake"})]:
        want = calibrate(sample, lanes=5, **fit)
        assert (keys[name].buckets, keys[name].wires, keys[name].sample_transitions) == (
            want.buckets, want.wires, want.transitions)
    assert keys["approximate"].buckets == (0, 0, 0, 1, 1, 2, 2, 3, 3)


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


@pytest.mark.parametrize("layer, lanes", list(itertools.product(("conv1", "conv2"), (1, 5))))
def test_gray_keys_save_more_than_the_exact_popcount(layer, lanes):
    """The report's own keys on 200 images, of which the first windows alone."""
    sample = workloads._sample(NET, layer, "output-stationary", TRAINING).activations
    keys = fit_keys(sample, lanes=lanes, width=8)
    x, _ = packets(layer, TEST[:200])
    unsorted = transitions(flits(x, lanes=lanes, filling="row"))
    saved = {name: unsorted - toggles(np.take_along_axis(x, keys[name].order(x, 8), axis=1), lanes)
             for name in (PRECISE, GRAY2, GRAY3)}
    assert saved[GRAY2] >= saved[PRECISE] > 0
    assert saved[GRAY3] >= 1.6 * saved[PRECISE]


@pytest.mark.deep
def test_the_default_report_keeps_its_promises():
    for row in (rows := network_report()["rows"]):
        if (row["layer"].startswith("conv") and row["stream"] == "activations"
                and row["mode"] == "alone" and row["ordering"] == PRECISE):
            here = {name: row[name] for name in ("layer", "packet_order", "lanes", "stream",
                                                 "mode")}
            gray2, gray3 = (only(rows, ordering=name, **here)["reduction_percent"]
                            for name in (GRAY2, GRAY3))
            assert gray2 >= row["reduction_percent"]
            assert gray3 >= 1.6 * row["reduction_percent"]


# A user's own trace

def test_a_trace_is_measured_like_the_network(tmp_path):
    a, w = packets("conv2", TEST[:2], step=2)
    np.savez(tmp_path / "mine.npz", activations=a, weights=w)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workloads, "SAMPLE", 2500)
        patch.setattr(workloads, "BLOCK", 1000)
        report = trace_report(tmp_path / "mine.npz", lanes=(5,))
        ours = network_report(images=2, filters=2, lanes=(5,), layers=("conv2",),
                            packet_orders=("output-stationary",))["rows"]
    fixed = [[row["transitions"] for row in rows if not row["wires"] and not row["calibration"]
              and row["mode"] != "separated"] for rows in (report["rows"], ours)]
    assert fixed[0] == fixed[1] and len(fixed[0]) > 40
    assert {(row["workload"], row["layer"], row["images"]) for row in report["rows"]} == {
        ("mine.npz", "trace", None)}
    row = only(report["rows"], ordering=GRAY2, mode="alone", stream="activations")
    assert row["calibration"] == "the trace's first 100 packets"
    assert "100 packets" in report["conditions"]["calibration"]


@pytest.mark.parametrize("width, dtype", [(4, np.uint8), (12, np.uint16), (16, np.int64)])
def test_a_trace_of_other_widths_and_activations_alone(tmp_path, width, dtype):
    x = np.random.default_rng(0).integers(0, 1 << width, (20, 6)).astype(dtype)
    np.savez(tmp_path / "wide.npz", activations=x)
    rows = trace_report(tmp_path / "wide.npz", lanes=(2,), width=width)["rows"]
    assert {row["stream"] for row in rows} == {"activations"}
    assert only(rows, ordering="unsorted")["transitions"] == transitions(
        flits(x, lanes=2, width=width, filling="row"))
    fitted = only(rows, ordering="approximate-calibrated")
    assert fitted["calibration"] == "the trace itself"
    assert fitted["calibration_transitions"] == fitted["transitions"]
    assert len(fitted["buckets"]) == width + 1


def test_a_trace_that_never_toggles_has_no_gain(tmp_path):
    np.savez(tmp_path / "still.npz", activations=np.zeros((4, 3), np.uint8))
    rows = trace_report(tmp_path / "still.npz", lanes=(1,))["rows"]
    assert {(row["transitions"], row["reduction_percent"]) for row in rows} == {(0, 0)}


GOOD = np.ones((4, 25), np.uint8)


@pytest.mark.parametrize("arrays, message", [
    ({"weights": GOOD}, "must hold an array named activations, but holds weights"),
    ({}, "must hold an array named activations, but holds none"),
    ({"activations": GOOD, "weight": GOOD}, "may hold activations and weights, but no .* weight"),
    ({"activations": GOOD / 2}, "Array activations of .*bad.npz must be of integers, not float64"),
    ({"activations": GOOD > 0}, "must be of integers, not bool"),
    ({"activations": GOOD.astype(object)}, "must be an .npz file of NumPy arrays of numbers"),
    ({"activations": GOOD[0]}, r"must have the shape \(packets, n\) and a packet.* not .*\(25,\)"),
    ({"activations": GOOD[:0]}, r"must have the shape \(packets, n\) and a packet.* \(0, 25\)"),
    ({"activations": GOOD[:, :1]}, "must have 2 to 64 elements, not 1 as activations has"),
    ({"activations": np.ones((2, 65), np.uint8)}, "must have 2 to 64 elements, not 65"),
    ({"activations": -GOOD.astype(int)}, "Array activations .* must not be negative, not -1"),
    ({"activations": GOOD * np.uint16(256)}, "not .256, 256.: trace .* does not fit in 8 bits"),
    ({"activations": GOOD, "weights": GOOD[:3]},
     r"Array weights .* must have the shape of activations, \(4, 25\), not \(3, 25\)"),
    ({"activations": GOOD, "weights": GOOD * -129.0}, "Array weights .* integers, not float64"),
    ({"activations": GOOD, "weights": GOOD * np.int16(-129)}, "Array weights must be .*8 bits"),
])
def test_wrong_traces_are_refused_by_one_sentence(tmp_path, arrays, message):
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match=message) as error:
        load(path)
    assert "bad.npz" in str(error.value) and "\n" not in str(error.value)


def test_unreadable_traces_are_refused(tmp_path):
    with pytest.raises(ValueError, match="Trace .*none.npz does not exist"):
        trace_report(tmp_path / "none.npz")
    np.save(tmp_path / "one.npy", GOOD)
    (tmp_path / "text.npz").write_text("1, 2, 3")
    (tmp_path / "empty.npz").write_bytes(b"")
    np.savez_compressed(tmp_path / "whole.npz", activations=np.arange(200).reshape(8, 25))
    whole = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / "short.npz").write_bytes(whole[:len(whole) // 2])
    (tmp_path / "broken.npz").write_bytes(whole[:80] + bytes(20) + whole[100:])
    with zipfile.ZipFile(tmp_path / "other.npz", "w") as file:
        file.writestr("activations.npy", b"\x93NUMPY\x01\x00v\x00{'descr'")
    for name in ("one.npy", "text.npz", "empty.npz", "short.npz", "broken.npz", "other.npz", "."):
        with pytest.raises(ValueError, match=r"must be an .npz file of NumPy arrays of numbers, "
                                             r"but (it cannot be read as one: |is a folder)"):
            load(tmp_path / name)


def test_widths_and_lanes_of_a_trace_are_checked(tmp_path):
    path = tmp_path / "good.npz"
    np.savez(path, activations=GOOD)
    with pytest.raises(ValueError, match="Width of a trace must be 4 to 16 bits, not 3"):
        trace_report(path, width=3)
    with pytest.raises(ValueError, match="Lanes must be 1 to 64, not 0"):
        trace_report(path, lanes=(0,))


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


def test_layers_of_other_networks():
    rows = network_report("dscnn", images=2, lanes=(3,), layers=("depthwise4", "fc"),
                          packet_orders=("output-stationary", "weight-stationary"))["rows"]
    heads = {(row["workload"], row["layer"], row["packet_order"], row["share"], row["n"],
              row["packets"]) for row in rows}
    assert heads == {("dscnn", "depthwise4", "output-stationary", 1.0, 9, 2 * 32 * 49),
                     ("dscnn", "fc", "output-stationary", 0.1, 32, 2)}


@pytest.mark.command
@pytest.mark.parametrize("arguments, sentence", [
    (("--net", "resnet8"), "--layers must name layers of resnet8: among conv, stack1.conv1"),
    (("--net", "resnet8", "--layers", "relu"), "Layers must be among conv, .* not 'relu'"),
    (("--net", "vgg"), "'vgg' is not one of"),
])
def test_wrong_networks_and_layers(skimp, arguments, sentence):
    status, out, err = skimp("traffic", *arguments)
    assert (status, out) == (2, "") and re.search(sentence, err)


@pytest.mark.command
def test_more_than_anybody_waits_for(skimp):
    lanes = ",".join(map(str, range(1, 65)))
    status, out, err = skimp("traffic", "--images", 1000, "--filters", 16, "--lanes", lanes)
    assert (status, out) == (2, "") and err.count("\n") == 1
    assert "38,6" in err and "elements would be sent" in err and "2,000,000,000 at most" in err
