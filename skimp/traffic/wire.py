"""Energy of the wires, and the length of wire from which on sorting saves more than it spends.

A transition of a wire costs half its capacitance times the square of its voltage. A sorting unit
saves transitions, in proportion to the length of the link, and spends its own energy on every
packet, which `skimp.power` measures with packets of the same layer. Both are of one technology: a
link in a newer one has a lower voltage, and so has its sorting unit.

Where packets come more rarely than the unit takes them, registers are clocked between them, too,
unless their clocks are gated. So each unit is measured at several rates, and has a length for each.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from skimp.catalogue.groups import sorters
from skimp.catalogue.selection import Design
from skimp.jobs.batch import results_of
from skimp.power.figures import EnergyRecord
from skimp.power.measure import Energy
from skimp.silicon.library import Library
from skimp.traffic.figures import Balance, TrafficRecord, Wire

__all__ = ["RATES", "UNITS", "break_even", "jobs", "with_energy"]

#: Orderings of the report, and the configurations of `psu` that make them. Their ties differ from
#: the ordering's in places, which changes transitions by some tenths of a percent.
UNITS = {
    "popcount": ("accurate", "smallest-exact"),
    "approximate": ("approximate", "smallest-approximate"),
    "gray2": ("gray2",),
    "gray3-odd-even": ("gray3",),
}
#: Clocks from one packet to the next at which units are measured.
RATES = (1, 2, 4)


def with_energy(rows: Sequence[TrafficRecord], wire: Wire) -> list[TrafficRecord]:
    """Return each row with what the link spends on a packet, and how much less than unsorted."""
    each = wire.pj_per_mm * wire.mm
    return [replace(row, link_pj=each * row.transitions / row.packets, link_saved_pj=each * (
        row.baseline_transitions - row.transitions) / row.packets) for row in rows]


def jobs(rows: Sequence[TrafficRecord]) -> dict[tuple[str, str, int], Design]:
    """Return the units that `break_even` measures, by name, ``NET:LAYER`` and rate."""
    return {(one.name, _layer(row), every): one for row, one in _sorters(rows) for every in RATES}


def _layer(row: TrafficRecord) -> str:
    return f"{row.workload}:{row.layer}"


def _sorters(rows: Sequence[TrafficRecord]) -> list[tuple[TrafficRecord, Design]]:
    """Return the rows of activations sorted alone, each with every unit that can sort them so."""
    return [(row, sorters(config, row.n)[0])
            for row in rows if (row.stream, row.mode, row.packet_order) == (
                "activations", "alone", "output-stationary")
            and row.layer != "trace" and row.pads != "zero"
            for config in UNITS.get(row.ordering, ())]


def break_even(rows: Sequence[TrafficRecord], wire: Wire, library: Library,
               done: Callable[[], object] = lambda: None) -> list[Balance]:
    """Set what sorting saves on the wires against what the sorting unit spends, at each rate.

    Where the library's clocks are gated, units are those that are made for it.
    """
    units = jobs(rows)
    spent = dict(zip(units, results_of([
        Energy(one.gated if library.clock_gating else one, library, one.block.clock_ns, layer,
               every=every)
        for (_, layer, every), one in units.items()], done=done), strict=True))
    return [_balance(row, spent[one.name, _layer(row), every], wire)
            for row, one in _sorters(rows) for every in RATES]


def _balance(row: TrafficRecord, unit: EnergyRecord, wire: Wire) -> Balance:
    saved = (row.baseline_transitions - row.transitions) / row.packets
    saved_pj = saved * wire.pj_per_mm * wire.mm
    return Balance(
        layer=row.layer, lanes=row.lanes, ordering=row.ordering, n=row.n, unit=unit.config,
        clock_gating=unit.clock_gating, every=unit.every, area_um2=unit.area_um2,
        clock_ns=unit.clock_ns, unit_pj=unit.pj, saved_transitions=saved, saved_pj=saved_pj,
        net_pj=saved_pj - unit.pj,
        break_even_mm=unit.pj / (saved * wire.pj_per_mm) if saved > 0 else None,
        annotated_percent=unit.annotated_percent)
