"""Figures of a unit at work."""

from dataclasses import dataclass

from skimp.jobs.record import UnitRecord, figure, text
from skimp.silicon.figures import kept, um2

__all__ = ["EnergyRecord"]


@dataclass(frozen=True, kw_only=True)
class EnergyRecord(UnitRecord):
    """Energy of an operation of a configuration, fed operands of a real network.

    Energies are of the whole that was simulated, such as the array of an element; ``pj`` alone, and
    with it ``to_baseline``, are of the configuration.
    """

    measured_in: str = text("measured in", "the module simulated; of an element, an array")
    library: str = text("library", "name in the Liberty file")
    tools: list[str] = text("tools", "versions of what maps and times")
    clock_ns: float = figure("clock", "ns", "g", "sets leakage and power, hardly energy")
    slack_ns: float | None = figure("slack", "ns", ".2f", "worst setup slack", mark=kept)
    area_um2: float = figure("area", "um2", um2, "of all cells")
    volts: float = figure("supply", "V", "g", "of the library")
    wire_ff: float = figure("wire", "fF of wire a pin", "g", "for each pin on a net")
    clock_gating: bool = text("clocks gated", "whether clocks of registers that hold are stopped")
    workload: str = text("fed", "network and layer that operands are from")
    operation: str = text("for each", 'what counts as one: "product" or "packet"')
    operations: int = figure("operations", "", ",", "number of operations")
    every: int | None = figure("every", "clocks", ",", "a packet comes, 1: as fast as it is taken; "
                               "None of arrays")
    clocks: int = figure("clocks", "", ",", "that they took, with those between packets")
    pj: float = figure("energy", "pJ", ".2f", "of an operation; of an element, of elements alone")
    pj_whole: float = figure("whole", "pJ", ".2f", "with the array of an element")
    switching_pj: float = figure("nets", "pJ", ".2f", "nets but the clock's")
    internal_pj: float = figure("inside cells", "pJ", ".2f", "but at clock pins")
    clock_pj: float = figure("clock", "pJ", ".2f", "clock net and clock pins")
    leakage_pj: float = figure("leakage", "pJ", ".4f", "leakage in the time of an operation")
    milliwatts: float = figure("power", "mW", ".1f", "at the clock")
    kinds_pj: dict[str, float] = text("kinds, pJ", "the whole by kind of cell")
    parts_pj: dict[str, float] = text("parts, pJ", "the whole by part, largest first")
    toggles_per_clock: float = figure("toggles", "", ",.0f", "of all nets in a clock, its own too")
    annotated_percent: float = figure("nets known", "%", ".1f", "of nets on pins, those traced")
    nets: int = figure("nets", "", ",", "nets on pins of cells")
    uniform_mw: dict[str, dict[str, float]] | None = text(
        "at one activity, mW", "by part, ours and OpenSTA's: see `skimp.power.sta`")
    not_checked: str | None = text("not checked", "why OpenSTA is no check here")
    baseline: str | None = text("baseline", "plain unit of its size, fed the same", default=None)
    to_baseline: float | None = figure("to baseline", "", ".3f", "energy, relative", default=None)
