"""A mapped netlist as Verilog with plain names for other tools, and as flat arrays.

Yosys reads the netlist, so hierarchy and escaped names are its business. In the Verilog that is
simulated every net is ``n`` and a number, every cell ``c`` and a number; one that drives a clock is
`ON_CLOCKS` and a number.
"""

import json
import re
from collections import deque
from pathlib import Path
from typing import Any

from skimp.silicon.clocks import clock_nets, drives_a_clock
from skimp.silicon.library import Library
from skimp.silicon.mapping import yosys
from skimp.silicon.netlist import Netlist, expand

__all__ = ["ON_CLOCKS", "flatten"]

ON_CLOCKS = "clock"

READ = """\
read_liberty -lib -ignore_miss_func cells.lib
read_verilog netlist.v
hierarchy -top {top}
write_json netlist.json
"""
WRITE = """\
read_liberty -lib -ignore_miss_func cells.lib
read_json plain.json
hierarchy -top {top}
write_verilog -noattr plain.v
"""
Json = dict[str, Any]


def flatten(text: str, top: str, library: Library, folder: Path, *,
            gated: bool = True) -> Netlist:
    """Return a mapped netlist with its parts; files that this takes are made in ``folder``.

    Unless ``gated``, clock gates drive nothing: what is on a gated clock is on the clock.
    """
    (folder / "cells.lib").write_text(library.for_reading)
    (folder / "netlist.v").write_text(text)
    yosys(READ.format(top=top), folder)
    design = json.loads((folder / "netlist.json").read_text())
    modules = {name: module for name, module in design["modules"].items()
               if name not in library.cells}
    parts = {name: _parts(name.removeprefix(top).strip("_") or "top", module, library.cells)
             for name, module in modules.items()}
    clocks = clock_nets(modules, top, library.timed)
    for name, module in modules.items():
        if not gated:
            _ungate(module, clocks[name])
        _plain(module, clocks[name])
    (folder / "plain.json").write_text(json.dumps({"modules": modules}))
    yosys(WRITE.format(top=top), folder)
    netlist = expand(modules, top, library.powered, parts)
    netlist.verilog = (folder / "plain.v").read_text()
    return netlist


def _ungate(module: Json, clocks: set[int]) -> None:
    """Put what is on a gated clock on the clock that the gate takes."""
    sources: dict[Any, int] = {}
    for cell in module["cells"].values():
        if drives_a_clock(cell, clocks):
            pins = [(cell["port_directions"][pin], bit)
                    for pin, bits in cell["connections"].items() for bit in bits]
            clock = next(bit for direction, bit in pins if direction == "input" and bit in clocks)
            sources |= {bit: clock for direction, bit in pins if direction == "output"}
    for cell in module["cells"].values():
        for pin, bits in cell["connections"].items():
            if cell["port_directions"][pin] == "input":
                cell["connections"][pin] = [sources.get(bit, bit) for bit in bits]


def _plain(module: Json, clocks: set[int]) -> None:
    """Rename nets and cells to plain names."""
    bits = {bit for record in module["cells"].values()
            for pins in record["connections"].values() for bit in pins}
    bits |= {bit for port in module["ports"].values() for bit in port["bits"]}
    module["netnames"] = {f"n{bit}": {"hide_name": 0, "bits": [bit], "attributes": {}}
                          for bit in sorted(bit for bit in bits if isinstance(bit, int))}
    module["cells"] = {
        f"{ON_CLOCKS if drives_a_clock(cell, clocks) else 'c'}{number}":
        cell | {"hide_name": 0, "attributes": {}}
        for number, cell in enumerate(module["cells"].values())}


def _parts(module_name: str, module: Json, cells: set[str]) -> list[str]:
    """Return the part that each cell belongs to.

    It is named after the net that the cell drives. A gate of ABC has the name of the nearest named
    net behind it, even through a register.
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
        if cell["type"] in cells:
            queue.extend((source, family) for pin, bits in cell["connections"].items()
                         if cell["port_directions"][pin] == "input" for source in bits)
    return [f"{module_name}: {part.get(instance, 'unnamed')}" for instance in module["cells"]]


def _family(name: str) -> str:
    """Return a net's name without numbers; empty if a tool made it up."""
    if re.fullmatch(r"_\d+_|buffered_\d+|(.*\.)?\\?\$.*", name):
        return ""
    if "clock_gate" in name:
        return "clock gates"
    if re.search(r"U\$\d+\.", name):
        return re.sub(r"U\$.*", "adders", re.sub(r"_\d+", "", name))
    return re.sub(r"(_?\d+)+|\[\d*\]|_(next|register)\b", "", name)
