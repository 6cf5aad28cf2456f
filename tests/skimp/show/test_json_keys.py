"""Keys of JSON are an interface: those of every verb, which scripts of users read."""

import json
from dataclasses import fields

import numpy as np
import pytest
import small_networks

from skimp.catalogue.figures import CatalogueRecord, VerifiedRecord
from skimp.evaluate.figures import (
    AccuracyReport,
    BitsRecord,
    NetworkBits,
    PredictionRecord,
    SchemeRecord,
)
from skimp.evaluate.figures_codes import CodeRecord, CodesReport
from skimp.evaluate.figures_text import LayerRecord, TextRecord, TextReport
from skimp.fpga.figures import BoardRecord
from skimp.golden.nets.network import save
from skimp.power.figures import EnergyRecord
from skimp.silicon.figures import AreaRecord, Fastest, GateRecord, SweptRecord, TimingRecord
from skimp.silicon.timing import CriticalPath, Part, Stage
from skimp.traffic.figures import Balance, Claim, Total, TrafficRecord, TrafficReport, Wire

pytestmark = pytest.mark.command

UNIT = "block config parameters"
AREA = (f"{UNIT} latency library wire_ff dont_use clock_gating tools clock_ns macs edge_um2 "
        "um2_per_mac um2_per_mac_with_edge baseline area_to_baseline to_baseline "
        "to_baseline_with_edge macs_per_ns_mm2 meets_clock comparison_meets_clock error timing "
        "corners recipe area_um2 sequential_area_um2 cells slack_ns violations "
        "transistors_estimated")
TRAFFIC = ("workload layer packet_order images share packets n width lanes stream ordering mode "
           "operand key buckets wires ties filling snake bus_invert pads transitions "
           "baseline_transitions reduction_percent warning index_bits calibration "
           "calibration_transitions link_pj link_saved_pj")
TOTAL = ("workload images ordering lanes stream mode operand layers pads transitions "
         "baseline_transitions reduction_percent warning")
KEYS = {
    "list": f"{UNIT} summary golden bench paper",
    "generate": "name block config golden paper parameters ports latency versions sha256 verilog",
    "verify": f"{UNIT} design simulator tests_passed seconds",
    "area": AREA,
    "sweep": f"grid {AREA}",
    "timing": "critical_path fastest",
    "fastest": "clock_ns mhz area_um2 slack_ns recipe tried_ns",
    "critical_path": ("begin begins_at end ends_at clock_ns arrival_ns setup_ns slack_ns stages "
                      "parts summary"),
    "stages": "instance cell pin net fanout delay_ns arrival_ns part",
    "parts": "name cells delay_ns share",
    "ppa": "entries violations",
    "entries": ("entry clock_gating area_at_most_um2 slack_at_least_ns clock_ns area_um2 slack_ns "
                "violations"),
    "power": (f"{UNIT} measured_in library tools clock_ns slack_ns area_um2 volts wire_ff "
              "clock_gating workload operation operations every clocks pj pj_whole switching_pj "
              "internal_pj clock_pj leakage_pj milliwatts kinds_pj parts_pj toggles_per_clock "
              "annotated_percent nets uniform_mw not_checked baseline to_baseline"),
    "fpga": (f"{UNIT} harness words signature board device package speed_grade board_clock_mhz "
             "luts flip_flops all_luts all_flip_flops cells cells_available fmax_mhz limited_by "
             "meets_board_clock simulated seed tools bitstream"),
    "traffic": "rows paper conditions wire break_even",
    "traffic rows": TRAFFIC,
    "paper": "unit reduction_percent source technology workload not_known ours",
    "ours": TOTAL,
    "wire": "pf_per_mm mm volts",
    "break_even": ("layer lanes ordering n unit clock_gating every area_um2 clock_ns unit_pj "
                   "saved_transitions saved_pj net_pj break_even_mm annotated_percent"),
    "evaluate": "network conditions rows kure predictions",
    "conditions": ("images measured_on calibrated_on recalibrated_on choosing_on metric array "
                   "exact_layers usage_images reduced_layers"),
    "predictions": ("predictor scheme thresholds target_percent recalibrated skipped_percent "
                    "skipped_main_percent skipped_predicted_percent net_percent top1_percent "
                    "loss_points loss_error_points cycles speed_up phases_speed_up seconds"),
    "evaluate rows": ("scheme recalibrated top1_percent loss_points loss_error_points "
                      "recovered_percent reduced_activations_percent reduced_weights_percent "
                      "steps_by_active collisions_percent busy_percent cycles macs_per_cycle "
                      "speed_up ideal_speed_up utilisation_percent seconds"),
    "kure": "weights activations steps networks gain_points gain_error_points",
    "networks": "network mean_kurtosis top1_percent loss_points loss_error_points",
    "codes": "activations conditions rows",
    "codes rows": "layer bits code percentile step db segments_percent saturated_percent best",
    "text": "network conditions rows",
    "text rows": ("code bits percentile chosen bits_per_character loss_mbit loss_error_mbit "
                  "under_int8_mbit under_int8_error_mbit under_zero_mbit under_zero_error_mbit "
                  "layers seconds"),
    "layers": "block step db segments_percent saturated_percent",
    "report": "page plots documents",
}


def check(row, name):
    """Hold a row to its keys, in any order."""
    assert sorted(row) == sorted(KEYS[name].split())


RECORDS = {
    "list": CatalogueRecord, "verify": VerifiedRecord, "area": AreaRecord, "sweep": SweptRecord,
    "timing": TimingRecord, "fastest": Fastest, "critical_path": CriticalPath, "stages": Stage,
    "parts": Part, "entries": GateRecord, "power": EnergyRecord, "fpga": BoardRecord,
    "traffic": TrafficReport, "traffic rows": TrafficRecord, "paper": Claim, "ours": Total,
    "wire": Wire, "break_even": Balance, "evaluate": AccuracyReport,
    "evaluate rows": SchemeRecord, "kure": BitsRecord, "networks": NetworkBits,
    "predictions": PredictionRecord, "codes": CodesReport, "codes rows": CodeRecord,
    "text": TextReport, "text rows": TextRecord, "layers": LayerRecord}


@pytest.mark.parametrize("name", RECORDS)
def test_records_have_the_keys_and_say_what_they_are(name):
    found = {field.name: field.metadata["figure"] for field in fields(RECORDS[name])}
    check(found, name)
    assert all(figure.head and figure.meaning for figure in found.values())


@pytest.fixture
def document(skimp):
    """Run a verb; give its JSON."""
    return lambda *arguments: json.loads(skimp(*arguments, "--json")[1])


def test_units(document, icarus):
    for verb in ("list", "generate", "verify"):
        [row] = document(verb, "popcount", "--width", 3)
        check(row, verb)


def test_areas(document, library):
    check(document("area", "popcount", "--width", 3)[0], "area")
    timed = document("area", "popcount", "--width", 3, "--fastest")[0]
    check(timed, "area")
    check(timed["timing"], "timing")
    path = timed["timing"]["critical_path"]
    for row, name in ((timed["timing"]["fastest"], "fastest"), (path, "critical_path"),
                      (path["stages"][0], "stages"), (path["parts"][0], "parts")):
        check(row, name)


def test_area_without_a_library(document, monkeypatch, tmp_path):
    monkeypatch.setattr("skimp.silicon.library.OSU018", tmp_path / "no.lib")
    check(document("area", "popcount", "--width", 3)[0], "area")


def test_sweep(document, library, tmp_path):
    (tmp_path / "spec.toml").write_text('[[grid]]\nblock = "popcount"\nwidth = 3\n')
    check(document("sweep", "spec.toml")[0], "sweep")


def test_traffic(document):
    rng = np.random.default_rng(1)
    np.savez("mine.npz", activations=rng.integers(0, 256, (50, 9)),
             weights=rng.integers(-128, 128, (50, 9)))
    found = document("traffic", "--trace", "mine.npz", "--lanes", 3)
    for row, name in ((found, "traffic"), (found["rows"][0], "traffic rows"),
                      (found["paper"][0], "paper"), (found["paper"][0]["ours"][0], "ours"),
                      (found["wire"], "wire")):
        check(row, name)
    assert len({tuple(row) for row in found["rows"]}) == 1


def test_evaluate(document):
    for name, seed in (("net.npz", 0), ("other.npz", 4)):
        save(name, small_networks.network(seed))
    images, training = small_networks.images(8), small_networks.images(40, seed=7)
    np.savez("data.npz", test_images=images, test_labels=np.zeros(8, int), train_images=training)
    found = document("evaluate", "net.npz", "--data", "data.npz", "--scheme", "static:4", "--kure",
                     "--beside", "other.npz")
    for row, name in ((found, "evaluate"), (found["conditions"], "conditions"),
                      (found["rows"][1], "evaluate rows"), (found["kure"][0], "kure"),
                      (found["kure"][0]["networks"][0], "networks")):
        check(row, name)
    predicted = document("evaluate", "net.npz", "--data", "data.npz", "--predict", "neighbour:5",
                         "--skip", "5")
    check(predicted["predictions"][0], "predictions")


def test_codes(document):
    np.savez("u.npz", u=np.linspace(-0.2, 2, 50))
    found = document("evaluate", "--activations", "u.npz")
    check(found, "codes")
    check(found["rows"][0], "codes rows")


def test_text(document, monkeypatch):
    monkeypatch.setattr("skimp.evaluate.text.COUNTED", 256)
    found = document("evaluate", "mamba", "--characters", 256, "--scheme", "int8")
    for row, name in ((found, "text"), (found["rows"][1], "text rows"),
                      (found["rows"][1]["layers"][0], "layers")):
        check(row, name)
