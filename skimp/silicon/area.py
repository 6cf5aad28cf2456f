"""What a unit costs: its area, for each product too, beside a baseline's and with the array's edge.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from skimp.catalogue.error import relative_error
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Selected, generate, select
from skimp.hw.emit import Emitted
from skimp.jobs import tools
from skimp.silicon import mapping
from skimp.silicon.corners import corner_slacks
from skimp.silicon.fastest import fastest
from skimp.silicon.library import Library
from skimp.silicon.path import path_record
from skimp.silicon.timing import critical_path

__all__ = ["SHARED_BY", "Timing", "compared", "price", "prices"]

# Processing elements in a row or column of an array, which share what stands at its edge.
SHARED_BY = 16


@dataclass(frozen=True)
class Timing:
    """What is asked of timing beside slack, all of which needs a library and OpenSTA.

    Attributes
    ----------
    path : bool
        The critical path.
    fastest : bool
        The highest clock, which takes several mappings.
    corners : mapping of str to Library
        Further Liberty files at which slack is told.
    """

    path: bool = False
    fastest: bool = False
    corners: Mapping[str, Library] = field(default_factory=dict)

    def of(self, unit: Emitted, library: Library, clock_ns: float) -> dict[str, Any]:
        """Give ``timing`` and ``corners`` of the row of ``unit``, mapped at ``clock_ns``."""
        mapped = mapping.map_best(unit, library, clock_ns)
        record: dict[str, Any] = {}
        if self.path:
            path = critical_path(mapped.netlist, unit.name, library, clock_ns)
            record["critical_path"] = path and path_record(path, unit, mapped.netlist,
                                                           library.adder_cells)
        if self.fastest:
            found = fastest(unit, library, clock_ns)
            record["fastest"] = found and asdict(found)
        return {"timing": record or None,
                "corners": corner_slacks(mapped, unit.name, self.corners)}


def prices(chosen: list[Selected], library: Library | None, clock_ns: float | None,
           done: Callable[[], object], timing: Timing | None = None) -> list[dict[str, Any]]:
    """Map ``chosen`` to ``library``, or estimate transistors without one; give a row for each.

    Without ``clock_ns``, each at its block's clock. Where the block has a baseline, its area is
    given relative to it at the same clock, see :func:`compared`.
    """
    def clock(one: Selected) -> float:
        return clock_ns or one.block.clock_ns

    def row(one: Selected) -> dict[str, Any]:
        result = price(one, library, clock(one))
        if one.baseline and library:
            result = compared(result, baselines[one.baseline.name, clock(one)])
        if timing and library:
            result |= timing.of(generate(one), library, clock(one))
        done()
        return result

    with tools.workers() as pool:
        # First, and once: many rows at a time would each synthesize them.
        others = {(other.name, clock(one)): other for one in chosen
                  if library for other in [one.baseline] if other}
        baselines = dict(zip(others, pool.map(
            lambda key: price(others[key], library, key[1]), others), strict=True))
        return list(pool.map(row, chosen))


def compared(row: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    """Give ``row`` beside that of its baseline, both as :func:`price` gives them.

    Relative to ``plain``: area (``area_to_baseline``), area for each product (``to_baseline``), and
    that once more with the part of a unit at the array's edge, one for `SHARED_BY`, in both
    (``to_baseline_with_edge``). ``comparison_meets_clock`` tells whether both meet the clock.
    """
    met = [row["meets_clock"], plain["meets_clock"]]
    return row | {
        "baseline": f"{plain['block']} {plain['config']}",
        "area_to_baseline": row["area_um2"] / plain["area_um2"],
        "to_baseline": row["um2_per_mac"] / plain["um2_per_mac"],
        "to_baseline_with_edge": row["um2_per_mac_with_edge"] / plain["um2_per_mac_with_edge"],
        "comparison_meets_clock": None if None in met else all(met)}


def price(one: Selected, library: Library | None, clock_ns: float) -> dict[str, Any]:
    """Give the row of ``one`` alone: area, and error, see `skimp.catalogue.error`.

    Raises
    ------
    RuntimeError
        If a tool fails.
    """
    unit = generate(one)
    row = {"block": one.block.name, "config": one.config, "parameters": asdict(one.params),
           "latency": unit.manifest["latency"], "library": library and library.name,
           "wire_ff": library and library.wire_ff,
           "dont_use": list(library.dont_use) if library else [],
           "tools": mapping.tool_versions(), "clock_ns": clock_ns,
           "macs": unit.manifest.get("macs"), "edge_um2": None, "um2_per_mac": None,
           "um2_per_mac_with_edge": None, "baseline": None, "area_to_baseline": None,
           "to_baseline": None, "to_baseline_with_edge": None, "macs_per_ns_mm2": None,
           "meets_clock": None, "comparison_meets_clock": None, "error": None, "timing": None,
           "corners": {}}
    if library is None:
        return row | {"area_um2": None, "sequential_area_um2": None, "cells": None,
                      "slack_ns": None, "violations": None, "recipe": None,
                      "transistors_estimated": mapping.estimate(unit)}
    mapped = mapping.map_best(unit, library, clock_ns)
    row |= asdict(mapped) | {"transistors_estimated": None}
    row["meets_clock"] = None if mapped.slack_ns is None else mapped.spares
    del row["netlist"]
    row["error"] = relative_error(one)
    if row["macs"]:
        edges = unit.manifest["edges"]
        row["edge_um2"] = sum(
            count * price(_edge(one, name), library, clock_ns)["area_um2"]
            for name, count in edges.items())
        row["um2_per_mac"] = row["area_um2"] / row["macs"]
        row["macs_per_ns_mm2"] = 1e6 / row["um2_per_mac"] / clock_ns
        row["um2_per_mac_with_edge"] = (row["area_um2"] + row["edge_um2"] / SHARED_BY) / row["macs"]
    return row


def _edge(one: Selected, name: str) -> Selected:
    """Unit ``name`` with the parameters that it shares with ``one``."""
    flags = {field.name: getattr(one.params, field.name)
             for field in fields(CATALOGUE[name].parameters) if hasattr(one.params, field.name)}
    return select((name,), None, flags)[0]
