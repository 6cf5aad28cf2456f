"""What a unit costs: its area, for each product too, beside a baseline's and with the array's edge.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields
from os import cpu_count
from typing import Any

from skimp import synth
from skimp.catalogue import CATALOGUE
from skimp.select import Selected, generate, select

__all__ = ["SHARED_BY", "prices"]

# Processing elements in a row or column of an array, which share what stands at its edge.
SHARED_BY = 16


def prices(chosen: list[Selected], library: synth.Library | None, clock_ns: float | None,
           done: Callable[[], object]) -> list[dict[str, Any]]:
    """Map ``chosen`` to ``library``, or estimate transistors without one; give a row for each.

    Without ``clock_ns``, each at its block's clock. Where the block has a baseline, the area for
    each product is given relative to it at the same clock (``to_baseline``), and once more with the
    part of a unit at the array's edge, one for `SHARED_BY`, in both (``to_baseline_with_edge``).
    """
    def clock(one: Selected) -> float:
        return clock_ns or one.block.clock_ns

    def row(one: Selected) -> dict[str, Any]:
        result = _price(one, library, clock(one))
        if one.block.baseline and library:
            key = _baseline(one)
            plain = baselines[(*key, clock(one))]
            result["baseline"] = " ".join(key)
            result["to_baseline"] = result["um2_per_mac"] / plain["um2_per_mac"]
            result["to_baseline_with_edge"] = (result["um2_per_mac_with_edge"]
                                               / plain["um2_per_mac_with_edge"])
        done()
        return result

    with ThreadPoolExecutor(cpu_count()) as pool:
        # First, and once: many rows at a time would each synthesize them.
        keys = dict.fromkeys((*_baseline(one), clock(one)) for one in chosen
                             if one.block.baseline and library)
        baselines = dict(zip(keys, pool.map(
            lambda key: _price(select((key[0],), key[1])[0], library, key[2]), keys), strict=True))
        return list(pool.map(row, chosen))


def _baseline(one: Selected) -> tuple[str, str]:
    """Block and configuration that ``one`` is compared with."""
    return one.block.baseline, f"8b-{one.params.weight_width}b"


def _price(one: Selected, library: synth.Library | None, clock_ns: float) -> dict[str, Any]:
    unit = generate(one)
    row = {"block": one.block.name, "config": one.config, "parameters": asdict(one.params),
           "latency": unit.manifest["latency"], "library": library and library.name,
           "tools": synth.tool_versions(), "clock_ns": clock_ns,
           "macs": unit.manifest.get("macs"), "edge_um2": None, "um2_per_mac": None,
           "um2_per_mac_with_edge": None, "baseline": None, "to_baseline": None,
           "to_baseline_with_edge": None}
    if library is None:
        return row | {"area_um2": None, "sequential_area_um2": None, "cells": None,
                      "slack_ns": None, "recipe": None,
                      "transistors_estimated": synth.estimate(unit)}
    row |= asdict(synth.map_best(unit, library, clock_ns)) | {"transistors_estimated": None}
    del row["netlist"]
    if row["macs"]:
        edges = unit.manifest["edges"]
        row["edge_um2"] = sum(
            count * _price(_edge(one, name), library, clock_ns)["area_um2"]
            for name, count in edges.items())
        row["um2_per_mac"] = row["area_um2"] / row["macs"]
        row["um2_per_mac_with_edge"] = (row["area_um2"] + row["edge_um2"] / SHARED_BY) / row["macs"]
    return row


def _edge(one: Selected, name: str) -> Selected:
    """Unit ``name`` with the parameters that it shares with ``one``."""
    flags = {field.name: getattr(one.params, field.name)
             for field in fields(CATALOGUE[name].parameters) if hasattr(one.params, field.name)}
    return select((name,), None, flags)[0]
