"""What a unit costs: its area, for each product too, beside a baseline's and with the array's edge.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from skimp.catalogue.error import relative_error
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Design, select
from skimp.hw.emit import Emitted
from skimp.jobs.batch import results_of
from skimp.jobs.job import Job
from skimp.silicon import mapping
from skimp.silicon.corners import corner_slacks
from skimp.silicon.fastest import fastest
from skimp.silicon.figures import SHARED_BY, AreaRecord, TimingRecord
from skimp.silicon.jobs import OnSilicon
from skimp.silicon.library import Library
from skimp.silicon.path import in_parts
from skimp.silicon.timing import critical_path

__all__ = ["Area", "Timing", "price", "prices"]


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

    def of(self, unit: Emitted, library: Library,
           clock_ns: float) -> tuple[TimingRecord | None, dict[str, float]]:
        """Return timing of ``unit``, mapped at ``clock_ns``, and its slack in ns at each corner."""
        mapped = mapping.map_best(unit, library, clock_ns)
        path, found = None, None
        if self.path:
            path = critical_path(mapped.netlist, unit.name, library, clock_ns)
            path = path and in_parts(path, unit, mapped.netlist, library.adder_cells)
        if self.fastest:
            found = fastest(unit, library, clock_ns)
        asked = self.path or self.fastest
        return (TimingRecord(critical_path=path, fastest=found) if asked else None,
                corner_slacks(mapped, unit.name, self.corners))


def prices(chosen: list[Design], library: Library | None, clock_ns: float | None,
           done: Callable[[], object], timing: Timing | None = None) -> list[AreaRecord]:
    """Map ``chosen`` to ``library``, or estimate transistors without one; return a record for each.

    Without ``clock_ns``, each at its block's clock.
    """
    return results_of([Area(one, library, clock_ns or one.block.clock_ns, timing)
                       for one in chosen], done=done)


@dataclass(frozen=True)
class Area(OnSilicon[AreaRecord]):
    """The record of a configuration, beside its baseline's at the same clock, where it has one."""

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

    def run(self, needed: Mapping[Job[Any], Any]) -> AreaRecord:
        record = needed[self._alone]
        if self._baseline:
            record = _compared(record, needed[self._baseline])
        if self._timed:
            timing, corners = needed[self._timed]
            record = replace(record, timing=timing, corners=corners)
        return record


class _Alone(OnSilicon[AreaRecord]):
    """The record of a configuration alone."""

    kind = "price"
    record = AreaRecord

    def run(self, needed: Mapping[Job[Any], Any]) -> AreaRecord:
        return price(self.one, self.library, self.clock_ns)


@dataclass(frozen=True)
class _Timed(OnSilicon[tuple[TimingRecord | None, dict[str, float]]]):
    """What is asked of timing."""

    timing: Timing

    def run(self, needed: Mapping[Job[Any], Any]) -> tuple[TimingRecord | None, dict[str, float]]:
        assert self.library
        return self.timing.of(self.one.emit(), self.library, self.clock_ns)


def _compared(record: AreaRecord, plain: AreaRecord) -> AreaRecord:
    """Return ``record`` with its ratios to ``plain``, that of its baseline."""
    met = record.meets_clock, plain.meets_clock

    def ratio(name: str) -> float | None:
        own = getattr(record, name)
        return None if own is None else own / getattr(plain, name)

    return replace(
        record, baseline=f"{plain.block} {plain.config}", area_to_baseline=ratio("area_um2"),
        to_baseline=ratio("um2_per_mac"), to_baseline_with_edge=ratio("um2_per_mac_with_edge"),
        comparison_meets_clock=None if None in met else all(met))


def price(one: Design, library: Library | None, clock_ns: float) -> AreaRecord:
    """Return the record of ``one`` alone: area, and error, see `skimp.catalogue.error`.

    Raises
    ------
    RuntimeError
        If a tool fails.
    """
    unit = one.emit()
    record = AreaRecord(
        block=one.block.name, config=one.config, parameters=asdict(one.params),
        latency=unit.manifest["latency"], library=library and library.name,
        wire_ff=library and library.wire_ff, dont_use=list(library.dont_use) if library else [],
        clock_gating=bool(library and library.clock_gating),
        tools=mapping.tool_versions(), clock_ns=clock_ns, macs=unit.manifest.get("macs"),
        corners={})
    if library is None:
        return replace(record, transistors_estimated=mapping.estimate(unit))
    mapped = mapping.map_best(unit, library, clock_ns)
    record = replace(
        record, recipe=mapped.recipe, area_um2=mapped.area_um2, cells=mapped.cells,
        sequential_area_um2=mapped.sequential_area_um2, slack_ns=mapped.slack_ns,
        violations=mapped.violations,
        meets_clock=None if mapped.slack_ns is None else mapped.spares,
        error=relative_error(one))
    if not record.macs:
        return record
    edge = sum(count * mapping.map_best(_edge(one, name).emit(), library, clock_ns).area_um2
               for name, count in unit.manifest["edges"].items())
    each = mapped.area_um2 / record.macs
    return replace(record, edge_um2=edge, um2_per_mac=each, macs_per_ns_mm2=1e6 / each / clock_ns,
                   um2_per_mac_with_edge=(mapped.area_um2 + edge / SHARED_BY) / record.macs)


def _edge(one: Design, name: str) -> Design:
    """Return unit ``name`` with the parameters that it shares with ``one``."""
    flags = {field.name: getattr(one.params, field.name)
             for field in fields(CATALOGUE[name].parameters) if hasattr(one.params, field.name)}
    return select((name,), None, flags)[0]
