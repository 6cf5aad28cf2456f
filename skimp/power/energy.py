"""Energy of a netlist whose nets' toggles are known: loads, slews, and what each transition costs.

A transition of a net charges or discharges its capacitance: half C V^2, C being that of the pins on
it and, by a stated model, of its wire. Inside a cell, its Liberty tables say what a transition of
an output costs at that load and at the slew of the input that caused it: which one did is not
known, so inputs count by how often they toggle. A transition of an input costs what its own tables
say. All of it is counted at the cell that drives: the energy of a net, and what is inside; that of
the clock's net at the registers that it drives.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skimp.power.liberty import CellLibrary, Table
from skimp.power.netlist import Netlist
from skimp.synth import ADDER_CELLS

__all__ = ["Array", "Energy", "clocks_of", "energy", "loads", "slews"]

Array = np.ndarray[Any, np.dtype[np.float64]]
ADDERS = {cell for cells in ADDER_CELLS.values() for cell in cells}
# Slews that change less from one sweep to the next are final, ns.
SETTLED = 1e-4


@dataclass
class Energy:
    """Energy in pJ, by what dissipates it and by part of the unit.

    Attributes
    ----------
    switching, internal, clock, leakage : float
        Nets but the clock's; inside cells but at clock pins; clock net and clock pins; leakage.
    parts : dict of str to float
        All of it, by the parts of the netlist.
    kinds : dict of str to float
        All of it: of registers, adder cells, other gates.
    """

    switching: float = 0.0
    internal: float = 0.0
    clock: float = 0.0
    leakage: float = 0.0
    parts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    kinds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def total(self) -> float:
        """All of it."""
        return self.switching + self.internal + self.clock + self.leakage


def loads(netlist: Netlist, library: CellLibrary, wire_ff: float) -> Array:
    """Capacitance of each net in pF: its input pins, and ``wire_ff`` fF of wire for each."""
    total = np.zeros(len(netlist.nets))
    for kind, cells in netlist.cells.items():
        for pin, nets in zip(netlist.pins[kind], cells.T, strict=True):
            if pin in library.cells[kind].inputs:
                np.add.at(total, nets, library.cells[kind].inputs[pin] + wire_ff / 1000)
    return total


def slews(netlist: Netlist, library: CellLibrary, load: Array) -> Array:
    """Transition time of each net in ns: the mean of rising and falling, of the slowest input.

    Inputs of the unit and the clock are ideal, 0 ns. Sweeps over all cells until nothing changes:
    what a slew does to the next fades after a few cells.
    """
    slew = np.zeros(len(netlist.nets))
    for _ in range(100):
        found = np.zeros(len(netlist.nets))
        for kind, cells in netlist.cells.items():
            place = dict(zip(netlist.pins[kind], cells.T, strict=True))
            for (source, pin), tables in library.cells[kind].slew.items():
                np.maximum.at(found, place[pin], _mean(tables, load[place[pin]],
                                                       slew[place[source]]))
        if np.abs(found - slew).max(initial=0.0) < SETTLED:
            break
        slew = found
    return slew


def energy(netlist: Netlist, library: CellLibrary, toggles: Array, nanoseconds: float, *,
           wire_ff: float = 0.0) -> Energy:
    """Add up the energy of ``toggles`` of every net in a span of time.

    Parameters
    ----------
    toggles : (nets,) array
        Transitions of each net.
    nanoseconds : float
        Length of the span, for leakage.
    wire_ff : float
        Capacitance of a net's wire for each pin on it, fF.
    """
    load = loads(netlist, library, wire_ff)
    slew = slews(netlist, library, load)
    charge = 0.5 * load * library.volts ** 2 * toggles
    result, clocks = Energy(), clocks_of(netlist, library)
    for kind, cells in netlist.cells.items():
        cell = library.cells[kind]
        place = dict(zip(netlist.pins[kind], cells.T, strict=True))
        inside, driven, clocked = (np.zeros(len(cells)) for _ in range(3))
        for pin, nets in place.items():
            if pin in cell.outputs:
                inside += toggles[nets] * _caused(cell.energy, pin, place, load, slew, toggles)
                driven += np.where(np.isin(nets, clocks), 0.0, charge[nets])
                continue
            costs = toggles[nets] * _mean(cell.energy.get(("", pin), []), load[nets], slew[nets])
            if pin in cell.clocks:
                # This register's share of the clock's net.
                share = (cell.inputs[pin] + wire_ff / 1000) / load[nets]
                clocked += costs + charge[nets] * share
            else:
                inside += costs
        # 1 nW for 1 ns is 1e-6 pJ.
        leaked = np.full(len(cells), cell.leakage * nanoseconds * 1e-6)
        _add(result, netlist, kind, cell.sequential, inside, driven, clocked, leaked)
    entering = float(charge[_inputs(netlist, library, clocks)].sum())
    result.switching += entering
    result.parts["inputs"] += entering
    return result


def _add(result: Energy, netlist: Netlist, kind: str, sequential: bool, inside: Array,
         driven: Array, clocked: Array, leaked: Array) -> None:
    result.internal += float(inside.sum())
    result.switching += float(driven.sum())
    result.clock += float(clocked.sum())
    result.leakage += float(leaked.sum())
    whole = inside + driven + clocked + leaked
    result.kinds["registers" if sequential else "adder cells" if kind in ADDERS else "gates"] += (
        float(whole.sum()))
    for part, value in zip(netlist.parts[kind], whole.tolist(), strict=True):
        result.parts[part] += value


def _mean(tables: list[Table], load: Array, slew: Array) -> Array:
    """Give the mean of tables for rising and falling; 0 where there are none."""
    if not tables:
        return np.zeros(np.shape(load))
    return np.mean([table.at(load, slew) for table in tables], axis=0)


def _caused(tables: dict[tuple[str, str], list[Table]], pin: str, place: dict[str, Any],
            load: Array, slew: Array, toggles: Array) -> Array:
    """Cost of a transition of output ``pin``, inputs weighted by how often they toggle."""
    arcs = [(source, arc) for (source, output), arc in tables.items() if output == pin and source]
    if not arcs:
        return _mean(tables.get(("", pin), []), load[place[pin]], slew[place[pin]])
    weights = np.array([toggles[place[source]] for source, _ in arcs]) + 1e-9
    costs = np.array([_mean(arc, load[place[pin]], slew[place[source]]) for source, arc in arcs])
    return (weights * costs).sum(axis=0) / weights.sum(axis=0)


def clocks_of(netlist: Netlist, library: CellLibrary) -> Any:
    """Nets on clock pins."""
    found = [cells[:, netlist.pins[kind].index(pin)] for kind, cells in netlist.cells.items()
             for pin in library.cells[kind].clocks]
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _inputs(netlist: Netlist, library: CellLibrary, clocks: Any) -> Any:
    """Nets that no cell drives: the unit's inputs, without the clock."""
    driven = np.zeros(len(netlist.nets), bool)
    driven[:4] = True                                               # constants
    driven[clocks] = True
    for kind, cells in netlist.cells.items():
        for pin, nets in zip(netlist.pins[kind], cells.T, strict=True):
            if pin in library.cells[kind].outputs:
                driven[nets] = True
    return np.flatnonzero(~driven)
