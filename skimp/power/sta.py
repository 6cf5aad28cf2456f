"""Check our power against OpenSTA's, both with one activity for every net.

OpenSTA 2.0 reads no activity of single nets, so it checks our sums, not the activity. For nets and
leakage it counts as we do. Inside cells it counts, unlike later versions, a rise and a fall for
every transition. It also counts every input that may cause a transition of an output, as often as
the operand beside it lets it. For the check we count the same.

Gated clocks are as ideal as the clock for us, but not for OpenSTA. For the check, what is on one is
on the clock itself.
"""

import re

import numpy as np

from skimp.jobs import tools
from skimp.power.energy import energy
from skimp.power.netlist import flatten
from skimp.silicon.cell import Array, Cell
from skimp.silicon.functions import gate_of
from skimp.silicon.library import Library
from skimp.silicon.netlist import Netlist, loads, slews
from skimp.silicon.timing import run_sta

__all__ = ["TOLERANCE", "check", "compare", "unchecked"]

#: Largest difference as a part of OpenSTA's figure. "switching" is of nets but the clock's, which
#: is ideal there; OpenSTA also counts wires at the unit's outputs. "registers" and "gates" are of
#: internal energy.
TOLERANCE = {"switching": 0.04, "leakage": 0.001, "registers": 0.01, "gates": 0.04, "total": 0.02}

REPORT = """\
set_power_activity -global -activity {activity} -duty 0.5
report_power -digits 6
"""
GROUP = r"^{group} +([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+)"


def unchecked(netlist: Netlist, library: Library) -> str | None:
    """Return why OpenSTA's power cannot check ours; None if it can."""
    for kind in netlist.cells:
        if any(library.powered.says(kind, "internal_power", what)
               for what in ("when", "related_pg_pin")):
            return ("OpenSTA 2.0 counts internal power of several conditions or supply pins "
                    "otherwise than the library means it")
    if not library.powered.has_conditions:
        return "OpenSTA 2.0 knows no voltage where a library has no default operating conditions"
    return None


def check(figures: dict[str, tuple[float, float]]) -> str | None:
    """Return why the figures of `compare` are no check; None if they are one and agree.

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

    Every net but the clocks toggles ``activity`` times a clock.
    """
    if library.clock_gating:
        with tools.scratch() as folder:
            netlist = flatten(netlist.verilog, top, library, folder, gated=False)
    report = run_sta(netlist.verilog, top, library, clock_ns, REPORT.format(activity=activity),
                     power=True)
    theirs = {}
    for group in ("Sequential", "Combinational", "Total"):
        found = re.search(GROUP.format(group=group), report, re.MULTILINE)
        if not found:
            raise RuntimeError(f"OpenSTA failed: {report.strip()[-400:]}")
        theirs[group] = [1000 * float(figure) for figure in found.groups()]
    toggles = np.full(len(netlist.nets), activity)
    toggles[sorted(netlist.clocks)] = 2
    spent = energy(netlist, library, toggles, clock_ns)
    # OpenSTA does not count nets of inputs, which no cell drives.
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
    """Return the internal energy of cells in pJ, counted as OpenSTA 2.0 does."""
    load = loads(netlist, library.powered, library.wire_ff)
    slew = slews(netlist, library.powered, load)
    spent = {"registers": 0.0, "gates": 0.0}
    for kind, places in netlist.cells.items():
        cell, nets = library.powered[kind], dict(zip(netlist.pins[kind], places.T, strict=True))
        for (source, pin), supplies in cell.energy.items():
            both = sum(table.at(load[nets[pin]], slew[nets[source or pin]])
                       for tables in supplies for table in tables)
            # A gate's input causes as many transitions as it has: the clock most of a gated one's.
            of_gate = bool(source and gate_of(cell.functions.get(pin, ""), source))
            changes = toggles[nets[source if of_gate else pin]]
            once = changes * both * _counted(cell, source, pin)
            # A library's own clock gate is a gate there.
            group = "registers" if cell.sequential and not cell.gate else "gates"
            spent[group] += float(once.sum())
    return spent


def _counted(cell: Cell, source: str, pin: str) -> float:
    """Return the share of a transition's internal energy that OpenSTA 2.0 counts.

    Of an input, it is all for a clock and half for data. Of an output, it is how likely the other
    operand of the gate that takes ``source`` lets a change through, and one half for a parity.
    """
    if not source:
        return 1.0 if pin in cell.clocks else 0.5
    gate = gate_of(cell.functions.get(pin, ""), source)
    if gate is None:
        return 1.0
    operation, other = gate
    return {"both": other, "either": 1 - other, "parity": 0.5}[operation]
