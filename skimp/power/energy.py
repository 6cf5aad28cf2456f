"""Energy of a netlist from the toggles of its nets.

A transition of a net costs half C V^2, C being the capacitance of its pins and, by a stated model,
of its wire. Liberty tables have the internal energy of an output's transition, by its load and the
slew of the input that caused it. The cause is not known, so inputs are weighted by their toggles.
Tables have the internal energy of an input's transition, too. The energy of a net counts to the
cell that drives it, that of a clock's net, gated or not, to the registers and gates on it.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skimp.silicon.cell import Array, Cell
from skimp.silicon.cells import AXES
from skimp.silicon.library import Library
from skimp.silicon.netlist import CONSTANTS, Netlist, loads, mean_of, slews

__all__ = ["Energy", "check_energies", "energy"]


@dataclass
class Energy:
    """Energy in pJ, by what dissipates it and by part of the unit."""

    switching: float = 0.0      # nets but clocks
    internal: float = 0.0       # inside cells, but at pins on clocks and in what drives clocks
    clock: float = 0.0          # nets of clocks, pins on them, inside what drives them
    leakage: float = 0.0
    # All of it by part of the netlist, and by kind: registers, adder cells, clock gates, gates.
    parts: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    kinds: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def total(self) -> float:
        """All of it."""
        return self.switching + self.internal + self.clock + self.leakage


def check_energies(library: Library) -> None:
    """Raise ValueError if a library has no energies, or tables of them over other variables."""
    if not re.search(r"\binternal_power\s*\(", library.text):
        raise ValueError(f"{library.name} has no internal power: energy needs a library with "
                         "internal_power groups")
    for template in library.powered.templates.values():
        variables = [template.values.get(f"variable_{place}", "") for place in (1, 2, 3)]
        if template.kind == "power_lut_template" and (
                not {*variables[:2]} <= {"", *AXES} or variables[2]):
            raise ValueError(f"{library.name} has internal power that is not understood: template "
                             f"{template.name} is not over load and slew")
    _ = library.powered.volts       # is checked where it is read


def energy(netlist: Netlist, library: Library, toggles: Array, nanoseconds: float) -> Energy:
    """Return the energy of ``toggles``, the transitions of each net, in a span of time."""
    cells = library.powered
    load = loads(netlist, cells, library.wire_ff)
    slew = slews(netlist, cells, load)
    charge = 0.5 * load * cells.volts ** 2 * toggles
    result, on_clock = Energy(), np.zeros(len(netlist.nets), bool)
    on_clock[sorted(netlist.clocks)] = True
    for kind, places in netlist.cells.items():
        cell = cells[kind]
        place = dict(zip(netlist.pins[kind], places.T, strict=True))
        inside, driven, clocked = (np.zeros(len(places)) for _ in range(3))
        gates = np.full(len(places), cell.latch is not None)
        for pin, nets in place.items():
            if pin in cell.outputs:
                costs = toggles[nets] * _caused(cell, pin, place, load, slew, toggles)
                driven += np.where(on_clock[nets], 0.0, charge[nets])
                gates |= on_clock[nets]
            else:
                costs = toggles[nets] * _inside_of(cell, ("", pin), load[nets], slew[nets])
                # This pin's share of the clock's net.
                share = (cell.inputs[pin] + library.wire_pf) / np.maximum(load[nets], 1e-12)
                clocked += np.where(on_clock[nets], charge[nets] * share, 0.0)
            clocked += np.where(on_clock[nets], costs, 0.0)
            inside += np.where(on_clock[nets], 0.0, costs)
        # 1 nW for 1 ns is 1e-6 pJ.
        leaked = np.full(len(places), cell.leakage * nanoseconds * 1e-6)
        group = ("registers" if cell.sequential
                 else "adder cells" if kind in library.adder_cells.values() else "gates")
        result.internal += float(inside.sum())
        result.switching += float(driven.sum())
        result.clock += float(clocked.sum())
        result.leakage += float(leaked.sum())
        whole = inside + driven + clocked + leaked
        for name, chosen in ((group, ~gates), ("clock gates", gates)):
            if chosen.any():
                result.kinds[name] += float(whole[chosen].sum())
        for part, value in zip(netlist.parts[kind], whole.tolist(), strict=True):
            result.parts[part] += value
    entering = float(charge[~_driven(netlist, library) & ~on_clock].sum())
    result.switching += entering
    result.parts["inputs"] += entering
    return result


def _inside_of(cell: Cell, arc: tuple[str, str], load: Array, slew: Array) -> Array:
    """Return the internal energy of a transition by one of the arcs of ``cell``, pJ."""
    return np.sum([mean_of(tables, load, slew) for tables in cell.energy.get(arc, [])]
                  or [np.zeros(np.shape(load))], axis=0)


def _caused(cell: Cell, pin: str, place: dict[str, Any], load: Array, slew: Array,
            toggles: Array) -> Array:
    """Return the internal energy of a transition of output ``pin``, pJ, inputs weighted."""
    sources = [source for source, output in cell.energy if output == pin and source]
    if not sources:
        return _inside_of(cell, ("", pin), load[place[pin]], slew[place[pin]])
    weights = np.array([toggles[place[source]] for source in sources]) + 1e-9
    costs = np.array([_inside_of(cell, (source, pin), load[place[pin]], slew[place[source]])
                      for source in sources])
    return (weights * costs).sum(axis=0) / weights.sum(axis=0)


def _driven(netlist: Netlist, library: Library) -> Any:
    """Return, for each net, whether a cell drives it, or it is a constant; the rest are inputs."""
    driven = np.zeros(len(netlist.nets), bool)
    driven[:len(CONSTANTS)] = True
    for kind, places in netlist.cells.items():
        for pin, nets in zip(netlist.pins[kind], places.T, strict=True):
            if pin in library.powered[kind].outputs:
                driven[nets] = True
    return driven
