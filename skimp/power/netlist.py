"""A mapped netlist as flat arrays, and as Verilog of plain names that other tools can follow.

Yosys reads the netlist, so hierarchy and escaped names are its business. In the Verilog that is
simulated every net is called ``n`` and a number, every cell ``c`` and a number; what they are
called in the unit is kept here.
"""

import json
import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from skimp.power.liberty import CellLibrary
from skimp.synth import yosys

__all__ = ["Netlist", "flatten"]

READ = """\
read_liberty -lib library.lib
read_verilog netlist.v
hierarchy -top {top}
write_json netlist.json
"""
WRITE = """\
read_liberty -lib library.lib
read_json plain.json
hierarchy -top {top}
write_verilog -noattr plain.v
"""
CONSTANTS = ("0", "1", "x", "z")
Index = np.ndarray[Any, np.dtype[np.int64]]
Json = dict[str, Any]


@dataclass
class Netlist:
    """All cells of a unit, flat.

    Attributes
    ----------
    verilog : str
        The netlist with plain names, hierarchical.
    nets : list of str
        Path of each net in it, as ``top.instance.n12``; the first ones are constants.
    pins : dict of str to list of str
        Pins of each type of cell, in the order of ``cells``.
    cells : dict of str to (count, pins) array
        The nets that the pins of each cell are on.
    parts : dict of str to list of str
        The part of the unit that each cell belongs to: its module's name and what it helps to make,
        without numbers.
    instances : list of str
        Paths of the modules in which there are nets, the top first.
    """

    verilog: str
    nets: list[str] = field(default_factory=lambda: list(CONSTANTS))
    pins: dict[str, list[str]] = field(default_factory=dict)
    cells: dict[str, Index] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)
    instances: list[str] = field(default_factory=list)


def flatten(text: str, top: str, library: CellLibrary, folder: Path) -> Netlist:
    """Read a mapped netlist; ``folder`` has the library as ``library.lib`` and keeps the files."""
    (folder / "netlist.v").write_text(text)
    yosys(READ.format(top=top), folder)
    design = json.loads((folder / "netlist.json").read_text())
    modules = {name: module for name, module in design["modules"].items()
               if name not in library.cells}
    parts = {name: _parts(name.removeprefix(top).strip("_") or "top", module, library)
             for name, module in modules.items()}
    for module in modules.values():
        _plain(module)
    (folder / "plain.json").write_text(json.dumps({"modules": modules}))
    yosys(WRITE.format(top=top), folder)
    netlist = Netlist((folder / "plain.v").read_text())
    found: dict[str, list[Index]] = defaultdict(list)
    _expand(netlist, modules, parts, top, top, {}, found)
    netlist.cells = {kind: np.concatenate(blocks) for kind, blocks in found.items()}
    return netlist


def _plain(module: Json) -> None:
    """Give nets and cells plain names."""
    bits = {bit for record in module["cells"].values()
            for pins in record["connections"].values() for bit in pins}
    bits |= {bit for port in module["ports"].values() for bit in port["bits"]}
    module["netnames"] = {f"n{bit}": {"hide_name": 0, "bits": [bit], "attributes": {}}
                          for bit in sorted(bit for bit in bits if isinstance(bit, int))}
    module["cells"] = {f"c{number}": cell | {"hide_name": 0, "attributes": {}}
                       for number, cell in enumerate(module["cells"].values())}


def _expand(netlist: Netlist, modules: Json, parts: dict[str, list[str]], name: str, path: str,
            outside: dict[int, int], found: dict[str, list[Index]]) -> None:
    """Add the cells of module ``name`` at ``path``, whose ports are on the nets ``outside``."""
    module = modules[name]
    netlist.instances.append(path)
    known: dict[int | str, int] = {constant: place for place, constant in enumerate(CONSTANTS)}
    known |= outside
    for net in module["netnames"].values():
        bit = net["bits"][0]
        if bit not in known:
            known[bit] = len(netlist.nets)
            netlist.nets.append(f"{path}.n{bit}")
    rows: dict[str, list[list[int]]] = defaultdict(list)
    for (instance, cell), part in zip(module["cells"].items(), parts[name], strict=True):
        kind, connections = cell["type"], cell["connections"]
        if kind in modules:
            ports = modules[kind]["ports"]
            inside = {bit: known[above] for port, above_bits in connections.items()
                      for bit, above in zip(ports[port]["bits"], above_bits, strict=True)}
            _expand(netlist, modules, parts, kind, f"{path}.{instance}", inside, found)
            continue
        pins = netlist.pins.setdefault(kind, sorted(cell["port_directions"]))
        rows[kind].append([known[connections[pin][0]] if connections.get(pin) else 2
                           for pin in pins])
        netlist.parts.setdefault(kind, []).append(part)
    for kind, block in rows.items():
        found[kind].append(np.array(block))


def _parts(module_name: str, module: Json, library: CellLibrary) -> list[str]:
    """Tell of each cell the part that it belongs to.

    What drives a net with a name belongs to that; a gate that ABC made to the nearest such net
    behind it, through a register too.
    """
    names: dict[int, str] = {}
    for name, net in module["netnames"].items():
        family = _family(name)
        for bit in net["bits"] if family else ():
            names.setdefault(bit, family)
    # Backward from what has a name, breadth first: the nearest is met first.
    drivers: dict[int, str] = {}
    for instance, cell in module["cells"].items():
        for pin, bits in cell["connections"].items():
            if cell["port_directions"][pin] == "output":
                drivers.update({bit: instance for bit in bits})
    part: dict[str, str] = {}
    queue = deque((bit, family) for bit, family in names.items())
    while queue:
        bit, family = queue.popleft()
        instance = drivers.get(bit)
        if instance is None or instance in part:
            continue
        part[instance] = family
        cell = module["cells"][instance]
        if cell["type"] in library.cells:
            queue.extend((source, family) for pin, bits in cell["connections"].items()
                         if cell["port_directions"][pin] == "input" for source in bits)
    return [f"{module_name}: {part.get(instance, 'unnamed')}" for instance in module["cells"]]


def _family(name: str) -> str:
    """Give a net's name without numbers; nothing for one that a tool has made up."""
    if re.fullmatch(r"_\d+_|buffered_\d+|(.*\.)?\\?\$.*", name):
        return ""
    if re.search(r"U\$\d+\.", name):
        return re.sub(r"U\$.*", "adders", re.sub(r"_\d+", "", name))
    return re.sub(r"(_?\d+)+|\[\d*\]|_(next|register)\b", "", name)
