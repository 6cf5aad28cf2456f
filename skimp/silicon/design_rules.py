"""What of a mapped netlist breaks the limits of its library."""

from typing import Any

import numpy as np

from skimp.silicon.library import Library
from skimp.silicon.netlist import Netlist, expand, loads, slews, without_boxes

__all__ = ["violations"]

# Tables are interpolated: a limit is broken by more than this part of it.
ROUNDING = 1e-6


def violations(design: dict[str, Any], top: str, library: Library) -> int:
    """Count the nets of ``design``, Yosys' JSON, that carry too much or are too slow.

    Too many pins, too much capacitance for what drives them, or a slew that a pin on them may not
    have. Inputs of the unit are driven as by a buffer of the library. Nets with clock pins are left
    out: a clock tree is made when cells have places.
    """
    netlist = expand(without_boxes(design), top)
    cells = {kind: library.timed[kind] for kind in netlist.cells}
    count = len(netlist.nets)
    load = loads(netlist, cells, library.wire_ff)
    pins, clock = np.zeros(count, np.int64), np.zeros(count, bool)
    most, slowest = np.full(count, np.inf), np.full(count, np.inf)
    driven = np.zeros(count, bool)
    for kind, places in netlist.cells.items():
        for pin, nets in zip(netlist.pins[kind], places.T, strict=True):
            cell = cells[kind]
            np.minimum.at(slowest, nets, library.slowest_ns(kind, pin))
            if pin in cell.inputs:
                np.add.at(pins, nets, 1)
                clock[nets] |= pin in cell.clocks
            else:
                np.minimum.at(most, nets, cell.most.get(pin, np.inf))
                driven[nets] = True
    if library.buffers:
        most[~driven] = library.buffers[-1].most_pf
    broken = (pins > library.most_pins) | (load > most * (1 + ROUNDING))
    if np.isfinite(slowest).any():
        slew = slews(netlist, cells, load, worst=True)
        broken |= slew > slowest * (1 + ROUNDING)
    broken[:4] = _constants_may(netlist, library)
    return int((broken & ~clock).sum())


def _constants_may(netlist: Netlist, library: Library) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return, for each constant, whether pins are on it though there are cells that give it."""
    used = np.zeros(len(netlist.nets), bool)
    for kind, places in netlist.cells.items():
        inputs = [place for place, pin in enumerate(netlist.pins[kind])
                  if pin in library.timed[kind].inputs]
        used[places[:, inputs].ravel()] = True
    return np.array([used[0] and "0" in library.ties, used[1] and "1" in library.ties,
                     False, False])
