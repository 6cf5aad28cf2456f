"""Our figures beside those of OpenSTA, both with one activity for every net.

OpenSTA 2.0, which reads no activity of single nets, is a check of our sums, not of the activity.
Its power of nets and leakage are ours. Inside cells it counts, as later versions do not, a rise and
a fall for every transition, and every input that may cause a transition of an output, with the
probability that the others let it. Here the same is done, with probability 1/2 where there are
several inputs.
"""

import re
from pathlib import Path

import numpy as np

from skimp.power.energy import Array, clocks_of, energy, loads, slews
from skimp.power.liberty import CellLibrary, read_cells
from skimp.power.netlist import Netlist
from skimp.timing import run_sta

__all__ = ["TOLERANCE", "compare"]

#: How far our figure may be from OpenSTA's, as a part of it: nets but the clock's, which is ideal
#: there; leakage; insides of registers, insides of gates; all.
TOLERANCE = {"switching": 0.02, "leakage": 0.001, "registers": 0.08, "gates": 0.05, "total": 0.05}

REPORT = """\
set_power_activity -global -activity {activity} -duty 0.5
report_power -digits 6
"""
GROUP = r"^{group} +([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+) +([\d.e+-]+)"


def compare(netlist: Netlist, top: str, liberty: Path, *, clock_ns: float,
            activity: float = 0.2) -> dict[str, tuple[float, float]]:
    """Give our power and OpenSTA's, in mW, of each part that `TOLERANCE` names.

    Every net but the clock's toggles ``activity`` times a clock; wires have no capacitance.

    Raises
    ------
    RuntimeError
        If OpenSTA fails.
    """
    report = run_sta(netlist.verilog, top, liberty, clock_ns, REPORT.format(activity=activity))
    theirs = {}
    for group in ("Sequential", "Combinational", "Total"):
        found = re.search(GROUP.format(group=group), report, re.MULTILINE)
        if not found:
            raise RuntimeError(f"OpenSTA failed: {report.strip()[-400:]}")
        theirs[group] = [1000 * float(figure) for figure in found.groups()]
    library = read_cells(liberty)
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


def _inside(netlist: Netlist, library: CellLibrary, toggles: Array) -> dict[str, float]:
    """Add up what transitions dissipate inside of cells, counted as OpenSTA 2.0 does; pJ."""
    load = loads(netlist, library, 0.0)
    slew = slews(netlist, library, load)
    spent = {"registers": 0.0, "gates": 0.0}
    for kind, cells in netlist.cells.items():
        cell, nets = library.cells[kind], dict(zip(netlist.pins[kind], cells.T, strict=True))
        for (source, pin), tables in cell.energy.items():
            causes = sum(output == pin for _, output in cell.energy)
            both = sum(table.at(load[nets[pin]], slew[nets[source or pin]]) for table in tables)
            once = toggles[nets[pin]] * both * (1.0 if causes == 1 else 0.5)
            spent["registers" if cell.sequential else "gates"] += float(once.sum())
    return spent
