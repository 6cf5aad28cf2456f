"""Which columns of which document the tables of the page show."""

from typing import Any

from skimp.report.papers import beside
from skimp.report.table import Cell, Column, Table, number, table, value_at
from skimp.silicon.area import SHARED_BY

__all__ = ["accuracy", "areas", "boards", "catalogue", "energies", "papers", "traffic"]

Documents = dict[str, Any]

MAPPED = ("Ideal clock and wires; output registered; the best of the same recipes for every entry. "
          "Slack at the clock that stands beside it.")
ERROR = ("Error: root mean square of what is wrong in the sums of LeNet-5's second convolution, of "
         "that of the sums.")
SIMULATED = ("Netlists simulated with the delays of cells, so with glitches; ideal clock tree. The "
             "four parts are of the whole array, also where an element alone is counted.")
STANDING = ("A warning stands instead of a gain where ordering disturbs a stream that stands still "
            "on its wires.")
PAPERS = ("Figures in this colour are the papers', never ours. Their technologies, clocks and "
          "baselines differ from ours or are not known to us: a figure of ours beside theirs is no "
          "reproduction. The threads' baseline is the plain array of the same size; their energy "
          "is of the layer that the table of energies names. Of SPARQ's paper no area is known to "
          "us.")

UNIT = (Column("block", "block"), Column("config", "config"), Column("parameters", "parameters"))


def _there(*tables: Table | None) -> list[Table]:
    return [one for one in tables if one is not None]


def _alike(rows: list[dict[str, Any]], *keys: str) -> list[str]:
    """Say each combination of conditions that rows have, once."""
    lines = dict.fromkeys("; ".join(
        f"{', '.join(value) if isinstance(value, list) else value}" for key in keys
        if (value := value_at(row, key)) is not None) for row in rows)
    return [f"{line}." for line in lines if line]


def catalogue(documents: Documents) -> list[Table]:
    """All configurations."""
    return _there(table("Configurations", "catalogue", documents.get("catalogue", []), (
        Column("block", "block"), Column("config", "config"), Column("summary", "summary"),
        Column("parameters", "parameters"), Column("golden function", "golden"),
        Column("source", "paper"))))


def areas(documents: Documents) -> list[Table]:
    """Areas, areas for each product, highest clocks and critical paths."""
    rows = documents.get("area", [])
    conditions = _alike(rows, "library", "tools")
    return _there(
        table("Area", "area", rows, (
            *UNIT, Column("area um2", "area_um2", ",.0f"),
            Column("registers um2", "sequential_area_um2", ",.0f"),
            Column("cells", "cells", ",.0f"),
            Column("transistors, estimated", "transistors_estimated", ",.0f"),
            Column("latency", "latency", ".0f"), Column("clock ns", "clock_ns", "g"),
            Column("slack ns", "slack_ns", ".2f", negative="missed")),
            notes=[*conditions, MAPPED]),
        table("Area for each product", "area", rows, (
            *UNIT[:2], Column("products a clock", "macs", ".0f"),
            Column("products for each ns and mm2", "macs_per_ns_mm2", ".2f"),
            Column("um2 for each product", "um2_per_mac", ",.0f"),
            Column("area to baseline", "area_to_baseline", ".3f"),
            Column("for each product, to baseline", "to_baseline", ".3f"),
            Column("units at the edge um2", "edge_um2", ",.0f"),
            Column(f"to baseline with 1/{SHARED_BY} of them", "to_baseline_with_edge", ".3f"),
            Column("baseline", "baseline"), Column("clock ns", "clock_ns", "g"),
            Column("clock met by both", "comparison_meets_clock"),
            Column("error", "error", ".4f")),
            keep=lambda row: row.get("to_baseline"), notes=[ERROR]),
        table("Timing", "area", rows, (
            *UNIT, Column("highest clock MHz", "timing.fastest.mhz", ".1f"),
            Column("its period ns", "timing.fastest.clock_ns", "g"),
            Column("area there um2", "timing.fastest.area_um2", ",.0f"),
            Column("slack there ns", "timing.fastest.slack_ns", ".2f"),
            Column("arrival ns", "timing.critical_path.arrival_ns", ".2f"),
            Column("critical path", "timing.critical_path.summary")),
            keep=lambda row: row.get("timing"), notes=[
                "The critical path is that at the clock of the area table.", *conditions]))


def energies(documents: Documents) -> list[Table]:
    """Energy of an operation."""
    rows = documents.get("power", [])
    supply = "".join(
        f" {value:g} {unit}." for key, unit in (("volts", "V"), ("wire_ff", "fF of wire a pin"))
        for value in dict.fromkeys(row.get(key) for row in rows) if value is not None)
    return _there(table("Energy of an operation", "power", rows, (
        *UNIT[:2], Column("fed", "workload"), Column("pJ", "pj", ".2f"),
        Column("for each", "operation"), Column("to baseline", "to_baseline", ".3f"),
        Column("baseline", "baseline"), Column("nets pJ", "switching_pj", ".2f"),
        Column("inside cells pJ", "internal_pj", ".2f"), Column("clock pJ", "clock_pj", ".2f"),
        Column("leakage pJ", "leakage_pj", ".5f"), Column("mW", "milliwatts", ".1f"),
        Column("clock ns", "clock_ns", "g"), Column("slack ns", "slack_ns", ".2f"),
        Column("nets known", "annotated_percent", ".1f", percent=True),
        Column("operations", "operations", ",.0f")), notes=[
            SIMULATED + supply, *_alike(rows, "library", "tools")]))


def accuracy(documents: Documents) -> list[Table]:
    """Schemes on a network."""
    document = documents.get("evaluate", {})
    said = document.get("conditions", {})
    measured = (f"Measured on {said.get('measured_on', '?')}; steps calibrated on "
                f"{said.get('calibrated_on', '?')}; cycles of an image on an array of "
                f"{said.get('array', '?')}. Points lost against exact 8 bits, the standard error "
                "over the same images.")
    return _there(table(f"Schemes on {document.get('network', 'a network')}", "evaluate.rows",
                        document.get("rows", []), (
        Column("scheme", "scheme"), Column("recalibrated", "recalibrated"),
        Column("top-1", "top1_percent", ".2f", percent=True),
        Column("points lost", "loss_points", ".2f"),
        Column("standard error", "loss_error_points", ".2f"),
        Column("activations reduced", "reduced_activations_percent", ".1f", percent=True),
        Column("weights reduced", "reduced_weights_percent", ".1f", percent=True),
        Column("steps that collide", "collisions_percent", ".1f", percent=True),
        Column("cycles", "cycles", ",.0f"), Column("MACs a cycle", "macs_per_cycle", ".0f"),
        Column("speed-up", "speed_up", ".2f")), notes=[measured]))


def traffic(documents: Documents) -> list[Table]:
    """Transitions by ordering, and what sorting units save and spend."""
    document = documents.get("traffic", {})
    wire = document.get("wire", {})
    link = ", ".join(f"{wire[key]:g} {unit}" for key, unit in (
        ("mm", "mm"), ("pf_per_mm", "pF a mm"), ("volts", "V")) if key in wire) or "not said"
    return _there(
        table("Sorting units and wires", "traffic.break_even", document.get("break_even", []), (
            Column("layer", "layer"), Column("lanes", "lanes", ".0f"),
            Column("ordered by", "ordering"), Column("unit", "unit"), Column("n", "n", ".0f"),
            Column("area um2", "area_um2", ",.0f"), Column("clock ns", "clock_ns", "g"),
            Column("unit pJ a packet", "unit_pj", ".1f"),
            Column("transitions saved a packet", "saved_transitions", ".2f"),
            Column("saved pJ", "saved_pj", ".2f"), Column("net pJ", "net_pj", ".1f"),
            Column("pays from mm", "break_even_mm", ",.0f")), notes=[
                f"Activations on a link of {link}; no length where nothing is saved."]),
        table("Bit transitions", "traffic.rows", document.get("rows", []), (
            Column("layer", "layer"), Column("packet order", "packet_order"),
            Column("n", "n", ".0f"), Column("lanes", "lanes", ".0f"), Column("pads", "pads"),
            Column("stream", "stream"), Column("ordered by", "ordering"),
            Column("mode", "mode"), Column("operand", "operand"),
            Column("transitions", "transitions", ",.0f"),
            Column("unsorted", "baseline_transitions", ",.0f"),
            Column("saved", "reduction_percent", ".2f", percent=True),
            Column("link pJ a packet", "link_pj", ".2f"), Column("warning", "warning")), notes=[
                f"LeNet-5 on Fashion-MNIST; unsorted: row-major; link: {link}.", STANDING]))


def boards(documents: Documents) -> list[Table]:
    """What was built for boards: every fact that is a number, a word or a list of them."""
    rows = documents.get("fpga", [])
    kinds: dict[str, bool] = {}                 # whether all that a column holds are numbers
    for row in rows:
        for key, value in row.items():
            if not isinstance(value, dict) and value is not None and "." not in key:
                numeric = isinstance(value, int | float) and not isinstance(value, bool)
                kinds[key] = kinds.get(key, True) and numeric
    return _there(table("Units on boards", "fpga", rows, (
        Column(key.replace("_", " "), key, "," * numeric) for key, numeric in kinds.items())))


def papers(documents: Documents) -> list[Table]:
    """Figures of papers, ours beside each."""
    lines = beside(documents)
    heads = (("quantity", False), ("paper's figure", True), ("as the paper says it", False),
             ("paper", False), ("ours", True), ("ours is of", False))
    rows = [[Cell(claim.quantity), number(claim.value, "g", "", "paper"),
             Cell(claim.said, kind="paper short"),
             Cell(claim.source, kind="short", link=claim.link),
             number(one.value, ".3f" if claim.value < 10 else ".2f", one.origin or ""),
             Cell(one.ours or "not measured")]
            for one in lines for claim in (one.claim,)]
    return [Table("Papers and skimp", heads, rows, (PAPERS,))]
