"""Nets of a mapped netlist that break the limits of its library."""

from typing import Any

import numpy as np

from skimp.silicon.library import Library
from skimp.silicon.netlist import Netlist, expand, loads, slews, without_boxes

__all__ = ["violations"]

# Tables are interpolated: a limit is broken by more than this part of it.
ROUNDING = 1e-6


def violations(design: dict[str, Any], top: str, library: Library) -> int:
    """Count the nets of ``design``, Yosys' JSON, that break a limit.

    Limits are the number of pins, the capacitance that the driver allows, and the slew that a pin
    allows. A buffer of the library is taken to drive each input of the unit. Clock nets do not
    count: a clock tree is made after placement.
    """
    netlist = expand(without_boxes(design), top, library.timed)
    cells = {kind: library.timed[kind] for kind in netlist.cells}
    count = len(netlist.nets)
    load = loads(netlist, cells, library.wire_ff)
    pins = np.zeros(count, np.int64)
    most, slowest = np.full(count, np.inf), np.full(count, np.inf)
    driven = np.zeros(count, bool)
    for kind, places in netlist.cells.items():
        cell = cells[kind]
        for pin, nets in zip(netlist.pins[kind], places.T, strict=True):
            np.minimum.at(slowest, nets, cell.slowest_ns(pin))
            if pin in cell.inputs:
                np.add.at(pins, nets, 1)
            else:
                np.minimum.at(most, nets, cell.most.get(pin, np.inf))
                driven[nets] = True
    if library.buffers:
        most[~driven] = library.buffers[-1].most_pf
    broken = (pins > library.most_pins) | (load > most * (1 + ROUNDING))
    if np.isfinite(slowest).any():
        slew = slews(netlist, cells, load, worst=True)
        broken |= slew > slowest * (1 + ROUNDING)
    broken[sorted(netlist.clocks)] = False
    broken[:4] = _constants_without_ties(netlist, library)
    return int(broken.sum())


def _constants_without_ties(netlist: Netlist, library: Library) -> list[bool]:
    """Return, for each constant, whether pins are on it though the library has tie cells for it."""
    used = np.zeros(len(netlist.nets), bool)
    for kind, places in netlist.cells.items():
        inputs = [place for place, pin in enumerate(netlist.pins[kind])
                  if pin in library.timed[kind].inputs]
        used[places[:, inputs].ravel()] = True
    return [*(bool(used[value]) and str(value) in library.ties for value in (0, 1)), False, False]
