"""Our figures beside those of OpenSTA, both with one activity for every net.

OpenSTA 2.0, which reads no activity of single nets, is a check of our sums, not of the activity.
Its power of nets and leakage are ours. Inside cells it counts, as later versions do not, a rise and
a fall for every transition, and every input that may cause a transition of an output, as often as
the operand beside it lets it. Here the same is done.
"""

import re

import numpy as np

from skimp.power.energy import clocks_of, energy
from skimp.silicon.cell import Cell
from skimp.silicon.functions import gate_of
from skimp.silicon.library import Library
from skimp.silicon.netlist import Array, Netlist, loads, slews
from skimp.silicon.timing import run_sta

__all__ = ["TOLERANCE", "check", "compare", "unchecked"]

#: How far our figure may be from OpenSTA's, as a part of it: nets but the clock's, which is ideal
#: there, and without wires at the unit's outputs, which it counts; leakage; insides of registers,
#: insides of gates; all.
TOLERANCE = {"switching": 0.04, "leakage": 0.001, "registers": 0.01, "gates": 0.04, "total": 0.02}

REPORT = """\
set_power_activity -global -activity {activity} -duty 0.5
report_power -digits 6
"""
GROUP = r"^{group} +([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+)"


def unchecked(netlist: Netlist, library: Library) -> str | None:
    """Say why OpenSTA's power is no check of ours; None if it is one."""
    for kind in netlist.cells:
        if any(library.powered.says(kind, "internal_power", what)
               for what in ("when", "related_pg_pin")):
            return ("OpenSTA 2.0 counts internal power of several conditions or supply pins "
                    "otherwise than the library means it")
    if not library.powered.has_conditions:
        return "OpenSTA 2.0 knows no voltage where a library has no default operating conditions"
    return None


def check(figures: dict[str, tuple[float, float]]) -> str | None:
    """Hold our figures to OpenSTA's, as :func:`compare` returns them; say why, if that is no check.

    Raises
    ------
    RuntimeError
        If they differ by more than `TOLERANCE`.
    """
    if any(ours and not theirs for ours, theirs in figures.values()):
        return "OpenSTA 2.0 finds no internal power in this library"
    for part, (ours, theirs) in figures.items():
        if abs(ours - theirs) > TOLERANCE[part] * theirs:
            raise RuntimeError(
                f"our power and OpenSTA's differ at the same activity: {part}, {ours:.6g} mW and "
                f"{theirs:.6g} mW, by more than {TOLERANCE[part]:.1%}")
    return None


def compare(netlist: Netlist, top: str, library: Library, *, clock_ns: float,
            activity: float = 0.2) -> dict[str, tuple[float, float]]:
    """Return our power and OpenSTA's, in mW, of each part that `TOLERANCE` names.

    Every net but the clock's toggles ``activity`` times a clock.

    Raises
    ------
    RuntimeError
        If OpenSTA fails.
    """
    report = run_sta(netlist.verilog, top, library, clock_ns, REPORT.format(activity=activity),
                     power=True)
    theirs = {}
    for group in ("Sequential", "Combinational", "Total"):
        found = re.search(GROUP.format(group=group), report, re.MULTILINE)
        if not found:
            raise RuntimeError(f"OpenSTA failed: {report.strip()[-400:]}")
        theirs[group] = [1000 * float(figure) for figure in found.groups()]
    toggles = np.full(len(netlist.nets), activity)
    toggles[clocks_of(netlist, library)] = 2
    spent = energy(netlist, library, toggles, clock_ns)
    # What the inputs drive is in no figure of theirs: no cell drives it.
    ours = {"switching": spent.switching - spent.parts["inputs"], "leakage": spent.leakage,
            **_inside(netlist, library, toggles)}
    ours = {part: pj / clock_ns for part, pj in ours.items()}
    sequential, gates, total = theirs.values()
    return {
        "switching": (ours["switching"], total[1]), "leakage": (ours["leakage"], total[2]),
        "registers": (ours["registers"], sequential[0]), "gates": (ours["gates"], gates[0]),
        "total": (sum(ours.values()), total[3]),
    }


def _inside(netlist: Netlist, library: Library, toggles: Array) -> dict[str, float]:
    """Add up what transitions dissipate inside of cells, counted as OpenSTA 2.0 does; pJ."""
    load = loads(netlist, library.powered, library.wire_ff)
    slew = slews(netlist, library.powered, load)
    spent = {"registers": 0.0, "gates": 0.0}
    for kind, places in netlist.cells.items():
        cell, nets = library.powered[kind], dict(zip(netlist.pins[kind], places.T, strict=True))
        for (source, pin), supplies in cell.energy.items():
            both = sum(table.at(load[nets[pin]], slew[nets[source or pin]])
                       for tables in supplies for table in tables)
            once = toggles[nets[pin]] * both * _counted(cell, source, pin)
            spent["registers" if cell.sequential else "gates"] += float(once.sum())
    return spent


def _counted(cell: Cell, source: str, pin: str) -> float:
    """Return the share of a transition's internal energy that OpenSTA 2.0 counts.

    Of an input: all for a clock, half for data. Of an output that ``source`` may cause: how likely
    the other operand of the gate that takes ``source`` lets it through, one half for a parity.
    """
    if not source:
        return 1.0 if pin in cell.clocks else 0.5
    gate = gate_of(cell.functions.get(pin, ""), source)
    if gate is None:
        return 1.0
    operation, other = gate
    return {"both": other, "either": 1 - other, "parity": 0.5}[operation]
