"""`skimp.traffic` of a user's own trace: measured like a network, or refused by one sentence."""

import zipfile

import numpy as np
import pytest
from traffic_reports import GRAY2, TEST, network_report, only, packets, trace_report

from skimp.golden.link import flits, transitions
from skimp.golden.trace import load
from skimp.traffic import workloads


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
