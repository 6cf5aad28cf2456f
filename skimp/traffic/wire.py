"""Energy of the wires, and the length of wire from which on sorting saves more than it spends.

A transition of a wire costs half its capacitance times the square of its voltage. A sorting unit
saves transitions, in proportion to the length of the link, and spends its own energy on every
packet, which `skimp.power` measures with packets of the same layer. Both are of one technology: a
link in a newer one has a lower voltage, and so has its sorting unit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from skimp.catalogue.ranges import Range
from skimp.catalogue.selection import Selected, select
from skimp.jobs.batch import results_of
from skimp.power.measure import Energy
from skimp.silicon.mapping import Library

__all__ = ["RANGES", "UNITS", "Wire", "break_even", "jobs", "with_energy"]

Row = dict[str, Any]

#: Orderings of the report, and the configurations of `psu` that make them. Their ties differ from
#: the ordering's in places, which changes transitions by some tenths of a percent.
UNITS = {
    "popcount": ("accurate", "smallest-exact"),
    "approximate": ("approximate", "smallest-approximate"),
    "gray2": ("gray2",),
    "gray3-odd-even": ("gray3",),
}


#: What a wire may have.
RANGES = {"pf_per_mm": Range(0.001, 1000, "pF"), "mm": Range(0.001, 100_000, "mm"),
          "volts": Range(0.01, 100, "V")}


@dataclass(frozen=True)
class Wire:
    """A wire of the link.

    Attributes
    ----------
    pf_per_mm : float
        Capacitance, pF for each mm; 0.2 is usual on chip.
    mm : float
        Length.
    volts : float
        Swing.
    """

    pf_per_mm: float = 0.2
    mm: float = 5.0
    volts: float = 1.8

    def __post_init__(self) -> None:
        for name, range_ in RANGES.items():
            range_.check(name, getattr(self, name))

    @property
    def pj_per_mm(self) -> float:
        """Energy of a transition, for each mm."""
        return 0.5 * self.pf_per_mm * self.volts ** 2


def with_energy(rows: Sequence[Row], wire: Wire) -> list[Row]:
    """Return each row what the link spends on a packet, and how much less that is than unsorted."""
    each = wire.pj_per_mm * wire.mm
    return [row | {"link_pj": each * row["transitions"] / row["packets"],
                   "link_saved_pj": each * (row["baseline_transitions"] - row["transitions"])
                   / row["packets"]} for row in rows]


def jobs(rows: Sequence[Row]) -> dict[tuple[str, str], Selected]:
    """Return the units that `break_even` measures, by name and ``NET:LAYER``."""
    return {(one.name, _layer(row)): one for row, one in _sorters(rows)}


def _layer(row: Row) -> str:
    return f"{row['workload']}:{row['layer']}"


def _sorters(rows: Sequence[Row]) -> list[tuple[Row, Selected]]:
    """Return the rows of activations sorted alone, each with every unit that can sort them so."""
    return [(row, select(("psu",), config, {"n": row["n"]})[0])
            for row in rows if row["layer"] != "trace" and row["stream"] == "activations"
            and row["mode"] == "alone" and row["pads"] != "zero"
            and row["packet_order"] == "output-stationary"
            for config in UNITS.get(row["ordering"], ())]


def break_even(rows: Sequence[Row], wire: Wire, library: Library,
               done: Callable[[], object] = lambda: None) -> list[Row]:
    """Set what sorting saves on the wires against what the sorting unit spends.

    Returns
    -------
    list of dict
        ``layer``, ``lanes``, ``ordering``, ``n``; ``unit``, a configuration of `psu`, its
        ``area_um2``, ``clock_ns`` and ``unit_pj``, what it spends on a packet;
        ``saved_transitions`` a packet; ``saved_pj`` on the wire, ``net_pj`` less the unit's own;
        ``break_even_mm``, None where nothing is saved; ``annotated_percent``.
    """
    units = jobs(rows)
    spent = dict(zip(units, results_of([
        Energy(one, library, one.block.clock_ns, layer)
        for (_, layer), one in units.items()], done=done), strict=True))
    return [_balance(row, spent[one.name, _layer(row)], wire) for row, one in _sorters(rows)]


def _balance(row: Row, unit: Row, wire: Wire) -> Row:
    saved = (row["baseline_transitions"] - row["transitions"]) / row["packets"]
    saved_pj = saved * wire.pj_per_mm * wire.mm
    return {
        "layer": row["layer"], "lanes": row["lanes"], "ordering": row["ordering"], "n": row["n"],
        "unit": unit["config"], "area_um2": unit["area_um2"], "clock_ns": unit["clock_ns"],
        "unit_pj": unit["pj"], "saved_transitions": saved, "saved_pj": saved_pj,
        "net_pj": saved_pj - unit["pj"],
        "break_even_mm": unit["pj"] / (saved * wire.pj_per_mm) if saved > 0 else None,
        "annotated_percent": unit["annotated_percent"],
    }
