"""What a unit costs: its area, for each product too, beside a baseline's and with the array's edge.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from skimp.catalogue.error import relative_error
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Selected, generate, select
from skimp.hw.emit import Emitted
from skimp.jobs.batch import results_of
from skimp.jobs.job import Job
from skimp.silicon import mapping
from skimp.silicon.corners import corner_slacks
from skimp.silicon.fastest import fastest
from skimp.silicon.jobs import OnSilicon
from skimp.silicon.library import Library
from skimp.silicon.path import path_record
from skimp.silicon.timing import critical_path

__all__ = ["SHARED_BY", "Area", "Timing", "price", "prices"]

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
    corners : tuple of (str, Library)
        Further Liberty files at which slack is measured.
    """

    path: bool = False
    fastest: bool = False
    corners: tuple[tuple[str, Library], ...] = ()

    def of(self, unit: Emitted, library: Library, clock_ns: float) -> dict[str, Any]:
        """Return ``timing`` and ``corners`` of the row of ``unit``, mapped at ``clock_ns``."""
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
    """Map ``chosen`` to ``library``, or estimate transistors without one; return a row for each.

    Without ``clock_ns``, each at its block's clock.
    """
    return results_of([Area(one, library, clock_ns or one.block.clock_ns, timing)
                       for one in chosen], done=done)


@dataclass(frozen=True)
class Area(OnSilicon[dict[str, Any]]):
    """The row of a configuration, beside its baseline's at the same clock, where it has one."""

    timing: Timing | None = None

    light = True

    @property
    def _alone(self) -> "_Alone":
        return _Alone(self.one, self.library, self.clock_ns)

    @property
    def _baseline(self) -> "_Alone | None":
        other = self.one.baseline if self.library else None
        return _Alone(other, self.library, self.clock_ns) if other else None

    @property
    def _timed(self) -> "_Timed | None":
        return (_Timed(self.one, self.library, self.clock_ns, self.timing)
                if self.timing and self.library else None)

    def needs(self) -> tuple[Job[Any], ...]:
        return tuple(job for job in (self._alone, self._baseline, self._timed) if job)

    def run(self, needed: Mapping[Job[Any], Any]) -> dict[str, Any]:
        row = needed[self._alone]
        if self._baseline:
            row = _compared(row, needed[self._baseline])
        return row | needed[self._timed] if self._timed else row


class _Alone(OnSilicon[dict[str, Any]]):
    """The row of a configuration alone."""

    kind = "price"

    def run(self, needed: Mapping[Job[Any], Any]) -> dict[str, Any]:
        return price(self.one, self.library, self.clock_ns)


@dataclass(frozen=True)
class _Timed(OnSilicon[dict[str, Any]]):
    """What is asked of timing."""

    timing: Timing

    def run(self, needed: Mapping[Job[Any], Any]) -> dict[str, Any]:
        assert self.library
        return self.timing.of(generate(self.one), self.library, self.clock_ns)


def _compared(row: dict[str, Any], plain: dict[str, Any]) -> dict[str, Any]:
    """Return ``row`` beside that of its baseline, both as :func:`price` gives them.

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
    """Return the row of ``one`` alone: area, and error, see `skimp.catalogue.error`.

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
