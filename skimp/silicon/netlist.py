"""A mapped netlist as flat arrays; loads and slews of its nets."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skimp.silicon.cell import Array, Cell, Table
from skimp.silicon.clocks import clock_nets

__all__ = ["CONSTANTS", "Netlist", "expand", "loads", "mean_of", "slews", "without_boxes"]

CONSTANTS = ("0", "1", "x", "z")
Index = np.ndarray[Any, np.dtype[np.int64]]
Json = dict[str, Any]
# Slews that change less from one sweep to the next are final, ns.
SETTLED = 1e-4


@dataclass
class Netlist:
    """All cells of a unit, flat; most is by type of cell."""

    # Hierarchical, with plain names; empty if it was not asked for.
    verilog: str = ""
    # Path of each net, as ``top.instance.n12``, behind the constants.
    nets: list[str] = field(default_factory=lambda: list(CONSTANTS))
    # Names of the pins, and the net on each pin of each cell, (count, pins).
    pins: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, Index] = field(default_factory=dict)
    # The part of the unit that each cell belongs to: its module, and the name of what it drives.
    parts: dict[str, list[str]] = field(default_factory=dict)
    # Nets of clocks, gated ones included.
    clocks: set[int] = field(default_factory=set)
    # Paths of the modules, the top first.
    instances: list[str] = field(default_factory=list)


def without_boxes(design: Json) -> Json:
    """Return the modules of Yosys' JSON by name, without the library's cells."""
    return {name: module for name, module in design["modules"].items()
            if "blackbox" not in module["attributes"]}


def expand(modules: Json, top: str, cells: Mapping[str, Cell],
           parts: Mapping[str, list[str]] | None = None) -> Netlist:
    """Flatten ``modules`` of Yosys' JSON, of whose cells ``parts`` has the parts by module."""
    netlist = Netlist()
    found: dict[str, list[Index]] = defaultdict(list)
    _expand(netlist, modules, clock_nets(modules, top, cells), parts or {}, top, top, {}, found)
    netlist.cells = {kind: np.concatenate(blocks) for kind, blocks in found.items()}
    return netlist


def _expand(netlist: Netlist, modules: Json, clocks: dict[str, set[int]],
            parts: Mapping[str, list[str]], name: str, path: str, outside: dict[int, int],
            found: dict[str, list[Index]]) -> None:
    """Add the cells of module ``name`` at ``path``, whose ports are on the nets ``outside``."""
    module = modules[name]
    netlist.instances.append(path)
    known: dict[int | str, int] = {constant: place for place, constant in enumerate(CONSTANTS)}
    known |= outside
    used = {bit for cell in module["cells"].values() for bits in cell["connections"].values()
            for bit in bits}
    used |= {bit for port in module["ports"].values() for bit in port["bits"]}
    for bit in sorted(bit for bit in used if isinstance(bit, int) and bit not in known):
        known[bit] = len(netlist.nets)
        netlist.nets.append(f"{path}.n{bit}")
    netlist.clocks |= {known[bit] for bit in clocks[name] if bit in known}
    # Both are added at the end, behind those of the modules inside, so that they stay side by side.
    rows: dict[str, list[list[int]]] = defaultdict(list)
    own: dict[str, list[str]] = defaultdict(list)
    owners = parts.get(name) or [""] * len(module["cells"])
    for (instance, cell), part in zip(module["cells"].items(), owners, strict=True):
        kind, connections = cell["type"], cell["connections"]
        if kind in modules:
            ports = modules[kind]["ports"]
            inside = {bit: known[above] for port, above_bits in connections.items()
                      for bit, above in zip(ports[port]["bits"], above_bits, strict=True)}
            _expand(netlist, modules, clocks, parts, kind, f"{path}.{instance}", inside,
                    found)
            continue
        pins = netlist.pins.setdefault(kind, sorted(cell["port_directions"]))
        rows[kind].append([known[connections[pin][0]] if connections.get(pin) else 2
                           for pin in pins])
        own[kind].append(part)
    for kind, block in rows.items():
        found[kind].append(np.array(block))
        netlist.parts.setdefault(kind, []).extend(own[kind])


def loads(netlist: Netlist, cells: Mapping[str, Cell], wire_ff: float) -> Array:
    """Return the load of each net in pF: its input pins, and a wire of ``wire_ff`` for each."""
    total = np.zeros(len(netlist.nets))
    for kind, places in netlist.cells.items():
        for pin, nets in zip(netlist.pins[kind], places.T, strict=True):
            if pin in cells[kind].inputs:
                np.add.at(total, nets, cells[kind].inputs[pin] + wire_ff / 1000)
    return total


def slews(netlist: Netlist, cells: Mapping[str, Cell], load: Array, *,
          worst: bool = False) -> Array:
    """Return the transition time of each net in ns, from the slowest input of its driver.

    It is the mean of rising and falling, or the ``worst`` of them. Inputs of the unit and clocks
    are ideal, 0 ns.
    """
    clocks = sorted(netlist.clocks)
    slew = np.zeros(len(netlist.nets))
    # Sweep over all cells until nothing changes: a slew hardly matters a few cells on.
    for _ in range(100):
        found = np.zeros(len(netlist.nets))
        for kind, places in netlist.cells.items():
            place = dict(zip(netlist.pins[kind], places.T, strict=True))
            for (source, pin), tables in cells[kind].slew.items():
                if source not in place or pin not in place:
                    continue
                of = place[pin]
                values = [table.at(load[of], slew[place[source]]) for table in tables]
                np.maximum.at(found, of, np.max(values, axis=0) if worst
                              else np.mean(values, axis=0))
        found[clocks] = 0.0
        if np.abs(found - slew).max(initial=0.0) < SETTLED:
            break
        slew = found
    return slew


def mean_of(tables: list[Table], load: Array, slew: Array) -> Array:
    """Return the mean of tables for rising and falling; 0 if there are none."""
    if not tables:
        return np.zeros(np.shape(load))
    return np.mean([table.at(load, slew) for table in tables], axis=0)
