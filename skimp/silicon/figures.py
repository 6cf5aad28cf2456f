"""Figures of mapped units: area, what it is compared with, and timing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skimp.jobs.record import Record, UnitRecord, figure, text
from skimp.silicon.mapping import spare
from skimp.silicon.timing import CriticalPath

__all__ = ["SHARED_BY", "AreaRecord", "Fastest", "GateRecord", "SweptRecord", "TimingRecord",
           "kept", "um2"]

# Processing elements in a row or column of an array, which share what stands at its edge.
SHARED_BY = 16


def um2(area: float) -> str:
    """Return an area in whole um2, a small one with three digits."""
    return f"{area:,.0f}" if area >= 100 or area == 0 else f"{area:.3g}"


def kept(slack_ns: float, row: Mapping[str, Any]) -> str:
    """Mark a slack that is negative, or too little to say that the clock is met."""
    tight = slack_ns < spare(row.get("clock_ns") or 0.0)
    return "missed" if slack_ns < 0 else "tight" if tight else ""


def _fair(_: float, row: Mapping[str, Any]) -> str:
    return "!" * (row.get("comparison_meets_clock") is False)


@dataclass(frozen=True, kw_only=True)
class Fastest(Record):
    """The shortest clock that a unit was mapped for and met."""

    clock_ns: float = figure("fastest", "ns", "g", "its period")
    mhz: float = figure("fastest", "MHz", ".1f", "its frequency")
    area_um2: float = figure("area there", "um2", um2, "area at that clock")
    slack_ns: float | None = figure("slack there", "ns", ".2f", "slack at that clock")
    recipe: str = text("recipe there", "how the unit was mapped")
    tried_ns: list[float] = text("clocks tried", "all that it was mapped for, in order")


@dataclass(frozen=True, kw_only=True)
class TimingRecord(Record):
    """What was asked of timing beside slack."""

    critical_path: CriticalPath | None = text("critical path", "None: no path", default=None)
    fastest: Fastest | None = text("fastest", "None: not asked for, or none met", default=None)


@dataclass(frozen=True, kw_only=True)
class AreaRecord(UnitRecord):
    """Area of a configuration, mapped at a clock; without a library, an estimate alone.

    Ratios are to the baseline at the same clock, and None where the block has none.
    """

    latency: int = figure("latency", "", ",", "clocks from input to output")
    library: str | None = text("library", "name in the Liberty file")
    wire_ff: float | None = figure("wire", "fF of wire a pin", "g", "for each pin on a net")
    dont_use: list[str] = text("not used", "patterns of cells that are not used")
    clock_gating: bool = text("clocks gated", "whether clocks of registers that hold are stopped")
    tools: list[str] = text("tools", "versions of all that an area depends on")
    clock_ns: float = figure("clock", "ns", "g", "the period that the unit is mapped for")
    macs: int | None = figure("products a clock", "", ",", "None of units that do not multiply")
    edge_um2: float | None = figure("units at the edge", "um2", um2, "of an array", default=None)
    um2_per_mac: float | None = figure("um2 for each product", "", um2, "a clock", default=None)
    um2_per_mac_with_edge: float | None = figure(
        "um2 for each product, with edge", "", um2, "with its share of the edge", default=None)
    baseline: str | None = text("baseline", "the plain unit compared with", default=None)
    area_to_baseline: float | None = figure(
        "area to baseline", "", ".3f", "area, relative", mark=_fair, default=None)
    to_baseline: float | None = figure(
        "to baseline", "", ".3f", "area for each product, relative", mark=_fair, default=None)
    to_baseline_with_edge: float | None = figure(
        f"to baseline with 1/{SHARED_BY} of them", "", ".3f", "the same, with its share of the "
        "edge", mark=_fair, default=None)
    macs_per_ns_mm2: float | None = figure("per ns and mm2", "", ".2f", "products", default=None)
    meets_clock: bool | None = text("clock met", "with slack to spare", default=None)
    comparison_meets_clock: bool | None = text("both met", "baseline's clock too", default=None)
    error: float | None = figure("error", "", ".1%", "see `skimp.catalogue.error`", default=None)
    timing: TimingRecord | None = text("timing", "None: not asked for", default=None)
    corners: dict[str, float] = figure("slack", "ns", ".2f", "at each corner", mark=kept)
    recipe: str | None = text("recipe", "how the unit was mapped", default=None)
    area_um2: float | None = figure("area", "um2", um2, "of all cells; no wires", default=None)
    sequential_area_um2: float | None = figure("registers", "um2", um2, "alone", default=None)
    cells: int | None = figure("cells", "", ",", "number of cells", default=None)
    slack_ns: float | None = figure(
        "slack", "ns", ".2f", "worst setup slack; None without OpenSTA", mark=kept, default=None)
    violations: int | None = figure("violations", "", ",", "nets beyond a limit", default=None)
    transistors_estimated: int | None = figure(
        "transistors, estimated", "", ",", "where there is no library", default=None)


@dataclass(frozen=True, kw_only=True)
class SweptRecord(AreaRecord):
    """A row of a sweep, which has its grid first."""

    grid: int = text("grid", "number of the grid in the file, from 1")


@dataclass(frozen=True, kw_only=True)
class GateRecord(Record):
    """Figures of an entry of the catalogue beside their bounds, None where there is no rule."""

    entry: str = text("entry", "block, configuration, sizes, whether clocks are gated")
    clock_gating: bool = text("clocks gated", "whether clocks of registers that hold are stopped")
    clock_ns: float = figure("clock", "ns", "g", "the block's clock")
    area_um2: float = figure("area", "um2", um2, "of all cells")
    area_at_most_um2: int | None = figure("at most", "", ",", "bound of the area", default=None)
    slack_ns: float = figure("slack", "ns", ".2f", "worst setup slack")
    slack_at_least_ns: float | None = figure("at least", "", ".2f", "its bound", default=None)
    violations: int = figure("violations", "", ",", "nets that break a limit of the library")
